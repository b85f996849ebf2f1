/**
 * Whether somebody may answer an escalation that watches a task of ours: the answer takes the task over, and a ladder that is
 * answered with nobody on the task would be silence. So whoever cannot take it is refused, and the ladder goes on.
 */
import { stepsFrom, type Engine, type Escalation } from '../../engine/index.ts';
import { apiErrors } from './problems.ts';
import type { Caller } from './query.ts';
import { demandTurn } from './task-turn.ts';

/** @throws `task-not-yours`, `escalation-task-ownerless` */
export async function demandLadderTurn(
  { store, roster, clock }: Pick<Engine, 'store' | 'roster' | 'clock'>,
  escalation: Escalation | undefined,
  caller: Caller,
): Promise<void> {
  if (escalation?.task === undefined || (escalation.state !== 'open' && escalation.state !== 'exhausted')) return;
  const task = await store.tasks.get(escalation.task);
  if (!task || TAKEN_OR_OVER.has(task.state)) return;
  const steps = stepsFrom(task.state);
  // A name of the command line is no account's: it would leave the task with nobody.
  if (caller.via === 'cli' || task.state === 'on-hold' || !(steps.includes('accept') || task.state === 'ready'))
    throw apiErrors.create('escalation-task-ownerless', { state: task.state });
  const [current, at] = [await roster.current(), clock.now()];
  if (caller.person !== null && wasTold(escalation, caller.person, current.rolesOf(caller.person, at))) return;
  demandTurn(task, caller, current, at);
}

/** Somebody has it, or nothing is owed any more: answering changes nothing about it. */
const TAKEN_OR_OVER: ReadonlySet<string> = new Set([
  'accepted',
  'in-progress',
  'completed',
  'cancelled',
  'entered-in-error',
]);

/** Whom the ladder has asked may answer it, whatever role the task itself waits for. */
function wasTold(
  { steps, nextStep }: Escalation,
  person: string,
  covered: readonly { readonly role: string }[],
): boolean {
  return steps.slice(0, nextStep).some(({ to }) => to === person || covered.some(({ role }) => role === to));
}
