/** The timeline of a task in sentences. Pure. */
import type { TaskEvent, TaskPart } from '../../api/runtime-shapes.ts';
import { reasonWords } from './reasons.ts';
import { actorWords, EHR_TROUBLE_TOLD, STEP_TOLD, TASK_LOOKS, whoWords } from './task-words.ts';
import { exactTime } from '../time/duration.ts';

/** What somebody did, with their name: `ana acknowledged it`. */
export function eventSentence(event: TaskEvent, parts: readonly Pick<TaskPart, 'id' | 'text'>[]): string {
  const who = upper(actorWords(event.actor));
  switch (event.kind) {
    case 'created':
      return `${who} made the task.`;
    case 'step':
      return `${who} ${STEP_TOLD[event.step]}: ${TASK_LOOKS[event.from].label.toLowerCase()} → ${TASK_LOOKS[event.to].label.toLowerCase()}.`;
    case 'assigned':
      return `${who} handed it over, from ${whoWords(event.from)} to ${whoWords(event.to)}.${event.due ? ` It is due ${exactTime(event.due.to)} now.` : ''}`;
    case 'part': {
      const part = parts.find(({ id }) => id === event.part)?.text ?? event.part;
      const what = event.to === 'done' ? 'ticked off' : event.to === 'skipped' ? 'skipped' : 'opened again';
      return `${who} ${what} “${part}”.`;
    }
    case 'commented':
      return `${who} wrote:`;
    case 'overridden':
      return `${who} decided otherwise than the rule. It said “${event.what}”; instead: “${event.instead}”.`;
    case 'due-changed':
      return `${who} changed when it is due, from ${due(event.from)} to ${due(event.to)}.`;
    case 'ehr':
      return event.trouble === null
        ? `The EHR’s copy says ${event.status ?? 'nothing yet'}.`
        : `${EHR_TROUBLE_TOLD[event.trouble] ?? `The EHR’s copy was not in step (${event.trouble})`}${event.status === null ? '' : `; it said ${event.status}`}.`;
    default:
      return event satisfies never;
  }
}

export function reasonSentence({ reason }: Pick<TaskEvent, 'reason'>): string | null {
  if (reason === null) return null;
  return reason.text === null ? reasonWords(reason.code) : `${reasonWords(reason.code)}: ${reason.text}`;
}

/** It changes nothing of what somebody else is about to decide. */
export const isHarmless = ({ kind }: TaskEvent): boolean => kind === 'commented' || kind === 'ehr';

const due = (at: number | null): string => (at === null ? 'no time' : exactTime(at).replace(/\.\d+$/, ''));
const upper = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
