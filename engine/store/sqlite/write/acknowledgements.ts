import type {
  AcknowledgementRecord,
  AuditEntry,
  MakeAcknowledgement,
  MakeOutcome,
  OwedAcknowledgement,
} from '../../contract/index.ts';
import { whenMade } from '../../owed-acknowledgement.ts';
import { ACKNOWLEDGEMENT, acknowledgementFrom, OPEN_WORK, type AcknowledgementRow } from '../read/acknowledgements.ts';
import { A } from '../states.ts';
import type { WriteContext } from './context.ts';

/** With the message that it answers, in one commit. */
export function insertAcknowledgement(
  ctx: WriteContext,
  owed: OwedAcknowledgement,
  message: { readonly seq: number; readonly id: string; readonly feed: string; readonly receivedAt: number },
): void {
  const { condition, dueAt, lapseAt, endpoint, made } = owed;
  const now = made ? whenMade(owed, made.code, message.receivedAt) : { state: 'awaited' as const, nextAt: dueAt };
  ctx.sql.run(
    'INSERT INTO acknowledgement (seq, message_id, feed, state, condition, due_at, lapse_at, endpoint, code, bytes, ' +
      'made_at, made_by, next_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    message.seq,
    message.id,
    message.feed,
    A[now.state],
    condition,
    dueAt,
    lapseAt,
    endpoint,
    made?.code ?? null,
    made?.bytes ?? null,
    made ? message.receivedAt : null,
    made?.by ?? null,
    now.nextAt,
  );
}

function rowOf(ctx: WriteContext, messageId: string): AcknowledgementRow | undefined {
  return ctx.sql.get(`${ACKNOWLEDGEMENT}WHERE message_id = ?`, messageId) as AcknowledgementRow | undefined;
}

export function makeAcknowledgement(ctx: WriteContext, made: MakeAcknowledgement): MakeOutcome {
  const row = rowOf(ctx, made.messageId);
  if (!row) return { kind: 'not-owed' };
  const owed = acknowledgementFrom(row);
  if (owed.state !== 'awaited') return { kind: 'made-before', record: owed };
  if (made.by === 'ended' && isOpen(ctx, row.seq)) return { kind: 'open' };
  const { state, nextAt } = whenMade(owed, made.code, made.at);
  ctx.sql.run(
    'UPDATE acknowledgement SET state = ?, code = ?, bytes = ?, made_at = ?, made_by = ?, definition = ?, next_at = ? WHERE seq = ?',
    A[state],
    made.code,
    made.bytes,
    made.at,
    made.by,
    made.definition,
    nextAt,
    row.seq,
  );
  for (const entry of made.audit ?? []) ctx.audit(entry);
  const { code, at: madeAt, by: madeBy, definition } = made;
  const record: AcknowledgementRecord = { ...owed, state, nextAt, code, madeAt, madeBy, definition };
  return { kind: state, record };
}

function isOpen(ctx: WriteContext, seq: number): boolean {
  return ctx.sql.get(`SELECT 1 FROM acknowledgement WHERE seq = ? AND EXISTS (${OPEN_WORK})`, seq) !== undefined;
}

export function acknowledgementDelivered(ctx: WriteContext, messageId: string, at: number): void {
  ctx.sql.run(
    `UPDATE acknowledgement SET state = ${A.delivered}, delivered_at = ?, next_at = NULL, failure_code = NULL ` +
      `WHERE message_id = ? AND state = ${A.made}`,
    at,
    messageId,
  );
}

export function takeAcknowledgement(ctx: WriteContext, messageId: string, nextAt: number, until: number): boolean {
  return (
    ctx.sql.run(
      `UPDATE acknowledgement SET next_at = ?, tries = tries + 1 WHERE message_id = ? AND state = ${A.made} AND next_at = ?`,
      until,
      messageId,
      nextAt,
    ) === 1
  );
}

export function acknowledgementFailed(ctx: WriteContext, messageId: string, code: string, nextAt: number): void {
  ctx.sql.run(
    `UPDATE acknowledgement SET next_at = ?, failure_code = ? WHERE message_id = ? AND state = ${A.made}`,
    nextAt,
    code,
    messageId,
  );
}

export function acknowledgementAgain(ctx: WriteContext, messageId: string, at: number): boolean {
  return (
    ctx.sql.run(
      `UPDATE acknowledgement SET state = ${A.made}, next_at = ? WHERE message_id = ? AND endpoint IS NOT NULL ` +
        `AND state IN (${A.made}, ${A.delivered})`,
      at,
      messageId,
    ) === 1
  );
}

export function lapseAcknowledgement(ctx: WriteContext, messageId: string, audit: AuditEntry): boolean {
  const lapsed = ctx.sql.run(
    `UPDATE acknowledgement SET state = ${A.lapsed}, next_at = NULL WHERE message_id = ? AND state = ${A.made}`,
    messageId,
  );
  if (lapsed === 0) return false;
  ctx.audit(audit);
  return true;
}
