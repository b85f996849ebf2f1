import { MINUTE_MS, TALLIES } from '../../contract/index.ts';
import type { MinuteFigures, QueueDepth, ReasonFigures, Tally } from '../../contract/index.ts';
import type { Sql } from '../sql.ts';
import { laneName, M, messageState, workState } from '../states.ts';
import { minuteName } from '../write/tally.ts';
import { ACTIVE, RESTING } from './work.ts';

export function figureMinutes(sql: Sql, since: number, until: number): MinuteFigures[] {
  const rows = sql.all(
    "SELECT name, state, n FROM counter WHERE kind = 'minute' AND name >= ? AND name < ? ORDER BY name",
    minuteName(since + MINUTE_MS - 1),
    minuteName(until + MINUTE_MS - 1),
  ) as { name: string; state: number; n: number }[];
  const minutes = new Map<string, Record<Tally, number> & { at: number }>();
  for (const { name, state, n } of rows) {
    const minute = minutes.get(name) ?? { at: Number(name) * MINUTE_MS, received: 0, settled: 0, retried: 0, died: 0 };
    minutes.set(name, minute);
    const tally = TALLIES[state];
    if (tally) minute[tally] = n;
  }
  return [...minutes.values()];
}

export function queueDepth(sql: Sql): QueueDepth[] {
  const rows = sql.all(
    `SELECT lane, state, count(*) AS n FROM (SELECT w.lane, w.state FROM ${ACTIVE} ` +
      `UNION ALL SELECT w.lane, w.state FROM ${RESTING}) GROUP BY lane, state ORDER BY lane, state`,
  ) as { lane: number; state: number; n: number }[];
  return rows.map(({ lane, state, n }) => ({ lane: laneName(lane), state: workState(state), count: n }));
}

export function reasonFigures(sql: Sql): ReasonFigures[] {
  const rows = sql.all(
    // `state <> 4` names the partial index of all that is not done.
    'SELECT state, reason_code AS code, max(reason_text) AS text, count(*) AS count, min(since) AS oldest, ' +
      'max(since) AS newest FROM message_state WHERE state <> 4 AND state IN (?, ?) AND reason_code IS NOT NULL ' +
      'GROUP BY state, reason_code ORDER BY count(*) DESC, reason_code',
    M.dead,
    M.quarantined,
  ) as (Omit<ReasonFigures, 'state' | 'text'> & { state: number; text: string | null })[];
  return rows.map((row) => ({
    ...row,
    state: messageState(row.state) === 'dead' ? 'dead' : 'quarantined',
    text: row.text ?? '',
  }));
}
