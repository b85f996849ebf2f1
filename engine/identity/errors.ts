import { defineErrors } from '../base/errors.ts';

export const identityErrors = defineErrors({
  'identity-unknown': {
    class: 'permanent',
    text: 'There is no such {what}.',
    remedy: 'Look at the list again: it may have gone with its message.',
  },
  'identity-stale': {
    class: 'permanent',
    text: 'Somebody was faster: the {what} is not as it was when you looked.',
    remedy: 'Look at it again and decide then.',
  },
  'identity-survivor-wrong': {
    class: 'permanent',
    text: 'The number that is to be used from now on is none of those that the question is about.',
    remedy: 'Name one of its keys in full, or none: then it is the one that was known first.',
  },
  'identity-reason-wrong': {
    class: 'permanent',
    text: 'A reason of 1 to {limit} characters is needed.',
    remedy: 'Say why, without naming a patient.',
  },
});
