import { defineErrors } from '../base/errors.ts';

export const reportErrors = defineErrors({
  'report-time': {
    class: 'permanent',
    text: 'A report cannot be made of this time.',
    remedy: 'Give a beginning and a later end, at most 31 days apart.',
  },
  'report-zone': {
    class: 'permanent',
    text: 'The zone is none that is known.',
    remedy: 'Name a zone such as Europe/Berlin.',
  },
  'report-busy': {
    class: 'throttled',
    text: 'Too many reports wait to be made.',
    remedy: 'Try again in a few seconds.',
  },
});
