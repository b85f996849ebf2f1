import { MESSAGE_STATES } from '../../contract/index.ts';
import type {
  MessageCounts,
  MessageLabel,
  MessageQuery,
  MessageSummary,
  Review,
  StoredMessage,
} from '../../contract/index.ts';
import { bodyBytes, type KeptBody } from '../packed.ts';
import { limitOf } from '../../limit-of.ts';
import type { Bindable, Sql } from '../sql.ts';
import { formatName, M, messageState, SEARCH_KEY_KINDS } from '../states.ts';

interface Row {
  id: string;
  seq: number;
  feed: string;
  format: number;
  control_id: string | null;
  type: string | null;
  sender: string | null;
  patient_hint: string | null;
  state: number;
  received_at: number;
  since: number;
  size: number;
  reason_code: string | null;
  reason_text: string | null;
  retry_at: number | null;
  recovered: number;
  connection: string;
  body_hash: string;
  message_time: string | null;
  correlation_id: string;
  traceparent: string;
  resend_of: string | null;
  answer_code: string;
  answered_at: number | null;
  answer: Uint8Array;
}

const SUMMARY =
  'm.id, s.seq, s.feed, m.format, m.control_id, s.type, m.sender, m.patient_hint, s.state, s.received_at, s.since, m.size, ' +
  's.reason_code, s.reason_text, s.retry_at, s.recovered';

export function labelsOf(sql: Sql, ids: readonly string[]): MessageLabel[] {
  // One statement whatever their number: each other text of SQL is prepared and kept.
  const rows = sql.all(
    'SELECT m.id, s.feed, m.control_id, s.type, m.patient_hint FROM json_each(?) j JOIN message m ON m.id = j.value ' +
      'JOIN message_state s ON s.seq = m.seq',
    JSON.stringify(ids),
  ) as Pick<Row, 'id' | 'feed' | 'control_id' | 'type' | 'patient_hint'>[];
  return rows.map((row) => ({
    id: row.id,
    feed: row.feed,
    controlId: row.control_id,
    type: row.type,
    patientHint: row.patient_hint,
  }));
}

export function getMessage(sql: Sql, id: string): StoredMessage | undefined {
  const row = sql.get(
    `SELECT ${SUMMARY}, m.connection, m.body_hash, m.message_time, m.correlation_id, m.traceparent, ` +
      '(SELECT f.id FROM message f WHERE f.seq = m.resend_of) AS resend_of, m.answer_code, s.answered_at, coalesce(b.answer, k.answer) AS answer ' +
      'FROM message m JOIN message_state s ON s.seq = m.seq LEFT JOIN body b ON b.seq = m.seq ' +
      'LEFT JOIN kept_answer k ON k.seq = m.seq WHERE m.id = ?',
    id,
  ) as Row | undefined;
  return (
    row && {
      ...summary(sql, row),
      connection: row.connection,
      bodyHash: row.body_hash,
      messageTime: row.message_time,
      correlationId: row.correlation_id,
      traceparent: row.traceparent,
      resendOf: row.resend_of,
      // A resend was answered with its first's answer; what is kept beside it is what would have been sent.
      answer: { code: row.answer_code, text: Buffer.from(row.answer).toString('latin1') },
      answeredAt: row.answered_at,
    }
  );
}

export function getBytes(sql: Sql, id: string): Uint8Array | undefined {
  const body = sql.get('SELECT b.bytes, b.packed FROM message m JOIN body b ON b.seq = m.seq WHERE m.id = ?', id) as
    KeptBody | undefined;
  return body && bodyBytes(body);
}

const HELD = 'SELECT record FROM review WHERE message_id = ? AND open = 1 ORDER BY seq LIMIT 1';

function heldOf(sql: Sql, messageId: string): MessageSummary['held'] {
  const row = sql.get(HELD, messageId) as { record: string } | undefined;
  if (!row) return null;
  const { because, sentence } = JSON.parse(row.record) as Review;
  return { because, sentence };
}

function summary(sql: Sql, row: Row): MessageSummary {
  return {
    id: row.id,
    seq: row.seq,
    feed: row.feed,
    format: formatName(row.format),
    controlId: row.control_id,
    type: row.type,
    sender: row.sender,
    patientHint: row.patient_hint,
    state: messageState(row.state),
    receivedAt: row.received_at,
    stateSince: row.since,
    size: row.size,
    reason: row.reason_code === null ? null : { code: row.reason_code, text: row.reason_text ?? '' },
    held: row.state === M.parked ? heldOf(sql, row.id) : null,
    retryAt: row.retry_at,
    recovered: row.recovered === 1 && row.state === M.done,
    definitions: (
      sql.all('SELECT DISTINCT definition FROM work WHERE message_seq = ? ORDER BY seq', row.seq) as {
        definition: string;
      }[]
    ).map((work) => work.definition),
  };
}

/** Above so many matches of a prefix the newest are found faster by walking back through time. */
const FEW = 5000;

interface Filter {
  readonly from: string;
  readonly where: string[];
  readonly values: Bindable[];
  /** True where only `message_state` is needed. */
  readonly narrow: boolean;
}

/** The end of the range of strings that begin with `text`, under NOCASE (ASCII only, as SQLite compares). */
const PREFIX_END = '\u{10FFFF}';

function filterOf(sql: Sql, query: Omit<MessageQuery, 'states'>): Filter {
  const where: string[] = [];
  const values: Bindable[] = [];
  let from = 'message_state s';
  let narrow = true;
  if (query.key) {
    from = 'search_key k CROSS JOIN message_state s ON s.seq = k.seq';
    where.push('k.kind = ?', 'k.value = ?');
    values.push(SEARCH_KEY_KINDS[query.key.kind], query.key.value);
  }
  if (query.text !== undefined && query.text !== '') {
    const text = query.text;
    const few =
      ((
        sql.get(
          `SELECT count(*) AS n FROM (SELECT 1 FROM message WHERE control_id >= ? COLLATE NOCASE AND control_id < ? COLLATE NOCASE LIMIT ${FEW})`,
          text,
          text + PREFIX_END,
        ) as { n: number } | undefined
      )?.n ?? 0) < FEW;
    if (few) {
      where.push(
        's.seq IN (SELECT seq FROM message WHERE control_id >= ? COLLATE NOCASE AND control_id < ? COLLATE NOCASE ' +
          'UNION SELECT seq FROM message WHERE id = ? UNION SELECT seq FROM message_state WHERE reason_code = ?)',
      );
      values.push(text, text + PREFIX_END, text, text);
    } else {
      narrow = false;
      where.push(
        '((m.control_id >= ? COLLATE NOCASE AND m.control_id < ? COLLATE NOCASE) OR m.id = ? OR s.reason_code = ?)',
      );
      values.push(text, text + PREFIX_END, text, text);
    }
  }
  if (query.feed !== undefined) {
    where.push('s.feed = ?');
    values.push(query.feed);
  }
  if (query.type !== undefined) {
    if (query.type.includes('^')) {
      where.push('s.type = ?');
      values.push(query.type);
    } else {
      where.push('(s.type = ? OR (s.type > ? AND s.type < ?))');
      values.push(query.type, `${query.type}^`, `${query.type}_`);
    }
  }
  if (query.definitions) {
    const one = query.definitions.map(() => '?').join(', ');
    where.push(`EXISTS (SELECT 1 FROM work w WHERE w.message_seq = s.seq AND w.definition IN (${one}))`);
    values.push(...query.definitions);
  }
  if (query.since !== undefined) {
    where.push('s.received_at >= ?');
    values.push(query.since);
  }
  if (query.until !== undefined) {
    where.push('s.received_at < ?');
    values.push(query.until);
  }
  return { from, where, values, narrow };
}

export function listMessages(sql: Sql, query: MessageQuery): MessageSummary[] {
  const filter = filterOf(sql, query);
  const where = [...filter.where];
  const values = [...filter.values];
  if (query.states) {
    if (query.states.length === 0) return [];
    where.push(`s.state IN (${query.states.map((state) => M[state]).join(', ')})`);
    // Lets SQLite use the partial index of all that is not done.
    if (!query.states.includes('done')) where.push('s.state <> 4');
  }
  if (query.before !== undefined) {
    where.push('s.seq < ?');
    values.push(query.before);
  }
  if (query.after !== undefined) {
    where.push('s.seq > ?');
    values.push(query.after);
  }
  const order = query.order === 'oldest-first' ? 'ASC' : 'DESC';
  const limit = limitOf(query.limit);
  const rows = sql.all(
    // The page is chosen among the narrow rows first; sorting whole messages costs a hundred times as much.
    `SELECT ${SUMMARY} FROM (SELECT s.seq FROM ${filter.from} ` +
      (filter.narrow ? '' : 'CROSS JOIN message m ON m.seq = s.seq ') +
      `${where.length > 0 ? `WHERE ${where.join(' AND ')} ` : ''}ORDER BY s.seq ${order} LIMIT ${limit}) page ` +
      `CROSS JOIN message_state s ON s.seq = page.seq CROSS JOIN message m ON m.seq = s.seq ORDER BY s.seq ${order}`,
    ...values,
  ) as Row[];
  return rows.map((row) => summary(sql, row));
}

export function countMessages(
  sql: Sql,
  query: Omit<MessageQuery, 'states' | 'order' | 'before' | 'after' | 'limit'> = {},
): MessageCounts {
  const { type, text, key, definitions, since, until } = query;
  const unfiltered = !type && !text && !key && !definitions && since === undefined && until === undefined;
  let rows: { state: number; n: number }[];
  if (unfiltered) {
    rows = sql.all(
      `SELECT state, sum(n) AS n FROM counter WHERE kind = 'message'${query.feed === undefined ? '' : ' AND name = ?'} GROUP BY state`,
      ...(query.feed === undefined ? [] : [query.feed]),
    ) as typeof rows;
  } else {
    const filter = filterOf(sql, query);
    rows = sql.all(
      `SELECT s.state, count(*) AS n FROM ${filter.from} ${filter.narrow ? '' : 'CROSS JOIN message m ON m.seq = s.seq '}` +
        `WHERE ${filter.where.length > 0 ? filter.where.join(' AND ') : '1'} GROUP BY s.state`,
      ...filter.values,
    ) as typeof rows;
  }
  const counts: Record<string, number> = { total: 0 };
  for (const state of MESSAGE_STATES) counts[state] = 0;
  for (const { state, n } of rows) {
    counts[messageState(state)] = n;
    counts['total'] = (counts['total'] ?? 0) + n;
  }
  return counts as MessageCounts;
}

export function resends(sql: Sql, id: string): { id: string; receivedAt: number }[] {
  return sql.all(
    'SELECT m.id, s.received_at AS receivedAt FROM message m JOIN message_state s ON s.seq = m.seq ' +
      'WHERE m.resend_of = (SELECT seq FROM message WHERE id = ?) ORDER BY m.seq',
    id,
  ) as { id: string; receivedAt: number }[];
}

export function lastPerFeed(sql: Sql): { feed: string; receivedAt: number; total: number }[] {
  return sql.all('SELECT name AS feed, last_received_at AS receivedAt, total FROM feed ORDER BY name') as {
    feed: string;
    receivedAt: number;
    total: number;
  }[];
}
