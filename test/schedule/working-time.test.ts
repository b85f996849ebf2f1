import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { afterWorkingTime, isZone, type WorkingClock } from '../../engine/schedule/working-time.ts';

const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);
const office: WorkingClock = {
  zone: 'Europe/Berlin',
  hours: [{ days: [1, 2, 3, 4, 5], from: '08:00', to: '17:00' }],
  holidays: ['2026-12-25'],
};
const after = (clock: WorkingClock, start: string, hours: number): string => {
  const found = afterWorkingTime(clock, at(start), hours * HOUR);
  return found === null ? 'never' : new Date(found).toISOString();
};

describe('working time', () => {
  it('runs while somebody works, and stands still between', () => {
    // Monday, 1 June 2026; Berlin is two hours ahead of UTC.
    assert.equal(after(office, '2026-06-01T09:00+02:00', 2), '2026-06-01T09:00:00.000Z');
    assert.equal(
      after(office, '2026-06-01T16:00+02:00', 2),
      '2026-06-02T07:00:00.000Z',
      'one hour today, one tomorrow',
    );
    assert.equal(after(office, '2026-06-05T16:00+02:00', 2), '2026-06-08T07:00:00.000Z', 'over the weekend');
    assert.equal(after(office, '2026-06-06T12:00+02:00', 0), '2026-06-06T10:00:00.000Z', 'at once is at once');
    assert.equal(after(office, '2026-06-01T08:00+02:00', 9), '2026-06-01T15:00:00.000Z', 'to the end of the day');
  });

  it('leaves holidays out', () => {
    assert.equal(after(office, '2026-12-24T16:00+01:00', 2), '2026-12-28T08:00:00.000Z');
  });

  it('is an hour shorter for the night shift on which clocks go forward, and longer when they go back', () => {
    const nights: WorkingClock = { ...office, hours: [{ days: [6], from: '22:00', to: '06:00' }], holidays: [] };
    // 28 March 2026 22:00 to 29 March 06:00 has seven hours, 24 October to 25 October nine.
    assert.equal(after(nights, '2026-03-28T22:00+01:00', 7), '2026-03-29T04:00:00.000Z');
    assert.equal(after(nights, '2026-03-28T22:00+01:00', 8), '2026-04-04T21:00:00.000Z', 'the eighth is a week later');
    assert.equal(after(nights, '2026-10-24T22:00+02:00', 9), '2026-10-25T05:00:00.000Z');
  });

  it('is not counted twice where shifts overlap, and goes on in the shift of the evening before', () => {
    const clock: WorkingClock = {
      ...office,
      hours: [
        { days: [1, 2, 3, 4, 5, 6, 7], from: '06:00', to: '14:30' },
        { days: [1, 2, 3, 4, 5, 6, 7], from: '14:00', to: '22:30' },
        { days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '06:30' },
      ],
    };
    assert.equal(after(clock, '2026-06-01T13:00+02:00', 24), '2026-06-02T11:00:00.000Z', 'around the clock');
    assert.equal(
      after(clock, '2026-12-25T02:00+01:00', 4),
      '2026-12-25T05:00:00.000Z',
      'what began before the holiday',
    );
  });

  it('never comes where nobody ever works', () => {
    assert.equal(after({ ...office, hours: [] }, '2026-06-01T09:00+02:00', 1), 'never');
    assert.deepEqual(['Europe/Berlin', 'Mars/Olympus', ''].map(isZone), [true, false, false]);
  });

  it('grows with what is asked for, and adds up', () => {
    const start = fc.integer({ min: at('2026-01-01T00:00Z'), max: at('2027-01-01T00:00Z') });
    const some = fc.integer({ min: 1, max: 100 * HOUR });
    fc.assert(
      fc.property(start, some, some, (from, first, second) => {
        const one = afterWorkingTime(office, from, first) ?? Number.NaN;
        const both = afterWorkingTime(office, from, first + second) ?? Number.NaN;
        assert.ok(one >= from + first && both > one);
        assert.equal(afterWorkingTime(office, one, second), both);
      }),
      { seed: 81, numRuns: 300 },
    );
  });
});
