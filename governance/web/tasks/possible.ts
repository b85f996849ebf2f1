import type { TaskDetail, TaskState, TaskStep, TaskView } from '../../api/runtime-shapes.ts';
import { useSession, type CurrentSession } from '../session/session.ts';
import type { Wish } from './wish.ts';
import { isEnded } from './task-words.ts';
import { useTurn } from './use-turn.ts';
import { canBeClaimed, canBeHandedOver, wayToDone } from './ways.ts';

export interface Wishes {
  /** One key, no sheet. */
  readonly claim: boolean;
  /** What its state asks for first, where that is not to claim it. */
  readonly main: Wish | null;
  readonly wishes: readonly { readonly wish: Wish; readonly label: string; readonly key: string }[];
}

/** What the reader may wish of a task as it is now, the likeliest first. What would be refused is not there. */
export function useWishesOf(): (task: TaskView) => Wishes {
  const { may, view } = useSession();
  const turnOf = useTurn();
  return (task) => wishesOf(task, may, turnOf(task), view.username);
}

export const useWishes = (task: TaskView): Wishes => useWishesOf()(task);

function wishesOf(task: TaskView, may: CurrentSession['may'], turn: boolean, me: string): Wishes {
  const { state } = task;
  const work = may('task:work');
  const mayHandOver = may('task:assign') && canBeHandedOver(state);
  const all: readonly (Wishes['wishes'][number] & { readonly when: boolean })[] = [
    { wish: { kind: 'done' }, label: 'Done…', key: 'd', when: work && turn && wayToDone(state) !== null },
    {
      wish: { kind: 'take-over' },
      label: 'Take it over…',
      key: 't',
      when: mayHandOver && !turn && task.assigned.person !== me,
    },
    { wish: { kind: 'step', step: 'resume' }, label: 'Go on…', key: 's', when: work && turn && state === 'on-hold' },
    { wish: { kind: 'step', step: 'retry' }, label: 'Try again…', key: 's', when: work && turn && state === 'failed' },
    { wish: { kind: 'step', step: 'start' }, label: 'Begin…', key: 's', when: work && turn && state === 'accepted' },
    { wish: { kind: 'hand-over' }, label: 'Hand over…', key: 'h', when: mayHandOver },
    { wish: { kind: 'comment' }, label: 'Comment…', key: 'c', when: work },
    { wish: { kind: 'override' }, label: 'Override…', key: 'o', when: may('task:override') && !isEnded(state) },
    { wish: { kind: 'report' }, label: 'Report a problem…', key: 'p', when: may('problem:create') },
  ];
  const wishes = all.filter(({ when }) => when);
  const main = wishes.find(({ wish }) => asksFor(wish, state))?.wish ?? null;
  return { claim: work && turn && canBeClaimed(state), main, wishes };
}

function asksFor(wish: Wish, state: TaskState): boolean {
  if (state === 'rejected') return wish.kind === 'hand-over' || wish.kind === 'take-over';
  return wish.kind === 'done' || (wish.kind === 'step' && wish.step !== 'start');
}

/** Steps that have a button of their own elsewhere, or that only systems take. */
const ELSEWHERE = new Set<TaskStep>([
  'complete',
  'accept',
  'start',
  'resume',
  'retry',
  'reassign',
  'request',
  'receive',
  'release',
  'make-ready',
]);

/** The rest of what its state allows, for who may work on it. */
export function useOtherSteps(detail: TaskDetail | undefined): readonly TaskStep[] {
  const { may } = useSession();
  const turnOf = useTurn();
  if (!detail || !may('task:work') || !turnOf(detail.task)) return [];
  return detail.steps.map(({ step }) => step).filter((step) => !ELSEWHERE.has(step));
}
