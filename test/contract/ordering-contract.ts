import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { ClaimedWork, NewWork, Store } from '../../engine/index.ts';
import { acceptOne, auditEntry, claimOf, DEAD, DONE, retryAt, settleAs, T0 } from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

export function describeOrdering(adapter: StoreAdapter): void {
  describe('order within a key', () => {
    const opened = new Opened(adapter);
    let store: Store;
    beforeEach(async () => {
      store = await opened.open();
    });
    afterEach(() => opened.clear());

    const three = async (over: Partial<NewWork> = {}): Promise<[NewWork, NewWork, NewWork]> => [
      await acceptOne(store, { orderingKey: 'k', ...over }),
      await acceptOne(store, { orderingKey: 'k', ...over }),
      await acceptOne(store, { orderingKey: 'k', ...over }),
    ];
    const ids = async (now = T0): Promise<string[]> => (await claimOf(store, 100, { now })).map((work) => work.id);
    const claimSingle = async (now = T0): ReturnType<typeof one> => one(now);
    const one = async (now: number) => {
      const claimed = await claimOf(store, 100, { now });
      assert.equal(claimed.length, 1, 'exactly one item is claimable');
      return claimed[0] as NonNullable<(typeof claimed)[0]>;
    };

    it('gives one item of a key at a time, in the order of arrival; other keys go on', async () => {
      const items = await three();
      const other = await acceptOne(store, { orderingKey: 'other' });
      assert.deepEqual(await ids(), [items[0].id, other.id]);
      assert.deepEqual(await ids(), []);
    });

    it('gives the next when the head is done', async () => {
      const items = await three();
      for (const item of items) {
        const claimed = await claimSingle();
        assert.equal(claimed.id, item.id);
        assert.equal(await settleAs(store, claimed, DONE), 'settled');
      }
      assert.deepEqual(await ids(), []);
    });

    it('gives the next to a claim that was asked for behind the settling, without waiting for it', async () => {
      const items = await three();
      for (const item of items) {
        const head = await claimSingle();
        assert.equal(head.id, item.id);
        const next = items[items.indexOf(item) + 1];
        if (!next) return;
        const settled = settleAs(store, head, DONE);
        const claimed = await claimOf(store, 100);
        assert.deepEqual(
          claimed.map(({ id }) => id),
          [next.id],
        );
        assert.equal(await settled, 'settled');
        await settleAs(store, claimed[0] as ClaimedWork, retryAt(T0));
      }
    });

    it('lets the key wait while its head retries', async () => {
      const items = await three();
      await settleAs(store, await claimSingle(), retryAt(T0 + 1000));
      assert.deepEqual(await ids(), []);
      const [, second] = await Promise.all(items.map((item) => store.work.get(item.id)));
      assert.equal(second?.blockedBy, items[0].id);
      const again = await claimSingle(T0 + 1000);
      assert.equal(again.id, items[0].id);
      await settleAs(store, again, DONE);
      assert.equal((await claimSingle()).id, items[1].id);
    });

    it('holds the key behind a dead head, until it is redriven and done', async () => {
      const items = await three({ afterDead: 'hold' });
      await settleAs(store, await claimSingle(), DEAD);
      assert.deepEqual(await ids(), []);
      await store.work.redrive(items[0].id, T0, auditEntry('work.redriven'));
      const again = await claimSingle();
      assert.equal(again.id, items[0].id);
      await settleAs(store, again, DONE);
      assert.equal((await claimSingle()).id, items[1].id);
    });

    it('frees a held key when its dead head is discarded', async () => {
      const items = await three({ afterDead: 'hold' });
      await settleAs(store, await claimSingle(), DEAD);
      await store.work.discard(items[0].id, T0, 'not needed', auditEntry('work.discarded'));
      assert.equal((await claimSingle()).id, items[1].id);
    });

    it('goes on after a dead head where the feed says so', async () => {
      const items = await three({ afterDead: 'continue' });
      await settleAs(store, await claimSingle(), DEAD);
      assert.equal((await claimSingle()).id, items[1].id);
    });

    it('never runs a redriven item beside a newer one of its key, and says how many were done after it', async () => {
      const items = await three({ afterDead: 'continue' });
      await settleAs(store, await claimSingle(), DEAD);
      await settleAs(store, await claimSingle(), DONE);
      assert.equal(await store.work.doneAfter(items[0].id), 1);
      const third = await claimSingle();
      await store.work.redrive(items[0].id, T0, auditEntry('work.redriven'));
      assert.deepEqual(await ids(), [], 'the third is still running');
      await settleAs(store, third, DONE);
      assert.equal((await claimSingle()).id, items[0].id);
    });

    it('takes a ready item back when an older one of its key is redriven before the claim', async () => {
      const items = await three({ afterDead: 'continue' });
      await settleAs(store, await claimSingle(), DEAD);
      await store.work.redrive(items[0].id, T0, auditEntry('work.redriven'));
      assert.equal((await claimSingle()).id, items[0].id);
    });

    it('moves on when a waiting head is discarded', async () => {
      const items = await three();
      await store.work.discard(items[0].id, T0, 'not needed', auditEntry('work.discarded'));
      assert.equal((await claimSingle()).id, items[1].id);
    });

    it('keeps the order when the lease of the head runs out', async () => {
      const items = await three();
      await claimSingle();
      assert.equal(await store.work.expireLeases(T0 + 60_000), 1);
      assert.equal((await claimSingle()).id, items[0].id);
    });

    it('claims the most urgent lane first, then by arrival', async () => {
      const bulk = await acceptOne(store, { lane: 'bulk' });
      const routine = await acceptOne(store, { lane: 'routine' });
      const stat = await acceptOne(store, { lane: 'stat' });
      const urgent = await acceptOne(store, { lane: 'urgent' });
      const later = await acceptOne(store, { lane: 'stat' });
      assert.deepEqual(await ids(), [stat.id, later.id, urgent.id, routine.id, bulk.id]);
    });

    it('lets the head inherit the most urgent lane that waits behind it', async () => {
      const blocked = await acceptOne(store, { lane: 'bulk', orderingKey: 'k' });
      const middle = await acceptOne(store, { lane: 'bulk', orderingKey: 'k' });
      const routine = await acceptOne(store, { lane: 'routine' });
      const stat = await acceptOne(store, { lane: 'stat', orderingKey: 'k' });
      for (const expected of [blocked, middle, stat, routine]) {
        const [claimed] = await claimOf(store, 1);
        assert.equal(claimed?.id, expected.id);
        assert.equal(claimed?.lane, expected.lane, 'its own lane is shown');
        if (claimed) await settleAs(store, claimed, DONE);
      }
    });

    it('gives an inherited lane back once the urgent item is done', async () => {
      await acceptOne(store, { lane: 'stat', orderingKey: 'k' });
      const bulk = await acceptOne(store, { lane: 'bulk', orderingKey: 'k' });
      const routine = await acceptOne(store, { lane: 'routine' });
      const [stat] = await claimOf(store, 1);
      if (stat) await settleAs(store, stat, DONE);
      assert.deepEqual(await ids(), [routine.id, bulk.id]);
    });
  });
}
