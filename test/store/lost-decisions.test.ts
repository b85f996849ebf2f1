import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { openStore, silentLog, type ClaimedWork, type Store } from '../../engine/index.ts';
import { decisionOf, effectOf } from '../kit/decision-builders.ts';
import { acceptOne, claimOf, DONE, newReview, retryAt, settleAs, T0 } from '../kit/store-builders.ts';

describe('a decision that could not be kept', () => {
  let folder: string;
  let store: Store;
  let work: ClaimedWork;
  let lost: Promise<void>;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wardflow-lost-'));
    store = await openStore({ folder, log: silentLog });
    await acceptOne(store);
    const [claimed] = await claimOf(store, 1);
    assert.ok(claimed);
    work = claimed;
    broken('CREATE TRIGGER refuse BEFORE INSERT ON decision_set BEGIN SELECT RAISE(ABORT, "no room"); END');
    lost = assert.rejects(store.decisions.record(decisionOf(work, 'd1')), { code: 'store-failed' });
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  function broken(sql: string): void {
    const db = new DatabaseSync(join(folder, 'wardflow.db'), { timeout: 5000, enableDoubleQuotedStringLiterals: true });
    db.exec(sql);
    db.close();
  }

  it('lets no effect begin after it, asked for in the same turn or later', async () => {
    const atOnce = assert.rejects(store.effects.begin(effectOf(work), 'owner', T0), { code: 'store-decision-lost' });
    await Promise.all([lost, atOnce]);
    await assert.rejects(store.effects.begin(effectOf(work), 'owner', T0), { code: 'store-decision-lost' });
    assert.equal(await store.effects.get(effectOf(work).key), undefined);
  });

  it('lets the item not end as done, and others go on', async () => {
    const other = await acceptOne(store);
    const [second] = await claimOf(store, 1);
    assert.equal(second?.id, other.id);
    const settled = settleAs(store, second, DONE);
    await Promise.all([
      lost,
      assert.rejects(settleAs(store, work, DONE), { code: 'store-decision-lost' }),
      settled.then((outcome) => assert.equal(outcome, 'settled')),
    ]);
    assert.equal((await store.work.get(work.id))?.state, 'claimed');
  });

  it('lets the item not be held for a person either: what they would be asked about is not there', async () => {
    const review = newReview(work, { because: 'incomplete-data', doubt: 'd' });
    const held = settleAs(store, work, { kind: 'held', held: { review, task: null } });
    await Promise.all([lost, assert.rejects(held, { code: 'store-decision-lost' })]);
    assert.deepEqual((await store.fallbacks.held({})).reviews, []);
  });

  it('is forgotten when the item is delivered again and decides anew', async () => {
    await lost;
    assert.equal(await settleAs(store, work, retryAt(T0)), 'settled');
    broken('DROP TRIGGER refuse');
    const [again] = await claimOf(store, 1);
    assert.ok(again);
    void store.decisions.record(decisionOf(again, 'd2'));
    assert.equal((await store.effects.begin(effectOf(again), 'owner', T0)).kind, 'act');
    assert.equal(await settleAs(store, again, DONE), 'settled');
    const kept = await store.decisions.ofMessage(again.messageId);
    assert.deepEqual(
      kept.map(({ id }) => id),
      ['d2'],
    );
  });
});
