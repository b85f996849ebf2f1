import type { AcceptOutcome, NewMessage, NewWork } from '../../contract/index.ts';
import { likenessOf } from '../../likeness.ts';
import { storeErrors } from '../errors.ts';
import { packBody } from '../packed.ts';
import { json, type Sql } from '../sql.ts';
import { FORMAT, LANE, M, SEARCH_KEY_KINDS, W } from '../states.ts';
import { insertAcknowledgement } from './acknowledgements.ts';
import type { WriteContext } from './context.ts';
import { takeIdentity } from './identities.ts';
import { joinKey } from './ordering.ts';

/** The message as it crosses to the writer: bytes are positions in the batch's buffer. */
export interface AcceptArgs extends Omit<NewMessage, 'bytes' | 'answer'> {
  readonly answerCode: string;
  readonly bytesAt: readonly [offset: number, length: number];
  readonly answerAt: readonly [offset: number, length: number];
  /** The process holds the bytes: the claim that follows need not bring them. */
  readonly held: boolean;
}

/** The first 48 bits of the hash by which a resend is known: makes the resend look-up one index probe even where every control id is the same. */
const bodyKey = (hash: string): number => Number.parseInt(hash.slice(0, 12), 16) || 0;

/** It outlives the body (purge.ts). */
const ANSWER = 'SELECT answer FROM body WHERE seq = ?1 UNION ALL SELECT answer FROM kept_answer WHERE seq = ?1';

/** Out of quarantine: nobody worked on it, so a readable frame of the same bytes is the first. */
const PUT_AWAY = `s.state = ${M.discarded} AND s.reason_code IS NOT NULL`;

const SEEN = 'SELECT 1 FROM message WHERE control_id = ?1 COLLATE NOCASE AND body_key = ?2 LIMIT 1';

interface First {
  seq: number;
  id: string;
  received_at: number;
  answer_code: string;
  state: number;
}

export function accept(
  ctx: WriteContext,
  message: AcceptArgs,
  work: readonly NewWork[],
  resendWindowMs: number,
): AcceptOutcome {
  const earlier =
    message.quarantine || message.controlId === null ? undefined : findFirst(ctx, message, resendWindowMs);
  // What nobody wanted the first time and somebody wants now is processed: no work was ever owed for it.
  const first = earlier?.state === M.unrouted && work.length > 0 ? undefined : earlier;
  const seq = insertMessage(ctx, message, first?.seq ?? null);
  const state = first ? M.resend : message.quarantine ? M.quarantined : work.length > 0 ? M.accepted : M.unrouted;
  insertState(ctx, seq, message, state, state === M.accepted ? work.length : 0);
  if (state === M.accepted || state === M.quarantined) for (const item of work) insertWork(ctx, item, seq, message);
  if (message.identity && state === M.accepted)
    takeIdentity(ctx, message.id, message.identity, message.receivedAt, undefined);
  if (message.acknowledgement && !first)
    insertAcknowledgement(ctx, message.acknowledgement, {
      seq,
      id: message.id,
      feed: message.feed,
      receivedAt: message.receivedAt,
    });
  if (first) {
    const answer = ctx.sql.get(ANSWER, first.seq) as { answer: Uint8Array } | undefined;
    return {
      kind: 'resend',
      id: message.id,
      seq,
      first: first.id,
      answer: { code: first.answer_code, bytes: answer?.answer ?? new Uint8Array(0) },
    };
  }
  return { kind: message.quarantine ? 'quarantined' : work.length > 0 ? 'accepted' : 'unrouted', id: message.id, seq };
}

/** Is there any message with its control id that looks like it? */
export function isSeen(sql: Sql, message: AcceptArgs): boolean {
  return sql.get(SEEN, message.controlId, bodyKey(likenessOf(message))) !== undefined;
}

/** Newest entry with the same feed, control id and likeness; where that is a resend itself, the one it repeats. */
function findFirst(ctx: WriteContext, message: AcceptArgs, windowMs: number): First | undefined {
  // Nearly every message is new, and this look alone takes a quarter of the time of the next.
  if (!isSeen(ctx.sql, message)) return undefined;
  const likeness = likenessOf(message);
  const newest = ctx.sql.get(
    'SELECT m.seq, m.resend_of FROM message m JOIN message_state s ON s.seq = m.seq ' +
      'WHERE m.control_id = ?1 COLLATE NOCASE AND m.body_key = ?2 AND m.control_id = ?1 ' +
      'AND coalesce(m.same_as, m.body_hash) = ?3 AND s.feed = ?4 ' +
      `AND s.state <> ?5 AND NOT (${PUT_AWAY}) ORDER BY m.seq DESC LIMIT 1`,
    message.controlId,
    bodyKey(likeness),
    likeness,
    message.feed,
    M.quarantined,
  ) as { seq: number; resend_of: number | null } | undefined;
  if (!newest) return undefined;
  const first = ctx.sql.get(
    'SELECT m.seq, m.id, s.received_at, m.answer_code, s.state FROM message m JOIN message_state s ON s.seq = m.seq WHERE m.seq = ?',
    newest.resend_of ?? newest.seq,
  ) as First | undefined;
  return first && first.received_at >= message.receivedAt - windowMs ? first : undefined;
}

function insertMessage(ctx: WriteContext, message: AcceptArgs, resendOf: number | null): number {
  const likeness = likenessOf(message);
  const seq = ctx.sql.insert(
    'INSERT INTO message (id, connection, control_id, sender, message_time, patient_hint, correlation_id, traceparent, ' +
      'body_key, body_hash, size, resend_of, answer_code, format, same_as) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    message.id,
    message.connection,
    message.controlId,
    message.sender,
    message.messageTime,
    message.patientHint,
    message.correlationId,
    message.traceparent,
    bodyKey(likeness),
    message.bodyHash,
    message.bytesAt[1],
    resendOf,
    message.answerCode,
    FORMAT[message.format ?? 'hl7v2'],
    message.sameAs === undefined ? null : likeness,
  );
  const [from, length] = message.bytesAt;
  const [answerFrom, answerLength] = message.answerAt;
  const { bytes, packed } = packBody(ctx.incoming.subarray(from, from + length));
  const answer = ctx.incoming.subarray(answerFrom, answerFrom + answerLength);
  ctx.sql.run('INSERT INTO body (seq, bytes, answer, packed) VALUES (?, ?, ?, ?)', seq, bytes, answer, packed);
  if (message.held) ctx.held.add(seq);
  for (const key of message.keys) {
    ctx.sql.run(
      'INSERT OR IGNORE INTO search_key (kind, value, seq) VALUES (?, ?, ?)',
      SEARCH_KEY_KINDS[key.kind],
      key.value,
      seq,
    );
  }
  return seq;
}

function insertState(ctx: WriteContext, seq: number, message: AcceptArgs, state: number, items: number): void {
  ctx.sql.run(
    'INSERT INTO message_state (seq, state, since, received_at, feed, type, items, reason_code, reason_text) ' +
      'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    seq,
    state,
    message.receivedAt,
    message.receivedAt,
    message.feed,
    message.type,
    items,
    message.quarantine?.code ?? null,
    message.quarantine?.text ?? null,
  );
  ctx.count('message', message.feed, state, 1);
  ctx.tally('received', message.receivedAt);
  ctx.received(message.feed, message.receivedAt);
}

export function insertWork(
  ctx: WriteContext,
  work: NewWork,
  messageSeq: number,
  message: { readonly correlationId: string; readonly traceparent: string },
): void {
  const lane = LANE[work.lane];
  const state = work.child?.state === 'parked' ? W.parked : W.waiting;
  const keyed = work.orderingKey !== null && state === W.waiting;
  const ready = state === W.waiting && (work.orderingKey === null || joinKey(ctx, work.orderingKey, lane));
  ctx.sql.run(
    'INSERT INTO work (id, message_seq, subscription, definition, lane, claim_lane, ordering_key, holds, state, ready, ' +
      'blocks, open, not_before, created_at, correlation_id, traceparent, parent_id, child_key, child_kind, child_data) ' +
      'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?)',
    work.id,
    messageSeq,
    work.subscription,
    work.definition,
    lane,
    lane,
    work.orderingKey,
    work.afterDead === 'hold' ? 1 : 0,
    state,
    ready ? 1 : 0,
    keyed ? 1 : 0,
    (state === W.parked ? work.child?.notBefore : undefined) ?? null,
    work.createdAt,
    // Nearly always the message's own: kept once.
    work.correlationId === message.correlationId ? null : work.correlationId,
    work.traceparent === message.traceparent ? null : work.traceparent,
    work.child?.parentWorkId ?? null,
    work.child?.key ?? null,
    work.child?.kind ?? null,
    json(work.child?.data),
  );
  ctx.count('work', work.subscription, state, 1);
}

/** Adds a child item unless its key is there already. */
export function insertChild(ctx: WriteContext, work: NewWork): 'added' | 'exists' {
  if (work.child && ctx.sql.get('SELECT 1 FROM work WHERE child_key = ?', work.child.key)) return 'exists';
  const message = ctx.sql.get(
    'SELECT seq, correlation_id AS correlationId, traceparent FROM message WHERE id = ?',
    work.messageId,
  ) as { seq: number; correlationId: string; traceparent: string } | undefined;
  if (!message) throw storeErrors.create('store-unknown-message');
  insertWork(ctx, work, message.seq, message);
  return 'added';
}
