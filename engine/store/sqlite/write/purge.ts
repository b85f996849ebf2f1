/**
 * Retention, in small steps: each looks at a bounded number of rows from where the last one ended, and forgets its place at
 * the end, so that the next round begins with the oldest again. What was open then is looked at then.
 */
import { bareResult } from '../../bare-result.ts';
import type { PurgeRequest, PurgeResult } from '../../contract/index.ts';
import { tablesUntil } from '../../lifetimes.ts';
import { OVERTAKES } from '../read/work.ts';
import { A, M } from '../states.ts';
import type { WriteContext } from './context.ts';
import { forgetIdentities } from './identities.ts';

/** Rows looked at in one step for each that may go: most that are old enough are finished. */
const LOOKED_AT = 4;
/** The place of what is through while the other still goes on. */
const AT_END = -1;
const FINISHED = new Set<number>([M.done, M.discarded, M.quarantined, M.unrouted, M.resend]);

/** Found by the number of the message, of its work or of its tasks. */
const BY_NUMBER = ['acknowledgement', 'search_key', 'body', 'kept_answer', 'message_state', 'message'];
const BY_PARENT = new Set([...BY_NUMBER, 'work', 'attempt', 'task_event']);
const byMessage = (tables: readonly string[]): readonly string[] => tables.filter((name) => !BY_PARENT.has(name));
/** What goes with a message's body, and with its entry, by the message's id. */
const WITH_THE_BODY = byMessage(tablesUntil('body'));
const WITH_THE_ENTRY = byMessage([...tablesUntil('entry'), ...tablesUntil('body')]);

interface Row {
  seq: number;
  id: string;
  feed: string;
  state: number;
  received_at: number;
}

const COLUMNS = 'SELECT s.seq, m.id, s.feed, s.state, s.received_at FROM ';
const WITH_BODY =
  'body b CROSS JOIN message_state s ON s.seq = b.seq CROSS JOIN message m ON m.seq = b.seq WHERE b.seq > ? ORDER BY b.seq';
const ANY = 'message_state s CROSS JOIN message m ON m.seq = s.seq WHERE s.seq > ? ORDER BY s.seq';

export function purge(ctx: WriteContext, request: PurgeRequest): PurgeResult {
  // What goes is overwritten with zeros, also on pages that are given back: it is not to be found in the file any more.
  ctx.sql.exec('PRAGMA secure_delete = ON');
  try {
    return purgeStep(ctx, request);
  } finally {
    ctx.sql.exec('PRAGMA secure_delete = FAST');
  }
}

function purgeStep(ctx: WriteContext, { bodiesBefore, messagesBefore, limit }: PurgeRequest): PurgeResult {
  const messages = step(ctx, 'messages', ANY, messagesBefore, limit, (row) => removeMessage(ctx, row));
  const bodies = step(ctx, 'bodies', WITH_BODY, bodiesBefore, limit - messages.gone, (row) => removeBody(ctx, row));
  const more = messages.more || bodies.more;
  if (!more) ctx.sql.run('DELETE FROM purge_cursor');
  return { bodies: bodies.gone, messages: messages.gone, more };
}

function step(
  ctx: WriteContext,
  what: 'bodies' | 'messages',
  from: string,
  before: number | null,
  limit: number,
  remove: (row: Row) => void,
): { readonly gone: number; readonly more: boolean } {
  if (before === null) return { gone: 0, more: false };
  if (limit <= 0) return { gone: 0, more: true };
  const place = ctx.sql.get('SELECT seq FROM purge_cursor WHERE what = ?', what) as { seq: number } | undefined;
  if (place?.seq === AT_END) return { gone: 0, more: false };
  const most = limit * LOOKED_AT;
  const rows = ctx.sql.all(`${COLUMNS}${from} LIMIT ? + 0`, place?.seq ?? 0, most) as Row[];
  let gone = 0;
  let looked = 0;
  let old = 0;
  for (const row of rows) {
    if (gone === limit) break;
    looked++;
    if (row.received_at >= before) continue;
    old++;
    if (!FINISHED.has(row.state) || isOwed(ctx, row)) continue;
    remove(row);
    gone++;
  }
  // Rows are in the order of their arrival: where none is old enough, those behind them are not either.
  const more = looked < rows.length || (rows.length === most && old > 0);
  const last = more ? (rows[looked - 1]?.seq ?? 0) : AT_END;
  ctx.sql.run(
    'INSERT INTO purge_cursor (what, seq) VALUES (?, ?) ON CONFLICT (what) DO UPDATE SET seq = excluded.seq',
    what,
    last,
  );
  return { gone, more };
}

/**
 * Also what a state does not show: who wants to hear of a quarantined frame, a task, an escalation or an alert that nobody has ended, a
 * report that nobody has answered, an
 * acknowledgement that is awaited (made from the body) or that its sender has not taken yet.
 */
function isOwed(ctx: WriteContext, { seq, id }: Row): boolean {
  return (
    ctx.sql.get('SELECT 1 FROM acknowledgement WHERE seq = ? AND state <= ?', seq, A.made) !== undefined ||
    ctx.sql.get('SELECT 1 FROM work WHERE message_seq = ? AND open = 1', seq) !== undefined ||
    ctx.sql.get("SELECT 1 FROM alert WHERE message_id = ? AND state = 'open'", id) !== undefined ||
    ctx.sql.get("SELECT 1 FROM difference WHERE message_id = ? AND state = 'open'", id) !== undefined ||
    ctx.sql.get("SELECT 1 FROM identity_question WHERE message_id = ? AND state = 'open'", id) !== undefined ||
    ctx.sql.get("SELECT 1 FROM problem WHERE message_id = ? AND state IN ('open', 'looked-at')", id) !== undefined ||
    ctx.sql.get('SELECT 1 FROM task WHERE message_id = ? AND open = 1', id) !== undefined ||
    ctx.sql.get("SELECT 1 FROM escalation WHERE message_id = ? AND state IN ('open', 'exhausted')", id) !== undefined
  );
}

function removeBody(ctx: WriteContext, { seq, id }: Row): void {
  ctx.sql.run('INSERT INTO kept_answer (seq, answer) SELECT seq, answer FROM body WHERE seq = ?', seq);
  ctx.sql.run('DELETE FROM body WHERE seq = ?', seq);
  for (const table of WITH_THE_BODY) ctx.sql.run(`DELETE FROM ${table} WHERE message_id = ?`, id);
  const effects = ctx.sql.all('SELECT seq, result FROM effect WHERE message_id = ? AND result IS NOT NULL', id);
  for (const { seq: effect, result } of effects as { seq: number; result: string }[])
    ctx.sql.run('UPDATE effect SET result = ? WHERE seq = ?', bareResult(result), effect);
  ctx.sql.run('UPDATE work SET child_data = NULL WHERE message_seq = ? AND child_data IS NOT NULL', seq);
  forgetIdentities(ctx, id);
  // A flow may have put segments of the patient's into it.
  ctx.sql.run('UPDATE acknowledgement SET bytes = NULL WHERE seq = ?', seq);
}

/** What rests is told of newer ones only by being counted: before their reviews go. */
function countForOlder(ctx: WriteContext, messageSeq: number): void {
  ctx.sql.run(
    'UPDATE work SET newer_gone = newer_gone + 1 WHERE seq IN (SELECT d.seq FROM work w JOIN work d INDEXED BY work_resting_key ' +
      'ON d.ordering_key = w.ordering_key AND d.seq < w.seq AND d.state IN (2, 4) ' +
      `WHERE w.message_seq = ? AND ${OVERTAKES})`,
    messageSeq,
  );
}

function removeMessage(ctx: WriteContext, { seq, id, feed, state }: Row): void {
  countForOlder(ctx, seq);
  ctx.sql.run('DELETE FROM task_event WHERE task_seq IN (SELECT seq FROM task WHERE message_id = ?)', id);
  ctx.sql.run('DELETE FROM alert_counted WHERE alert_seq IN (SELECT seq FROM alert WHERE message_id = ?)', id);
  for (const table of WITH_THE_ENTRY) {
    ctx.sql.run(`DELETE FROM ${table} WHERE message_id = ?`, id);
  }
  forgetIdentities(ctx, id);
  // An answer that two are different is not asked for again.
  ctx.sql.run("DELETE FROM identity_question WHERE message_id = ? AND state <> 'different'", id);
  const work = ctx.sql.all('SELECT seq, subscription, state FROM work WHERE message_seq = ?', seq) as {
    seq: number;
    subscription: string;
    state: number;
  }[];
  for (const item of work) {
    ctx.sql.run('DELETE FROM attempt WHERE id > ? AND id < ?', item.seq * 65536, (item.seq + 1) * 65536);
    ctx.sql.run('DELETE FROM work WHERE seq = ?', item.seq);
    ctx.count('work', item.subscription, item.state, -1);
  }
  // Numbers are used again when the newest goes: nothing may point at this one any more.
  ctx.sql.run('UPDATE message SET resend_of = NULL WHERE resend_of = ?', seq);
  for (const table of BY_NUMBER) {
    ctx.sql.run(`DELETE FROM ${table} WHERE seq = ?`, seq);
  }
  ctx.count('message', feed, state, -1);
}
