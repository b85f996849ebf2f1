import { defineErrors } from '../base/errors.ts';

export const redactErrors = defineErrors({
  'redaction-unknown': {
    class: 'permanent',
    text: 'There is no redaction profile "{name}"; known: {known}.',
    remedy:
      'Name one of these, or put the reviewed file of that name into _policy/redactions of the folder of definitions.',
  },
  'redaction-invalid': {
    class: 'permanent',
    text: 'The redaction profile "{name}" cannot be used: {problems}.',
    remedy: 'Mend the file; docs/guide/minimisation.md says what stands in it. Nothing was exported.',
  },
});
