import { defineErrors } from '../base/errors.ts';

export const problemErrors = defineErrors({
  'problem-unknown': {
    class: 'permanent',
    text: 'There is no such report of a problem.',
    remedy: 'Look at the list of problems; it went with its message if it was closed.',
  },
  'problem-stale': {
    class: 'permanent',
    text: 'Somebody has changed the report since: it is {state} now.',
    remedy: 'Look at it as it is now, and decide again.',
  },
  'problem-about-nothing': {
    class: 'permanent',
    text: 'The report is about nothing that is kept: {what}.',
    remedy: 'Report it from the message, the task or the alert that it is about.',
  },
  'problem-text-wrong': {
    class: 'permanent',
    text: 'The {field} of a report takes 1 to {limit} characters.',
    remedy: 'Say it shorter, and at all.',
  },
  'problem-answer-missing': {
    class: 'permanent',
    text: 'A report that is {state} needs an answer for whoever made it.',
    remedy: 'Say what came of it.',
  },
});
