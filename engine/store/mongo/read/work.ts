import type { mongo } from 'mongoose';
import { WORK_STATES } from '../../contract/index.ts';
import type { TraceStep, WorkAttempt, WorkCounts, WorkState, WorkView } from '../../contract/index.ts';
import type { AttemptDoc, Collections, WorkDoc } from '../documents.ts';
import { laneName } from '../values.ts';

export async function workOfMessage(collections: Collections, messageId: string): Promise<WorkView[]> {
  const message = await collections.messages.findOne({ id: messageId }, { projection: { _id: 1 } });
  if (!message) return [];
  return views(collections, { messageSeq: message._id });
}

export async function getWork(collections: Collections, id: string): Promise<WorkView | undefined> {
  return (await views(collections, { _id: id }))[0];
}

export async function firstWaiting(collections: Collections, subscription: string): Promise<WorkView | undefined> {
  const first = await collections.work.findOne(
    { subscription, state: 'waiting', open: true },
    { sort: { seq: 1 }, projection: { _id: 1 } },
  );
  return first ? getWork(collections, first._id) : undefined;
}

async function views(collections: Collections, filter: mongo.Filter<WorkDoc>): Promise<WorkView[]> {
  const works = (await collections.work.find(filter, { sort: { seq: 1 } }).toArray()) as WorkDoc[];
  if (works.length === 0) return [];
  const [attempts, blockers] = await Promise.all([
    collections.attempts
      .find({ workId: { $in: works.map((work) => work._id) } }, { sort: { workId: 1, attempt: 1 } })
      .toArray(),
    Promise.all(works.map((work) => blockerOf(collections, work))),
  ]);
  const byWork = Map.groupBy(attempts as AttemptDoc[], (attempt) => attempt.workId);
  return works.map((work, index) => view(work, byWork.get(work._id) ?? [], blockers[index] ?? null));
}

async function blockerOf({ work }: Collections, one: WorkDoc): Promise<string | null> {
  if (one.state !== 'waiting' || one.ready || one.orderingKey === undefined) return null;
  const head = await work.findOne(
    { orderingKey: one.orderingKey, blocks: true, seq: { $lt: one.seq } },
    { sort: { seq: 1 }, projection: { _id: 1 } },
  );
  return head?._id ?? null;
}

function view(work: WorkDoc, ended: readonly AttemptDoc[], blockedBy: string | null): WorkView {
  return {
    id: work._id,
    seq: work.seq,
    messageId: work.messageId,
    subscription: work.subscription,
    definition: work.definition,
    state: work.state,
    lane: laneName(work.lane),
    attempt: work.attempt,
    createdAt: work.createdAt,
    firstDeliveredAt: work.firstDeliveredAt ?? null,
    settledAt: work.settledAt ?? null,
    notBefore: work.notBefore ?? null,
    leaseUntil: work.leaseUntil ?? null,
    blockedBy,
    pinnedVersion: work.pinned ?? null,
    failure: work.failure ?? null,
    parentWorkId: work.parentId ?? null,
    childKind: work.childKind ?? null,
    discardReason: work.discardReason ?? null,
    attempts: attempts(work, ended),
  };
}

/** An attempt is written when it ends; the one that runs now is read from the item itself. */
function attempts(work: WorkDoc, documents: readonly AttemptDoc[]): WorkAttempt[] {
  const ended = documents.map((one) => ({
    attempt: one.attempt,
    startedAt: one.startedAt,
    endedAt: one.endedAt,
    version: one.version,
    outcome: one.outcome,
    failure: one.failure ?? null,
    steps: one.steps === undefined ? [] : (JSON.parse(one.steps) as TraceStep[]),
  }));
  if (work.state !== 'claimed') return ended;
  const running = { endedAt: null, outcome: 'running' as const, failure: null, steps: [] };
  const startedAt = work.claimedAt ?? work.createdAt;
  return [...ended, { attempt: work.attempt, startedAt, version: work.pinned ?? null, ...running }];
}

export async function parkedChildren(
  { work }: Collections,
  prefix: string,
  after: string,
  limit: number,
): Promise<{ key: string; data: unknown }[]> {
  const found = await work
    .find(
      { childKey: { $gt: after, $lt: `${prefix}~` }, state: 'parked', held: { $exists: false } },
      { projection: { childKey: 1, childData: 1 }, sort: { childKey: 1 }, limit },
    )
    .toArray();
  return found.map(({ childKey = '', childData }) => ({
    key: childKey,
    data: childData === undefined ? null : (JSON.parse(childData) as unknown),
  }));
}

/** Due times in the past are given too: a retry that nobody has claimed yet, a lease that nobody has expired yet. */
export async function nextDue({ work }: Collections): Promise<number | null> {
  const [due, lease] = await Promise.all([
    work.findOne({ notBefore: { $exists: true } }, { sort: { notBefore: 1 }, projection: { notBefore: 1 } }),
    work.findOne({ leaseUntil: { $exists: true } }, { sort: { leaseUntil: 1 }, projection: { leaseUntil: 1 } }),
  ]);
  const times = [due?.notBefore, lease?.leaseUntil].filter((time) => time !== undefined);
  return times.length > 0 ? Math.min(...times) : null;
}

export async function doneAfter({ work, reviews }: Collections, workId: string): Promise<number> {
  const one = await work.findOne({ _id: workId }, { projection: { orderingKey: 1, seq: 1, newerGone: 1 } });
  if (one?.orderingKey === undefined) return 0;
  const newer = { orderingKey: one.orderingKey, seq: { $gt: one.seq } };
  const gone = await work.find({ ...newer, state: 'discarded' }, { projection: { _id: 1 } }).toArray();
  const byHand = gone.length === 0 ? [] : await reviews.distinct('workId', { workId: { $in: gone.map((w) => w._id) } });
  const here = await work.countDocuments({ ...newer, state: { $in: ['claimed', 'done'] } });
  return (one.newerGone ?? 0) + byHand.length + here;
}

export async function countWork({ counters }: Collections): Promise<WorkCounts> {
  const counts = Object.fromEntries(WORK_STATES.map((state) => [state, 0])) as Record<WorkState, number>;
  const rows = counters.aggregate<{ _id: WorkState; n: number }>([
    { $match: { kind: 'work' } },
    { $group: { _id: '$state', n: { $sum: '$n' } } },
  ]);
  for await (const { _id: state, n } of rows) counts[state] = n;
  return counts;
}

const OPEN_STATES: readonly WorkState[] = ['waiting', 'claimed', 'parked', 'dead'];

export async function backlog({
  counters,
  work,
}: Collections): Promise<{ subscription: string; state: WorkState; count: number; oldest: number }[]> {
  const rows = await counters
    .aggregate<{ _id: { name: string; state: WorkState }; n: number }>([
      { $match: { kind: 'work', state: { $in: OPEN_STATES } } },
      { $group: { _id: { name: '$name', state: '$state' }, n: { $sum: '$n' } } },
      { $match: { n: { $gt: 0 } } },
      { $sort: { _id: 1 } },
    ])
    .toArray();
  return Promise.all(
    rows.map(async ({ _id: { name, state }, n }) => {
      const first = await work.findOne(
        { subscription: name, state, open: true },
        { sort: { seq: 1 }, projection: { createdAt: 1 } },
      );
      return { subscription: name, state, count: n, oldest: first?.createdAt ?? 0 };
    }),
  );
}
