import { defineErrors } from '../base/errors.ts';

export const scheduleErrors = defineErrors({
  'ladder-steps-invalid': {
    class: 'permanent',
    text: 'The ladder "{ladder}" has no step, or more than {most}.',
    remedy: 'Give the ladder between 1 and {most} steps.',
  },
});
