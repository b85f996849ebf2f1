import { defineErrors } from '../base/errors.ts';

export const expressionErrors = defineErrors({
  'expression-limit': {
    class: 'permanent',
    text: 'An expression ({field}) of the node "{node}" went beyond what it may take: time, nesting, length of a list or size of a value.',
    remedy:
      'Look for a loop without an end, a regular expression that tries too much, a text that grows, or a very large message; then redrive.',
  },
});
