import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ManualClock, timeSortedIds } from '../../engine/index.ts';

describe('ids', () => {
  it('sort by time and are 26 characters of the Crockford alphabet', () => {
    const clock = new ManualClock(1_700_000_000_000);
    const ids = timeSortedIds(clock);
    const made = Array.from({ length: 50 }, () => {
      clock.advance(1);
      return ids.next();
    });
    assert.deepEqual(made.toSorted(), made);
    assert.equal(new Set(made).size, 50);
    for (const id of made) assert.match(id, /^[0-9A-HJKMNP-TV-Z]{26}$/);
  });

  it('differ within one millisecond', () => {
    const ids = timeSortedIds(new ManualClock());
    assert.notEqual(ids.next(), ids.next());
  });
});
