import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { verifyAudit, type Store } from '../../engine/index.ts';
import {
  acceptOne,
  auditEntry,
  claimOf,
  DONE,
  newMessage,
  newWork,
  retryAt,
  settleAs,
  T0,
  WINDOW,
} from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

const HOUR = 3_600_000;

/** Several hosts never agree on the time, and a clock is set back now and then. */
export function describeSkew(adapter: StoreAdapter): void {
  describe('clocks that differ', () => {
    const opened = new Opened(adapter);
    let slow: Store;
    let fast: Store;
    beforeEach(async () => {
      const place = await opened.place();
      slow = await opened.open(place);
      fast = await opened.open(place);
    });
    afterEach(() => opened.clear());

    it('let nobody settle what a faster clock took away', async () => {
      const item = await acceptOne(slow);
      const [held] = await claimOf(slow, 1, { now: T0 });
      assert.ok(held);
      assert.equal(await fast.work.expireLeases(T0 + HOUR), 1);
      const [taken] = await claimOf(fast, 1, { now: T0 + HOUR });
      assert.equal(taken?.id, item.id);
      assert.equal(await settleAs(slow, held, DONE, T0), 'lost-lease');
      assert.equal(await slow.work.renew(held.id, held.fence, T0 + 2 * HOUR), false);
      assert.equal(await slow.work.expireLeases(T0), 0, 'a slower clock takes nothing away');
      assert.equal(await settleAs(fast, taken, DONE, T0 + HOUR), 'settled');
    });

    it('keep the order of arrival, whatever times the items carry', async () => {
      const late = await acceptOne(fast, { orderingKey: 'k', createdAt: T0 + HOUR }, { receivedAt: T0 + HOUR });
      const early = await acceptOne(fast, { orderingKey: 'k', createdAt: T0 }, { receivedAt: T0 });
      const [first] = await claimOf(slow, 10, { now: T0 });
      assert.equal(first?.id, late.id, 'claimable by a clock that has not come so far');
      assert.equal(await settleAs(slow, first, DONE), 'settled');
      assert.equal((await claimOf(slow, 10, { now: T0 }))[0]?.id, early.id);
    });

    it('recognise a resend that is stamped earlier than its first', async () => {
      const first = newMessage({ controlId: 'C1', body: 'same', receivedAt: T0 + HOUR });
      await fast.journal.accept(first, [newWork(first)], WINDOW);
      const again = newMessage({ controlId: 'C1', body: 'same', receivedAt: T0 });
      assert.equal((await slow.journal.accept(again, [newWork(again)], WINDOW)).kind, 'resend');
    });

    it('let a retry wait for the clock of whoever claims, and no longer', async () => {
      await acceptOne(fast);
      const [held] = await claimOf(fast, 1, { now: T0 + HOUR });
      assert.ok(held);
      await settleAs(fast, held, retryAt(T0 + HOUR + 1000), T0 + HOUR);
      assert.deepEqual(await claimOf(slow, 1, { now: T0 }), []);
      assert.equal((await claimOf(slow, 1, { now: T0 + HOUR + 1000 })).length, 1);
    });

    it('leave the audit chain whole', async () => {
      for (const [index, at] of [T0 + HOUR, T0, T0 + 2 * HOUR, T0 - HOUR].entries()) {
        await (index % 2 ? slow : fast).audit.append([auditEntry('flow.noted', { at })]);
      }
      assert.equal((await verifyAudit(slow.audit)).intact, true);
      assert.deepEqual(
        (await slow.audit.list({ order: 'oldest-first' })).map((entry) => entry.at),
        [T0 + HOUR, T0, T0 + 2 * HOUR, T0 - HOUR],
      );
    });
  });
}
