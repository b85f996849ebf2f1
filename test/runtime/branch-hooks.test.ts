import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { BranchFlows, done, effect, failed, source, tab } from '../kit/branch-flows.ts';

describe('counted branches in a real Node-RED', () => {
  const bench = new BranchFlows();
  before(() => bench.start());
  after(() => bench.close());
  afterEach(() => bench.reset());

  it('settles a straight path and records its steps', async () => {
    await bench.host.deploy([tab(), source('a'), effect('a', 'done'), done()]);
    const { result, effects } = await bench.run();
    assert.deepEqual(effects, ['a']);
    assert.equal(result.outcome.kind, 'done');
    assert.deepEqual(
      result.trace.map((step) => [step.node.id, step.outcome, step.to]),
      [
        ['in', 'passed', ['a']],
        ['a', 'passed', ['done']],
        ['done', 'settled', []],
      ],
    );
  });

  it('waits for the slow one of two parallel branches', async () => {
    const gate = bench.gate('slow');
    await bench.host.deploy([
      tab(),
      source(['a', 'b']),
      effect('a', 'done'),
      effect('b', 'done', { gate: 'slow' }),
      done(),
    ]);
    const work = bench.deliver();
    await gate.reached;
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(bench.effectsOf(work), ['a']);
    assert.equal(bench.results.has(work), false, 'the item ended before its last branch');
    gate.open();
    const result = await bench.ended(work);
    assert.equal(result.outcome.kind, 'done');
    assert.deepEqual(bench.effectsOf(work), ['a', 'b']);
  });

  it('fails the item with the class of the one branch that failed, after the other has ended', async () => {
    const gate = bench.gate('slow');
    await bench.host.deploy([
      tab(),
      source(['a', 'b']),
      effect('a', 'failed'),
      failed('failed', 'transient'),
      effect('b', 'done', { gate: 'slow' }),
      done(),
    ]);
    const work = bench.deliver();
    await gate.reached;
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(bench.results.has(work), false);
    gate.open();
    const { outcome } = await bench.ended(work);
    assert.equal(outcome.kind === 'failed' && outcome.failure.class, 'transient');
    assert.deepEqual(bench.effectsOf(work), ['a', 'b']);
  });
});
