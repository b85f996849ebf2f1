/** Tasks in the words of those who do them. Pure. */
import {
  Ban,
  CircleCheck,
  CircleDashed,
  CirclePlay,
  CircleX,
  Eraser,
  Inbox,
  PauseCircle,
  Undo2,
  UserCheck,
  type LucideIcon,
} from 'lucide-react';
import type { Assignment, TaskPriority, TaskState, TaskStep, TaskView } from '../../api/runtime-shapes.ts';
import type { Tone } from '../states/message-state.ts';
import { duration } from '../time/duration.ts';

export interface TaskLook {
  readonly label: string;
  readonly tone: Tone;
  readonly icon: LucideIcon;
  readonly meaning: string;
}

const look = (label: string, tone: Tone, icon: LucideIcon, meaning: string): TaskLook => ({
  label,
  tone,
  icon,
  meaning,
});

export const TASK_LOOKS: Readonly<Record<TaskState, TaskLook>> = {
  draft: look('Draft', 'plain', CircleDashed, 'Not asked of anybody yet.'),
  requested: look('Waits for somebody', 'warn', Inbox, 'Requested: nobody has acknowledged it.'),
  received: look('Seen', 'warn', Inbox, 'Received: somebody has seen it, and nobody has acknowledged it.'),
  accepted: look('Acknowledged', 'info', UserCheck, 'Accepted: somebody takes care of it.'),
  rejected: look('Turned down', 'danger', Undo2, 'Rejected: it needs somebody else.'),
  ready: look('Ready', 'warn', CircleDashed, 'Can be begun; nobody has.'),
  'in-progress': look('Begun', 'info', CirclePlay, 'In progress.'),
  'on-hold': look('On hold', 'pause', PauseCircle, 'Cannot go on now; the reason stands beside it.'),
  completed: look('Done', 'ok', CircleCheck, 'Completed.'),
  failed: look('Failed', 'danger', CircleX, 'It could not be done; it can be tried again.'),
  cancelled: look('Cancelled', 'plain', Ban, 'It is not needed any more.'),
  'entered-in-error': look('A mistake', 'plain', Eraser, 'Entered in error: it should never have been.'),
};

export const ENDED: readonly TaskState[] = ['completed', 'cancelled', 'entered-in-error'];
export const isEnded = (state: TaskState): boolean => ENDED.includes(state);
/** Nobody has taken it over. */
export const isWaiting = (state: TaskState): boolean =>
  state === 'requested' || state === 'received' || state === 'ready';

export const PRIORITIES: Readonly<Record<TaskPriority, { readonly label: string; readonly tone: Tone } | null>> = {
  stat: { label: 'at once', tone: 'danger' },
  asap: { label: 'as soon as possible', tone: 'danger' },
  urgent: { label: 'urgent', tone: 'warn' },
  routine: null,
};

/** What somebody does, as a button says it. */
export const STEP_WORDS: Readonly<Record<TaskStep, string>> = {
  request: 'Ask for it',
  receive: 'Seen',
  release: 'Not seen after all',
  accept: 'Acknowledge',
  reject: 'Turn down',
  'make-ready': 'Ready to begin',
  start: 'Begin',
  hold: 'Put on hold',
  resume: 'Go on',
  'hand-back': 'Give back',
  reassign: 'Hand over',
  complete: 'Done',
  fail: 'Cannot be done',
  retry: 'Try again',
  cancel: 'Cancel it',
  correct: 'It was a mistake',
};

/** What somebody did, after their name. */
export const STEP_TOLD: Readonly<Record<TaskStep, string>> = {
  request: 'asked for it',
  receive: 'saw it',
  release: 'let it go again',
  accept: 'acknowledged it',
  reject: 'turned it down',
  'make-ready': 'made it ready to begin',
  start: 'began it',
  hold: 'put it on hold',
  resume: 'went on with it',
  'hand-back': 'gave it back',
  reassign: 'handed it over',
  complete: 'completed it',
  fail: 'said that it cannot be done',
  retry: 'is trying it again',
  cancel: 'cancelled it',
  correct: 'said that it was a mistake',
};

/** `user:ana` is Ana to everybody. */
export function actorWords(actor: string): string {
  const at = actor.indexOf(':');
  const [kind, name] = at < 0 ? [actor, ''] : [actor.slice(0, at), actor.slice(at + 1)];
  if (kind === 'user') return name;
  if (kind === 'flow') return `the flow ${name}`;
  if (kind === 'cli') return `${name} (command line)`;
  if (kind === 'ehr') return 'the EHR';
  return kind === 'system' ? 'Wardflow' : actor;
}

export function placeWords({ role, unit }: Pick<Assignment, 'role' | 'unit'>): string {
  return [role, unit].filter((one) => one !== null).join(', ');
}

/** Who should do it, for sentences: `ana`, `bed-manager, Ward 3`. */
export const whoWords = (to: Assignment): string =>
  to.person === null ? placeWords(to) || 'nobody' : to.person + (placeWords(to) === '' ? '' : ` (${placeWords(to)})`);

/** Who has it, or for whom it waits, and who is on for that now. */
export function holderWords({ assigned, state, on }: TaskView, me: string): string {
  const place = placeWords(assigned);
  if (assigned.person !== null) {
    const whose = assigned.person === me ? 'you' : assigned.person;
    if (isEnded(state)) return whose;
    return isWaiting(state) ? `for ${whose}` : `${whose} ${assigned.person === me ? 'have' : 'has'} it`;
  }
  if (isEnded(state)) return place;
  return on.length === 0 ? `for ${place}: nobody is on` : `for ${place}: ${listed(on, me)}`;
}

/** Three names, and how many more. */
function listed(people: readonly string[], me: string): string {
  const names = people.map((one) => (one === me ? 'you' : one));
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}

/** `due in 6 min`, `14 min overdue`: the words carry it, never the colour alone. */
export function dueWords(dueAt: number | null, now: number): string {
  if (dueAt === null) return 'no due time';
  const left = dueAt - now;
  if (Math.abs(left) < 60_000) return left >= 0 ? 'due within a minute' : 'overdue just now';
  return left > 0 ? `due in ${duration(left)}` : `${duration(-left)} overdue`;
}

/** When it ended, beside when it was due. */
/** Which time of the definition made it due then. */
export const dueRuleWords = ({ role, priority, dueMs }: NonNullable<TaskView['dueRule']>): string =>
  `${duration(dueMs)} for ${role}${priority === null ? '' : `, ${priority}`}`;

export function endWords(endedAt: number, dueAt: number | null): string {
  if (dueAt === null) return '';
  const late = endedAt - dueAt;
  return late > 60_000 ? `${duration(late)} late` : 'in time';
}

export type EhrStanding = 'none' | 'waiting' | 'held' | 'behind' | 'in-step' | 'differs' | 'trouble';

/** How far the EHR's copy is; `none`: there is to be none. */
export function ehrStanding({ ehr, version }: Pick<TaskView, 'ehr' | 'version'>): EhrStanding {
  if (!ehr) return 'none';
  if (ehr.trouble === 'ehr-differs') return 'differs';
  if (ehr.trouble === 'ehr-waits') return 'waiting';
  if (ehr.trouble === 'ehr-held') return 'held';
  if (ehr.trouble !== null) return 'trouble';
  return ehr.reference === null || ehr.syncedVersion < version ? 'behind' : 'in-step';
}

export const EHR_WORDS: Readonly<
  Record<Exclude<EhrStanding, 'none'>, { readonly label: string; readonly tone: Tone }>
> = {
  'in-step': { label: 'in step', tone: 'ok' },
  waiting: { label: 'waiting', tone: 'pause' },
  held: { label: 'has none', tone: 'pause' },
  behind: { label: 'behind', tone: 'pause' },
  differs: { label: 'differs', tone: 'danger' },
  trouble: { label: 'in trouble', tone: 'warn' },
};

/** What keeps the EHR's copy from being in step, and what to do. */
export const EHR_TROUBLE_WORDS: Readonly<Record<string, string>> = {
  'ehr-differs': 'The EHR shows a state to which none of our steps leads. Say below which of the two is right.',
  'ehr-gone': 'The task is not in the EHR any more. Somebody there deleted it: ask, or go on here without it.',
  'ehr-refused': 'The EHR refuses the task as it is. It is for the operators: the message link shows what was refused.',
  'ehr-waits':
    'The flow only recommends at present, so nothing is written to the EHR. Once the fallback has ended it is offered here.',
  'ehr-held':
    'Held back while the flow only recommended: the EHR has no such task. Have it written if it is still to have one.',
  'ehr-unreachable': 'The EHR does not answer. It is tried again by itself; nothing here waits for it.',
};

/** The same for a timeline, where it has been. */
export const EHR_TROUBLE_TOLD: Readonly<Record<string, string>> = {
  'ehr-differs': 'The EHR’s copy came to differ from the task',
  'ehr-gone': 'The EHR’s copy was found to be gone',
  'ehr-refused': 'The EHR refused the copy',
  'ehr-waits': 'The copy waited, as the flow only recommended',
  'ehr-held': 'The copy was held back, as the flow only recommended',
  'ehr-unreachable': 'The EHR did not answer',
};
