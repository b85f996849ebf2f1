import { defineErrors } from '../base/errors.ts';

export const ruleErrors = defineErrors({
  'rule-table-invalid': {
    class: 'permanent',
    text: 'The rule table {table} cannot be used: {problems}',
    remedy: 'Correct the places named in the rule table; docs/reference/formats.md describes cells and types.',
  },
  'rule-hit-policy-unsupported': {
    class: 'permanent',
    text: 'The rule table {table} asks for the hit policy {policy}, which this version does not offer.',
    remedy: 'Use UNIQUE, FIRST, PRIORITY, ANY or COLLECT, which lists outputs in the order of the rows.',
  },
  'rule-several-matched': {
    class: 'permanent',
    text: 'More than one row of {table} matched, and its hit policy is UNIQUE.',
    remedy: 'Make the rows named exclude each other, then redrive the message.',
  },
  'rule-rows-differ': {
    class: 'permanent',
    text: 'More than one row of {table} matched with different outputs, and its hit policy is ANY.',
    remedy: 'Make the rows named agree or exclude each other, then redrive the message.',
  },
  'rule-too-many-matched': {
    class: 'permanent',
    text: 'More rows of {table} matched than a decision may take together (1,000).',
    remedy: 'Make the rows of the table more specific, then redrive the message.',
  },
  'rule-table-not-effective': {
    class: 'permanent',
    text: 'The rule table {table} is not in force at this time.',
    remedy: 'Extend its effective dates or put the table that follows it in force, then redrive the message.',
  },
  'rule-expression-failed': {
    class: 'permanent',
    text: 'An expression of {table} could not be evaluated: {place}.',
    remedy: 'Correct the expression at the place named, then redrive the message.',
  },
  'rule-expression-limit': {
    class: 'permanent',
    text: 'An expression of {table} went beyond what an expression may take (time, nesting, length of a list or size of a value): {place}.',
    remedy:
      'Look for a loop without an end, a regular expression that tries too much, or a very large input; then redrive.',
  },
  'rule-output-invalid': {
    class: 'permanent',
    text: 'An expression of {table} gave an output of the wrong type or outside its values: {place}.',
    remedy: 'Correct the expression at the place named, then redrive the message.',
  },
});
