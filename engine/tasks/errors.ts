import { defineErrors, type ErrorEntry } from '../base/errors.ts';

const permanent = (text: string, remedy: string): ErrorEntry => ({ class: 'permanent', text, remedy });

export const taskErrors = defineErrors({
  'task-unknown': permanent('There is no such task.', 'Look for it in the worklist; retention may have removed it.'),
  'task-stale': permanent(
    'Somebody has changed the task since: it is {state} now.',
    'Look at it as it is now, and decide again.',
  ),
  'task-step-impossible': permanent(
    'A task that is {state} cannot take the step "{step}".',
    'Possible are: {possible}.',
  ),
  'task-reason-missing': permanent(
    'The step "{step}" needs a reason.',
    'Choose one, and say more where it is not enough.',
  ),
  'task-nobody': permanent('A task needs somebody: a role, a unit or a person.', 'Name at least one of them.'),
  'task-part-unknown': permanent('The checklist has no part "{part}".', 'Load the task again.'),
  'task-part-waits': permanent(
    'The part "{part}" comes after {before}.',
    'Do those first, or skip them with a reason.',
  ),
  'task-parts-open': permanent(
    'The checklist has {open} parts that nobody has done.',
    'Do them, or skip them with a reason.',
  ),
  'task-text-too-long': permanent('The text is longer than {limit} characters.', 'Shorten it.'),
});
