import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { FIGURES_KEPT_MS, MINUTE_MS } from '../../engine/index.ts';
import { acceptOne, claimOf, DEAD, DONE, newMessage, retryAt, settleAs, T0, WINDOW } from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

export function describeFigures(adapter: StoreAdapter): void {
  describe('figures', () => {
    const opened = new Opened(adapter);
    afterEach(() => opened.clear());

    it('count what came and went in its own minute, also after reopening', async () => {
      const place = await opened.place();
      const store = await opened.open(place);
      const later = T0 + 3 * MINUTE_MS;
      await acceptOne(store);
      await acceptOne(store, { createdAt: T0 + 59_999 }, { receivedAt: T0 + 59_999 });
      await acceptOne(store, { createdAt: later }, { receivedAt: later });
      const [one, two, three] = await claimOf(store);
      assert.ok(one && two && three);
      await settleAs(store, one, DONE, T0 + MINUTE_MS);
      await settleAs(store, two, retryAt(later + 1), later);
      await settleAs(store, three, DEAD, later);
      await settleAs(store, three, DEAD, later);
      const nothing = { received: 0, settled: 0, retried: 0, died: 0 };
      const all = [
        { ...nothing, at: T0, received: 2 },
        { ...nothing, at: T0 + MINUTE_MS, settled: 1 },
        { ...nothing, at: later, received: 1, retried: 1, died: 1 },
      ];
      assert.deepEqual(await store.figures.minutes(T0, later + MINUTE_MS), all);
      assert.deepEqual(await store.figures.minutes(T0 + 1, later), [all[1]], 'minutes that begin within');
      await store.close();
      const again = await opened.open(place);
      assert.deepEqual(await again.figures.minutes(T0, later + MINUTE_MS), all);
    });

    it('forget minutes that are older than a day', async () => {
      const store = await opened.open();
      const later = T0 + FIGURES_KEPT_MS + 2 * MINUTE_MS;
      await acceptOne(store);
      await acceptOne(store, { createdAt: later }, { receivedAt: later });
      const minutes = await store.figures.minutes(0, later + MINUTE_MS);
      assert.deepEqual(
        minutes.map(({ at }) => at),
        [later],
      );
    });

    it('give the open items of each lane, by state', async () => {
      const store = await opened.open();
      await acceptOne(store, { lane: 'stat' });
      await acceptOne(store, { lane: 'bulk' });
      await acceptOne(store, { lane: 'bulk' });
      const [urgent] = await claimOf(store, 1);
      assert.ok(urgent);
      assert.deepEqual(await store.figures.depth(), [
        { lane: 'stat', state: 'claimed', count: 1 },
        { lane: 'bulk', state: 'waiting', count: 2 },
      ]);
      await settleAs(store, urgent, DONE);
      assert.deepEqual(await store.figures.depth(), [{ lane: 'bulk', state: 'waiting', count: 2 }]);
    });

    it('say why messages need somebody, the most frequent first', async () => {
      const store = await opened.open();
      for (let at = T0; at < T0 + 3; at++) {
        await acceptOne(store);
        const [work] = await claimOf(store);
        assert.ok(work);
        await settleAs(store, work, DEAD, at);
      }
      await acceptOne(store);
      const [retried] = await claimOf(store);
      assert.ok(retried);
      await settleAs(store, retried, retryAt(T0 + 9), T0);
      const quarantine = { code: 'no-header', text: 'It has no header.' };
      await store.journal.accept(newMessage({ quarantine, receivedAt: T0 + 5 }), [], WINDOW);
      assert.deepEqual(await store.figures.reasons(), [
        { state: 'dead', code: 'test-failed', text: 'The test said so.', count: 3, oldest: T0, newest: T0 + 2 },
        {
          state: 'quarantined',
          code: 'no-header',
          text: 'It has no header.',
          count: 1,
          oldest: T0 + 5,
          newest: T0 + 5,
        },
      ]);
    });
  });
}
