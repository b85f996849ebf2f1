import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ManualClock, systemClock } from '../../engine/index.ts';

describe('the manual clock', () => {
  it('runs what is due in the order of its time, and shows each task its own time', () => {
    const clock = new ManualClock(1000);
    const seen: [string, number][] = [];
    clock.at(3000, () => seen.push(['late', clock.now()]));
    clock.at(2000, () => seen.push(['early', clock.now()]));
    clock.at(2000, () => seen.push(['early, second', clock.now()]));
    clock.advance(1500);
    assert.deepEqual(seen, [
      ['early', 2000],
      ['early, second', 2000],
    ]);
    assert.equal(clock.now(), 2500);
    clock.advance(500);
    assert.deepEqual(seen.at(-1), ['late', 3000]);
  });

  it('runs a task that a task has set, when it is due within the same move', () => {
    const clock = new ManualClock(0);
    const seen: number[] = [];
    clock.at(10, () => clock.at(20, () => seen.push(clock.now())));
    clock.advance(30);
    assert.deepEqual(seen, [20]);
  });

  it('does not run what was cancelled', () => {
    const clock = new ManualClock(0);
    let runs = 0;
    const cancel = clock.at(10, () => runs++);
    clock.at(10, () => runs++);
    cancel();
    clock.advance(10);
    assert.equal(runs, 1);
  });
});

describe('the system clock', () => {
  it('does not fire at once when asked to wait longer than a 32-bit timer can', async () => {
    let fired = false;
    const cancel = systemClock.at(systemClock.now() + 2 ** 31 + 1000, () => (fired = true));
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    cancel();
    assert.equal(fired, false);
  });
});
