import { MINUTE_MS, TALLIES } from '../../contract/index.ts';
import type { MinuteFigures, QueueDepth, ReasonFigures, Switch, Tally, WorkState } from '../../contract/index.ts';
import type { Collections } from '../documents.ts';
import { laneName } from '../values.ts';
import { minuteName } from '../write/counts.ts';

export async function figureMinutes({ counters }: Collections, since: number, until: number): Promise<MinuteFigures[]> {
  const rows = await counters
    .aggregate<{ _id: { name: string; state: string }; n: number }>([
      {
        $match: {
          kind: 'minute',
          name: { $gte: minuteName(since + MINUTE_MS - 1), $lt: minuteName(until + MINUTE_MS - 1) },
        },
      },
      { $group: { _id: { name: '$name', state: '$state' }, n: { $sum: '$n' } } },
      { $sort: { '_id.name': 1 } },
    ])
    .toArray();
  const minutes = new Map<string, Record<Tally, number> & { at: number }>();
  for (const { _id: id, n } of rows) {
    const { name, state } = id;
    const minute = minutes.get(name) ?? { at: Number(name) * MINUTE_MS, received: 0, settled: 0, retried: 0, died: 0 };
    minutes.set(name, minute);
    const tally = TALLIES.find((one) => one === state);
    if (tally) minute[tally] = n;
  }
  return [...minutes.values()];
}

export async function queueDepth({ work }: Collections): Promise<QueueDepth[]> {
  const rows = await work
    .aggregate<{ _id: { lane: number; state: WorkState }; n: number }>([
      { $match: { open: true } },
      { $group: { _id: { lane: '$lane', state: '$state' }, n: { $sum: 1 } } },
    ])
    .toArray();
  const order: readonly WorkState[] = ['waiting', 'claimed', 'parked', 'dead'];
  return rows
    .toSorted((a, b) => a._id.lane - b._id.lane || order.indexOf(a._id.state) - order.indexOf(b._id.state))
    .map(({ _id: { lane, state }, n }) => ({ lane: laneName(lane), state, count: n }));
}

export async function reasonFigures({ messages }: Collections): Promise<ReasonFigures[]> {
  const rows = await messages
    .aggregate<Omit<ReasonFigures, 'state' | 'code'> & { _id: { state: 'dead' | 'quarantined'; code: string } }>([
      { $match: { state: { $in: ['dead', 'quarantined'] }, reasonCode: { $exists: true } } },
      {
        $group: {
          _id: { state: '$state', code: '$reasonCode' },
          text: { $max: '$reasonText' },
          count: { $sum: 1 },
          oldest: { $min: '$since' },
          newest: { $max: '$since' },
        },
      },
      { $sort: { count: -1, '_id.code': 1 } },
    ])
    .toArray();
  return rows.map(({ _id: { state, code }, text, count, oldest, newest }) => ({
    state,
    code,
    text,
    count,
    oldest,
    newest,
  }));
}

/** In force at `now` or still to come, oldest first. */
export async function listSwitches({ switches }: Collections, now: number): Promise<Switch[]> {
  const documents = await switches
    .find({ $or: [{ until: null }, { until: { $gt: now } }] }, { sort: { setAt: 1, seq: 1 } })
    .toArray();
  return documents.map(({ _id: id, kind, name, mode, reason, actor, setAt, from, until }) => ({
    id,
    kind,
    name,
    mode,
    reason,
    actor,
    setAt,
    from,
    until,
  }));
}
