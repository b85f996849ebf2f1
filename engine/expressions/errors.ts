import { defineErrors } from '../base/errors.ts';

export const expressionErrors = defineErrors({
  'expression-limit': {
    class: 'permanent',
    text: 'An expression ({field}) of the node "{node}" went beyond what it may take: time, nesting or length of a list.',
    remedy:
      'Look for a loop without an end, a regular expression that tries too much, or a very large message; then redrive.',
  },
});
