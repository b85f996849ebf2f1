import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { NewWork, Store } from '../../engine/index.ts';
import {
  acceptOne,
  auditEntry,
  claimOf,
  DONE,
  newChild,
  newMessage,
  newWork,
  settleAs,
  T0,
  WINDOW,
} from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

const CHILD = 'flow-a/child';

/** What waits for a time or a person, and what is owed for frames in quarantine. */
export function describeParking(adapter: StoreAdapter): void {
  describe('parked items', () => {
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

    const parked = (over: Partial<NewWork> = {}, notBefore?: number): NewWork => {
      const child = newChild(item, 'park-1', over);
      const data = { step: 1 };
      return {
        ...child,
        child: {
          parentWorkId: item.id,
          key: 'park-1',
          kind: 'park',
          data,
          state: 'parked',
          ...(notBefore !== undefined && { notBefore }),
        },
      };
    };
    const claimed = async (now: number, from = store) =>
      (await claimOf(from, 10, { subscription: CHILD, now })).map(({ id }) => id);
    const stateOf = async (id: string) => (await store.work.get(id))?.state;

    it('wait for their time and are claimable at it, also after reopening', async () => {
      const [parent] = await claimOf(store);
      assert.ok(parent);
      const child = parked({}, T0 + 1000);
      const request = { workId: parent.id, fence: parent.fence, at: T0, settlement: DONE, trace: [], version: null };
      await store.work.settle({ ...request, children: [child] });
      assert.equal(await stateOf(child.id), 'parked');
      assert.equal((await store.work.get(child.id))?.notBefore, T0 + 1000);
      assert.equal((await store.journal.get(item.messageId))?.state, 'parked');
      const reopened = await opened.open(place);
      assert.equal(await reopened.work.nextDue(T0), T0 + 1000);
      assert.deepEqual(await claimed(T0 + 999, reopened), []);
      assert.equal((await reopened.work.counts()).parked, 1);
      assert.deepEqual(await claimed(T0 + 1000, reopened), [child.id]);
      const { parked: still, claimed: now } = await reopened.work.counts();
      assert.deepEqual([still, now], [0, 1]);
    });

    it('without a time wait until somebody says so', async () => {
      const child = parked();
      await store.work.addChild(child);
      assert.deepEqual(await claimed(T0 + 1e12), []);
      const woken = auditEntry('work.woken');
      assert.equal(await store.work.wakeParked(child.id, T0 + 5, woken), 'woken');
      assert.equal(await store.work.wakeParked(child.id, T0 + 6, woken), 'not-parked');
      assert.equal(await store.work.wakeParked('nobody', T0 + 6, woken), 'unknown');
      assert.equal((await store.audit.list({ type: 'work.woken' })).length, 1);
      assert.deepEqual(await claimed(T0 + 5), [child.id]);
    });

    it('are let go early by a person, once', async () => {
      const child = parked({}, T0 + 1000);
      await store.work.addChild(child);
      await store.work.wakeParked(child.id, T0 + 5, auditEntry('work.woken'));
      const [work] = await claimOf(store, 1, { subscription: CHILD, now: T0 + 5 });
      assert.ok(work);
      await settleAs(store, work, DONE, T0 + 6);
      assert.deepEqual(await claimed(T0 + 1000), []);
      assert.equal(await stateOf(child.id), 'done');
    });

    it('go on by their key with new data, and their time is forgotten', async () => {
      const child = parked({}, T0 + 1000);
      await store.work.addChild(child);
      assert.equal(await store.work.unpark('park-1', T0 + 5, { step: 2 }), true);
      const [work] = await claimOf(store, 1, { subscription: CHILD, now: T0 + 5 });
      assert.deepEqual(work?.child?.data, { step: 2 });
      assert.deepEqual(await claimed(T0 + 1000), []);
    });

    it('are listed by the beginning of their keys, page by page, while they are parked', async () => {
      for (const key of ['wait/b/1', 'wait/a/2', 'wait/a/1', 'wait/a/3', 'wait/ab/1'])
        await store.work.addChild({
          ...parked({ id: `work-${key}` }),
          child: { parentWorkId: item.id, key, kind: 'park', data: { key }, state: 'parked' },
        });
      const keys = async (prefix: string, after: string, limit: number): Promise<readonly string[]> =>
        (await store.work.parkedChildren(prefix, after, limit)).map(({ key }) => key);
      assert.deepEqual(await keys('wait/a/', 'wait/a/', 2), ['wait/a/1', 'wait/a/2']);
      assert.deepEqual(await keys('wait/a/', 'wait/a/2', 2), ['wait/a/3']);
      await store.work.unpark('wait/a/1', T0);
      assert.deepEqual(await store.work.parkedChildren('wait/a/', 'wait/a/', 1), [
        { key: 'wait/a/2', data: { key: 'wait/a/2' } },
      ]);
    });

    it('hold up nothing of their key while they wait, and join it when they go on', async () => {
      const child = parked({ orderingKey: 'k' }, T0 + 1000);
      await store.work.addChild(child);
      const other = newWork({ id: item.messageId }, { subscription: CHILD, orderingKey: 'k' });
      await store.work.addChild({ ...other, child: { parentWorkId: item.id, key: 'q', kind: 'queue', data: null } });
      assert.deepEqual(await claimed(T0), [other.id]);
      assert.deepEqual(await claimed(T0 + 1000), [], 'the other runs on the key');
      assert.equal(await stateOf(child.id), 'waiting');
    });

    it('are discarded by a person and then never run', async () => {
      const child = parked({}, T0 + 1000);
      await store.work.addChild(child);
      const outcome = await store.work.discard(child.id, T0, 'not needed', auditEntry('work.discarded'));
      assert.equal(outcome, 'discarded');
      assert.deepEqual(await claimed(T0 + 1000), []);
      assert.equal(await stateOf(child.id), 'discarded');
    });

    it('are found again by their key however often they are made', async () => {
      assert.equal(await store.work.addChild(parked({}, T0 + 1000)), 'added');
      assert.equal(await store.work.addChild(parked({}, T0 + 9000)), 'exists');
      assert.equal(await store.work.nextDue(T0), T0 + 1000);
    });
  });

  describe('work for a frame in quarantine', () => {
    const opened = new Opened(adapter);
    afterEach(() => opened.clear());

    it('runs, and the frame stays in quarantine whatever becomes of it', async () => {
      const store = await opened.open();
      const frame = newMessage({ quarantine: { code: 'hl7-broken', text: 'It is broken.' } });
      const work = newWork(frame);
      assert.equal((await store.journal.accept(frame, [work], WINDOW)).kind, 'quarantined');
      const state = async () => (await store.journal.get(frame.id))?.state;
      assert.equal(await state(), 'quarantined');
      const [claim] = await claimOf(store);
      assert.equal(claim?.id, work.id);
      assert.equal(await state(), 'quarantined');
      assert.equal(await settleAs(store, claim, DONE), 'settled');
      assert.equal(await state(), 'quarantined');
      assert.equal((await store.journal.get(frame.id))?.reason?.code, 'hl7-broken');
      assert.equal((await store.journal.counts()).quarantined, 1);
    });
  });
}
