/** Which tasks a search by words finds. Both adapters judge by this, so that they find the same. Pure. */
import type { TaskWord, WorkflowTask } from './contract/tasks.ts';

/** What one question looks at: so many are read in well under a second, and the next question goes on behind them. */
export const LOOKED_AT = 5000;

export type SearchedTask = Pick<
  WorkflowTask,
  'title' | 'code' | 'definition' | 'serviceLine' | 'patientHint' | 'messageId' | 'assigned'
> & { readonly open: boolean };

/** Whether the task meets each of the words. */
export function meetsWords(task: SearchedTask, words: readonly TaskWord[]): boolean {
  const { title, code, definition, serviceLine, patientHint, messageId, assigned, open } = task;
  const { role, unit, person } = assigned;
  // Apart by what no word has in it: none may reach from one into the next.
  const text = [title, code, definition, serviceLine, patientHint, role, unit, person].join('\n').toLowerCase();
  const free = open && person === null;
  return words.every(
    (word) =>
      text.includes(word.text) ||
      word.messages.includes(messageId) ||
      (free &&
        word.on.some(
          (one) => one.role === role && (one.unit === null ? !one.but.includes(unit ?? '') : one.unit === unit),
        )),
  );
}
