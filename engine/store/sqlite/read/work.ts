import { WORK_STATES } from '../../contract/index.ts';
import type { Failure, WorkAttempt, WorkCounts, WorkState, WorkView } from '../../contract/index.ts';
import { fromJson, type Sql } from '../sql.ts';
import { laneName, W, workState } from '../states.ts';
import { stepsFrom } from '../steps.ts';
import { termText } from './term.ts';

interface Row {
  seq: number;
  id: string;
  message_id: string;
  subscription: string;
  definition: string;
  state: number;
  lane: number;
  attempt: number;
  created_at: number;
  claimed_at: number | null;
  first_delivered_at: number | null;
  settled_at: number | null;
  not_before: number | null;
  lease_until: number | null;
  ready: number;
  blocked_by: string | null;
  pinned: string | null;
  failure: string | null;
  parent_id: string | null;
  child_kind: string | null;
  discard_reason: string | null;
}

const VIEW =
  'SELECT w.seq, w.id, m.id AS message_id, w.subscription, w.definition, w.state, w.lane, w.attempt, w.created_at, ' +
  'w.claimed_at, w.first_delivered_at, w.settled_at, w.not_before, w.lease_until, w.ready, w.pinned, w.failure, ' +
  'w.parent_id, w.child_kind, w.discard_reason, ' +
  'CASE WHEN w.state = 0 AND w.ready = 0 AND w.ordering_key IS NOT NULL THEN (SELECT h.id FROM work h WHERE ' +
  'h.ordering_key = w.ordering_key AND h.blocks = 1 AND h.seq < w.seq ORDER BY h.seq LIMIT 1) END AS blocked_by ' +
  'FROM work w JOIN message m ON m.seq = w.message_seq ';

export function workOfMessage(sql: Sql, messageId: string): WorkView[] {
  return (
    sql.all(`${VIEW}WHERE w.message_seq = (SELECT seq FROM message WHERE id = ?) ORDER BY w.seq`, messageId) as Row[]
  ).map((row) => view(sql, row));
}

export function getWork(sql: Sql, id: string): WorkView | undefined {
  const row = sql.get(`${VIEW}WHERE w.id = ?`, id) as Row | undefined;
  return row && view(sql, row);
}

export function firstWaiting(sql: Sql, subscription: string): WorkView | undefined {
  const row = sql.get(
    `${VIEW}WHERE w.seq = (SELECT w.seq FROM ${ACTIVE} AND w.subscription = ? AND w.state = 0 ORDER BY w.seq LIMIT 1)`,
    subscription,
  ) as Row | undefined;
  return row && view(sql, row);
}

function view(sql: Sql, row: Row): WorkView {
  return {
    id: row.id,
    seq: row.seq,
    messageId: row.message_id,
    subscription: row.subscription,
    definition: row.definition,
    state: workState(row.state),
    lane: laneName(row.lane),
    attempt: row.attempt,
    createdAt: row.created_at,
    firstDeliveredAt: row.first_delivered_at,
    settledAt: row.settled_at,
    notBefore: row.not_before,
    leaseUntil: row.lease_until,
    blockedBy: row.blocked_by,
    pinnedVersion: row.pinned,
    failure: fromJson(row.failure) as Failure | null,
    parentWorkId: row.parent_id,
    childKind: row.child_kind,
    discardReason: row.discard_reason,
    attempts: attempts(sql, row),
  };
}

interface AttemptRow {
  id: number;
  started_at: number;
  ended_at: number | null;
  version: string | null;
  outcome: WorkAttempt['outcome'];
  failure: string | null;
  steps: string | null;
  trail: Uint8Array | null;
}

/** An attempt is written when it ends; the one that runs now is read from the item itself. */
function attempts(sql: Sql, row: Row): WorkAttempt[] {
  const ended = (
    sql.all(
      'SELECT a.id, a.started_at, a.ended_at, coalesce(a.version, t.text) AS version, a.outcome, a.failure, a.steps, a.trail ' +
        'FROM attempt a LEFT JOIN term t ON t.id = a.version_term WHERE a.id > ? AND a.id < ? ORDER BY a.id',
      row.seq * 65536,
      (row.seq + 1) * 65536,
    ) as AttemptRow[]
  ).map((attempt) => ({
    attempt: attempt.id % 65536,
    startedAt: attempt.started_at,
    endedAt: attempt.ended_at,
    version: attempt.version,
    outcome: attempt.outcome,
    failure: fromJson(attempt.failure) as Failure | null,
    steps: stepsFrom(attempt, (id) => termText(sql, id)),
  }));
  if (row.state !== W.claimed) return ended;
  const running = { endedAt: null, outcome: 'running' as const, failure: null, steps: [] };
  return [
    ...ended,
    { attempt: row.attempt, startedAt: row.claimed_at ?? row.created_at, version: row.pinned, ...running },
  ];
}

export function parkedChildren(
  sql: Sql,
  prefix: string,
  after: string,
  limit: number,
): { key: string; data: unknown }[] {
  const rows = sql.all(
    'SELECT child_key, child_data FROM work WHERE child_key > ? AND child_key < ? AND state = ? AND held = 0 ORDER BY child_key LIMIT ? + 0',
    after,
    `${prefix}~`,
    W.parked,
    limit,
  ) as { child_key: string; child_data: string | null }[];
  return rows.map((row) => ({ key: row.child_key, data: fromJson(row.child_data) }));
}

/** Due times in the past are given too: a retry that nobody has claimed yet, a lease that nobody has expired yet. */
export function nextDue(sql: Sql): number | null {
  const row = sql.get(
    'SELECT (SELECT min(not_before) FROM work WHERE not_before IS NOT NULL) AS due, ' +
      `(SELECT min(w.lease_until) FROM ${IN_FLIGHT}) AS lease`,
  ) as { due: number | null; lease: number | null } | undefined;
  if (!row || (row.due === null && row.lease === null)) return null;
  return Math.min(row.due ?? Infinity, row.lease ?? Infinity);
}

/** A person asks before a redrive: a walk over what came later, no index is kept for it. */
export function doneAfter(sql: Sql, workId: string): number {
  const overtaken = sql.get(
    'SELECT d.newer_gone + (SELECT count(*) FROM work w WHERE w.seq > d.seq AND w.ordering_key = d.ordering_key AND ' +
      `(w.state = 1 OR ${OVERTAKES})) AS n FROM work d WHERE d.id = ?`,
    workId,
  ) as { n: number } | undefined;
  return overtaken?.n ?? 0;
}

/** Done, or put aside since a person has done it by hand. */
export const OVERTAKES = '(w.state = 3 OR (w.state = 5 AND EXISTS (SELECT 1 FROM review r WHERE r.work_id = w.id)))';

export function countWork(sql: Sql): WorkCounts {
  const counts = Object.fromEntries(WORK_STATES.map((state) => [state, 0])) as Record<WorkState, number>;
  for (const { state, n } of sql.all("SELECT state, sum(n) AS n FROM counter WHERE kind = 'work' GROUP BY state") as {
    state: number;
    n: number;
  }[]) {
    counts[workState(state)] = n;
  }
  return counts;
}

/** As the partial indexes say it: SQLite takes one only where the query repeats its condition. */
export const ACTIVE = 'work w INDEXED BY work_active WHERE w.state IN (0, 1)';
export const IN_FLIGHT = `${ACTIVE} AND w.state = 1`;
export const RESTING = 'work w INDEXED BY work_resting WHERE w.state IN (2, 4)';

const oldest = (from: string): string =>
  `(SELECT w.created_at FROM ${from} AND w.subscription = c.name AND w.state = c.state ORDER BY w.seq LIMIT 1)`;

export function backlog(sql: Sql): { subscription: string; state: WorkState; count: number; oldest: number }[] {
  return (
    sql.all(
      `SELECT c.name, c.state, c.n, CASE WHEN c.state IN (0, 1) THEN ${oldest(ACTIVE)} ELSE ${oldest(RESTING)} END AS oldest ` +
        "FROM counter c WHERE c.kind = 'work' AND c.n > 0 AND c.state IN (0, 1, 2, 4) ORDER BY c.name, c.state",
    ) as { name: string; state: number; n: number; oldest: number | null }[]
  ).map((row) => ({
    subscription: row.name,
    state: workState(row.state),
    count: row.n,
    oldest: row.oldest ?? 0,
  }));
}
