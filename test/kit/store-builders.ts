/** Synthetic rows for store tests: short, and unlike anything clinical. */
import { createHash } from 'node:crypto';
import type { AuditEntry, ClaimedWork, NewMessage, NewWork, Review, Settlement, Store } from '../../engine/index.ts';

export const T0 = Date.UTC(2026, 0, 5, 8, 0, 0);
export const WINDOW = 7 * 24 * 3600 * 1000;
export const SUBSCRIPTION = 'flow-a/in';

let serial = 0;
export const nextId = (prefix: string): string => `${prefix}-${String(++serial).padStart(6, '0')}`;

export function newMessage(over: Partial<NewMessage> & { readonly body?: string } = {}): NewMessage {
  const id = over.id ?? nextId('msg');
  const { body = `MSH|^~\\&|A|B|||||${id}`, ...rest } = over;
  const bytes = Buffer.from(body, 'latin1');
  return {
    id,
    feed: 'lab',
    connection: 'connection-1',
    receivedAt: T0,
    bytes,
    bodyHash: createHash('sha256').update(bytes).digest('hex'),
    controlId: id,
    type: 'ORU^R01',
    sender: 'A|B',
    messageTime: '20260105080000',
    keys: [],
    patientHint: null,
    correlationId: `correlation-${id}`,
    traceparent: '00-00000000000000000000000000000001-0000000000000001-01',
    answer: { code: 'AA', bytes: Buffer.from(`MSH|ack|${id}`) },
    ...rest,
  };
}

export function newWork(message: Pick<NewMessage, 'id'>, over: Partial<NewWork> = {}): NewWork {
  return {
    id: nextId('work'),
    messageId: message.id,
    subscription: SUBSCRIPTION,
    definition: 'flow-a',
    lane: 'routine',
    orderingKey: null,
    afterDead: 'hold',
    correlationId: `correlation-${message.id}`,
    traceparent: '00-00000000000000000000000000000001-0000000000000001-01',
    createdAt: T0,
    ...over,
  };
}

export function newChild(parent: Pick<NewWork, 'id' | 'messageId'>, key: string, over: Partial<NewWork> = {}): NewWork {
  return newWork(
    { id: parent.messageId },
    {
      subscription: 'flow-a/child',
      child: { parentWorkId: parent.id, key, kind: 'queue', data: { step: 1 } },
      ...over,
    },
  );
}

/** Accepts one message with one work item; gives the item. */
export async function acceptOne(
  store: Store,
  work: Partial<NewWork> = {},
  message: Parameters<typeof newMessage>[0] = {},
): Promise<NewWork> {
  const entry = newMessage(message);
  const item = newWork(entry, work);
  await store.journal.accept(entry, [item], WINDOW);
  return item;
}

export function claimOf(
  store: Store,
  limit = 100,
  over: { now?: number; owner?: string; subscription?: string; leaseMs?: number } = {},
): Promise<readonly ClaimedWork[]> {
  const { now = T0, owner = 'test', subscription = SUBSCRIPTION, leaseMs = 60_000 } = over;
  return store.work.claim([{ subscription, limit, owner, now, leaseUntil: now + leaseMs }]);
}

export function settleAs(
  store: Store,
  work: Pick<ClaimedWork, 'id' | 'fence'>,
  settlement: Settlement,
  at = T0,
): Promise<'settled' | 'lost-lease'> {
  return store.work.settle({ workId: work.id, fence: work.fence, at, settlement, trace: [], version: 'v1' });
}

/** What a person is asked about an item that a fallback or a doubt holds. */
export const newReview = (
  { id, fence, messageId }: Pick<ClaimedWork, 'id' | 'fence' | 'messageId'>,
  over: Partial<Review> = {},
): Review => ({
  id: `${id}/${fence}`,
  workId: id,
  messageId,
  definition: 'flow-a',
  heldAt: T0,
  because: 'manual-review',
  sentence: 'The flow is in fallback.',
  doubt: null,
  taskId: null,
  recommended: [],
  decided: null,
  ...over,
});

export const FAILURE = { class: 'permanent', code: 'test-failed', text: 'The test said so.' } as const;
export const DONE: Settlement = { kind: 'done' };
export const DEAD: Settlement = { kind: 'dead', failure: FAILURE };
export const retryAt = (at: number, counts = true): Settlement => ({ kind: 'retry', at, counts, failure: FAILURE });

export function auditEntry(type: string, over: Partial<AuditEntry> = {}): AuditEntry {
  return { at: T0, type, actor: 'user:test', details: {}, ...over };
}
