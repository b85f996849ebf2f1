import type { EndpointDown, Fallbacks, FallbackState, Review } from '../../contract/index.ts';
import { limitOf } from '../../limit-of.ts';
import { placeIn, placeText } from '../../review-place.ts';
import type { Sql } from '../sql.ts';

interface Row {
  seq: number;
  record: string;
}
const reviewFrom = ({ record }: Row): Review => JSON.parse(record) as Review;

export function fallbackStates(sql: Sql): FallbackState[] {
  const rows = sql.all('SELECT record FROM fallback ORDER BY definition') as { record: string }[];
  return rows.map(({ record }) => JSON.parse(record) as FallbackState);
}

export function endpointDowns(sql: Sql): EndpointDown[] {
  return sql.all(
    'SELECT endpoint, since, seen_at AS "seenAt" FROM endpoint_down ORDER BY endpoint',
  ) as unknown as EndpointDown[];
}

export function reviewsOfWork(sql: Sql, workId: string): Review[] {
  return (sql.all('SELECT seq, record FROM review WHERE work_id = ? ORDER BY seq', workId) as Row[]).map(reviewFrom);
}

export function reviewOfTask(sql: Sql, taskId: string): Review | undefined {
  const row = sql.get('SELECT seq, record FROM review WHERE task_id = ? ORDER BY seq DESC LIMIT 1', taskId) as
    Row | undefined;
  return row && reviewFrom(row);
}

export function heldReviews(
  sql: Sql,
  { definitions, after, limit }: Parameters<Fallbacks['held']>[0],
): { reviews: Review[]; next: string | null } {
  const most = limitOf(limit);
  const some = definitions ? `AND definition IN (${definitions.map(() => '?').join(', ')}) ` : '';
  const rows = sql.all(
    `SELECT seq, record FROM review WHERE open = 1 AND seq > ? ${some}ORDER BY seq LIMIT ? + 0`,
    placeIn(after),
    ...(definitions ?? []),
    most,
  ) as Row[];
  const last = rows.length === most ? rows.at(-1) : undefined;
  return { reviews: rows.map(reviewFrom), next: last ? placeText(last.seq) : null };
}

export function countHeld(sql: Sql): Record<string, number> {
  const rows = sql.all('SELECT definition, count(*) AS n FROM review WHERE open = 1 GROUP BY definition') as {
    definition: string;
    n: number;
  }[];
  return Object.fromEntries(rows.map(({ definition, n }) => [definition, n]));
}
