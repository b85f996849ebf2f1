import { defineErrors } from '../base/errors.ts';

export const scheduleErrors = defineErrors({
  'fact-escalated-too-often': {
    class: 'permanent',
    text: 'More than {most} escalations were started about one fact.',
    remedy: 'Look at the expression that names the fact in the flow: it gives the same for different facts.',
  },
  'ladder-steps-invalid': {
    class: 'permanent',
    text: 'The ladder "{ladder}" has no step, or more than {most}.',
    remedy: 'Give the ladder between 1 and {most} steps.',
  },
});
