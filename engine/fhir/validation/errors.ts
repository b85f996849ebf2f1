import { defineErrors } from '../../base/errors.ts';

export const validationErrors = defineErrors({
  'validation-busy': {
    class: 'transient',
    text: 'More resources wait to be validated than the limit of {limit}.',
    remedy: 'Nothing to do: it is tried again. Where it stays so, validate less often or split the work of the flow.',
  },
  'validation-too-large': {
    class: 'permanent',
    text: 'The resource is larger than the {limit} bytes or {members} members that are validated.',
    remedy: 'Validate the parts of a Bundle one by one.',
  },
  'validation-timed-out': {
    class: 'permanent',
    text: 'Validating the resource took longer than {ms} milliseconds.',
    remedy: 'Validate the parts of a Bundle one by one, and look at the resource for very long lists.',
  },
  'validation-unavailable': {
    class: 'transient',
    text: 'The validator has ended before it answered.',
    remedy: 'Nothing to do: it is tried again with a new one. Where it stays so, give the machine more memory.',
  },
});
