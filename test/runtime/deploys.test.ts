import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { BranchFlows, done, effect, node, source, tab } from '../kit/branch-flows.ts';

describe('items in flight while flows are deployed', () => {
  const bench = new BranchFlows();
  before(() => bench.start());
  after(() => bench.close());
  afterEach(() => bench.reset());

  it('gives back what a deploy throws away, and nothing else', async () => {
    const gate = bench.gate('kept');
    const other = (id: string, type: string, to: string[][], more: object = {}): object => ({
      id,
      type,
      z: 'other',
      x: 0,
      y: 0,
      wires: to,
      ...more,
    });
    const flow = (timeout: string): object[] => [
      tab(),
      tab('other'),
      source(['w', 'link']),
      node('w', 'delay', 'done', { pauseType: 'delay', timeout, timeoutUnits: 'seconds' }),
      node('link', 'link out', [], { mode: 'link', links: ['kept-in'] }),
      done(),
      other('kept-in', 'link in', [['kept']], { links: ['link'] }),
      other('kept', 'test effect', [['kept-done']], { effect: 'kept', gate: 'kept' }),
      other('kept-done', 'message done', []),
    ];
    await bench.host.deploy(flow('60'));
    const lost = bench.deliver();
    await gate.reached;
    await bench.host.deploy(flow('50'), 'nodes');
    const { outcome } = await bench.ended(lost);
    assert.deepEqual(outcome.kind === 'failed' && [outcome.failure.class, outcome.failure.code], [
      'throttled',
      'redeployed',
    ]);
    gate.open();
    assert.equal(bench.services.inFlight(), 0);
  });

  it('lets an item finish that a deploy did not touch', async () => {
    const gate = bench.gate('slow');
    const flow = (extra: object[]): object[] => [
      tab(),
      tab('other'),
      source('a'),
      effect('a', 'done', { gate: 'slow' }),
      done(),
      ...extra,
    ];
    await bench.host.deploy(flow([]));
    const work = bench.deliver();
    await gate.reached;
    await bench.host.deploy(flow([{ id: 'n', type: 'debug', z: 'other', x: 0, y: 0, wires: [] }]), 'flows');
    assert.equal(bench.results.has(work), false);
    gate.open();
    assert.equal((await bench.ended(work)).outcome.kind, 'done');
    assert.equal(bench.configured.length, 2, 'feeds and subscriptions are put in force once for each deploy');
  });

  it('delivers again what was sent to a node while a deploy replaced it', async () => {
    const other = (id: string, type: string, to: string[][], more: object = {}): object => ({
      ...more,
      id,
      type,
      z: 'other',
      x: 0,
      y: 0,
      wires: to,
    });
    const flow = (name: string): object[] => [
      tab(),
      tab('other'),
      source('a'),
      effect('a', 'b', { gate: 'slow' }),
      other('b', 'test effect', [['end']], { effect: 'b', name }),
      other('end', 'message done', []),
    ];
    for (const known of [true, false]) {
      let gate = bench.gate('slow');
      await bench.host.deploy(flow('one'));
      if (known) {
        // Once before, so that where it leads is known; otherwise it is asked while the node is away.
        gate.open();
        assert.equal((await bench.run()).result.outcome.kind, 'done');
        gate = bench.gate('slow');
      }
      const work = bench.deliver();
      await gate.reached;
      bench.host.red.events.once('flows:stopped', () => gate.open());
      await bench.host.deploy(flow('two'), 'nodes');
      const { outcome } = await bench.ended(work);
      assert.equal(outcome.kind === 'failed' && outcome.failure.code, 'redeployed', JSON.stringify(outcome));
      assert.deepEqual(bench.effectsOf(work), ['a']);
    }
    assert.equal(bench.services.inFlight(), 0);
  });

  it('goes on with what still runs when a deploy lacks a node type', async () => {
    const gate = bench.gate('slow');
    const flow = [
      tab(),
      tab('other'),
      source(['a', 'b']),
      effect('a', 'done', { gate: 'slow' }),
      effect('b', 'done'),
      done(),
    ];
    await bench.host.deploy(flow);
    const work = bench.deliver();
    await gate.reached;
    const unknown = { id: 'u', type: 'of another time', z: 'other', x: 0, y: 0, wires: [] };
    await bench.host.deployWithoutStart([...flow, unknown], 'flows');
    gate.open();
    assert.equal((await bench.ended(work)).outcome.kind, 'done');
  });

  it('refuses a second source of the same name: work belongs to a source by its name', async () => {
    await bench.host.deploy([tab(), source('done'), done()]);
    const again = { nodeId: 'other', id: 'test/in', definition: 'test', capacity: 1, leaseMs: 1, emit: async () => {} };
    assert.throws(() => bench.services.registerSource(again), { code: 'source-twice' });
  });

  it('ends the earlier delivery of an item that is delivered again', async () => {
    const gate = bench.gate('slow');
    await bench.host.deploy([tab(), source('a'), effect('a', 'done', { gate: 'slow' }), done()]);
    const work = bench.deliver('x', 1, 'again');
    await gate.reached;
    bench.deliver('x', 2, work);
    gate.open();
    const result = await bench.ended(work);
    assert.equal(result.outcome.kind, 'done');
    assert.deepEqual(bench.effectsOf(work), ['a', 'a'], 'both deliveries acted; only the second one counts');
  });
});
