import type { mongo } from 'mongoose';
import { DIFFERENCE_STATES } from '../../contract/index.ts';
import type { Difference, DifferenceQuery, DifferenceState } from '../../contract/index.ts';
import { limitOf } from '../../limit-of.ts';
import type { Collections, DifferenceDoc } from '../documents.ts';

const from = ({ record }: DifferenceDoc): Difference => JSON.parse(record) as Difference;

export async function getDifference({ differences }: Collections, id: string): Promise<Difference | undefined> {
  const found = await differences.findOne({ _id: id });
  return found ? from(found) : undefined;
}

export async function listDifferences({ differences }: Collections, query: DifferenceQuery): Promise<Difference[]> {
  const options = { sort: { since: -1, seq: -1 }, limit: limitOf(query.limit) } as const;
  return (await differences.find(conditions(query), options).toArray()).map(from);
}

export async function countDifferences(
  { differences }: Collections,
  query: Pick<DifferenceQuery, 'definitions'>,
): Promise<Record<DifferenceState, number>> {
  const rows = await differences
    .aggregate<{ _id: DifferenceState; n: number }>([
      { $match: conditions(query) },
      { $group: { _id: '$state', n: { $sum: 1 } } },
    ])
    .toArray();
  const counts = Object.fromEntries(DIFFERENCE_STATES.map((state) => [state, 0])) as Record<DifferenceState, number>;
  for (const { _id, n } of rows) counts[_id] = n;
  return counts;
}

function conditions(query: DifferenceQuery): mongo.Filter<DifferenceDoc> {
  const { states, endpoint, messageId, definitions, before } = query;
  return {
    ...(states ? { state: { $in: [...states] } } : {}),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(messageId === undefined ? {} : { messageId }),
    ...(definitions ? { definition: { $in: [...definitions] } } : {}),
    ...(before === undefined ? {} : { since: { $lt: before } }),
  };
}
