import type { mongo } from 'mongoose';
import { TASK_STATES } from '../../contract/index.ts';
import type {
  TaskCounts,
  TaskEvent,
  TaskQuery,
  TaskState,
  TaskWord,
  WorkflowTask,
  WorkflowTasks,
} from '../../contract/index.ts';
import { asksOpenOnly, cursorOf, cursorText, knownCopyOf, seqAfter, type TaskCursor } from '../../task-places.ts';
import { LOOKED_AT, meetsWords } from '../../task-words.ts';
import type { Collections, TaskDoc } from '../documents.ts';
import { TASK_COUNTS } from '../schema.ts';
import { limitOf } from '../../limit-of.ts';

type Filter = mongo.Filter<TaskDoc>;

const taskFrom = ({ record }: TaskDoc): WorkflowTask => JSON.parse(record) as WorkflowTask;

export async function getTask(
  { tasks }: Collections,
  by: { _id: string } | { key: string },
): Promise<WorkflowTask | undefined> {
  const found = await tasks.findOne(by);
  return found ? taskFrom(found) : undefined;
}

export async function taskEvents({ taskEvents: events }: Collections, taskId: string): Promise<TaskEvent[]> {
  const found = await events.find({ taskId }, { sort: { n: 1 } }).toArray();
  return found.map(({ record }) => JSON.parse(record) as TaskEvent);
}

export async function listTasks(
  { tasks }: Collections,
  query: TaskQuery,
): Promise<{ tasks: WorkflowTask[]; next: string | null }> {
  const limit = limitOf(query.limit);
  const { filter, sort } = pageOf(query);
  const found = await tasks.find(filter, { sort, limit }).toArray();
  const last = found.length === limit ? found.at(-1) : undefined;
  return { tasks: found.map(taskFrom), next: last ? placeOf(last) : null };
}

const placeOf = ({ dueRank, urgency, seq }: TaskDoc): string => cursorText([dueRank, urgency, seq]);

function pageOf(query: TaskQuery): { readonly filter: Filter; readonly sort: Record<string, 1 | -1> } {
  const byDue = query.order !== 'newest-first';
  const cursor = cursorOf(query);
  const filters: Filter[] = [conditions(query)];
  if (query.states) filters.push({ state: { $in: [...query.states] } });
  if (asksOpenOnly(query)) filters.push({ open: true });
  if (cursor) filters.push(byDue ? behind(cursor) : { seq: { $lt: cursor[2] } });
  return { filter: { $and: filters }, sort: byDue ? { dueRank: 1, urgency: 1, seq: 1 } : { seq: -1 } };
}

const READ_AT_ONCE = 500;

export async function searchTasks(
  { tasks }: Collections,
  query: TaskQuery,
  words: readonly TaskWord[],
): Promise<{ tasks: WorkflowTask[]; next: string | null; looked: number }> {
  const limit = limitOf(query.limit);
  const { filter, sort } = pageOf(query);
  const found: WorkflowTask[] = [];
  let looked = 0;
  let last: TaskDoc | undefined;
  for await (const document of tasks.find(filter, { sort, limit: LOOKED_AT, batchSize: READ_AT_ONCE })) {
    looked += 1;
    last = document;
    const task = taskFrom(document);
    if (meetsWords({ ...task, open: document.open === true }, words)) found.push(task);
    if (found.length === limit) break;
  }
  const more = last !== undefined && (found.length === limit || looked === LOOKED_AT);
  return { tasks: found, next: last && more ? placeOf(last) : null, looked };
}

const behind = ([dueRank, urgency, seq]: TaskCursor): Filter => ({
  $or: [{ dueRank: { $gt: dueRank } }, { dueRank, urgency: { $gt: urgency } }, { dueRank, urgency, seq: { $gt: seq } }],
});

export async function countTasks({ tasks }: Collections, query: TaskQuery, now: number): Promise<TaskCounts> {
  const overdue = { $cond: [{ $and: [{ $eq: ['$open', true] }, { $lt: ['$dueRank', now] }] }, 1, 0] };
  const rows = await tasks
    .aggregate<{ _id: TaskState; n: number; overdue: number }>(
      // Named states: a filter is judged in the index only where its first field is asked for.
      [
        { $match: { $and: [{ state: { $in: [...TASK_STATES] } }, conditions(query)] } },
        { $group: { _id: '$state', n: { $sum: 1 }, overdue: { $sum: overdue } } },
      ],
      countedByIndex(query) ? { hint: TASK_COUNTS } : {},
    )
    .toArray();
  const none = Object.fromEntries(TASK_STATES.map((state) => [state, 0])) as Record<TaskState, number>;
  const counts = { ...none, overdue: 0 };
  for (const { _id: state, n, overdue: late } of rows) {
    counts[state] = n;
    counts.overdue += late;
  }
  return counts;
}

/** Else documents are read: what the index has not, and whether something is absent, which no index of MongoDB tells. */
const countedByIndex = ({ messageId, code, about, patients, mine, area }: TaskQuery): boolean =>
  [messageId, code, about, patients, mine, area].every((one) => one === undefined);

export async function tasksOutOfStep({ tasks }: Collections, before: number, limit: number): Promise<WorkflowTask[]> {
  const found = await tasks.find({ syncAt: { $lt: before } }, { sort: { syncAt: 1, seq: 1 }, limit }).toArray();
  return found.map(taskFrom);
}

export async function taskCopies(
  { tasks }: Collections,
  { after, limit }: Parameters<WorkflowTasks['copies']>[0],
): Promise<Awaited<ReturnType<WorkflowTasks['copies']>>> {
  const page = limitOf(limit);
  const found = await tasks
    .find({ syncAt: { $exists: true }, seq: { $gt: seqAfter(after) } }, { sort: { seq: 1 }, limit: page })
    .toArray();
  const last = found.length === page ? found.at(-1) : undefined;
  return { copies: found.flatMap((one) => knownCopyOf(taskFrom(one)) ?? []), next: last ? String(last.seq) : null };
}

function conditions(query: TaskQuery): Filter {
  const { role, unit, person, messageId, code, about, patients, overdueAt, definitions, mine, area } = query;
  const all: Filter[] = [
    {
      ...(role === undefined ? {} : { role }),
      ...(unit === undefined ? {} : { unit }),
      ...(person === undefined ? {} : { person }),
      ...(messageId === undefined ? {} : { messageId }),
      ...(code === undefined ? {} : { code }),
      ...(about === undefined ? {} : { about }),
      ...(patients ? { patient: { $in: [...patients] } } : {}),
      ...(definitions ? { definition: { $in: [...definitions] } } : {}),
      ...(overdueAt === undefined ? {} : { open: true as const, dueRank: { $lt: overdueAt } }),
    },
  ];
  if (mine) {
    const nobodys = { $exists: false };
    const ofRoles = mine.roles.map(({ role: covered, units }): Filter => {
      const free = { person: nobodys, role: covered };
      return units === 'all' ? free : { ...free, $or: [{ unit: nobodys }, { unit: { $in: [...units] } }] };
    });
    all.push({ $or: [{ person: mine.person }, ...ofRoles] });
  }
  if (area) {
    const everywhere = area.roles.filter((one) => one.everywhere).map((one) => one.role);
    const everyRole = area.roles.map((one) => one.role);
    const ways: Filter[] = [
      { unit: { $in: [...area.units] } },
      { role: { $in: everywhere } },
      { unit: { $exists: false }, role: { $in: everyRole } },
    ];
    all.push({ $or: ways });
  }
  return { $and: all };
}
