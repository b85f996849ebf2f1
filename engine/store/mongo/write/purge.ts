/**
 * Retention, in small steps: each looks at a bounded number of entries from where the last one ended. A round is over when
 * entries and bodies were both looked at to the end; the next begins with the oldest again, and what was open then is
 * looked at then.
 */
import { bareResult } from '../../bare-result.ts';
import type { MessageState, PurgeRequest, PurgeResult, WorkState } from '../../contract/index.ts';
import type { MessageDoc } from '../documents.ts';
import { partRange, seqOfPart } from '../values.ts';
import type { WriteContext } from './context.ts';
import { forgetIdentities } from './identities.ts';
import type { Operation } from './operation.ts';

/** Entries looked at in one step for each that may go: most that are old enough are finished. */
const LOOKED_AT = 4;
const FINISHED: ReadonlySet<MessageState> = new Set(['done', 'discarded', 'quarantined', 'unrouted', 'resend']);

type Row = Pick<MessageDoc, '_id' | 'id' | 'feed' | 'state' | 'receivedAt'>;

interface Step {
  readonly gone: readonly Row[];
  readonly more: boolean;
  /** Where the next one begins; `ENDED`: nothing is left in this round. */
  readonly place: number;
}

const ENDED = -1;
const NOTHING: Step = { gone: [], more: false, place: ENDED };

export function purge(request: PurgeRequest): Operation<PurgeResult> {
  let messages = NOTHING;
  let bodies = NOTHING;
  return {
    name: 'retention.purge',
    alone: true,
    needs: () => undefined,
    async prepare(ctx) {
      const { bodiesBefore, messagesBefore, limit } = request;
      messages = await step(ctx, 'messages', messagesBefore, limit, new Set());
      const going = new Set(messages.gone.map((row) => row._id));
      bodies = await step(ctx, 'bodies', bodiesBefore, limit - messages.gone.length, going);
      const over = !messages.more && !bodies.more;
      keepPlace(ctx, 'messages', over ? 0 : messages.place);
      keepPlace(ctx, 'bodies', over ? 0 : bodies.place);
    },
    apply(ctx) {
      const [removed, emptied] = [messages.gone, bodies.gone];
      for (const row of removed) ctx.count('message', row.feed, row.state, -1);
      if (removed.length > 0) ctx.later(() => removeMessages(ctx, removed));
      if (emptied.length > 0)
        ctx.later(async () => {
          await removeBodies(ctx, emptied);
          await removeContent(ctx, emptied);
        });
      return { bodies: bodies.gone.length, messages: messages.gone.length, more: messages.more || bodies.more };
    },
  };
}

async function step(
  ctx: WriteContext,
  what: 'bodies' | 'messages',
  before: number | null,
  limit: number,
  going: ReadonlySet<number>,
): Promise<Step> {
  if (before === null) return NOTHING;
  const { session } = ctx;
  const place = (await ctx.writer.collections.sequences.findOne({ _id: `purge/${what}` }, { session }))?.next ?? 0;
  if (place === ENDED) return NOTHING;
  if (limit <= 0) return { gone: [], more: true, place };
  const most = limit * LOOKED_AT;
  const { rows, isFull } = await (what === 'messages' ? anyAfter(ctx, place, most) : withBodyAfter(ctx, place, most));
  const owed = await owedOf(ctx, rows);
  const gone: Row[] = [];
  let looked = 0;
  let old = 0;
  for (const row of rows) {
    if (gone.length === limit) break;
    looked++;
    if (row.receivedAt >= before) continue;
    old++;
    if (!FINISHED.has(row.state) || owed.has(row._id) || going.has(row._id)) continue;
    gone.push(row);
  }
  // In the order of arrival: where none is old enough, those behind them are not either.
  const more = looked < rows.length || (isFull && old > 0);
  return { gone, more, place: more ? (rows[looked - 1]?._id ?? 0) : ENDED };
}

function keepPlace(ctx: WriteContext, what: 'bodies' | 'messages', place: number): void {
  const { writer, session } = ctx;
  ctx.later(async () => {
    const filter = { _id: `purge/${what}` };
    await writer.collections.sequences.updateOne(filter, { $set: { next: place } }, { upsert: true, session });
  });
}

const PROJECTION = { id: 1, feed: 1, state: 1, receivedAt: 1 } as const;

/** `isFull`: as many were found as were looked for, so that there may be more. */
interface Found {
  readonly rows: readonly Row[];
  readonly isFull: boolean;
}

async function anyAfter({ writer, session }: WriteContext, place: number, most: number): Promise<Found> {
  const options = { session, sort: { _id: 1 }, limit: most, projection: PROJECTION } as const;
  const rows = await writer.collections.messages.find({ _id: { $gt: place } }, options).toArray();
  return { rows, isFull: rows.length === most };
}

async function withBodyAfter({ writer, session }: WriteContext, place: number, most: number): Promise<Found> {
  const options = { session, sort: { _id: 1 }, limit: most, projection: { _id: 1 } } as const;
  const parts = await writer.collections.bodies.find({ _id: { $gte: partRange(place).$lt } }, options).toArray();
  const seqs = [...new Set(parts.map((part) => seqOfPart(part._id)))];
  const rows = await writer.collections.messages
    .find({ _id: { $in: seqs } }, { session, sort: { _id: 1 }, projection: PROJECTION })
    .toArray();
  // A large body has several parts: there are then fewer messages than parts.
  return { rows, isFull: parts.length === most };
}

/**
 * Also what a state does not show: who wants to hear of a quarantined frame, a task, an escalation or an alert that nobody has ended, a
 * report that nobody has answered, an
 * acknowledgement that is awaited (made from the body) or that its sender has not taken yet.
 */
async function owedOf({ writer, session }: WriteContext, rows: readonly Row[]): Promise<Set<number>> {
  const { work, escalations, tasks, alerts, problems, differences, identityQuestions, acknowledgements } =
    writer.collections;
  const unsent = await acknowledgements
    .find(
      { _id: { $in: rows.map((row) => row.id) }, state: { $in: ['awaited', 'made'] } },
      { session, projection: { seq: 1 } },
    )
    .toArray();
  const open = await work
    .find({ messageSeq: { $in: rows.map((row) => row._id) }, open: true }, { session, projection: { messageSeq: 1 } })
    .toArray();
  const unanswered = await escalations
    .find(
      { messageId: { $in: rows.map((row) => row.id) }, state: { $in: ['open', 'exhausted'] } },
      { session, projection: { messageId: 1 } },
    )
    .toArray();
  const owing = await tasks
    .find({ messageId: { $in: rows.map((row) => row.id) }, open: true }, { session, projection: { messageId: 1 } })
    .toArray();
  const alerting = await alerts
    .find({ messageId: { $in: rows.map((row) => row.id) }, state: 'open' }, { session, projection: { messageId: 1 } })
    .toArray();
  const reported = await problems
    .find(
      { messageId: { $in: rows.map((row) => row.id) }, state: { $in: ['open', 'looked-at'] } },
      { session, projection: { messageId: 1 } },
    )
    .toArray();
  const differing = await differences
    .find({ messageId: { $in: rows.map((row) => row.id) }, state: 'open' }, { session, projection: { messageId: 1 } })
    .toArray();
  const asking = await identityQuestions
    .find({ messageId: { $in: rows.map((row) => row.id) }, state: 'open' }, { session, projection: { messageId: 1 } })
    .toArray();
  const ids = new Set(
    [...unanswered, ...owing, ...alerting, ...reported, ...differing, ...asking].map((one) => one.messageId),
  );
  return new Set([
    ...unsent.map((one) => one.seq),
    ...open.map((one) => one.messageSeq),
    ...rows.filter((row) => ids.has(row.id)).map((row) => row._id),
  ]);
}

async function removeBodies(ctx: WriteContext, rows: readonly Row[]): Promise<void> {
  const { writer, session } = ctx;
  await writer.collections.bodies.bulkWrite(
    rows.map((row) => ({ deleteMany: { filter: { _id: partRange(row._id) } } })),
    { session },
  );
  const ids = { $in: rows.map((row) => row.id) };
  await writer.collections.requests.deleteMany({ messageId: ids }, { session });
  await writer.collections.eventBefores.deleteMany({ _id: ids }, { session });
  await writer.collections.eventStates.deleteMany({ messageId: ids }, { session });
  await forgetIdentities(
    ctx,
    rows.map((row) => row.id),
  );
  // A flow may have put segments of the patient's into it.
  await writer.collections.acknowledgements.updateMany({ _id: ids }, { $unset: { bytes: '' } }, { session });
}

/** Of what stays with the entry. */
async function removeContent({ writer, session }: WriteContext, rows: readonly Row[]): Promise<void> {
  const { effects, work } = writer.collections;
  const kept = await effects
    .find(
      { messageId: { $in: rows.map((row) => row.id) }, result: { $exists: true } },
      { session, projection: { result: 1 } },
    )
    .toArray();
  const emptied = kept.map(({ _id, result = 'null' }) => {
    const bare = bareResult(result);
    const update = bare === null ? ({ $unset: { result: '' } } as const) : { $set: { result: bare } };
    return { updateOne: { filter: { _id }, update } };
  });
  if (emptied.length > 0) await effects.bulkWrite(emptied, { session });
  const messageSeq = { $in: rows.map((row) => row._id) };
  await work.updateMany({ messageSeq, childData: { $exists: true } }, { $unset: { childData: '' } }, { session });
}

async function removeMessages(ctx: WriteContext, rows: readonly Row[]): Promise<void> {
  const { session } = ctx;
  const { collections } = ctx.writer;
  const seqs = rows.map((row) => row._id);
  const messageId = { $in: rows.map((row) => row.id) };
  const messageSeq = { $in: seqs };
  await countForOlder(ctx, seqs);
  const ended = await collections.tasks.find({ messageId }, { session, projection: { _id: 1 } }).toArray();
  await collections.taskEvents.deleteMany({ taskId: { $in: ended.map((one) => one._id) } }, { session });
  await collections.tasks.deleteMany({ messageId }, { session });
  await collections.reviews.deleteMany({ messageId }, { session });
  await collections.problems.deleteMany({ messageId }, { session });
  await collections.differences.deleteMany({ messageId }, { session });
  // An answer that two are different is not asked for again.
  await collections.identityQuestions.deleteMany({ messageId, state: { $ne: 'different' } }, { session });
  await removeAlerts(ctx, messageId);
  await collections.escalations.deleteMany({ messageId }, { session });
  await collections.acknowledgements.deleteMany({ _id: messageId }, { session });
  await collections.effects.deleteMany({ messageId }, { session });
  await collections.decisions.deleteMany({ messageId }, { session });
  await removeFacts(ctx, messageId);
  const work = await collections.work
    .find({ messageSeq }, { session, projection: { subscription: 1, state: 1 } })
    .toArray();
  for (const { subscription, state } of work) ctx.count('work', subscription, state, -1);
  await collections.attempts.deleteMany({ messageSeq }, { session });
  await collections.work.deleteMany({ messageSeq }, { session });
  await collections.messages.updateMany(
    { resendOf: { $in: seqs } },
    { $unset: { resendOf: '', resendOfId: '' } },
    { session },
  );
  await removeBodies(ctx, rows);
  await collections.messages.deleteMany({ _id: { $in: seqs } }, { session });
}

/** What rests is told of newer ones only by being counted: before their reviews go. */
async function countForOlder({ writer, session }: WriteContext, seqs: readonly number[]): Promise<void> {
  const { work, reviews } = writer.collections;
  const going = await work
    .find(
      { messageSeq: { $in: [...seqs] }, orderingKey: { $exists: true }, state: { $in: ['done', 'discarded'] } },
      { session, projection: { orderingKey: 1, seq: 1, state: 1 } },
    )
    .toArray();
  const gone = going.filter(({ state }) => state === 'discarded').map(({ _id }) => _id);
  const byHand = new Set(
    gone.length === 0 ? [] : await reviews.distinct('workId', { workId: { $in: gone } }, { session }),
  );
  const counted = going.flatMap(({ _id, orderingKey, seq, state }) =>
    orderingKey !== undefined && (state === 'done' || byHand.has(_id)) ? [{ orderingKey, seq }] : [],
  );
  if (counted.length === 0) return;
  const resting: WorkState[] = ['parked', 'dead'];
  await work.bulkWrite(
    counted.map(({ orderingKey, seq }) => ({
      updateMany: {
        filter: { orderingKey, seq: { $lt: seq }, state: { $in: resting } },
        update: { $inc: { newerGone: 1 } },
      },
    })),
    { session },
  );
}

async function removeAlerts(ctx: WriteContext, messageId: { readonly $in: string[] }): Promise<void> {
  const { session } = ctx;
  const { alerts, alertGroups, alertCounted, alertHeld } = ctx.writer.collections;
  const found = await alerts.find({ messageId }, { session, projection: { _id: 1 } }).toArray();
  await alertCounted.deleteMany({ messageId }, { session });
  await alertHeld.deleteMany({ messageId }, { session });
  if (found.length === 0) return;
  const gone = { $in: found.map((one) => one._id) };
  await alertCounted.deleteMany({ alert: gone }, { session });
  await alertGroups.deleteMany({ newest: gone }, { session });
  await alerts.deleteMany({ _id: gone }, { session });
}

async function removeFacts(ctx: WriteContext, messageId: { readonly $in: string[] }): Promise<void> {
  const { session } = ctx;
  const { gate, gateKeys } = ctx.writer.collections;
  const facts = await gate.find({ messageId }, { session, projection: { key: 1 } }).toArray();
  if (facts.length === 0) return;
  await gate.deleteMany({ messageId }, { session });
  const byKey = Map.groupBy(facts, (fact) => fact.key);
  await gateKeys.bulkWrite(
    [...byKey].map(([_id, of]) => ({ updateOne: { filter: { _id }, update: { $inc: { facts: -of.length } } } })),
    { session },
  );
  await gateKeys.deleteMany({ _id: { $in: [...byKey.keys()] }, facts: { $lte: 0 } }, { session });
}
