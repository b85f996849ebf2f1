import { TASK_STATES, TASK_STEPS, type TaskEvent, type TaskReason } from '../../engine/index.ts';
import type {
  TaskAssignRequest,
  TaskDetail,
  TaskList,
  TaskStepRequest,
  TaskView,
} from '../../runtime/api/task-contract.ts';
import { cliErrors } from '../errors.ts';
import type { Io } from '../io.ts';
import { accountsIn } from '../roster/accounts.ts';
import { findRuntime, type RuntimeClient } from '../runtime-client.ts';
import { columns, dateTime, json, jsonLine, safe, span } from '../terminal.ts';

interface Common {
  readonly runtime: string;
  readonly json?: boolean;
}

export interface TaskListOptions extends Common {
  readonly limit: string;
  readonly state?: string;
  readonly role?: string;
  readonly unit?: string;
  readonly person?: string;
  readonly definition?: string;
  readonly message?: string;
  readonly overdue?: boolean;
}

/** The API's own limit. */
const MOST = 1_000;
/** What still waits for somebody. */
const OPEN = TASK_STATES.filter((state) => !['completed', 'cancelled', 'entered-in-error'].includes(state));

/** What waits for somebody, unless states are asked for; due first. */
export async function listTasks(io: Io, options: TaskListOptions): Promise<void> {
  const limit = /^\d{1,4}$/.test(options.limit) ? Number(options.limit) : 0;
  if (limit < 1 || limit > MOST) throw cliErrors.create('option-invalid', { option: '--limit', takes: `1 to ${MOST}` });
  const states = options.state?.split(',') ?? OPEN;
  if (states.some((state) => !(TASK_STATES as readonly string[]).includes(state)))
    throw cliErrors.create('option-invalid', { option: '--state', takes: TASK_STATES.join(', ') });
  const runtime = await findRuntime(io, options.runtime);
  const { role, unit, person, definition, message, overdue } = options;
  const { tasks, next } = await runtime.get<TaskList>('/tasks', {
    limit,
    state: states.join(','),
    role,
    unit,
    person,
    definition,
    message,
    overdue: overdue === true ? '1' : undefined,
  });
  if (options.json === true) io.out(json(tasks));
  else if (tasks.length === 0) io.out('No tasks.\n');
  else
    io.out(
      columns([
        ['id', 'due', 'priority', 'state', 'for', 'on now', 'title'],
        ...tasks.map((one) => [
          one.id,
          dueOf(one, io.now()),
          one.priority,
          one.state,
          whoOf(one.assigned),
          one.on.join(', '),
          one.title,
        ]),
      ]) + (next === null ? '' : `More than ${limit}: see them with --limit.\n`),
    );
}

export async function showTask(io: Io, id: string, options: Common): Promise<void> {
  const detail = await detailOf(await findRuntime(io, options.runtime), id);
  io.out(options.json === true ? json(detail) : detailText(detail, io.now()));
}

/** To who runs the command, by their user name on this machine. */
export async function claimTasks(io: Io, ids: readonly string[], options: Common): Promise<void> {
  const runtime = await findRuntime(io, options.runtime);
  for (const id of ids) tell(io, options, await changed(runtime, id, 'claim', {}));
}

export interface ReasonOptions extends Common {
  readonly reason?: string;
  readonly text?: string;
}

export async function stepTask(io: Io, id: string, step: string, options: ReasonOptions): Promise<void> {
  const known = TASK_STEPS.find((one) => one === step);
  if (known === undefined)
    throw cliErrors.create('option-invalid', { option: 'The step', takes: TASK_STEPS.join(', ') });
  const reason = reasonOf(options);
  const request: Omit<TaskStepRequest, 'seen'> = { step: known, ...(reason && { reason }) };
  tell(io, options, await changed(await findRuntime(io, options.runtime), id, 'step', request));
}

export interface AssignOptions extends ReasonOptions {
  readonly role?: string;
  readonly unit?: string;
  readonly person?: string;
}

export async function assignTask(io: Io, id: string, options: AssignOptions): Promise<void> {
  const reason = reasonOf(options);
  if (!reason) throw cliErrors.create('option-invalid', { option: '--reason', takes: 'a code, such as shift-change' });
  const { role = null, unit = null, person = null } = options;
  const request: Omit<TaskAssignRequest, 'seen'> = { to: { role, unit, person }, reason };
  tell(io, options, await changed(await findRuntime(io, options.runtime), id, 'assign', request));
  if (person !== null && mayLogIn(io, person) === false)
    io.err(
      `${safe(person)} has no account that may log in here: nobody sees this task as their own. Check the name.\n`,
    );
}

/** `undefined`: accounts are not kept on this machine. */
function mayLogIn(io: Io, person: string): boolean | undefined {
  const accounts = accountsIn(io.config().dataFolder);
  return accounts ? accounts.get(person) === true : undefined;
}

export async function commentTask(io: Io, id: string, text: string, options: Common): Promise<void> {
  const runtime = await findRuntime(io, options.runtime);
  tell(io, options, await runtime.post<TaskView>(`${pathOf(id)}/comment`, { text }));
}

const pathOf = (id: string): string => `/tasks/${encodeURIComponent(id)}`;
const detailOf = (runtime: RuntimeClient, id: string): Promise<TaskDetail> => runtime.get<TaskDetail>(pathOf(id));

/** As it is at this moment: whoever types an id has no older version before them. */
async function changed(runtime: RuntimeClient, id: string, action: string, request: object): Promise<TaskView> {
  const { task } = await detailOf(runtime, id);
  return runtime.post<TaskView>(`${pathOf(id)}/${action}`, { seen: task.version, ...request });
}

function reasonOf({ reason, text }: ReasonOptions): TaskReason | undefined {
  if (reason !== undefined) return { code: reason, text: text ?? null };
  if (text === undefined) return undefined;
  throw cliErrors.create('option-invalid', { option: '--text', takes: 'words beside --reason' });
}

function tell(io: Io, options: Common, task: TaskView): void {
  io.out(
    options.json === true ? jsonLine(task) : `${safe(`${task.id}: ${task.state}, for ${whoOf(task.assigned)}`)}\n`,
  );
}

export const whoOf = ({ role, unit, person }: TaskView['assigned']): string =>
  [person, [role, unit].filter((one) => one !== null).join(' ')].filter((one) => one !== null && one !== '').join(', ');

function dueOf({ dueAt, endedAt }: TaskView, now: number): string {
  if (dueAt === null) return '-';
  if (endedAt !== null) return dateTime(dueAt);
  return dueAt < now ? `${span(now - dueAt)} ago` : `in ${span(dueAt - now)}`;
}

function detailText(
  { task, events, decisions, escalation, steps, definition, problems }: TaskDetail,
  now: number,
): string {
  const { message, ehr } = task;
  const facts: readonly (readonly [string, string | null])[] = [
    ['title', task.title],
    ['state', `${task.state} since ${dateTime(task.stateSince)}`],
    ['priority', task.priority],
    ['due', dueOf(task, now)],
    ['for', whoOf(task.assigned)],
    ['on now', task.on.join(', ')],
    ['definition', `${definition.title}, version ${definition.version.slice(0, 12)}`],
    ['message', `${task.messageId}${message.controlId === null ? '' : ` (${message.controlId})`}`],
    ['escalation', escalation && `${escalation.state}, ladder ${escalation.ladder}`],
    ['EHR', ehr && `${ehr.reference ?? 'not written yet'}: ${ehr.trouble ?? ehr.status ?? 'not read yet'}`],
    [
      'possible now',
      steps.map(({ step, needsReason }) => (needsReason ? `${step} (needs a reason)` : step)).join(', '),
    ],
  ];
  const parts = task.parts.map(({ id, text, state, by }) => [state, id, text, by]);
  return [
    columns(facts),
    parts.length === 0 ? '' : `\nParts:\n${columns(parts)}`,
    decisions.length === 0 ? '' : `\nWhy:\n${columns(decisions.map(({ table, sentence }) => [table, sentence]))}`,
    `\nWhat happened:\n${columns(events.map((one) => [dateTime(one.at), one.actor, eventText(one)]))}`,
    problems.length === 0 ? '' : `\nReported:\n${columns(problems.map(({ id, kind, state }) => [id, kind, state]))}`,
  ].join('');
}

function eventText(event: TaskEvent): string {
  const why = event.reason
    ? ` (${[event.reason.code, event.reason.text].filter((one) => one !== null).join(': ')})`
    : '';
  switch (event.kind) {
    case 'created':
      return 'made it';
    case 'step':
      return `${event.step}: ${event.from} to ${event.to}${why}`;
    case 'assigned':
      return `gave it to ${whoOf(event.to)}${why}`;
    case 'part':
      return `set ${event.part} to ${event.to}${why}`;
    case 'commented':
      return event.text;
    case 'overridden':
      return `chose ${event.instead} where the rule said ${event.what}${why}`;
    case 'due-changed':
      return `moved the due time to ${dateTime(event.to)}${why}`;
    case 'ehr':
      return `the EHR says ${event.status ?? 'nothing'}${event.trouble === null ? '' : ` (${event.trouble})`}`;
    default:
      return never(event);
  }
}

function never(event: never): never {
  throw new TypeError(`not an event of a task: ${JSON.stringify(event)}`);
}
