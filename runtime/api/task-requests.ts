/** Reads what is asked about tasks: queries and bodies, each text with its limit. */
import type { Request } from 'express';
import {
  isTaskPlace,
  TASK_STATES,
  type Assignment,
  type Roster,
  type TaskQuery,
  type TaskReason,
  type TaskState,
} from '../../engine/index.ts';
import { ACTOR_HEADER } from './contract.ts';
import { objectOf, textIn, type Body } from './body.ts';
import type { Part } from './part.ts';
import { invalid } from './problems.ts';
import { callerOf, limitOf, text, type Caller } from './query.ts';

const VIEWS = ['all', 'mine', 'unit'] as const;
const LONGEST_NAME = 100;
const LONGEST_REASON = 500;
const CODE = /^[\w.:-]{1,64}$/;
/** What could hide or turn text around in a list. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}]/u;

type Covered = ReturnType<Roster['rolesOf']>;

/** Whose tasks are asked for. What is of somebody needs to be asked by somebody. */
export function viewOf(request: Request): { readonly view: (typeof VIEWS)[number]; readonly caller: Caller | null } {
  const asked = text(request, 'view') ?? 'all';
  const view = VIEWS.find((one) => one === asked);
  if (view === undefined) throw invalid(`view takes ${VIEWS.join(', ')}`);
  const isNamed = request.get(ACTOR_HEADER) !== undefined;
  return { view, caller: view !== 'all' || isNamed ? callerOf(request) : null };
}

export function taskQuery(request: Request, part: Part, now: number): TaskQuery {
  const states = text(request, 'state')?.split(',');
  if (states?.some((state) => !(TASK_STATES as readonly string[]).includes(state)))
    throw invalid(`state takes ${TASK_STATES.join(', ')}`);
  const order = text(request, 'order') ?? 'due';
  if (order !== 'due' && order !== 'newest-first') throw invalid('order takes due or newest-first');
  const overdue = text(request, 'overdue');
  if (overdue !== undefined && overdue !== '1') throw invalid('overdue takes 1');
  const after = text(request, 'after');
  if (after !== undefined && !isTaskPlace(after)) throw invalid('after is not the next of a list of tasks');
  const named: readonly (readonly [keyof TaskQuery, string | undefined])[] = [
    ['unit', text(request, 'unit')],
    ['role', text(request, 'role')],
    ['person', text(request, 'person')],
    ['code', text(request, 'code')],
    ['messageId', text(request, 'message')],
    ['after', after],
  ];
  const definition = text(request, 'definition');
  return {
    ...Object.fromEntries(named.filter(([, value]) => value !== undefined)),
    ...(states && { states: states as readonly TaskState[] }),
    ...(overdue && { overdueAt: now }),
    ...definitionsOf(part, definition),
    order,
    limit: limitOf(request),
  };
}

function definitionsOf(part: Part, definition: string | undefined): Pick<TaskQuery, 'definitions'> {
  if (definition === undefined) return part === null ? {} : { definitions: [...part] };
  return { definitions: part === null || part.has(definition) ? [definition] : [] };
}

/** Assigned to them, or waiting for a role that they cover. */
export function mineOf(person: string | null, covers: Covered): NonNullable<TaskQuery['mine']> {
  const roles = [...Map.groupBy(covers, ({ role }) => role)].map(([role, entries]) => {
    const units = entries.flatMap(({ unit }) => (unit === null ? [] : [unit]));
    return { role, units: units.length < entries.length ? ('all' as const) : [...new Set(units)] };
  });
  // No person is called so: a program has no tasks of its own.
  return { person: person ?? '', roles };
}

export function areaOf(covers: Covered): NonNullable<TaskQuery['area']> {
  const units = new Set(covers.flatMap(({ unit }) => (unit === null ? [] : [unit])));
  const roles = new Map(covers.map(({ role }) => [role, false]));
  for (const { role, unit } of covers) if (unit === null) roles.set(role, true);
  return { units: [...units], roles: [...roles].map(([role, everywhere]) => ({ role, everywhere })) };
}

/** `reason` of a body: a code and, if wanted, words. */
export function reasonIn(body: Body): TaskReason | undefined {
  const { reason } = body;
  if (reason === undefined || reason === null) return undefined;
  const given = objectOf(reason, ['code', 'text'], 'reason');
  const code = textIn(given, 'code');
  if (code === undefined || !CODE.test(code)) throw invalid('reason.code takes letters, digits and -._: only');
  const words = given['text'] === null ? undefined : textIn(given, 'text', LONGEST_REASON)?.trim();
  return { code, text: words === undefined || words === '' ? null : words };
}

export function neededReason(body: Body): TaskReason {
  const reason = reasonIn(body);
  if (!reason) throw invalid('reason is missing');
  return reason;
}

export function assignmentIn(body: Body): Assignment {
  const to = objectOf(body['to'], ['role', 'unit', 'person'], 'to');
  const named = (name: keyof Assignment): string | null => {
    const value = to[name] === null ? undefined : textIn(to, name, LONGEST_NAME)?.trim();
    if (value !== undefined && HIDDEN.test(value)) throw invalid(`to.${name} takes one line of plain text`);
    return value === undefined || value === '' ? null : value;
  };
  // As accounts are named: a task of `Ana` would be nobody's.
  const person = named('person')?.normalize('NFKC').toLowerCase() ?? null;
  return { role: named('role'), unit: named('unit'), person };
}
