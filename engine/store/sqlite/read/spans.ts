import {
  LONGEST_LADDER_MS,
  MOST_SPANS,
  type AlertSpan,
  type EscalationSpan,
  type EscalationState,
  type LadderStep,
  type SpanPage,
  type SpanQuery,
  type TaskSpan,
  type TaskState,
} from '../../contract/index.ts';
import { limitOf } from '../../limit-of.ts';
import { nextSpanPlace, spanPlace, type SpanPlace } from '../../span-places.ts';
import type { Bindable, Sql } from '../sql.ts';

/** As its index has it. */
const TASK_ENDED = "json_extract(record, '$.endedAt')";
const OVERRIDDEN =
  "(SELECT count(*) FROM task_event e WHERE e.task_seq = task.seq AND json_extract(e.record, '$.kind') = 'overridden' " +
  "AND json_extract(e.record, '$.at') >= ? AND json_extract(e.record, '$.at') < ?)";
const TASK_PATHS =
  "'$.serviceLine', '$.createdAt', '$.stateSince', '$.dueAt', '$.acknowledgedAt', '$.endedAt', '$.id', '$.definition'";
const TASK = `SELECT seq, state, role, json_extract(record, ${TASK_PATHS}) AS told, ${OVERRIDDEN} AS overridden, `;

interface TaskRow {
  seq: number;
  time: number;
  state: TaskState;
  role: string | null;
  told: string;
  overridden: number;
}
type TaskTold = readonly [string | null, number, number, number | null, number | null, number | null, string, string];

export function taskSpans(sql: Sql, query: SpanQuery): SpanPage<TaskSpan> {
  const { since, until } = query;
  const place = spanPlace(query.after, 2);
  const limit = limitOf(query.limit);
  const [own, values] = among('definition', query.definitions);
  const rows = (
    place.pass === 0
      ? sql.all(
          `${TASK}0 AS time FROM task WHERE open = 1 AND seq < ?${own} ORDER BY seq DESC LIMIT ? + 0`,
          since,
          until,
          place.seq,
          ...values,
          limit,
        )
      : sql.all(
          `${TASK}${TASK_ENDED} AS time FROM task WHERE open = 0 AND ${TASK_ENDED} >= ? AND ${TASK_ENDED} <= ? ` +
            `AND (${TASK_ENDED}, seq) < (?, ?) AND json_extract(record, '$.createdAt') < ?${own} ORDER BY ${TASK_ENDED} DESC, seq DESC LIMIT ? + 0`,
          since,
          until,
          since,
          place.time,
          place.time,
          place.seq,
          until,
          ...values,
          limit,
        )
  ) as TaskRow[];
  return page(rows, place, 2, limit, ({ state, role, told, overridden }) => {
    const [serviceLine, createdAt, stateSince, dueAt, acknowledgedAt, endedAt, id, definition] = JSON.parse(
      told,
    ) as TaskTold;
    return {
      id,
      definition,
      state,
      role,
      serviceLine,
      createdAt,
      stateSince,
      dueAt,
      acknowledgedAt,
      endedAt,
      overridden,
    };
  });
}

const ALERT_ENDED = "json_extract(record, '$.ended.at')";

interface AlertRow {
  seq: number;
  time: number;
  definition: string;
  started_at: number;
  ended: string;
}
type AlertTold = readonly [string | null, number | null, NonNullable<AlertSpan['ended']>['dismissal']];

export function alertSpans(sql: Sql, query: SpanQuery): SpanPage<AlertSpan> {
  const place = spanPlace(query.after, 2);
  const limit = limitOf(query.limit);
  const [own, values] = among('definition', query.definitions);
  const time = place.pass === 0 ? 'started_at' : ALERT_ENDED;
  const other = place.pass === 0 ? [] : [query.since];
  const rows = sql.all(
    `SELECT seq, definition, started_at, ${time} AS time, ` +
      `json_extract(record, '$.ended.by', '$.ended.at', '$.ended.dismissal.reason') AS ended FROM alert ` +
      `WHERE ${time} >= ? AND ${time} < ? AND ${time} <= ? AND (${time}, seq) < (?, ?)${place.pass === 0 ? '' : ' AND started_at < ?'}${own} ` +
      `ORDER BY ${time} DESC, seq DESC LIMIT ? + 0`,
    query.since,
    query.until,
    place.time,
    place.time,
    place.seq,
    ...other,
    ...values,
    limit,
  ) as AlertRow[];
  return page(rows, place, 2, limit, ({ definition, started_at: startedAt, ended }) => {
    const [by, at, dismissal] = JSON.parse(ended) as AlertTold;
    return { definition, startedAt, ended: by === null || at === null ? null : { by, at, dismissal } };
  });
}

interface EscalationSpanRow {
  seq: number;
  time: number;
  state: EscalationState;
  started_at: number;
  ended_at: number | null;
  next_step: number;
  told: string;
}

type EscalationTold = readonly [string, string, EscalationSpan['exhausted'], readonly LadderStep[]];

/** Waiting ones by their state, for which there is an index; then those that have ended. */
const ESCALATION_PASSES = ["state = 'open'", "state = 'exhausted'", 'ended_at >= ?'] as const;

export function escalationSpans(sql: Sql, query: SpanQuery): SpanPage<EscalationSpan> {
  const passes = ESCALATION_PASSES.length;
  const place = spanPlace(query.after, passes);
  const limit = limitOf(query.limit);
  const [own, values] = among("json_extract(record, '$.definition')", query.definitions);
  const hasEnded = place.pass === 2;
  const time = hasEnded ? 'ended_at' : 'started_at';
  const from = hasEnded ? [query.since] : [];
  const since = place.pass === 1 ? query.since - LONGEST_LADDER_MS : 0;
  const rows = sql.all(
    `SELECT seq, state, started_at, ended_at, next_step, ${time} AS time, ` +
      "json_extract(record, '$.id', '$.definition', '$.exhausted', '$.steps') AS told FROM escalation " +
      `WHERE ${ESCALATION_PASSES[place.pass]} AND ${time} <= ? AND (${time}, seq) < (?, ?) AND started_at < ? AND started_at >= ?${own} ` +
      `ORDER BY ${time} DESC, seq DESC LIMIT ? + 0`,
    ...from,
    place.time,
    place.time,
    place.seq,
    query.until,
    since,
    ...values,
    limit,
  ) as EscalationSpanRow[];
  return page(rows, place, passes, limit, (row) => {
    const [id, definition, exhausted, steps] = JSON.parse(row.told) as EscalationTold;
    return {
      id,
      definition,
      startedAt: row.started_at,
      state: row.state,
      endedAt: row.ended_at,
      steps: steps.map(({ afterMs }) => afterMs),
      taken: row.next_step,
      exhausted,
    };
  });
}

export function heldBackCounts(
  sql: Sql,
  { since, until, definitions }: SpanQuery,
): { definition: string; count: number }[] {
  const [own, values] = among('definition', definitions);
  const rows = sql.all(
    'SELECT definition, count(*) AS count FROM (SELECT definition FROM alert_held WHERE at >= ? AND at < ?' +
      `${own} ORDER BY at DESC LIMIT ? + 0) GROUP BY definition ORDER BY definition`,
    since,
    until,
    ...values,
    MOST_SPANS,
  ) as { definition: string; count: number }[];
  return rows.map(({ definition, count }) => ({ definition, count }));
}

function page<Row extends { seq: number; time: number }, Span>(
  rows: readonly Row[],
  { pass }: SpanPlace,
  passes: number,
  limit: number,
  from: (row: Row) => Span,
): SpanPage<Span> {
  return { rows: rows.map(from), next: nextSpanPlace(pass, passes, rows.length === limit, rows.at(-1)) };
}

const among = (column: string, definitions: readonly string[] | undefined): [string, readonly Bindable[]] =>
  definitions ? [` AND ${column} IN (${definitions.map(() => '?').join(', ')})`, definitions] : ['', []];
