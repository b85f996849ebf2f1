/**
 * What somebody meets on their own worklist already, so that badges count it once: a task of theirs that is open stands for its alert
 * and its escalation, which are answered with it.
 */
import { hasEnded, type AlertQuery, type Engine } from '../../engine/index.ts';
import type { Caller } from './query.ts';
import { isTurnOf } from './task-turn.ts';

/** More that wait at once are all counted: nobody looks at so many one by one. */
const MOST_LOOKED_AT = 1000;

/** Whether the task is on the caller's own worklist: theirs, or for a role that the roster gives them, and with nobody yet. */
export async function worklistOf(
  { store, roster, clock }: Pick<Engine, 'store' | 'roster' | 'clock'>,
  caller: Caller | null,
): Promise<(task: string | undefined) => Promise<boolean>> {
  const person = caller?.person ?? null;
  if (caller === null || person === null) return () => Promise.resolve(false);
  const [current, at] = [await roster.current(), clock.now()];
  return async (id) => {
    const task = id === undefined ? undefined : await store.tasks.get(id);
    if (!task || hasEnded(task.state)) return false;
    const { assigned } = task;
    if (assigned.person !== null) return assigned.person === person;
    // Without a roster nobody has a role: the worklist shows them nothing of their own.
    return current.entries.length > 0 && isTurnOf(task, caller, current, at);
  };
}

/** Open alerts that nothing on the caller's worklist stands for. */
export async function waitingFor(
  engine: Pick<Engine, 'store' | 'roster' | 'clock'>,
  caller: Caller | null,
  query: Omit<AlertQuery, 'states' | 'limit' | 'before'>,
): Promise<number> {
  const { alerts } = engine.store;
  const [open, counts, onWorklist] = await Promise.all([
    alerts.list({ ...query, states: ['open'], limit: MOST_LOOKED_AT }),
    alerts.counts(query),
    worklistOf(engine, caller),
  ]);
  const listed = await Promise.all(open.map(({ task }) => onWorklist(task)));
  return counts.open - listed.filter(Boolean).length;
}
