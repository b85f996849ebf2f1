import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { verifyAudit, type AuditQuery, type Store } from '../../engine/index.ts';
import { acceptOne, auditEntry, claimOf, DONE, T0 } from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

export function describeAudit(adapter: StoreAdapter): void {
  describe('audit chain', () => {
    const opened = new Opened(adapter);
    let store: Store;
    let place: string;
    beforeEach(async () => {
      place = await opened.place();
      store = await opened.open(place);
    });
    afterEach(() => opened.clear());

    it('is intact when empty, and after many records from two stores at once', async () => {
      assert.deepEqual(await verifyAudit(store.audit), {
        intact: true,
        records: 0,
        headSeq: 0,
        headHash: '0'.repeat(64),
        firstBroken: null,
      });
      const second = await opened.open(place);
      const entry = auditEntry('flow.noted', { details: { note: 'ä "q" \\ \u0001', n: 1.5, ok: true, none: null } });
      await Promise.all(
        Array.from({ length: 60 }, (_, index) => (index % 2 ? store : second).audit.append([entry, entry])),
      );
      const verdict = await verifyAudit(store.audit);
      assert.deepEqual([verdict.intact, verdict.records, verdict.headSeq], [true, 120, 120]);
      assert.equal((await store.audit.head()).hash, verdict.headHash);
      assert.equal((await verifyAudit(store.audit, { seq: 120, hash: verdict.headHash })).records, 0);
      assert.equal((await verifyAudit(store.audit, { seq: 100, hash: verdict.headHash })).intact, false);
    });

    it('holds what a settling records, in the same commit', async () => {
      const item = await acceptOne(store);
      const [claimed] = await claimOf(store);
      assert.ok(claimed);
      const audit = [auditEntry('effect.done', { messageId: item.messageId, workId: item.id, version: 'v1' })];
      const request = { workId: claimed.id, fence: claimed.fence, at: T0, trace: [], version: null, audit };
      await store.work.settle({ ...request, settlement: DONE });
      const [record] = await store.audit.list({ messageId: item.messageId });
      assert.ok(record);
      const { seq, previous, hash, ...entry } = record;
      assert.deepEqual(entry, audit[0]);
      assert.deepEqual([seq, previous, hash.length], [1, '0'.repeat(64), 64]);
    });

    it('refuses details that have no JSON form, and keeps its neighbours', async () => {
      const bad = auditEntry('flow.noted', { details: { n: Number.NaN } });
      const outcomes = await Promise.allSettled(
        [auditEntry('flow.noted'), bad, auditEntry('flow.noted')].map((entry) => store.audit.append([entry])),
      );
      assert.deepEqual(
        outcomes.map((outcome) => outcome.status),
        ['fulfilled', 'rejected', 'fulfilled'],
      );
      assert.deepEqual((await verifyAudit(store.audit)).records, 2);
    });

    describe('list', () => {
      const cases: readonly [string, AuditQuery, readonly number[]][] = [
        ['everything, newest first', {}, [4, 3, 2, 1]],
        ['oldest first', { order: 'oldest-first' }, [1, 2, 3, 4]],
        ['a message', { messageId: 'm1' }, [3, 1]],
        ['a type', { type: 'flow.noted' }, [2, 1]],
        ['an actor', { actor: 'system' }, [4]],
        ['since, including the moment', { since: T0 + 3 }, [4, 3]],
        ['until, excluding the moment', { until: T0 + 2 }, [1]],
        ['after a number', { after: 2, order: 'oldest-first', limit: 1 }, [3]],
        ['before a number', { before: 3, limit: 1 }, [2]],
      ];
      for (const [title, query, expected] of cases) {
        it(`finds ${title}`, async () => {
          await store.audit.append([
            auditEntry('flow.noted', { at: T0 + 1, messageId: 'm1' }),
            auditEntry('flow.noted', { at: T0 + 2, messageId: 'm2' }),
            auditEntry('task.created', { at: T0 + 3, messageId: 'm1' }),
            auditEntry('runtime.started', { at: T0 + 4, actor: 'system' }),
          ]);
          assert.deepEqual(
            (await store.audit.list(query)).map((record) => record.seq),
            expected,
          );
        });
      }
    });
  });
}
