import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readLadder } from '../../engine/definitions/ladder.ts';
import type { Ladder } from '../../engine/definitions/definition.ts';
import { ladderSteps, MOST_STEPS } from '../../engine/schedule/ladder-steps.ts';

const MINUTE = 60_000;
const step = (after: string, more: object = {}): object => ({
  after,
  to: { role: 'nurse' },
  channel: 'console',
  text: `After ${after}.`,
  ...more,
});
const OFFICE = { zone: 'Europe/Berlin', hours: [{ days: [1, 2, 3, 4, 5], from: '08:00', to: '17:00' }] };

function read(more: object): { readonly ladder: Ladder | undefined; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const file = {
    kind: 'ladder',
    format: 1,
    name: 'calls',
    owner: { name: 'Night manager', contact: 'night@example.org' },
    steps: [step('PT0S'), step('PT10M')],
    stopOn: ['acknowledged', 'completed', 'cancelled'],
    exhausted: 'fallback',
    ...more,
  };
  const ladder = readLadder(file, 'calls', { say: (what: string) => void problems.push(what) } as never);
  return { ladder, problems };
}
function minutes(more: object, startedAt: string): readonly number[] {
  const { ladder, problems } = read(more);
  assert.deepEqual(problems, []);
  assert.ok(ladder);
  return ladderSteps(ladder, Date.parse(startedAt)).map(({ afterMs }) => afterMs / MINUTE);
}

describe('a ladder', () => {
  const start = '2026-06-01T16:00+02:00';

  it('tells at its times', () => {
    assert.deepEqual(minutes({}, start), [0, 10]);
  });

  it('says a step again and again until the next one', () => {
    const steps = [
      step('PT0S', { repeat: 'PT4M' }),
      step('PT10M', { repeat: 'PT5M' }),
      step('PT20M', { repeat: 'PT1M' }),
    ];
    assert.deepEqual(minutes({ steps }, start), [0, 4, 8, 10, 15, 20], 'the last by what follows it');
  });

  it('counts only while somebody works, where it has a clock; what is due at once is told at once', () => {
    const clock = { ...OFFICE, holidays: ['2026-06-02'] };
    const steps = [step('PT0S'), step('PT30M'), step('PT90M')];
    assert.deepEqual(
      minutes({ clock, steps }, start),
      [0, 30, 2 * 24 * 60 - 8 * 60 + 30],
      'on Wednesday at half past eight',
    );
    assert.deepEqual(minutes({ clock, steps: [step('PT0S'), step('PT10M')] }, '2026-06-06T12:00+02:00')[0], 0);
  });

  it('keeps all its steps, and leaves out repeats beyond what an escalation may have', () => {
    const steps = [step('PT0S', { repeat: 'PT1M' }), step('PT10H', { repeat: 'PT1M' }), step('PT20H')];
    const all = minutes({ steps }, start);
    assert.equal(all.length, MOST_STEPS);
    assert.deepEqual([all[0], all.at(-2), all.at(-1)], [0, 600, 1200]);
  });

  it('is refused with a clock that never runs, a zone that is none, or a repeat that is too quick', () => {
    const zone = { ...OFFICE, zone: 'Mars/Olympus' };
    const never = { ...OFFICE, hours: [{ days: [1], from: '08:00', to: '08:00' }], holidays: [] };
    assert.match(read({ clock: zone }).problems.join(), /zone "Mars\/Olympus"/);
    assert.deepEqual(read({ clock: never }).problems, [], 'from eight to eight is a whole day');
    assert.match(read({ clock: { ...OFFICE, hours: [] } }).problems.join(), /clock\.hours/);
    assert.match(
      read({ clock: { ...OFFICE, hours: [{ days: [8], from: '8', to: '25:00' }] } }).problems.join(),
      /days.*from.*to/,
    );
    assert.match(read({ steps: [step('PT0S', { repeat: 'PT30S' })] }).problems.join(), /steps\[0\]\.repeat/);
    assert.match(read({ clock: { ...OFFICE, holidays: ['2026-02-30'] } }).problems.join(), /holidays/);
  });
});
