import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { DecisionRecord, GateFact, Settlement, Store } from '../../engine/index.ts';
import { acceptOne, auditEntry, claimOf, DEAD, DONE, settleAs, T0 } from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

export function describeGateAndDecisions(adapter: StoreAdapter): void {
  describe('gate, decisions and definitions', () => {
    const opened = new Opened(adapter);
    let store: Store;
    beforeEach(async () => {
      store = await opened.open();
    });
    afterEach(() => opened.clear());

    const admit = (messageId: string, contentHash: string, over: Partial<GateFact> = {}) => {
      const fact = {
        scope: 's',
        key: 'k',
        workId: '',
        statedAt: null,
        stage: null,
        correction: false,
        at: T0,
        ...over,
      };
      return store.gate.admit({ ...fact, messageId, contentHash });
    };
    const first = { first: 'm1', firstAt: T0 };
    const NEW = { kind: 'new', because: 'first-seen' };

    it('lets the first pass, and its redelivery', async () => {
      assert.deepEqual(await admit('m1', 'a'), NEW);
      assert.deepEqual(await admit('m1', 'a'), NEW);
    });

    it('keeps scopes and keys apart', async () => {
      await admit('m1', 'a');
      assert.deepEqual(await admit('m2', 'a', { scope: 'other' }), NEW);
      assert.deepEqual(await admit('m2', 'a', { key: 'other' }), NEW);
    });

    it('lets a message that brings several facts under one key pass with all of them', async () => {
      assert.deepEqual(await admit('m1', 'a'), NEW);
      assert.deepEqual(await admit('m1', 'b'), NEW);
      for (const content of ['a', 'b'])
        assert.deepEqual(await admit('m2', content), { kind: 'repeat', because: 'same-content', ...first });
    });

    it('tells a repeat from another message, each time it is delivered', async () => {
      await admit('m1', 'a');
      const repeat = { kind: 'repeat', because: 'same-content', ...first };
      assert.deepEqual(await admit('m2', 'a', { at: T0 + 9 }), repeat);
      assert.deepEqual(await admit('m2', 'a', { at: T0 + 99 }), repeat);
    });

    it('takes a change for a correction where it says so or is stated later, and for a conflict otherwise', async () => {
      await admit('m1', 'a', { statedAt: 100 });
      assert.deepEqual(await admit('m2', 'b', { statedAt: 100 }), {
        kind: 'conflict',
        because: 'unexplained',
        ...first,
      });
      assert.deepEqual(await admit('m3', 'c', { statedAt: null }), {
        kind: 'conflict',
        because: 'unexplained',
        ...first,
      });
      assert.deepEqual(await admit('m4', 'd', { statedAt: 99 }), {
        kind: 'conflict',
        because: 'stated-earlier',
        ...first,
      });
      const early = await admit('m5', 'e', { statedAt: 99, correction: true });
      assert.deepEqual(early, { kind: 'conflict', because: 'stated-earlier', ...first });
      const later = await admit('m6', 'f', { statedAt: 101, at: T0 + 4 });
      assert.deepEqual(later, { kind: 'correction', because: 'stated-later', ...first });
      const said = await admit('m7', 'g', { correction: true });
      assert.deepEqual(said, { kind: 'correction', because: 'said-so', first: 'm6', firstAt: T0 + 4 });
    });

    it('takes a fact that has come further for an update, and one that went back for a conflict', async () => {
      await admit('m1', 'a', { stage: 1, statedAt: 100 });
      const renewed = await admit('m2', 'b', { stage: 1, statedAt: 101 });
      assert.deepEqual(renewed, { kind: 'update', because: 'stage-renewed', ...first });
      const advanced = await admit('m3', 'c', { stage: 2, statedAt: 101 });
      assert.deepEqual(advanced, { kind: 'update', because: 'stage-advanced', first: 'm2', firstAt: T0 });
      const back = await admit('m4', 'd', { stage: 1, statedAt: 102 });
      assert.deepEqual(back, { kind: 'conflict', because: 'stage-went-back', first: 'm3', firstAt: T0 });
    });

    it('compares with the newest that passed: back to an older value is a correction, late news of it a repeat', async () => {
      await admit('m1', 'a');
      await admit('m2', 'b', { correction: true });
      assert.deepEqual(await admit('m3', 'a'), { kind: 'repeat', because: 'older-content', ...first });
      assert.equal((await admit('m4', 'a', { correction: true })).kind, 'correction');
      const again = await admit('m2', 'b');
      assert.deepEqual(again, { kind: 'correction', because: 'said-so', ...first }, 'a redelivery');
    });

    it('judges facts that arrive together one after the other', async () => {
      const verdicts = await Promise.all(['m1', 'm2', 'm3'].map((id) => admit(id, 'a')));
      assert.deepEqual(
        verdicts.map((verdict) => verdict.kind),
        ['new', 'repeat', 'repeat'],
      );
    });

    describe('of an item that does not end well', () => {
      const claimed = async () => {
        const item = await acceptOne(store);
        const [work] = await claimOf(store);
        assert.ok(work);
        const bring = () => admit(item.messageId, 'a', { workId: item.id });
        return { item, bring, settle: (as: Settlement) => settleAs(store, work, as) };
      };

      it('says of a copy that the first is still being worked on', async () => {
        const one = await claimed();
        await one.bring();
        const copy = { kind: 'repeat', because: 'same-content-open', first: one.item.messageId, firstAt: T0 };
        assert.deepEqual(await admit('m2', 'a'), copy);
        await one.settle(DONE);
        assert.deepEqual(await admit('m3', 'a'), { ...copy, because: 'same-content' });
      });

      for (const end of ['dead', 'discarded'])
        it(`lets a copy pass when the first is ${end}, and takes the first for the repeat when it comes again`, async () => {
          const one = await claimed();
          assert.deepEqual(await one.bring(), NEW);
          await one.settle(DEAD);
          if (end === 'discarded') await store.work.discard(one.item.id, T0, 'no', auditEntry('work.discarded'));
          const two = await claimed();
          const failed = { kind: 'new', because: 'first-failed', first: one.item.messageId, firstAt: T0 };
          assert.deepEqual(await two.bring(), failed);
          await two.settle(DONE);
          assert.deepEqual(await two.bring(), failed, 'a redelivery of the copy');
          const late = { kind: 'repeat', because: 'same-content', first: two.item.messageId, firstAt: T0 };
          assert.deepEqual(await one.bring(), late);
        });

      it('lets the first pass again when it is redriven and nothing took its place', async () => {
        const one = await claimed();
        await one.bring();
        await one.settle(DEAD);
        await store.work.redrive(one.item.id, T0, auditEntry('work.redriven'));
        assert.deepEqual(await one.bring(), NEW);
      });

      it('falls back to what passed before it', async () => {
        await admit('m0', 'z');
        const one = await claimed();
        assert.equal(
          (await admit(one.item.messageId, 'a', { workId: one.item.id, correction: true })).kind,
          'correction',
        );
        await one.settle(DEAD);
        const back = await admit('m2', 'y');
        assert.deepEqual(back, { kind: 'conflict', because: 'unexplained', first: 'm0', firstAt: T0 });
      });

      it('lets what passed before it pass again, once: it may have told people something else', async () => {
        await admit('m0', 'z');
        const one = await claimed();
        const correct = () => admit(one.item.messageId, 'a', { workId: one.item.id, correction: true, at: T0 + 1 });
        assert.equal((await correct()).kind, 'correction');
        await one.settle(DEAD);
        const back = { kind: 'update', because: 'between-failed', first: one.item.messageId, firstAt: T0 + 1 };
        assert.deepEqual(await admit('m2', 'z'), back);
        assert.deepEqual(await admit('m2', 'z'), back, 'a redelivery');
        const repeat = { kind: 'repeat', because: 'same-content', first: 'm2', firstAt: T0 };
        assert.deepEqual(await admit('m3', 'z'), repeat);
        await store.work.redrive(one.item.id, T0, auditEntry('work.redriven'));
        assert.equal((await correct()).first, 'm2', 'redriven, it is judged anew');
      });
    });

    it('keeps a decision as it was first made', async () => {
      const decision: DecisionRecord = {
        id: 'd1',
        messageId: 'm1',
        workId: 'w1',
        definition: 'flow-a',
        node: { id: 'n1', name: 'which queue' },
        table: 'rules/queue',
        version: 'v1',
        at: T0,
        inputs: { unit: 'A' },
        matched: ['r1'],
        outputs: { queue: 'q' },
        missing: [],
        deterministic: true,
        error: null,
        sentence: 'Row r1 matched.',
      };
      await store.decisions.record(decision);
      await store.decisions.record({ ...decision, sentence: 'Something else.' });
      assert.deepEqual(await store.decisions.ofMessage('m1'), [decision]);
    });

    it('keeps the files of a definition version', async () => {
      const files = { 'flow.json': '[]', 'rules/queue.json': '{"ä":1}' };
      await store.definitions.put('flow-a', 'hash-1', files, T0);
      await store.definitions.put('flow-a', 'hash-1', files, T0 + 1);
      assert.deepEqual(await store.definitions.get('hash-1'), { name: 'flow-a', files });
      assert.equal(await store.definitions.get('hash-2'), undefined);
    });

    it('knows the latest definition version of a name, also when an earlier one came back', async () => {
      await store.definitions.put('flow-a', 'hash-1', {}, T0);
      await store.definitions.put('flow-a', 'hash-2', {}, T0 + 1);
      await store.definitions.put('flow-b', 'hash-3', {}, T0 + 2);
      assert.equal(await store.definitions.latest('flow-a'), 'hash-2');
      await store.definitions.put('flow-a', 'hash-1', {}, T0 + 3);
      assert.equal(await store.definitions.latest('flow-a'), 'hash-1');
      assert.equal(await store.definitions.latest('flow-c'), undefined);
    });
  });
}
