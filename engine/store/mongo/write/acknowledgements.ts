import type { AuditEntry, MakeAcknowledgement, MakeOutcome, OwedAcknowledgement } from '../../contract/index.ts';
import { whenMade } from '../../owed-acknowledgement.ts';
import type { AcknowledgementDoc } from '../documents.ts';
import { acknowledgementFrom } from '../read/acknowledgements.ts';
import { millis } from '../values.ts';
import type { WriteContext } from './context.ts';
import { needsAudit, type Operation } from './operation.ts';

/** With the message that it answers, in one commit. */
export function insertAcknowledgement(
  ctx: WriteContext,
  owed: OwedAcknowledgement,
  message: { readonly seq: number; readonly id: string; readonly feed: string; readonly receivedAt: number },
): void {
  const { condition, endpoint, made } = owed;
  const [dueAt, lapseAt] = [millis(owed.dueAt), millis(owed.lapseAt)];
  const at = millis(message.receivedAt);
  const now = made ? whenMade(owed, made.code, at) : { state: 'awaited' as const, nextAt: dueAt };
  ctx.table('acknowledgements').insert({
    _id: message.id,
    seq: message.seq,
    feed: message.feed,
    state: now.state,
    condition,
    dueAt,
    lapseAt,
    endpoint,
    code: made?.code ?? null,
    madeAt: made ? at : null,
    madeBy: made?.by ?? null,
    definition: null,
    deliveredAt: null,
    tries: 0,
    failureCode: null,
    ...(made ? { bytes: made.bytes } : {}),
    ...(now.nextAt === null ? {} : { nextAt: millis(now.nextAt) }),
  });
}

export function makeAcknowledgement(made: MakeAcknowledgement): Operation<MakeOutcome> {
  const { messageId, audit = [] } = made;
  return {
    name: 'acknowledgements.make',
    bytes: made.bytes.length,
    needs(needs) {
      needs.acknowledgementIds.add(messageId);
      if (made.by === 'ended') needs.messageIds.add(messageId);
      needsAudit(needs, audit);
    },
    apply(ctx) {
      const table = ctx.table('acknowledgements');
      const owed = table.get(messageId);
      if (!owed) return { kind: 'not-owed' };
      if (owed.state !== 'awaited') return { kind: 'made-before', record: acknowledgementFrom(owed) };
      if (made.by === 'ended' && isOpen(ctx, owed.seq)) return { kind: 'open' };
      const at = millis(made.at);
      const { state, nextAt } = whenMade(owed, made.code, at);
      const { code, by: madeBy, definition, bytes } = made;
      const next = {
        state,
        code,
        madeAt: at,
        madeBy,
        definition,
        nextAt: nextAt === null ? undefined : millis(nextAt),
      };
      table.set(messageId, { ...next, bytes });
      for (const entry of audit) ctx.audit(entry);
      return { kind: state, record: acknowledgementFrom({ ...owed, ...next }) };
    },
  };
}

function isOpen(ctx: WriteContext, messageSeq: number): boolean {
  return ctx.worksOf(messageSeq).some(({ state }) => state === 'waiting' || state === 'claimed' || state === 'parked');
}

/** Changes the document, where there is one that it applies to; gives whether there was. */
function changing(
  name: string,
  messageId: string,
  change: (now: AcknowledgementDoc) => Partial<AcknowledgementDoc> | undefined,
  audit?: AuditEntry,
): Operation<boolean> {
  return {
    name,
    needs(needs) {
      needs.acknowledgementIds.add(messageId);
      if (audit) needs.audit = true;
    },
    apply(ctx) {
      const table = ctx.table('acknowledgements');
      const now = table.get(messageId);
      const next = now && change(now);
      if (!next) return false;
      table.set(messageId, next);
      if (audit) ctx.audit(audit);
      return true;
    },
  };
}

export const acknowledgementDelivered = (messageId: string, at: number): Operation<boolean> =>
  changing('acknowledgements.delivered', messageId, ({ state }) =>
    state === 'made'
      ? { state: 'delivered', deliveredAt: millis(at), nextAt: undefined, failureCode: null }
      : undefined,
  );

export const takeAcknowledgement = (messageId: string, nextAt: number, until: number): Operation<boolean> =>
  changing('acknowledgements.take', messageId, (now) =>
    now.state === 'made' && now.nextAt === nextAt ? { nextAt: millis(until), tries: now.tries + 1 } : undefined,
  );

export const acknowledgementFailed = (messageId: string, code: string, nextAt: number): Operation<boolean> =>
  changing('acknowledgements.failed', messageId, ({ state }) =>
    state === 'made' ? { failureCode: code, nextAt: millis(nextAt) } : undefined,
  );

export const acknowledgementAgain = (messageId: string, at: number): Operation<boolean> =>
  changing('acknowledgements.again', messageId, ({ state, endpoint }) =>
    endpoint !== null && (state === 'made' || state === 'delivered')
      ? { state: 'made', nextAt: millis(at) }
      : undefined,
  );

export const lapseAcknowledgement = (messageId: string, audit: AuditEntry): Operation<boolean> =>
  changing(
    'acknowledgements.lapse',
    messageId,
    ({ state }) => (state === 'made' ? { state: 'lapsed', nextAt: undefined } : undefined),
    audit,
  );
