import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { MessageQuery, Store } from '../../engine/index.ts';
import { acceptOne, claimOf, DEAD, newMessage, settleAs, T0, WINDOW } from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

export function describeList(adapter: StoreAdapter): void {
  describe('list of messages', () => {
    const opened = new Opened(adapter);
    let store: Store;
    beforeEach(async () => {
      store = await opened.open();
      const key = { kind: 'patient', value: 'P1' } as const;
      await store.journal.accept(newMessage({ id: 'm1', controlId: 'LAB001', receivedAt: T0 }), [], WINDOW);
      await acceptOne(store, {}, { id: 'm2', controlId: 'lab002', receivedAt: T0 + 1, keys: [key] });
      await acceptOne(store, {}, { id: 'm3', controlId: 'ADT1', receivedAt: T0 + 2, feed: 'adt', type: 'ADT^A01' });
      await acceptOne(store, {}, { id: 'm4', controlId: null, receivedAt: T0 + 3, feed: 'adt', type: 'ADT^A03' });
      await acceptOne(store, {}, { id: 'm5', controlId: '50%_', receivedAt: T0 + 4, type: 'ADTX^A01', keys: [key] });
      const [, third] = await claimOf(store, 2);
      if (third) await settleAs(store, third, DEAD);
    });
    afterEach(() => opened.clear());

    const cases: readonly [string, MessageQuery, readonly string[]][] = [
      ['everything, newest first', {}, ['m5', 'm4', 'm3', 'm2', 'm1']],
      ['one state', { states: ['unrouted'] }, ['m1']],
      ['several states', { states: ['dead', 'processing'] }, ['m3', 'm2']],
      ['no state at all', { states: [] }, []],
      ['a feed', { feed: 'adt' }, ['m4', 'm3']],
      ['a type', { type: 'ADT^A03' }, ['m4']],
      ['the first component of a type, and not its beginning', { type: 'ADT' }, ['m4', 'm3']],
      ['the start of a control id in any case', { text: 'lAb' }, ['m2', 'm1']],
      ['a control id with the wildcards of SQL', { text: '50%_' }, ['m5']],
      ['a wildcard that matches nothing by itself', { text: '%' }, []],
      ['a message id', { text: 'm4' }, ['m4']],
      ['a reason code', { text: 'test-failed' }, ['m3']],
      ['a patient key', { key: { kind: 'patient', value: 'P1' } }, ['m5', 'm2']],
      ['work of a definition', { definitions: ['other', 'flow-a'] }, ['m5', 'm4', 'm3', 'm2']],
      ['work of a definition in one state', { definitions: ['flow-a'], states: ['dead'] }, ['m3']],
      ['work of no definition', { definitions: [] }, []],
      ['work of a definition that has none', { definitions: ['other'] }, []],
      ['a key of another kind', { key: { kind: 'order', value: 'P1' } }, []],
      ['since, including the moment', { since: T0 + 3 }, ['m5', 'm4']],
      ['until, excluding the moment', { until: T0 + 1 }, ['m1']],
      ['filters together', { type: 'ADT', states: ['accepted'], since: T0 + 1 }, ['m4']],
      ['a page', { limit: 2 }, ['m5', 'm4']],
      ['the oldest first', { order: 'oldest-first', limit: 3 }, ['m1', 'm2', 'm3']],
      ['the oldest first in some states', { order: 'oldest-first', states: ['dead', 'unrouted'] }, ['m1', 'm3']],
    ];
    for (const [title, query, expected] of cases) {
      it(`finds ${title}`, async () => {
        const found = await store.journal.list(query);
        assert.deepEqual(
          found.map((message) => message.id),
          expected,
        );
        const { states, before: _, after: _after, order: _order, limit, ...rest } = query;
        const counts = await store.journal.counts(rest);
        const wanted = states ? states.reduce((sum, state) => sum + counts[state], 0) : counts.total;
        if (limit === undefined) assert.equal(wanted, expected.length, 'the counts say the same');
      });
    }

    it('pages from the oldest on without gap or repeat', async () => {
      const seen: string[] = [];
      for (let after = 0; ;) {
        const page = await store.journal.list({ limit: 2, order: 'oldest-first', after });
        seen.push(...page.map((message) => message.id));
        if (page.length < 2) break;
        after = page.at(-1)?.seq ?? Infinity;
      }
      assert.deepEqual(seen, ['m1', 'm2', 'm3', 'm4', 'm5']);
    });

    it('pages through everything without gap or repeat', async () => {
      const seen: string[] = [];
      for (let before: number | undefined; ;) {
        const page = await store.journal.list({ limit: 2, ...(before === undefined ? {} : { before }) });
        seen.push(...page.map((message) => message.id));
        before = page.at(-1)?.seq;
        if (page.length < 2) break;
      }
      assert.deepEqual(seen, ['m5', 'm4', 'm3', 'm2', 'm1']);
    });
  });
}
