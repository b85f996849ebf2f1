import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { LARGEST_REQUEST_BYTES, type EffectIdentity, type Store } from '../../engine/index.ts';
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

    it('gives what is done page by page, the latest first', async () => {
      for (const key of ['a', 'b', 'c', 'd', 'e']) {
        await store.effects.begin({ ...IDENTITY, key }, 'life-1', T0);
        if (key !== 'c') await store.effects.finish(key, { state: 'done', result: null, summary: key }, T0);
      }
      const first = await store.effects.done({ limit: 3 });
      assert.deepEqual(
        first.records.map(({ key }) => key),
        ['e', 'd'],
      );
      assert.ok(first.after !== null);
      const second = await store.effects.done({ after: first.after, limit: 3 });
      assert.deepEqual([second.records.map(({ key }) => key), second.after], [['b', 'a'], null]);
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

    describe('with a request', () => {
      const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
      const FIRST = bytes('MSH|^~\\&|first\r\x00\xff');
      const SECOND = bytes('MSH|^~\\&|second\r');
      const ask = (request: Uint8Array, life = 'life-1') => store.effects.begin(IDENTITY, life, T0, request);
      const failed = (state: 'failed' | 'ambiguous' = 'failed') =>
        store.effects.finish('e1', { state, failure: FAILURE }, T0);

      it('gives each later try what the first was about to send, whatever it is given', async () => {
        assert.deepEqual(await ask(FIRST), { kind: 'act', after: 'nothing', tries: 1 });
        await failed();
        assert.deepEqual(await ask(SECOND), { kind: 'act', after: 'failed', tries: 2, request: FIRST });
        await failed('ambiguous');
        assert.deepEqual(await ask(SECOND), { kind: 'act', after: 'ambiguous', tries: 3, request: FIRST });
      });

      it('has kept it before the first try, so that a crash in it loses nothing', async () => {
        await ask(FIRST);
        store = await opened.open(place);
        assert.deepEqual(await ask(SECOND, 'life-2'), { kind: 'act', after: 'ambiguous', tries: 2, request: FIRST });
      });

      it('keeps one from the try that first has one', async () => {
        await begin();
        await failed();
        assert.deepEqual(await ask(FIRST), { kind: 'act', after: 'failed', tries: 2 });
        await failed();
        assert.deepEqual(await ask(SECOND), { kind: 'act', after: 'failed', tries: 3, request: FIRST });
        await failed();
        assert.deepEqual(await begin(), { kind: 'act', after: 'failed', tries: 4 }, 'it was not asked for');
        await failed();
        assert.deepEqual(await ask(SECOND), { kind: 'act', after: 'failed', tries: 5, request: FIRST });
      });

      it('forgets it when a person has decided: what is sent after that is another', async () => {
        await ask(FIRST);
        await failed('ambiguous');
        const decided = { state: 'failed', failure: FAILURE } as const;
        assert.equal(await store.effects.decide('e1', decided, T0, auditEntry('effect.decided')), 'decided');
        assert.deepEqual(await ask(SECOND), { kind: 'act', after: 'failed', tries: 2 });
        await failed();
        assert.deepEqual(await ask(FIRST), { kind: 'act', after: 'failed', tries: 3, request: SECOND });
      });

      it('keeps large ones, and those of two effects that begin together apart', async () => {
        const large = new Uint8Array(3 * 1024 * 1024).map((_, i) => (i * 31) % 251);
        const other = { ...IDENTITY, key: 'e2' };
        await Promise.all([ask(large), store.effects.begin(other, 'life-1', T0, SECOND)]);
        await Promise.all([failed(), store.effects.finish('e2', { state: 'failed', failure: FAILURE }, T0)]);
        const again = await Promise.all([ask(FIRST), store.effects.begin(other, 'life-1', T0, FIRST)]);
        assert.deepEqual(
          again.map(
            (one) =>
              one.kind === 'act' && one.request && Buffer.from(one.request).equals(one === again[0] ? large : SECOND),
          ),
          [true, true],
        );
      });

      it('refuses one that is too large to keep, and begins nothing', async () => {
        await assert.rejects(ask(new Uint8Array(LARGEST_REQUEST_BYTES + 1)), { code: 'store-bad-argument' });
        assert.equal(await store.effects.get('e1'), undefined);
      });
    });
  });
}
