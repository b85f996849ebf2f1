import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readChoice, timeOf, type ShiftTime, type TimeChoice } from '../../governance/web/shift/shift-time.ts';
import { compareCounts, compareRates, compareTimes } from '../../governance/web/shift/shift-words.ts';

const HOUR = 3_600_000;
const choice = (over: Partial<TimeChoice> = {}): TimeChoice => ({
  kind: 'shift',
  plan: '12-7',
  back: 0,
  from: '',
  to: '',
  zone: 'Europe/Berlin',
  serviceLine: null,
  ...over,
});
const timeAt = (now: string, over: Partial<TimeChoice> = {}): ShiftTime => {
  const time = timeOf(choice(over), Date.parse(now));
  if ('problem' in time) throw new Error(`no time: ${time.problem}`);
  return time;
};
const told = ({ name, from, to }: ShiftTime): readonly [string, string, string] => [
  name,
  new Date(from).toISOString().slice(0, 16),
  new Date(to).toISOString().slice(0, 16),
];

describe('The time of a shift view', () => {
  it('is the shift of this moment, by the clock of the zone', () => {
    const day = ['Day shift', '2026-01-05T06:00', '2026-01-05T18:00'];
    const night = ['Night shift', '2026-01-05T18:00', '2026-01-06T06:00'];
    assert.deepEqual(told(timeAt('2026-01-05T07:00+01:00')), day);
    assert.deepEqual(told(timeAt('2026-01-05T18:59+01:00')), day);
    assert.deepEqual(told(timeAt('2026-01-05T19:00+01:00')), night);
    assert.deepEqual(told(timeAt('2026-01-06T03:00+01:00')), night);
    assert.deepEqual(told(timeAt('2026-01-06T08:00+01:00', { back: 1 })), night);
    assert.deepEqual(told(timeAt('2026-01-06T08:00+01:00', { back: 2 })), day);
  });

  it('has three shifts of 8 hours a day', () => {
    const plan = { plan: '8-6' } as const;
    assert.deepEqual(told(timeAt('2026-01-05T06:00+01:00', plan)), [
      'Early shift',
      '2026-01-05T05:00',
      '2026-01-05T13:00',
    ]);
    assert.deepEqual(told(timeAt('2026-01-05T14:00+01:00', plan)), [
      'Late shift',
      '2026-01-05T13:00',
      '2026-01-05T21:00',
    ]);
    assert.deepEqual(told(timeAt('2026-01-06T00:30+01:00', plan)), [
      'Night shift',
      '2026-01-05T21:00',
      '2026-01-06T05:00',
    ]);
  });

  it('is an hour shorter or longer where clocks change in the night', () => {
    const length = ({ from, to }: ShiftTime): number => (to - from) / HOUR;
    assert.equal(length(timeAt('2026-03-29T01:00+01:00')), 11);
    assert.equal(length(timeAt('2026-10-25T01:00+02:00')), 13);
    assert.equal(length(timeAt('2026-03-29T12:00+02:00', { kind: 'today' })), 23);
    assert.equal(length(timeAt('2026-10-25T12:00+01:00', { kind: 'today' })), 25);
    assert.equal(length(timeAt('2026-03-30T12:00+02:00', { kind: 'week' })), 7 * 24 - 1);
  });

  it('is compared with the time before, up to the same point while it is not over', () => {
    const running = timeAt('2026-01-05T09:02+01:00');
    assert.equal(running.before.name, 'the shift before at this point');
    assert.deepEqual(told({ ...running.before, name: '', before: running.before }), [
      '',
      '2026-01-04T18:00',
      '2026-01-04T20:00',
    ]);
    const over = timeAt('2026-01-05T20:00+01:00', { back: 1 });
    assert.equal(over.before.name, 'the shift before');
    assert.equal(over.before.to, over.from);
    const begun = timeAt('2026-01-05T07:00+01:00');
    assert.ok(begun.before.to > begun.before.from, 'never of nothing');
  });

  it('says what is wrong with a time of one’s own', () => {
    const own = (from: string, to: string) => timeOf(choice({ kind: 'own', from, to }), 0);
    assert.deepEqual(own('', '2026-01-05T07:00'), { problem: '' });
    assert.match((own('2026-01-05T07:00', '2026-01-05T07:00') as { problem: string }).problem, /ends before it begins/);
    assert.match((own('2026-01-01T07:00', '2026-03-05T07:00') as { problem: string }).problem, /31 days/);
    assert.deepEqual(told(own('2026-01-05T07:00', '2026-01-05T09:00') as ShiftTime), [
      'Own time',
      '2026-01-05T06:00',
      '2026-01-05T08:00',
    ]);
  });

  it('is read from an address that may say anything', () => {
    const read = readChoice(
      new URLSearchParams('time=x&back=-3&shifts=99&zone=Mars/Olympus&from=<script>&line='),
      '8-6',
    );
    assert.deepEqual([read.kind, read.back, read.plan], ['shift', 0, '8-6']);
    assert.notEqual(read.zone, 'Mars/Olympus');
    assert.equal(readChoice(new URLSearchParams('back=1e9'), '12-7').back, 0);
    assert.deepEqual(timeOf({ ...read, kind: 'own' }, 0), { problem: '' });
  });
});

describe('Figures that are compared', () => {
  it('say how much slower, more or less, and nothing where nothing was measured', () => {
    const than = 'the shift before';
    assert.equal(compareTimes(720_000, 0, than), '12 min slower than the shift before');
    assert.equal(compareTimes(0, 60_000, than), '1 min faster than the shift before');
    assert.equal(compareTimes(29_000, 0, than), 'as fast as the shift before');
    assert.equal(compareTimes(null, 5, than), null);
    assert.equal(compareCounts(1200, 0, than), '1,200 more than the shift before');
    assert.equal(compareCounts(1, 2, than), '1 fewer than the shift before');
    assert.equal(compareCounts(2, 2, than), 'as many as the shift before');
    assert.equal(compareRates(0.2, 0.19, than), '1 point more than the shift before');
    assert.equal(compareRates(0.1, 0.1, than), 'the same as the shift before');
    assert.equal(compareRates(0.1, null, than), null);
  });
});
