import type { mongo } from 'mongoose';
import { PROBLEM_STATES } from '../../contract/index.ts';
import type { ProblemQuery, ProblemReport, ProblemState } from '../../contract/index.ts';
import { limitOf } from '../../limit-of.ts';
import type { Collections, ProblemDoc } from '../documents.ts';

const from = ({ record }: ProblemDoc): ProblemReport => JSON.parse(record) as ProblemReport;

export async function getProblem({ problems }: Collections, id: string): Promise<ProblemReport | undefined> {
  const found = await problems.findOne({ _id: id });
  return found ? from(found) : undefined;
}

export async function listProblems({ problems }: Collections, query: ProblemQuery): Promise<ProblemReport[]> {
  const options = { sort: { at: -1, seq: -1 }, limit: limitOf(query.limit) } as const;
  return (await problems.find(conditions(query), options).toArray()).map(from);
}

export async function countProblems(
  { problems }: Collections,
  query: Pick<ProblemQuery, 'definitions'>,
): Promise<Record<ProblemState, number>> {
  const rows = await problems
    .aggregate<{
      _id: ProblemState;
      n: number;
    }>([{ $match: conditions(query) }, { $group: { _id: '$state', n: { $sum: 1 } } }])
    .toArray();
  const counts = Object.fromEntries(PROBLEM_STATES.map((state) => [state, 0])) as Record<ProblemState, number>;
  for (const { _id, n } of rows) counts[_id] = n;
  return counts;
}

function conditions(query: ProblemQuery): mongo.Filter<ProblemDoc> {
  const { states, kind, messageId, by, since, before, definitions } = query;
  const at = { ...(since === undefined ? {} : { $gte: since }), ...(before === undefined ? {} : { $lt: before }) };
  return {
    ...(states ? { state: { $in: [...states] } } : {}),
    ...(kind === undefined ? {} : { kind }),
    ...(messageId === undefined ? {} : { messageId }),
    ...(by === undefined ? {} : { by }),
    ...(definitions ? { definition: { $in: [...definitions] } } : {}),
    ...(Object.keys(at).length > 0 ? { at } : {}),
  };
}
