import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ManualClock } from '../../engine/index.ts';
import { AdaptiveLimit } from '../../engine/endpoints/adaptive-limit.ts';

describe('how many calls a server gets at once', () => {
  it('is halved when it is too much, once for all that were under way', () => {
    const clock = new ManualClock();
    const limit = new AdaptiveLimit(clock, 16);
    const startedAt = clock.now();
    clock.advance(100);
    for (let i = 0; i < 16; i++) limit.tooMuch(startedAt);
    assert.equal(limit.now, 8);
    const later = clock.now() + 1;
    clock.advance(100);
    limit.tooMuch(later);
    assert.equal(limit.now, 4);
  });

  it('never falls below one and never rises above what is bound', () => {
    const clock = new ManualClock();
    const limit = new AdaptiveLimit(clock, 3);
    for (let i = 0; i < 20; i++) {
      clock.advance(10);
      limit.tooMuch(clock.now());
    }
    assert.equal(limit.now, 1);
    for (let i = 0; i < 100; i++) limit.wentWell(true);
    assert.equal(limit.now, 3);
  });

  it('rises by one for each full round that goes well, and not while nobody needs it', () => {
    const limit = new AdaptiveLimit(new ManualClock(), 16);
    limit.restart();
    for (let i = 0; i < 50; i++) limit.wentWell(false);
    assert.equal(limit.now, 1);
    const rounds: number[] = [];
    for (let round = 0; round < 4; round++) {
      const atOnce = limit.now;
      for (let i = 0; i < atOnce; i++) limit.wentWell(true);
      rounds.push(limit.now);
    }
    assert.ok(
      rounds.every((now, i) => now >= (rounds[i - 1] ?? 1) && now - (rounds[i - 1] ?? 1) <= 1),
      rounds.join(' '),
    );
    assert.ok(limit.now >= 4, `it has risen to ${limit.now}`);
  });
});
