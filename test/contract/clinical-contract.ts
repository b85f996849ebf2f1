import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { DecisionRecord, GateFact, Store } from '../../engine/index.ts';
import { T0 } from '../kit/store-builders.ts';
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
      const fact = { scope: 's', key: 'k', eventTime: null, correction: false, at: T0, ...over };
      return store.gate.admit({ ...fact, messageId, contentHash });
    };

    it('lets the first pass, and its redelivery', async () => {
      assert.deepEqual(await admit('m1', 'a'), { kind: 'new' });
      assert.deepEqual(await admit('m1', 'a'), { kind: 'new' });
    });

    it('keeps scopes and keys apart', async () => {
      await admit('m1', 'a');
      assert.deepEqual(await admit('m2', 'a', { scope: 'other' }), { kind: 'new' });
      assert.deepEqual(await admit('m2', 'a', { key: 'other' }), { kind: 'new' });
    });

    it('tells a repeat from another message, each time it is delivered', async () => {
      await admit('m1', 'a');
      const repeat = { kind: 'repeat', first: 'm1', firstAt: T0 };
      assert.deepEqual(await admit('m2', 'a', { at: T0 + 9 }), repeat);
      assert.deepEqual(await admit('m2', 'a', { at: T0 + 99 }), repeat);
    });

    it('takes a change for a correction where it says so or is stated later, and for a conflict otherwise', async () => {
      await admit('m1', 'a', { eventTime: 100 });
      const found = { first: 'm1', firstAt: T0 };
      assert.deepEqual(await admit('m2', 'b', { eventTime: 100 }), { kind: 'conflict', ...found });
      assert.deepEqual(await admit('m3', 'c', { eventTime: null }), { kind: 'conflict', ...found });
      assert.deepEqual(await admit('m4', 'd', { eventTime: 101, at: T0 + 4 }), { kind: 'correction', ...found });
      assert.deepEqual(await admit('m5', 'e', { correction: true }), {
        kind: 'correction',
        first: 'm4',
        firstAt: T0 + 4,
      });
    });

    it('compares with the newest that passed: back to an older value is a correction, late news of it a repeat', async () => {
      await admit('m1', 'a');
      await admit('m2', 'b', { correction: true });
      assert.equal((await admit('m3', 'a')).kind, 'repeat');
      assert.equal((await admit('m4', 'a', { correction: true })).kind, 'correction');
      assert.deepEqual(await admit('m2', 'b'), { kind: 'correction', first: 'm1', firstAt: T0 }, 'a redelivery');
    });

    it('judges facts that arrive together one after the other', async () => {
      const verdicts = await Promise.all(['m1', 'm2', 'm3'].map((id) => admit(id, 'a')));
      assert.deepEqual(
        verdicts.map((verdict) => verdict.kind),
        ['new', 'repeat', 'repeat'],
      );
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
  });
}
