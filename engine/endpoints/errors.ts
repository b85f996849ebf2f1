import { defineErrors } from '../base/errors.ts';

/** Why an endpoint is not called. Nothing was sent; where it may be called later, the work waits and loses no attempt. */
export const endpointErrors = defineErrors({
  'endpoint-unbound': {
    class: 'permanent',
    text: 'No {called} endpoint named "{endpoint}" is bound in this environment.',
    remedy: 'Add "{endpoint}" under "endpoints" in bindings.json of this environment, as one of the kind "{kind}".',
  },
  'endpoint-left-out': {
    class: 'permanent',
    text: 'The endpoint "{endpoint}" is left out, since its entry in bindings.json cannot be used: {problems}.',
    remedy:
      'Correct the places named in bindings.json of this environment (docs/reference/formats.md describes the file), start Wardflow again, and redrive what was meant for "{endpoint}".',
  },
  'endpoint-held': {
    class: 'throttled',
    text: 'An operator has stopped the endpoint "{endpoint}".',
    remedy:
      'Nothing to do: the work goes on when the endpoint is let go on ("npx wardflow resume endpoint {endpoint}").',
  },
  'endpoint-circuit-open': {
    class: 'throttled',
    text: 'The endpoint "{endpoint}" failed several times and is left alone for a moment.',
    remedy: 'Mend the server or its address in bindings.json; the work goes on by itself when it answers again.',
  },
  'endpoint-asked-to-wait': {
    class: 'throttled',
    text: 'The endpoint "{endpoint}" asked to be left alone for a while.',
    remedy: 'Nothing to do: the work goes on when that time is over.',
  },
});
