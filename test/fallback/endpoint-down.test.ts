import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { eventually } from '../kit/eventually.ts';
import { FallbackBench } from '../kit/fallback-bench.ts';

describe('a flow whose fallback begins when its endpoint is down', () => {
  let bench: FallbackBench;
  beforeEach(async () => {
    bench = await FallbackBench.open();
  });
  afterEach(() => bench.close());

  beforeEach(() => {
    bench.declare('manual-review', ['endpoint-down:ehr:PT2M']);
    bench.engine.start();
  });
  const call = () => bench.engine.endpoints.get('ehr').read('Task', '1');
  const health = () => bench.engine.endpointHealth()[0];
  /** Lets the time pass in steps that a watch would see. */
  const pass = async (ms: number, until: () => boolean = () => false): Promise<void> => {
    for (let left = ms; left > 0 && !until(); left -= 5_000) {
      bench.clock.advance(5_000);
      await bench.until('the round is over', () => new Promise((resolve) => setImmediate(() => resolve(true))));
      await bench.engine.store.work.counts();
    }
  };
  const inForce = () => bench.engine.fallbacks.inForce('lab');

  it('goes into it after the time and out of it when the endpoint was well as long, by a probe', async () => {
    bench.status = 0;
    await call();
    assert.equal(health()?.state, 'down');
    await pass(110_000);
    assert.equal(inForce(), undefined);
    await pass(20_000);
    await bench.until('it is in force', () => inForce() !== undefined);
    assert.deepEqual([inForce()?.trigger, inForce()?.about, inForce()?.by], ['endpoint-down', 'ehr', 'system']);
    const id = await bench.accept({ controlId: 'A1' });
    await bench.stateIs(id, 'parked');
    assert.match((await bench.held())[0]?.sentence ?? '', /endpoint ehr is down/);
    bench.status = 404;
    await bench.until('a probe reaches it', async () => {
      await pass(5_000);
      return health()?.state === 'up';
    });
    const upAt = bench.clock.now();
    await pass(100_000);
    assert.ok(inForce(), 'not before it was well for as long');
    await bench.until('it is left', async () => {
      await pass(5_000);
      return inForce() === undefined;
    });
    assert.ok(bench.clock.now() - upAt >= 115_000);
    assert.equal((await bench.held()).length, 1, 'what waited is offered, not sent');
  });

  it('goes into it after the whole time over a restart, where nobody calls the endpoint any more', async () => {
    bench.declare('manual-review', ['endpoint-down:ehr:PT10M']);
    bench.status = 0;
    await call();
    await pass(570_000);
    assert.equal(inForce(), undefined);
    await bench.restart();
    bench.status = 0;
    bench.declare('manual-review', ['endpoint-down:ehr:PT10M']);
    bench.engine.start();
    // Not by time alone: a probe is a real request.
    await eventually('a probe to find it down', () => health()?.state === 'down');
    await pass(40_000, () => inForce() !== undefined);
    await eventually('it to be in force', () => inForce() !== undefined);
  });

  it('begins anew where nobody knows what was between', async () => {
    bench.status = 0;
    await call();
    await pass(100_000);
    await bench.restart();
    bench.clock.advance(11 * 60_000);
    bench.declare('manual-review', ['endpoint-down:ehr:PT2M']);
    bench.engine.start();
    await pass(20_000);
    await call();
    await pass(60_000);
    assert.equal(inForce(), undefined);
    await bench.until('it is in force', async () => {
      await pass(5_000);
      return inForce() !== undefined;
    });
  });

  it('goes into it again only after the whole time, where somebody has left it by hand', async () => {
    bench.status = 0;
    await call();
    await pass(130_000, () => inForce() !== undefined);
    await bench.until('it is in force', () => inForce() !== undefined);
    await bench.leave();
    await pass(110_000);
    assert.equal(inForce(), undefined);
    await pass(20_000);
    await bench.until('it is in force again', () => inForce() !== undefined);
  });
});
