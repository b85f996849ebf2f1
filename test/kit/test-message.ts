/** Synthetic messages and work for tests of what lies behind the codec. */
import { createHash } from 'node:crypto';
import type { Clock, Ids, Lane, NewMessage, NewWork } from '../../engine/index.ts';

export interface TestMessage {
  readonly controlId: string;
  readonly subscription?: string;
  readonly lane?: Lane;
  readonly key?: string | null;
  readonly afterDead?: 'hold' | 'continue';
}

export const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

export function testMessage(message: TestMessage, clock: Clock, ids: Ids): { message: NewMessage; work: NewWork } {
  const { controlId, subscription = 'lab/results', lane = 'routine', key = null, afterDead = 'hold' } = message;
  const text = `MSH|^~\\&|LAB|GH|WF|GH|20260105080000||ORU^R01|${controlId}|P|2.5.1\r`;
  const bytes = Buffer.from(text, 'latin1');
  const id = ids.next();
  const now = clock.now();
  const shared = { correlationId: id, traceparent: TRACEPARENT } as const;
  return {
    message: {
      id,
      feed: 'hospital',
      connection: 'c1',
      receivedAt: now,
      bytes,
      bodyHash: createHash('sha256').update(bytes).digest('hex'),
      controlId,
      type: 'ORU^R01',
      sender: 'LAB|GH',
      messageTime: '20260105080000',
      keys: [],
      patientHint: null,
      answer: { code: 'AA', bytes: Buffer.from(`MSH|^~\\&\rMSA|AA|${controlId}\r`, 'latin1') },
      ...shared,
    },
    work: {
      id: ids.next(),
      messageId: id,
      subscription,
      definition: subscription.split('/')[0] ?? subscription,
      lane,
      orderingKey: key,
      afterDead,
      createdAt: now,
      ...shared,
    },
  };
}
