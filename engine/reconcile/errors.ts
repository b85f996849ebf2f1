import { defineErrors } from '../base/errors.ts';

export const reconcileErrors = defineErrors({
  'difference-unknown': {
    class: 'permanent',
    text: 'There is no such difference.',
    remedy: 'Look at the list again: it may have gone with its message.',
  },
  'difference-stale': {
    class: 'permanent',
    text: 'Somebody was faster, or the server was looked at again: the difference is {state} now.',
    remedy: 'Look at it again and decide then.',
  },
  'difference-not-open': {
    class: 'permanent',
    text: 'There is nothing to settle: it is {state}.',
    remedy: 'Look at the list of open differences.',
  },
  'difference-reason-wrong': {
    class: 'permanent',
    text: 'A reason of 1 to {limit} characters is needed.',
    remedy: 'Say why, without naming a patient.',
  },
  'difference-not-repeatable': {
    class: 'permanent',
    text: 'It cannot be written again: {why}.',
    remedy: 'Put it right on the server and settle it as mended, or accept what the server holds.',
  },
});
