/**
 * Whose turn a task is. That somebody may work on tasks at all, their account has said before the console called; the
 * roster says whether it is their turn. Whoever may assign (a permission that the runtime does not know) and is not on for a task gives it
 * to themselves first, with a reason, by the route that is for that: so nothing but the actor has to come with a call, and the record
 * shows that somebody stepped in.
 *
 * Where there is no roster, whoever may work on tasks may take what nobody has. The command line has the service token, and with it
 * all that there is.
 */
import { hasEnded, type Roster, type WorkflowTask } from '../../engine/index.ts';
import type { Caller } from './query.ts';
import { apiErrors } from './problems.ts';

type Covered = ReturnType<Roster['rolesOf']>;

/** @throws `task-not-yours` */
export function demandTurn(
  task: Pick<WorkflowTask, 'assigned'>,
  caller: Caller,
  roster: Roster,
  at: number,
  /** Of the part of a checklist that is meant. */
  partRole: string | null = null,
): void {
  if (caller.via !== 'cli' && !isTurnOf(task, caller, roster, at, partRole)) throw apiErrors.create('task-not-yours');
}

/** As the roster has it: a name of the command line is nobody's on it. */
export function isTurnOf(
  { assigned }: Pick<WorkflowTask, 'assigned'>,
  { via, person }: Caller,
  roster: Roster,
  at: number,
  partRole: string | null = null,
): boolean {
  if (person === null || via === 'cli') return false;
  const { role, unit } = assigned;
  if (assigned.person === person) return true;
  if (roster.entries.length === 0 && assigned.person === null) return true;
  const covered = roster.rolesOf(person, at);
  if ((role !== null || unit !== null) && coversOne(covered, role, unit)) return true;
  return partRole !== null && coversOne(covered, partRole, unit);
}

const coversOne = (covered: Covered, role: string | null, unit: string | null): boolean =>
  covered.some((one) => (role === null || one.role === role) && (unit === null || (one.unit ?? unit) === unit));

/** Who is on for tasks now, by user name; asked of the roster once for each role and unit. */
export function onFor(
  roster: Roster,
  at: number,
): (task: Pick<WorkflowTask, 'assigned' | 'state'>) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return ({ assigned: { role, unit, person }, state }) => {
    if (person !== null) return [person];
    if (hasEnded(state)) return [];
    const key = JSON.stringify([role, unit]);
    const found = known.get(key) ?? (role === null ? ofUnit(roster, unit, at) : roster.covering(role, unit, at));
    known.set(key, found);
    return found;
  };
}

const ofUnit = (roster: Roster, unit: string | null, at: number): readonly string[] => {
  const roles = new Set(roster.entries.filter((one) => one.unit === unit).map(({ role }) => role));
  return [...new Set([...roles].flatMap((role) => roster.covering(role, unit, at)))];
};
