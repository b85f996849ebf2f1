import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { SeenVersion, Store, SubscriptionRecord } from '../../engine/index.ts';
import { auditEntry, T0 } from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

export const record = (over: Partial<SubscriptionRecord> = {}): SubscriptionRecord => ({
  name: 'encounters',
  version: 1,
  watches: 'hash',
  endpoint: 'ehr',
  definition: 'flow-a',
  state: 'requested',
  since: T0,
  serverId: null,
  endsAt: null,
  watermark: null,
  eventNumber: null,
  ahead: [],
  gapSince: null,
  gaps: 0,
  missed: 0,
  heardAt: null,
  polledAt: null,
  trouble: null,
  ...over,
});

export function describeSubscriptions(adapter: StoreAdapter): void {
  describe('subscriptions', () => {
    const opened = new Opened(adapter);
    let store: Store;
    let place: string;
    beforeEach(async () => {
      place = await opened.place();
      store = await opened.open(place);
    });
    afterEach(() => opened.clear());

    const seen = (over: Partial<SeenVersion> = {}): SeenVersion => ({
      feed: 'encounters',
      reference: 'Encounter/1',
      versionId: '1',
      lastUpdated: T0,
      workId: 'w1',
      at: T0,
      ...over,
    });

    it('are kept with the record of their change, and changed by whoever has seen the latest version', async () => {
      const first = record();
      assert.equal(await store.subscriptions.change(0, first, auditEntry('subscription.changed')), 'changed');
      assert.equal(await store.subscriptions.change(0, first, null), 'stale');
      const second = record({ version: 2, state: 'active', watermark: T0, ahead: [4, 6] });
      assert.equal(await store.subscriptions.change(1, second, null), 'changed');
      await store.subscriptions.change(0, record({ name: 'a' }), null);
      await store.close();
      store = await opened.open(place);
      assert.deepEqual(await store.subscriptions.get('encounters'), second);
      assert.equal(await store.subscriptions.get('none'), undefined);
      assert.deepEqual(
        (await store.subscriptions.list()).map(({ name }) => name),
        ['a', 'encounters'],
      );
      assert.equal((await store.audit.list({})).length, 1);
    });

    it('take one of two that change them at the same moment, from two processes', async () => {
      const other = await opened.open(place);
      const both = await Promise.all([store, other].map((one) => one.subscriptions.change(0, record(), null)));
      assert.deepEqual(both.toSorted(), ['changed', 'stale']);
    });

    it('have each version of a resource processed by one item of work, also when it is delivered again', async () => {
      const { subscriptions } = store;
      const take = async (over: Partial<SeenVersion> = {}) => {
        const taken = await subscriptions.take(seen(over));
        return taken.kind === 'repeat' ? 'repeat' : `after ${taken.before ?? 'nothing'}`;
      };
      assert.equal(await take(), 'after nothing');
      assert.equal(await take(), 'after nothing', 'delivered again');
      assert.equal(await take({ workId: 'w2' }), 'repeat');
      assert.equal(await take({ workId: 'w2', feed: 'others' }), 'after nothing');
      assert.equal(await take({ workId: 'w2', reference: 'Encounter/2' }), 'after nothing');
      assert.equal(await take({ workId: 'w3', versionId: '2', lastUpdated: T0 + 1 }), 'after 1');
      assert.equal(await take({ workId: 'w3', versionId: '2', lastUpdated: T0 + 1 }), 'after 1', 'delivered again');
      assert.equal(await take({ workId: 'w3', versionId: '3', lastUpdated: T0 + 2 }), 'after 1', 'and finds a newer');
      assert.equal(await take({ workId: 'w4' }), 'repeat', 'an older one than was processed');
      assert.equal(await take({ workId: 'w5', versionId: 'd', lastUpdated: null }), 'after 3');
      assert.equal(await take({ workId: 'w6' }), 'repeat', 'still older');
      const versions = await subscriptions.taken('encounters', ['Encounter/1', 'Encounter/2', 'Encounter/3']);
      assert.deepEqual(Object.fromEntries(versions), {
        'Encounter/1': { versionId: 'd', workId: 'w5', at: T0, before: '3' },
        'Encounter/2': { versionId: '1', workId: 'w2', at: T0, before: null },
      });
    });

    it('have it processed by one of many that come at once', async () => {
      const many = Array.from({ length: 19 }, (_, n) => store.subscriptions.take(seen({ workId: `w${n}` })));
      assert.equal((await Promise.all(many)).filter(({ kind }) => kind === 'first').length, 1);
    });

    it('know our own writes, and forget them and what was processed in time', async () => {
      const { subscriptions } = store;
      await subscriptions.noteWritten('ehr', 'Task/1', '3', { base: '2', baseAt: T0 - 5, at: T0 });
      await subscriptions.noteWritten('ehr', 'Task/1', '3', { base: null, baseAt: null, at: T0 + 1 });
      await subscriptions.noteWritten('ehr', 'Task/2', 'deleted', { base: '1', baseAt: T0, at: T0 });
      await subscriptions.noteWritten('ehr', 'Task/2', 'deleted', { base: '4', baseAt: T0 + 9, at: T0 + 10 });
      assert.deepEqual(await subscriptions.written('ehr', 'Task/1', '3'), { base: '2', baseAt: T0 - 5, at: T0 });
      assert.deepEqual(await subscriptions.written('ehr', 'Task/2', 'deleted'), {
        base: '4',
        baseAt: T0 + 9,
        at: T0 + 10,
      });
      assert.equal(await subscriptions.written('ehr', 'Task/1', '4'), undefined);
      assert.equal(await subscriptions.written('pas', 'Task/1', '3'), undefined);
      await subscriptions.take(seen());
      await subscriptions.take(seen({ reference: 'Encounter/2', at: T0 + 10 }));
      assert.equal(await subscriptions.forget(T0), 0);
      assert.equal(await subscriptions.forget(T0 + 5), 2);
      assert.equal(await subscriptions.written('ehr', 'Task/1', '3'), undefined);
      assert.deepEqual(
        [...(await subscriptions.taken('encounters', ['Encounter/1', 'Encounter/2'])).keys()],
        ['Encounter/2'],
      );
    });
  });
}
