import type { AcceptOutcome, NewMessage, NewWork } from '../../contract/index.ts';
import { likenessOf } from '../../likeness.ts';
import { storeErrors } from '../../sqlite/errors.ts';
import type { MessageDoc } from '../documents.ts';
import { foldControlId, json, laneNumber, millis, partsOf, searchKey } from '../values.ts';
import { insertAcknowledgement } from './acknowledgements.ts';
import type { WriteContext } from './context.ts';
import { takeIdentity } from './identities.ts';
import type { Operation } from './operation.ts';
import { isUnread } from './message-state.ts';
import { joinKey } from './ordering.ts';

export function accept(
  message: NewMessage,
  work: readonly NewWork[],
  resendWindowMs: number,
): Operation<AcceptOutcome> {
  const fold = message.controlId === null ? undefined : foldControlId(message.controlId);
  const taken = message.identity && takeIdentity(message.id, message.identity, millis(message.receivedAt), undefined);
  return {
    name: 'journal.accept',
    sequences: 1 + work.length,
    bytes: message.bytes.length + message.answer.bytes.length,
    needs(needs) {
      if (!message.quarantine && fold !== undefined) {
        needs.folds.add(fold);
        needs.hashes.add(likenessOf(message));
      }
      for (const { orderingKey } of work) if (orderingKey !== null) needs.orderingKeys.add(orderingKey);
      taken?.needs(needs);
    },
    async prepare(ctx) {
      await taken?.prepare?.(ctx);
    },
    apply(ctx) {
      const earlier = message.quarantine || fold === undefined ? undefined : findFirst(ctx, message, resendWindowMs);
      // What nobody wanted the first time and somebody wants now is processed: no work was ever owed for it.
      const first = earlier?.state === 'unrouted' && work.length > 0 ? undefined : earlier;
      const seq = ctx.sequence();
      const state = first ? 'resend' : message.quarantine ? 'quarantined' : work.length > 0 ? 'accepted' : 'unrouted';
      const owed = state === 'accepted' || state === 'quarantined' ? work : [];
      insertMessage(ctx, message, seq, state, fold, first, owed);
      for (const item of owed) insertWork(ctx, item, seq);
      if (state === 'accepted') taken?.apply(ctx);
      const { id, feed, receivedAt, acknowledgement } = message;
      if (acknowledgement && !first) insertAcknowledgement(ctx, acknowledgement, { seq, id, feed, receivedAt });
      if (state !== 'resend' || !first) return { kind: state === 'resend' ? 'unrouted' : state, id: message.id, seq };
      return {
        kind: 'resend',
        id: message.id,
        seq,
        first: first.id,
        answer: { code: first.answerCode, bytes: first.answer },
      };
    },
  };
}

/** Newest entry with the same feed, control id and likeness; where that is a resend itself, the one it repeats. */
function findFirst(ctx: WriteContext, message: NewMessage, windowMs: number): MessageDoc | undefined {
  const likeness = likenessOf(message);
  const newest = ctx.earlier.find(
    (one) =>
      one.controlId === message.controlId && one.bodyHash === likeness && one.feed === message.feed && !isUnread(one),
  );
  if (!newest) return undefined;
  // The newest may be of this batch, and what it repeats found with it or loaded as what another repeats.
  const first =
    newest.resendOf === undefined
      ? newest
      : (ctx.earlier.find((one) => one._id === newest.resendOf) ?? ctx.table('messages').get(newest.resendOf));
  return first && first.receivedAt >= message.receivedAt - windowMs ? first : undefined;
}

function insertMessage(
  ctx: WriteContext,
  message: NewMessage,
  seq: number,
  state: MessageDoc['state'],
  fold: string | undefined,
  first: MessageDoc | undefined,
  work: readonly NewWork[],
): void {
  const { quarantine } = message;
  ctx.insertMessage({
    _id: seq,
    id: message.id,
    feed: message.feed,
    connection: message.connection,
    receivedAt: millis(message.receivedAt),
    controlId: message.controlId,
    ...(fold === undefined ? {} : { controlFold: fold }),
    type: message.type,
    sender: message.sender,
    messageTime: message.messageTime,
    patientHint: message.patientHint,
    correlationId: message.correlationId,
    traceparent: message.traceparent,
    bodyHash: likenessOf(message),
    ...(message.sameAs === undefined ? {} : { contentHash: message.bodyHash }),
    ...(message.format === undefined || message.format === 'hl7v2' ? {} : { format: message.format }),
    size: message.bytes.length,
    ...(first ? { resendOf: first._id, resendOfId: first.id } : {}),
    answerCode: message.answer.code,
    answer: message.answer.bytes,
    ...(message.keys.length > 0 ? { keys: message.keys.map(searchKey) } : {}),
    state,
    since: millis(message.receivedAt),
    items: work.length,
    definitions: [...new Set(work.map((item) => item.definition))],
    recovered: false,
    ...(quarantine ? { reasonCode: quarantine.code, reasonText: quarantine.text } : {}),
  });
  for (const part of partsOf(seq, message.bytes)) ctx.table('bodies').insert(part);
  ctx.count('message', message.feed, state, 1);
  ctx.count('feed', message.feed, '', 1, millis(message.receivedAt));
  ctx.tally('received', message.receivedAt);
}

export function insertWork(ctx: WriteContext, work: NewWork, messageSeq: number): void {
  const lane = laneNumber(work.lane);
  const state = work.child?.state === 'parked' ? 'parked' : 'waiting';
  const keyed = work.orderingKey !== null && state === 'waiting';
  const number = ctx.sequence();
  const { ready, seq } =
    keyed && work.orderingKey !== null
      ? joinKey(ctx, work.orderingKey, { id: work.id, lane, seq: number })
      : { ready: state === 'waiting', seq: number };
  const { child } = work;
  ctx.insertWork({
    _id: work.id,
    seq,
    messageSeq,
    messageId: work.messageId,
    subscription: work.subscription,
    definition: work.definition,
    lane,
    claimLane: lane,
    ...(work.orderingKey === null ? {} : { orderingKey: work.orderingKey }),
    holds: work.afterDead === 'hold',
    state,
    ...(ready ? { ready: true } : {}),
    ...(keyed ? { blocks: true } : {}),
    open: true,
    ...(state === 'parked' && child?.notBefore !== undefined ? { notBefore: millis(child.notBefore) } : {}),
    attempt: 0,
    counted: 0,
    fence: 0,
    createdAt: millis(work.createdAt),
    correlationId: work.correlationId,
    traceparent: work.traceparent,
    ...(child
      ? { childKey: child.key, childKind: child.kind, parentId: child.parentWorkId, childData: json(child.data) }
      : {}),
  });
  ctx.count('work', work.subscription, state, 1);
}

/** Adds a child item unless its key is there already. */
export function insertChild(ctx: WriteContext, work: NewWork): 'added' | 'exists' {
  if (work.child && ctx.workByChildKey(work.child.key)) return 'exists';
  const message = ctx.messageById(work.messageId);
  if (!message) throw storeErrors.create('store-unknown-message');
  insertWork(ctx, work, message._id);
  ctx.table('messages').set(message._id, {
    items: message.items + 1,
    definitions: [...new Set([...message.definitions, work.definition])],
  });
  return 'added';
}
