import type { mongo } from 'mongoose';
import {
  LONGEST_LADDER_MS,
  MOST_SPANS,
  type AlertRecord,
  type AlertSpan,
  type Escalation,
  type EscalationSpan,
  type SpanPage,
  type SpanQuery,
  type TaskSpan,
} from '../../contract/index.ts';
import { limitOf } from '../../limit-of.ts';
import { nextSpanPlace, spanPlace, type SpanPlace } from '../../span-places.ts';
import type { AlertDoc } from '../alert-documents.ts';
import type { Collections, EscalationDoc, TaskDoc } from '../documents.ts';

/** As `dueRank` has it for a task without a due time. */
const NEVER = Number.MAX_SAFE_INTEGER;

export async function taskSpans(collections: Collections, query: SpanQuery): Promise<SpanPage<TaskSpan>> {
  const { since, until } = query;
  const place = spanPlace(query.after, 2);
  const limit = limitOf(query.limit);
  const filter: mongo.Filter<TaskDoc> =
    place.pass === 0
      ? { open: true, seq: { $lt: place.seq } }
      : { endedAt: { $gte: since }, createdAt: { $lt: until }, $and: [behind('endedAt', place)] };
  const sort: Record<string, -1> = place.pass === 0 ? { seq: -1 } : { endedAt: -1, seq: -1 };
  const found = await collections.tasks
    .find({ ...filter, ...among(query) }, { sort, limit, projection: { record: 0 } })
    .toArray();
  const overridden = await overrides(
    collections,
    found.map(({ _id }) => _id),
    query,
  );
  const last = found.at(-1);
  return {
    rows: found.map((task) => ({
      id: task._id,
      definition: task.definition,
      state: task.state,
      role: task.role ?? null,
      serviceLine: task.serviceLine ?? null,
      createdAt: task.createdAt,
      stateSince: task.stateSince,
      dueAt: task.dueRank === NEVER ? null : task.dueRank,
      acknowledgedAt: task.acknowledgedAt ?? null,
      endedAt: task.endedAt ?? null,
      overridden: overridden.get(task._id) ?? 0,
    })),
    next: nextSpanPlace(place.pass, 2, found.length === limit, last && { time: last.endedAt ?? 0, seq: last.seq }),
  };
}

async function overrides(
  { taskEvents }: Collections,
  ids: readonly string[],
  { since, until }: SpanQuery,
): Promise<ReadonlyMap<string, number>> {
  if (ids.length === 0) return new Map();
  const counted = await taskEvents
    .aggregate<{ _id: string; n: number }>([
      { $match: { taskId: { $in: ids }, overriddenAt: { $gte: since, $lt: until } } },
      { $group: { _id: '$taskId', n: { $sum: 1 } } },
    ])
    .toArray();
  return new Map(counted.map(({ _id, n }) => [_id, n]));
}

export async function alertSpans({ alerts }: Collections, query: SpanQuery): Promise<SpanPage<AlertSpan>> {
  const { since, until } = query;
  const place = spanPlace(query.after, 2);
  const limit = limitOf(query.limit);
  const within = { $gte: since, $lt: until };
  const filter: mongo.Filter<AlertDoc> =
    place.pass === 0
      ? { startedAt: within, $and: [behind('startedAt', place)] }
      : { endedAt: within, startedAt: { $lt: since }, $and: [behind('endedAt', place)] };
  const sort: Record<string, -1> = place.pass === 0 ? { startedAt: -1, seq: -1 } : { endedAt: -1, seq: -1 };
  const found = await alerts.find({ ...filter, ...among(query) }, { sort, limit }).toArray();
  const last = found.at(-1);
  const time = last && (place.pass === 0 ? last.startedAt : (last.endedAt ?? 0));
  return {
    rows: found.map(({ definition, startedAt, record }) => {
      const { ended } = JSON.parse(record) as AlertRecord;
      return {
        definition,
        startedAt,
        ended: ended && { by: ended.by, at: ended.at, dismissal: ended.dismissal?.reason ?? null },
      };
    }),
    next: nextSpanPlace(
      place.pass,
      2,
      found.length === limit,
      last && time !== undefined ? { time, seq: last.seq } : undefined,
    ),
  };
}

const ESCALATION_PASSES = 3;

/** The definition stands in the record alone, so those of others are left out after they were read. */
export async function escalationSpans(
  { escalations }: Collections,
  query: SpanQuery,
): Promise<SpanPage<EscalationSpan>> {
  const { since, until } = query;
  const place = spanPlace(query.after, ESCALATION_PASSES);
  const limit = limitOf(query.limit);
  const hasEnded = place.pass === 2;
  const time = hasEnded ? 'endedAt' : 'startedAt';
  const from = place.pass === 1 ? since - LONGEST_LADDER_MS : 0;
  const filter: mongo.Filter<EscalationDoc> = {
    ...(hasEnded ? { endedAt: { $gte: since } } : { state: place.pass === 0 ? 'open' : 'exhausted' }),
    startedAt: { $gte: from, $lt: until },
    $and: [behind(time, place)],
  };
  const sort: Record<string, -1> = { [time]: -1, seq: -1 };
  const found = await escalations.find(filter, { sort, limit }).toArray();
  const last = found.at(-1);
  const wanted = query.definitions && new Set(query.definitions);
  return {
    rows: found.flatMap(({ _id: id, record, state, startedAt, endedAt, nextStep }) => {
      const { definition, steps, exhausted } = JSON.parse(record) as Escalation;
      if (wanted && !wanted.has(definition)) return [];
      const afters = steps.map(({ afterMs }) => afterMs);
      return [
        { id, definition, startedAt, state, endedAt: endedAt ?? null, steps: afters, taken: nextStep, exhausted },
      ];
    }),
    next: nextSpanPlace(
      place.pass,
      ESCALATION_PASSES,
      found.length === limit,
      last && { time: last[time] ?? 0, seq: last.seq },
    ),
  };
}

export async function heldBackCounts(
  { alertHeld }: Collections,
  query: Pick<SpanQuery, 'since' | 'until' | 'definitions'>,
): Promise<{ definition: string; count: number }[]> {
  const counted = await alertHeld
    .aggregate<{ _id: string; n: number }>([
      { $match: { at: { $gte: query.since, $lt: query.until }, ...among(query) } },
      { $sort: { at: -1 } },
      { $limit: MOST_SPANS },
      { $group: { _id: '$definition', n: { $sum: 1 } } },
      { $sort: { _id: 1 } },
    ])
    .toArray();
  return counted.map(({ _id: definition, n: count }) => ({ definition, count }));
}

const among = ({ definitions }: Pick<SpanQuery, 'definitions'>) =>
  definitions ? { definition: { $in: [...definitions] } } : {};

const behind = (member: 'startedAt' | 'endedAt', { time, seq }: SpanPlace) => ({
  [member]: { $lte: time },
  $or: [{ [member]: { $lt: time } }, { seq: { $lt: seq } }],
});
