import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { ManualClock } from '../../engine/index.ts';
import {
  CIRCUIT_LIMITS,
  CircuitBreaker,
  type CallVerdict,
  type Permit,
} from '../../engine/endpoints/circuit-breaker.ts';

describe('circuit breaker', () => {
  let clock: ManualClock;
  let random = 0.5;
  let states: string[];
  let breaker: CircuitBreaker;
  beforeEach(() => {
    clock = new ManualClock();
    random = 0.5;
    states = [];
    breaker = new CircuitBreaker({ clock, random: () => random, onChange: (state) => void states.push(state) });
  });
  const permit = (): Permit => {
    const got = breaker.admit();
    assert.ok('life' in got, `a call is let through (${breaker.state})`);
    return got;
  };
  const call = (verdict: CallVerdict): void => breaker.note(permit(), verdict);
  const calls = (count: number, verdict: CallVerdict): void => {
    for (let i = 0; i < count; i++) call(verdict);
  };
  const refusal = (): number => {
    const got = breaker.admit();
    assert.ok('waitMs' in got, 'a call is refused');
    return got.waitMs;
  };

  it('opens after five failures in a row, not after five in all', () => {
    calls(4, 'down');
    call('up');
    calls(4, 'down');
    assert.equal(breaker.state, 'closed');
    call('down');
    assert.equal(breaker.state, 'open');
    assert.equal(refusal(), 1_000);
  });

  it('opens when half of the latest twenty failed, although never five in a row', () => {
    for (let i = 0; i < 9; i++) {
      call('up');
      call('down');
    }
    call('up');
    assert.equal(breaker.state, 'closed');
    call('down');
    assert.equal(breaker.state, 'open');
  });

  it('does not count failures of long ago', () => {
    for (let i = 0; i < 9; i++) {
      call('up');
      call('down');
    }
    clock.advance(CIRCUIT_LIMITS.latestWithinMs + 1);
    call('up');
    call('down');
    assert.equal(breaker.state, 'closed');
  });

  it('learns nothing from calls that say nothing', () => {
    calls(50, 'unclear');
    assert.equal(breaker.state, 'closed');
  });

  it('lets one probe through when its time is over, and closes when that succeeds', () => {
    calls(5, 'down');
    clock.advance(999);
    refusal();
    clock.advance(1);
    assert.equal(breaker.state, 'half-open');
    const probe = permit();
    assert.equal(probe.probe, true);
    refusal();
    breaker.note(probe, 'up');
    assert.deepEqual(states, ['open', 'half-open', 'closed']);
    calls(4, 'down');
    assert.equal(breaker.state, 'closed', 'it counts anew');
  });

  it('waits twice as long after each failed probe, up to a limit, and begins anew once it was closed', () => {
    calls(5, 'down');
    const waits: number[] = [];
    for (let i = 0; i < 6; i++) {
      waits.push(refusal());
      clock.advance(refusal());
      call('down');
    }
    assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
    clock.advance(refusal());
    call('up');
    calls(5, 'down');
    assert.equal(refusal(), 1_000);
  });

  it('lets the next probe through when one says nothing', () => {
    calls(5, 'down');
    clock.advance(1_000);
    breaker.note(permit(), 'unclear');
    assert.equal(breaker.state, 'half-open');
    assert.equal(permit().probe, true);
  });

  it('spreads the moments of its probes by a quarter each way', () => {
    for (const [value, wait] of [
      [0, 750],
      [0.999_999, 1_250],
    ] as const) {
      random = value;
      const one = new CircuitBreaker({ clock, random: () => random, onChange: () => undefined });
      for (let i = 0; i < 5; i++) one.note(one.admit() as Permit, 'down');
      assert.equal(one.until, clock.now() + wait);
    }
  });

  it('believes no call that began before the state that it meets', () => {
    const early = [permit(), permit()];
    calls(5, 'down');
    breaker.note(early[0] as Permit, 'up');
    assert.equal(breaker.state, 'open', 'late good news');
    clock.advance(1_000);
    call('up');
    assert.equal(breaker.state, 'closed');
    for (let i = 0; i < 9; i++) breaker.note(early[1] as Permit, 'down');
    assert.equal(breaker.state, 'closed', 'late bad news');
  });
});
