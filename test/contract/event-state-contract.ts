import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { StateStatement, Store } from '../../engine/index.ts';
import { acceptOne, claimOf, DONE, settleAs, T0 } from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

const say = (place: string, at = T0, key = 'visit:a'): StateStatement => ({
  key,
  at,
  happened: at,
  fields: { place },
  moved: ['place'],
});

export function describeEventStates(adapter: StoreAdapter): void {
  describe('event states', () => {
    const opened = new Opened(adapter);
    let store: Store;
    let place: string;
    beforeEach(async () => {
      place = await opened.place();
      store = await opened.open(place);
    });
    afterEach(() => opened.clear());

    const placeBefore = async (id: string, statement: StateStatement, by = store): Promise<unknown> =>
      (await by.eventStates.advance(id, [statement]))[statement.key]?.fields['place']?.[0];

    it('give each message what those before it stated', async () => {
      assert.deepEqual(await store.eventStates.advance('m1', [say('A')]), {});
      assert.equal(await placeBefore('m2', say('B', T0 + 1)), 'A');
      assert.equal(await placeBefore('m3', say('C', T0 + 2)), 'B');
      assert.equal(await placeBefore('m4', say('C', T0 + 2, 'visit:b')), undefined);
    });

    it('give a message the same again, whatever came in between, and change nothing', async () => {
      await store.eventStates.advance('m1', [say('A')]);
      const first = await store.eventStates.advance('m2', [say('B', T0 + 1)]);
      await store.eventStates.advance('m3', [say('C', T0 + 2)]);
      assert.deepEqual(await store.eventStates.advance('m2', [say('B', T0 + 1)]), first);
      assert.deepEqual(await store.eventStates.advance('m1', [say('A')]), {});
      assert.equal(await placeBefore('m4', say('D', T0 + 3)), 'C');
    });

    it('are not put back by a message about an earlier time', async () => {
      await store.eventStates.advance('m1', [say('A', T0 + 10)]);
      assert.equal(await placeBefore('m2', say('B', T0 + 5)), 'A');
      assert.equal(await placeBefore('m3', say('C', T0 + 20)), 'A');
    });

    it('keep several keys of one message, and one key that is stated twice', async () => {
      await store.eventStates.advance('m1', [say('A'), say('B', T0, 'visit:b'), say('C', T0 + 1)]);
      const before = await store.eventStates.advance('m2', [say('D', T0 + 2), say('E', T0 + 2, 'visit:b')]);
      assert.deepEqual(
        Object.entries(before).map(([key, { fields }]) => [key, fields['place']?.[0]]),
        [
          ['visit:a', 'C'],
          ['visit:b', 'B'],
        ],
      );
    });

    it('are told in order to callers that ask at once', async () => {
      const asked = Array.from({ length: 20 }, (_, i) => placeBefore(`m${i}`, say(`P${i}`, T0 + i)));
      const told = await Promise.all(asked);
      assert.deepEqual(
        told.slice(1).filter((one) => one === undefined),
        [],
      );
      assert.equal(new Set(told).size, 20, 'each had another before it');
    });

    it('outlive a restart', async () => {
      await store.eventStates.advance('m1', [say('A')]);
      await store.close();
      store = await opened.open(place);
      assert.equal(await placeBefore('m2', say('B', T0 + 1)), 'A');
      await store.close();
      store = await opened.open(place);
      assert.equal(await placeBefore('m2', say('B', T0 + 1)), 'A');
    });

    it('refuse more statements than a message can have', async () => {
      const many = Array.from({ length: 65 }, (_, i) => say('A', T0, `visit:${i}`));
      await assert.rejects(async () => store.eventStates.advance('m1', many), TypeError);
    });

    it('go with the body of the last message that stated them', async () => {
      const processed = async (receivedAt: number): Promise<string> => {
        const { messageId } = await acceptOne(store, {}, { receivedAt });
        for (const claimed of await claimOf(store)) await settleAs(store, claimed, DONE);
        return messageId;
      };
      const [first, second] = [await processed(T0), await processed(T0 + 1000)];
      await store.eventStates.advance(first, [say('A'), say('X', T0, 'visit:b')]);
      await store.eventStates.advance(second, [say('B', T0 + 1)]);
      await store.retention.purge({ bodiesBefore: T0 + 500, messagesBefore: null, limit: 10 });
      const before = await store.eventStates.advance('m3', [say('C', T0 + 2), say('Y', T0 + 2, 'visit:b')]);
      assert.deepEqual(Object.keys(before), ['visit:a']);
      assert.equal(before['visit:a']?.fields['place']?.[0], 'B');
      assert.equal(await placeBefore(second, say('B', T0 + 1)), 'A', 'what was known before it stays with it');
    });
  });
}
