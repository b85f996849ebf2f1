import { defineErrors } from '../base/errors.ts';

export const effectErrors = defineErrors({
  'outcome-unknown': {
    class: 'permanent',
    text: 'It is not known whether the action "{effect}" happened, and nothing may repeat it by itself.',
    remedy: 'Look in the other system whether it happened, then redrive or discard the message.',
  },
  'effect-content-differs': {
    class: 'permanent',
    text: 'The action "{effect}" was asked for twice in one delivery, with different contents.',
    remedy: 'Give the node a discriminator that tells the two apart, then redrive the message.',
  },
  'effect-request-too-large': {
    class: 'permanent',
    text: 'What the action "{effect}" is about to send is larger than {limit} bytes, so that it cannot be kept for a repeat.',
    remedy: 'Have the flow send less at a time: leave out or split what is embedded in the message.',
  },
  'effect-in-flight': {
    class: 'transient',
    text: 'The action "{effect}" is being done for this message already.',
    remedy: 'Nothing to do: it is tried again and then finds the outcome.',
  },
  'effect-interrupted': {
    class: 'ambiguous',
    text: 'The action "{effect}" ended with an unexpected error; it may have happened.',
    remedy: 'Nothing to do where the action can look for itself; otherwise look in the other system.',
  },
});
