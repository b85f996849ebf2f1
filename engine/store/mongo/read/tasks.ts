import type { mongo } from 'mongoose';
import { TASK_STATES } from '../../contract/index.ts';
import type { TaskCounts, TaskEvent, TaskQuery, TaskState, WorkflowTask } from '../../contract/index.ts';
import { asksOpenOnly, cursorOf, cursorText, type TaskCursor } from '../../task-places.ts';
import type { Collections, TaskDoc } from '../documents.ts';
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
  const byDue = query.order !== 'newest-first';
  const cursor = cursorOf(query);
  const filters: Filter[] = [conditions(query)];
  if (query.states) filters.push({ state: { $in: [...query.states] } });
  if (asksOpenOnly(query)) filters.push({ open: true });
  if (cursor) filters.push(byDue ? behind(cursor) : { seq: { $lt: cursor[2] } });
  const sort: Record<string, 1 | -1> = byDue ? { dueRank: 1, urgency: 1, seq: 1 } : { seq: -1 };
  const found = await tasks.find({ $and: filters }, { sort, limit }).toArray();
  const last = found.length === limit ? found.at(-1) : undefined;
  return { tasks: found.map(taskFrom), next: last ? cursorText([last.dueRank, last.urgency, last.seq]) : null };
}

const behind = ([dueRank, urgency, seq]: TaskCursor): Filter => ({
  $or: [{ dueRank: { $gt: dueRank } }, { dueRank, urgency: { $gt: urgency } }, { dueRank, urgency, seq: { $gt: seq } }],
});

export async function countTasks({ tasks }: Collections, query: TaskQuery, now: number): Promise<TaskCounts> {
  const overdue = { $cond: [{ $and: [{ $eq: ['$open', true] }, { $lt: ['$dueRank', now] }] }, 1, 0] };
  const rows = await tasks
    .aggregate<{ _id: TaskState; n: number; overdue: number }>([
      { $match: conditions(query) },
      { $group: { _id: '$state', n: { $sum: 1 }, overdue: { $sum: overdue } } },
    ])
    .toArray();
  const none = Object.fromEntries(TASK_STATES.map((state) => [state, 0])) as Record<TaskState, number>;
  const counts = { ...none, overdue: 0 };
  for (const { _id: state, n, overdue: late } of rows) {
    counts[state] = n;
    counts.overdue += late;
  }
  return counts;
}

export async function tasksOutOfStep({ tasks }: Collections, before: number, limit: number): Promise<WorkflowTask[]> {
  const found = await tasks.find({ syncAt: { $lt: before } }, { sort: { syncAt: 1, seq: 1 }, limit }).toArray();
  return found.map(taskFrom);
}

function conditions(query: TaskQuery): Filter {
  const { role, unit, person, messageId, code, overdueAt, definitions, mine } = query;
  const all: Filter[] = [
    {
      ...(role === undefined ? {} : { role }),
      ...(unit === undefined ? {} : { unit }),
      ...(person === undefined ? {} : { person }),
      ...(messageId === undefined ? {} : { messageId }),
      ...(code === undefined ? {} : { code }),
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
  return { $and: all };
}
