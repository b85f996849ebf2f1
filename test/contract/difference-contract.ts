import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { DIFFERENCE_STATES } from '../../engine/index.ts';
import type { Difference, DifferenceQuery, NewWork, Store } from '../../engine/index.ts';
import { acceptOne, auditEntry, claimOf, DONE, settleAs, T0 } from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

export function describeDifferences(adapter: StoreAdapter): void {
  describe('differences from what was written', () => {
    const opened = new Opened(adapter);
    let store: Store;
    let place: string;
    let item: NewWork;
    beforeEach(async () => {
      place = await opened.place();
      store = await opened.open(place);
      item = await acceptOne(store);
    });
    afterEach(() => opened.clear());

    const difference = (id: string, over: Partial<Difference> = {}): Difference => ({
      id,
      version: 1,
      state: 'open',
      found: 'missing',
      endpoint: 'ehr',
      resourceType: 'Task',
      resourceId: '12',
      wroteVersion: '1',
      foundVersion: null,
      copies: 0,
      effectKey: id,
      messageId: item.messageId,
      workId: item.id,
      definition: 'flow-a',
      writtenAt: T0,
      since: T0,
      checkedAt: T0,
      settled: null,
      ...over,
    });
    const put = (one: Difference, by = store) =>
      by.differences.put(one.version - 1, one, auditEntry('difference.found', { messageId: one.messageId }));
    const idsOf = async (query: DifferenceQuery): Promise<readonly string[]> =>
      (await store.differences.list(query)).map(({ id }) => id);
    const audited = async (): Promise<number> => (await store.audit.list({ order: 'oldest-first' })).length;

    it('are kept by whoever has seen the latest version, with their record', async () => {
      const one = difference('d1');
      assert.equal(await put(one), 'kept');
      assert.equal(await put(one), 'stale');
      assert.equal(await put({ ...one, version: 2, state: 'gone' }), 'kept');
      assert.equal(await put({ ...one, version: 2, state: 'settled' }), 'stale');
      assert.equal(await put(difference('d9', { version: 3 })), 'stale', 'nothing was there before');
      assert.equal(await audited(), 2);
      assert.equal(await store.differences.put(2, { ...one, version: 3, checkedAt: T0 + 1 }, null), 'kept');
      assert.equal(await audited(), 2, 'a look that finds nothing new leaves no record');
      await store.close();
      store = await opened.open(place);
      assert.deepEqual(await store.differences.get('d1'), { ...one, version: 3, checkedAt: T0 + 1 });
      assert.equal(await store.differences.get('none'), undefined);
    });

    it('take one of two that are put at the same moment, from two processes', async () => {
      const other = await opened.open(place);
      const one = difference('d1');
      assert.deepEqual((await Promise.all([put(one), put(one, other)])).toSorted(), ['kept', 'stale']);
      assert.equal(await audited(), 1);
    });

    it('are listed newest first, by what they are about, and counted by state', async () => {
      const other = await acceptOne(store);
      const made = [
        difference('old', { since: T0 - 1000, state: 'gone' }),
        difference('first'),
        difference('second', { endpoint: 'other', definition: 'flow-b' }),
        difference('last', { since: T0 + 1000, messageId: other.messageId, state: 'alike' }),
      ];
      for (const one of made) await put(one);
      assert.deepEqual(await idsOf({}), ['last', 'second', 'first', 'old']);
      assert.deepEqual(await idsOf({ states: ['open'] }), ['second', 'first']);
      assert.deepEqual(await idsOf({ states: ['open'], endpoint: 'other' }), ['second']);
      assert.deepEqual(await idsOf({ messageId: other.messageId }), ['last']);
      assert.deepEqual(await idsOf({ definitions: ['flow-b'] }), ['second']);
      assert.deepEqual(await idsOf({ definitions: [] }), []);
      assert.deepEqual(await idsOf({ before: T0 }), ['old']);
      assert.deepEqual(await idsOf({ limit: 1 }), ['last']);
      const none = Object.fromEntries(DIFFERENCE_STATES.map((state) => [state, 0]));
      assert.deepEqual(await store.differences.counts({}), { ...none, open: 2, gone: 1, alike: 1 });
      assert.deepEqual(await store.differences.counts({ definitions: ['flow-b'] }), { ...none, open: 1 });
    });

    it('keep their message while they are open, and go with it then', async () => {
      const one = difference('d1');
      await put(one);
      const [claimed] = await claimOf(store, 1);
      assert.ok(claimed);
      await settleAs(store, claimed, DONE);
      const purge = () => store.retention.purge({ bodiesBefore: null, messagesBefore: T0 + 1e9, limit: 10 });
      assert.equal((await purge()).messages, 0);
      await put({ ...one, version: 2, state: 'settled' });
      assert.equal((await purge()).messages, 1);
      assert.equal(await store.differences.get('d1'), undefined);
    });
  });
}
