import { defineErrors } from '../base/errors.ts';

export const queueErrors = defineErrors({
  'delivery-failed': {
    class: 'permanent',
    text: 'The flow could not take the message from "{source}".',
    remedy: 'Look at the source node of the flow, mend it, deploy and redrive the message.',
  },
  'interrupted-too-often': {
    class: 'permanent',
    text: 'Processing was interrupted {attempts} times in a row without an outcome.',
    remedy: 'Look for a node that never finishes or that ends the process, mend the flow and redrive the message.',
  },
  'lease-ran-out': {
    class: 'transient',
    text: 'The flow did not come to an end within the time that it has for a message.',
    remedy: 'Look at the node named: it never finishes, or is slower than the processing deadline allows.',
  },
  'held-back': {
    class: 'throttled',
    text: 'It was interrupted repeatedly and waits until it can run apart from others that were.',
    remedy: 'Nothing to do: it runs by itself; one that ends the process becomes a dead letter.',
  },
  'fallback-unknown': {
    class: 'throttled',
    text: 'It could not be asked whether somebody has to look at the message first.',
    remedy: 'Nothing to do: it is asked again by itself once the store answers.',
  },
  'source-gone': {
    class: 'throttled',
    text: 'The source "{source}" was removed while the message was on its way to it.',
    remedy: 'Nothing to do if the flow is being deployed; otherwise restore the source node.',
  },
});
