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
  'ehr-differs': permanent(
    'The task says another status in the EHR, to which none of its steps leads.',
    'Look at both, and say which of them holds.',
  ),
  'ehr-gone': permanent(
    'The copy of the task is not in the EHR any more.',
    'Ask who removed it; "ours" writes another one.',
  ),
  'ehr-refused': permanent(
    'The EHR refuses the copy of the task as it is.',
    'Read what the endpoint says about it, and mend what the definition sends or what the server allows.',
  ),
  'ehr-unreachable': {
    class: 'transient',
    text: 'The EHR could not be asked about the copy of the task.',
    remedy: 'It is tried again each minute; look at the endpoint if it stays so.',
  },
  'ehr-waits': {
    class: 'transient',
    text: 'The copy of the task is not written while its flow only recommends.',
    remedy: 'After the fallback has ended it is offered: a person has it written.',
  },
  'ehr-held': permanent(
    'The copy of the task was held back while its flow only recommended.',
    'Have it written if the EHR is still to have it; nothing is sent by itself.',
  ),
  'ehr-no-difference': permanent('The task and its copy do not differ.', 'Load the task again.'),
  'ehr-no-way': permanent(
    'No steps lead from {state} to what the EHR says.',
    'Write our state over it, or change it in the EHR.',
  ),
  'task-text-too-long': permanent('The text is longer than {limit} characters.', 'Shorten it.'),
});
