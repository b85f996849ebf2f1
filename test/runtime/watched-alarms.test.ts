import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Escalation, Store } from '../../engine/index.ts';
import { WatchedAlarms } from '../../runtime/watched-alarms.ts';
import { acceptOne, auditEntry, T0 } from '../kit/store-builders.ts';
import { TemporaryStore } from '../kit/temporary-store.ts';

const SOURCE = '~alarms';

describe('the alarms of the runtime', () => {
  let kept: TemporaryStore;
  let store: Store;
  let messageId: string;
  let gone: boolean;
  let looked: string[];
  beforeEach(async () => {
    kept = await TemporaryStore.create();
    store = kept.store;
    messageId = (await acceptOne(store)).messageId;
    gone = false;
    looked = [];
  });
  afterEach(() => kept.close());

  const start = async (id: string, more: Partial<Escalation> = {}): Promise<Escalation> => {
    const { escalation } = await store.escalations.start({
      id,
      key: id,
      messageId,
      workId: 'w',
      definition: 'lab',
      subscription: SOURCE,
      name: 'dead letter',
      ladder: 'l',
      ladderVersion: '1',
      steps: [{ afterMs: 0, to: 'operations', channel: 'console', text: 'Look.' }],
      exhausted: 'keep-last',
      startedAt: T0,
      nextStep: 0,
      nextAt: null,
      state: 'open',
      title: 'A title',
      lane: 'stat',
      watch: null,
      carry: null,
      correlationId: 'c',
      traceparent: 't',
      endedAt: null,
      endedBy: null,
      ...more,
    });
    return escalation;
  };
  const watching = (): WatchedAlarms =>
    new WatchedAlarms(store, SOURCE, ({ id }) => {
      looked.push(id);
      return Promise.resolve(gone);
    });

  it('are found behind hundreds of other escalations, hundreds of them begun at once', async () => {
    await Promise.all(Array.from({ length: 520 }, (_, i) => start(`a${i}`, { messageId: `m${i}` })));
    await Promise.all(
      Array.from({ length: 520 }, (_, i) => start(`o${i}`, { subscription: 'lab/x', startedAt: T0 + 1 })),
    );
    await start('before', { startedAt: T0 - 1 });
    const watched = watching();
    await watched.lookAtAll();
    assert.equal(watched.size, 521);
    assert.deepEqual([looked.length, looked.includes('before'), looked.includes('o1')], [521, true, false]);
  }).timeout(20_000);

  it('leave nothing behind for a message whose alarms have ended, however that was seen', async () => {
    const watched = watching();
    const one = await start('one');
    watched.add(one);
    watched.add(await start('two'));
    watched.remove(one);
    assert.deepEqual([watched.size, watched.has(messageId)], [1, true]);
    gone = true;
    await watched.look(messageId);
    assert.deepEqual([watched.size, watched.has(messageId)], [0, false]);
    gone = false;
    watched.add(one);
    await store.escalations.end('one', 'acknowledged', { actor: 'a', via: 'console' }, T0, null, auditEntry('x'));
    await watched.look(messageId);
    assert.equal(watched.size, 0);
    watched.add(one);
    watched.remove(one);
    assert.equal(watched.size, 0);
  });
});
