import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { inZone, instantOf, parseHl7Time, writeHl7Time } from '../../engine/hl7/datetime.ts';

describe('a time', () => {
  it('keeps the precision and the zone that were stated', () => {
    const cases: readonly (readonly [string, string, string, string | null])[] = [
      ['2024', 'year', '2024', null],
      ['202401', 'month', '2024-01', null],
      ['20240105', 'day', '2024-01-05', null],
      ['2024010514', 'hour', '2024-01-05T14', null],
      ['202401051405', 'minute', '2024-01-05T14:05', null],
      ['20240105140559', 'second', '2024-01-05T14:05:59', null],
      ['20240105140559.5', 'fraction', '2024-01-05T14:05:59.5', null],
      ['20240105140559.1234', 'fraction', '2024-01-05T14:05:59.1234', null],
      ['20110531140551-0500', 'second', '2011-05-31T14:05:51-05:00', '-05:00'],
      ['202401051405+0930', 'minute', '2024-01-05T14:05+09:30', '+09:30'],
      ['20240105+0100', 'day', '2024-01-05', '+01:00'],
      ['20240229', 'day', '2024-02-29', null],
      [' 20240105 ', 'day', '2024-01-05', null],
    ];
    for (const [text, precision, iso, zone] of cases) {
      assert.deepEqual(parseHl7Time(text), { precision, iso, zone }, text);
    }
  });

  it('that is none is null, never a time that was not stated', () => {
    const wrong = [
      '',
      'unknown',
      '""',
      '24',
      '20241',
      '2024010',
      '20241301',
      '20240230',
      '20230229',
      '20240105240000',
      '20240105146000',
    ];
    for (const text of [
      ...wrong,
      '20240105140560',
      '20240105140559.',
      '2024-01-05',
      '20240105140559+0560',
      '20240105140559+1500',
      '20240105140559+05',
      '20240105140559Z',
    ]) {
      assert.equal(parseHl7Time(text), null, text);
    }
  });

  it('of half a second is half a second', () => {
    assert.equal(instantOf(parseHl7Time('20240105140559.5+0000')), Date.UTC(2024, 0, 5, 14, 5, 59, 500));
  });

  it('is an instant only with a zone and to the minute', () => {
    assert.equal(instantOf(parseHl7Time('20110531140551-0500')), Date.UTC(2011, 4, 31, 19, 5, 51));
    assert.equal(instantOf(parseHl7Time('202401051405+0000')), Date.UTC(2024, 0, 5, 14, 5));
    for (const text of ['20240105140559', '2024010514+0000', '20240105+0000', '2024', '']) {
      assert.equal(instantOf(parseHl7Time(text)), null, text);
    }
  });
});

describe('the zone of a feed', () => {
  const zoned = (text: string, zone: string | null): string | undefined => {
    const time = parseHl7Time(text);
    return time ? inZone(time, zone).iso : undefined;
  };

  it('is added to times without one, as it was on that day', () => {
    assert.equal(zoned('20240105140500', 'Europe/London'), '2024-01-05T14:05:00+00:00');
    assert.equal(zoned('20240705140500', 'Europe/London'), '2024-07-05T14:05:00+01:00');
    assert.equal(zoned('20240105140500.25', 'America/New_York'), '2024-01-05T14:05:00.25-05:00');
    assert.equal(zoned('20240105140500', 'Asia/Kathmandu'), '2024-01-05T14:05:00+05:45');
    assert.equal(zoned('20240105140500', '-03:00'), '2024-01-05T14:05:00-03:00');
  });

  it('never replaces a stated one, and is never added to a date', () => {
    assert.equal(zoned('20240105140500-0500', 'Europe/London'), '2024-01-05T14:05:00-05:00');
    assert.equal(zoned('20240105', 'Europe/London'), '2024-01-05');
    assert.equal(zoned('202401', 'Europe/London'), '2024-01');
  });

  it('is left out for an hour that the clocks go through twice or not at all', () => {
    assert.equal(zoned('20241027013000', 'Europe/London'), '2024-10-27T01:30:00');
    assert.equal(zoned('20240331013000', 'Europe/London'), '2024-03-31T01:30:00');
    assert.equal(zoned('20241027023000', 'Europe/London'), '2024-10-27T02:30:00+00:00');
    assert.equal(zoned('20241027003000', 'Europe/London'), '2024-10-27T00:30:00+01:00');
    assert.equal(zoned('20240331003000', 'Europe/London'), '2024-03-31T00:30:00+00:00');
    assert.equal(zoned('20240331023000', 'Europe/London'), '2024-03-31T02:30:00+01:00');
  });

  it('that does not exist adds nothing', () => {
    assert.equal(zoned('20240105140500', 'Mars/Olympus'), '2024-01-05T14:05:00');
  });
});

describe('an instant', () => {
  const instant = Date.UTC(2026, 0, 5, 23, 15, 7, 40);

  it('is written in UTC or with the offset that is given, and read back the same', () => {
    assert.equal(writeHl7Time(instant), '20260105231507+0000');
    assert.equal(writeHl7Time(instant, { zone: '+01:00' }), '20260106001507+0100');
    assert.equal(writeHl7Time(instant, { zone: '-05:30', precision: 'fraction' }), '20260105174507.040-0530');
    assert.equal(writeHl7Time(instant, { precision: 'minute' }), '202601052315+0000');
    assert.equal(instantOf(parseHl7Time(writeHl7Time(instant, { zone: '-05:30', precision: 'fraction' }))), instant);
  });

  it('that HL7 cannot write is refused', () => {
    assert.throws(() => writeHl7Time(Number.NaN), RangeError);
    assert.throws(() => writeHl7Time(Date.UTC(12_000, 0)), RangeError);
    assert.throws(() => writeHl7Time(instant, { zone: 'Europe/London' }), RangeError);
    assert.throws(() => writeHl7Time(instant, { zone: '+15:00' }), RangeError);
  });
});
