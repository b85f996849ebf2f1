import { defineErrors } from '../base/errors.ts';

export const ruleJudgeErrors = defineErrors({
  'rule-check-too-long': {
    class: 'permanent',
    text: 'Looking the rule table over took more than {seconds} seconds, so it was given up.',
    remedy:
      'Look for an expression in it that takes long, or split the table; "wardflow rules test" has no such limit.',
  },
  'rule-check-failed': {
    class: 'permanent',
    text: 'Looking the rule table over needed more memory than there is for it, so it was given up.',
    remedy: 'Look for an expression in it that makes very large values, or split the table.',
  },
  'rule-check-no-thread': {
    class: 'permanent',
    text: 'Rule tables are not looked over any more: too many took too long or too much memory since this runtime was started.',
    remedy:
      'Look for an expression in the table that takes long, and restart the runtime; "wardflow rules test" goes on working.',
  },
  'rule-check-busy': {
    class: 'transient',
    text: 'Too many rule tables are being looked over.',
    remedy: 'Ask again in a few seconds.',
  },
});
