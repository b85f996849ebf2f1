import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { EffectIdentity, Store } from '../../engine/index.ts';
import { auditEntry, FAILURE, T0 } from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

const IDENTITY: EffectIdentity = {
  key: 'e1',
  messageId: 'm1',
  workId: 'w1',
  name: 'file the task',
  definition: 'flow-a',
  target: 'ehr: create Task',
  discriminator: '',
  version: '1',
};

export function describeEffects(adapter: StoreAdapter): void {
  describe('effects', () => {
    const opened = new Opened(adapter);
    let store: Store;
    let place: string;
    beforeEach(async () => {
      place = await opened.place();
      store = await opened.open(place);
    });
    afterEach(() => opened.clear());

    const begin = (owner = 'life-1', at = T0) => store.effects.begin(IDENTITY, owner, at);

    it('acts once, and gives a repeat the recorded outcome', async () => {
      assert.deepEqual(await begin(), { kind: 'act', after: 'nothing', tries: 1 });
      const done = { state: 'done', result: { id: '12' }, summary: 'Task/12 created, 201' } as const;
      await store.effects.finish('e1', done, T0 + 5);
      const again = await begin('life-2');
      assert.ok(again.kind === 'recorded');
      assert.deepEqual(again.record, {
        ...IDENTITY,
        ...done,
        startedAt: T0,
        endedAt: T0 + 5,
        tries: 1,
        failure: null,
      });
      assert.deepEqual(await store.effects.ofMessage('m1'), [again.record]);
    });

    it('lets one of two branches act that begin together', async () => {
      const kinds = (await Promise.all([begin(), begin()])).map((outcome) => outcome.kind);
      assert.deepEqual(kinds, ['act', 'in-flight']);
    });

    it('tries again after a failure, knowing that it failed', async () => {
      await begin();
      await store.effects.finish('e1', { state: 'failed', failure: FAILURE }, T0);
      assert.deepEqual((await store.effects.get('e1'))?.failure, FAILURE);
      assert.deepEqual(await begin(), { kind: 'act', after: 'failed', tries: 2 });
    });

    it('tries again after an ambiguous outcome, knowing that it may have happened', async () => {
      await begin();
      await store.effects.finish('e1', { state: 'ambiguous', failure: FAILURE }, T0);
      assert.deepEqual(await begin(), { kind: 'act', after: 'ambiguous', tries: 2 });
    });

    it('reads what was in flight in an earlier life as ambiguous, after reopening', async () => {
      await begin('life-1');
      assert.equal((await store.effects.get('e1'))?.state, 'in-flight');
      const reopened = await opened.open(place);
      assert.equal((await reopened.effects.get('e1'))?.state, 'ambiguous');
      assert.deepEqual(await reopened.effects.begin(IDENTITY, 'life-2', T0 + 9), {
        kind: 'act',
        after: 'ambiguous',
        tries: 2,
      });
      assert.equal((await reopened.effects.get('e1'))?.state, 'in-flight');
    });

    it('keeps what is done against a late report of a failure', async () => {
      await begin();
      await store.effects.finish('e1', { state: 'done', result: 1, summary: 's' }, T0);
      await store.effects.finish('e1', { state: 'ambiguous', failure: FAILURE }, T0);
      assert.equal((await store.effects.get('e1'))?.state, 'done');
    });

    it('refuses a result that is too large to keep', async () => {
      await begin();
      const result = 'x'.repeat(70_000);
      await assert.rejects(store.effects.finish('e1', { state: 'done', result, summary: 's' }, T0), {
        code: 'store-bad-argument',
      });
      assert.equal((await store.effects.get('e1'))?.state, 'in-flight');
    });

    it('takes the word of a person for what became of an ambiguous effect', async () => {
      const decide = (state: 'done' | 'failed') =>
        store.effects.decide(
          'e1',
          state === 'done' ? { state, summary: 'it happened' } : { state, failure: FAILURE },
          T0 + 9,
          auditEntry('effect.decided'),
        );
      assert.equal(await decide('done'), 'unknown');
      await begin();
      assert.equal(await decide('done'), 'not-ambiguous', 'it is in flight');
      await store.effects.finish('e1', { state: 'ambiguous', failure: FAILURE }, T0);
      assert.equal(await decide('failed'), 'decided');
      assert.deepEqual(await begin(), { kind: 'act', after: 'failed', tries: 2 });
      await store.effects.finish('e1', { state: 'ambiguous', failure: FAILURE }, T0);
      assert.equal(await decide('done'), 'decided');
      const again = await begin();
      assert.ok(again.kind === 'recorded');
      assert.deepEqual(
        [again.record.state, again.record.summary, again.record.result, again.record.failure, again.record.endedAt],
        ['done', 'it happened', null, null, T0 + 9],
      );
      assert.equal(await decide('failed'), 'not-ambiguous');
      assert.equal((await store.audit.list({ type: 'effect.decided' })).length, 2);
    });
  });
}
