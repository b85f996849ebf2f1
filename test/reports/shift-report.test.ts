import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { AlertSpan, EscalationSpan, ShiftReport, TaskSpan } from '../../engine/index.ts';
import { bucketEdges } from '../../engine/reports/bucket-edges.ts';
import { DurationTally } from '../../engine/reports/duration-tally.ts';
import { ShiftTally } from '../../engine/reports/shift-tally.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** A shift from 7 to 19 in Berlin, in winter. */
const FROM = Date.parse('2026-01-05T07:00:00+01:00');
const TO = FROM + 12 * HOUR;
const AS_OF = FROM + 10 * HOUR;

const LINES: Readonly<Record<string, string>> = { lab: 'Laboratory', adt: 'Beds' };
let serial = 0;
const task = (over: Partial<TaskSpan> = {}): TaskSpan => ({
  id: `t${++serial}`,
  definition: 'lab',
  state: 'requested',
  role: 'nurse',
  serviceLine: 'Laboratory',
  createdAt: FROM,
  stateSince: over.createdAt ?? FROM,
  dueAt: null,
  acknowledgedAt: null,
  endedAt: null,
  overridden: 0,
  ...over,
});
const alert = (startedAt: number, over: Partial<AlertSpan> = {}): AlertSpan => ({
  definition: 'lab',
  startedAt,
  ended: null,
  ...over,
});
const ladder = (over: Partial<EscalationSpan> = {}): EscalationSpan => ({
  id: `e${++serial}`,
  definition: 'lab',
  startedAt: FROM,
  state: 'open',
  endedAt: null,
  steps: [0, 10 * MINUTE, 30 * MINUTE],
  taken: 0,
  exhausted: 'fallback',
  ...over,
});

interface Rows {
  readonly tasks?: readonly TaskSpan[];
  readonly alerts?: readonly AlertSpan[];
  readonly escalations?: readonly EscalationSpan[];
  readonly heldBack?: readonly (readonly [string, number])[];
  readonly serviceLine?: string;
  readonly cut?: boolean;
}
function report(rows: Rows): ShiftReport {
  const request = { from: FROM, to: TO, zone: 'Europe/Berlin', serviceLine: rows.serviceLine ?? null };
  const tally = new ShiftTally(request, AS_OF, (definition) => LINES[definition] ?? null);
  rows.tasks?.forEach((row) => tally.task(row));
  rows.alerts?.forEach((row) => tally.alert(row));
  rows.escalations?.forEach((row) => tally.escalation(row));
  rows.heldBack?.forEach(([definition, count]) => tally.heldBack(definition, count));
  return tally.report(rows.cut ?? false);
}
const NOTHING = { count: 0, p50: null, p90: null, longest: null };

describe('A shift report', () => {
  it('says none where nothing was, never zero as a duration or a rate', () => {
    const { all, byServiceLine, byRole, buckets, cut } = report({});
    assert.deepEqual(all, {
      pending: {},
      inState: NOTHING,
      inEachState: {},
      overdue: 0,
      created: 0,
      completed: 0,
      toAcknowledge: NOTHING,
      toComplete: NOTHING,
      escalationSteps: 0,
      exhausted: 0,
      alertsStarted: 0,
      alertsHeldBack: 0,
      falsePositiveRate: null,
      overrideRate: null,
    });
    assert.deepEqual([byServiceLine, byRole, cut], [[], [], false]);
    assert.equal(buckets.length, 12);
    assert.deepEqual(buckets[0], {
      at: FROM,
      created: 0,
      completed: 0,
      alerts: 0,
      escalationSteps: 0,
      toAcknowledge: null,
    });
  });

  it('counts what is pending at the moment, whenever it was made, and how long it has been so', () => {
    const { all } = report({
      tasks: [
        task({ createdAt: FROM - 50 * HOUR, stateSince: AS_OF - 2 * HOUR, dueAt: AS_OF - 1 }),
        task({ state: 'accepted', stateSince: AS_OF - 1 * HOUR, dueAt: AS_OF }),
        task({ state: 'failed', createdAt: AS_OF, stateSince: AS_OF }),
        task({ state: 'cancelled', createdAt: FROM - 9, endedAt: FROM - 1, dueAt: FROM }),
      ],
    });
    assert.deepEqual(all.pending, { requested: 1, accepted: 1, failed: 1 });
    assert.deepEqual(all.inState, { count: 3, p50: HOUR, p90: 2 * HOUR, longest: 2 * HOUR });
    assert.deepEqual(all.inEachState.accepted, { count: 1, p50: HOUR, p90: HOUR, longest: HOUR });
    assert.equal(all.overdue, 1, 'what is due this very moment is not late yet');
    assert.equal(all.created, 2, 'the one from two days ago was made before');
  });

  it('divides tasks that span its edges: what happened before or after is not of it', () => {
    const { all, buckets } = report({
      tasks: [
        task({ createdAt: FROM - HOUR, acknowledgedAt: FROM, endedAt: TO - 1, state: 'completed' }),
        task({ createdAt: FROM - HOUR, acknowledgedAt: FROM - 1, endedAt: FROM, state: 'completed' }),
        task({ createdAt: FROM, acknowledgedAt: TO, endedAt: TO, state: 'completed' }),
        task({ createdAt: FROM, acknowledgedAt: FROM + 90 * MINUTE, endedAt: FROM + 2 * HOUR, state: 'cancelled' }),
      ],
    });
    assert.equal(all.created, 2);
    assert.equal(all.completed, 2, 'a cancelled one is not completed');
    assert.deepEqual(all.toAcknowledge, { count: 2, p50: HOUR, p90: 90 * MINUTE, longest: 90 * MINUTE });
    assert.deepEqual(all.toComplete, { count: 2, p50: HOUR, p90: 13 * HOUR - 1, longest: 13 * HOUR - 1 });
    assert.deepEqual(
      buckets.map(({ created, completed, toAcknowledge }) => [created, completed, toAcknowledge]),
      [[2, 1, HOUR], [0, 0, 90 * MINUTE], ...Array.from({ length: 9 }, () => [0, 0, null]), [0, 1, null]],
    );
  });

  it('takes percentiles by nearest rank, and no time for negative', () => {
    const tally = new DurationTally();
    for (let n = 10; n >= 1; n--) tally.add(n);
    tally.add(-5);
    assert.deepEqual(tally.durations(), { count: 11, p50: 5, p90: 9, longest: 10 });
    const ten = new DurationTally();
    for (let n = 1; n <= 10; n++) ten.add(n * 100);
    assert.deepEqual(ten.durations(), { count: 10, p50: 500, p90: 900, longest: 1000 });
  });

  it('takes the rate of overrides of tasks that ended or were decided otherwise', () => {
    const ended = { state: 'completed', endedAt: FROM + 1 } as const;
    const { all } = report({
      tasks: [task(ended), task({ ...ended, overridden: 2 }), task({ overridden: 1 }), task(), task(ended)],
    });
    assert.equal(all.overrideRate, 0.5);
    assert.equal(report({ tasks: [task(ended)] }).all.overrideRate, 0);
    assert.equal(report({ tasks: [task()] }).all.overrideRate, null);
  });

  it('takes false positives of alerts that people ended in the time', () => {
    const by = (who: string, at: number, dismissal: 'false-positive' | 'other' | null = null) => ({
      ended: { by: who, at, dismissal },
    });
    const { all, buckets } = report({
      alerts: [
        alert(FROM - HOUR, by('user:ana', FROM, 'false-positive')),
        alert(FROM - HOUR, by('user:ana', FROM - 1, 'false-positive')),
        alert(FROM, by('cli:ben', FROM + 1, 'other')),
        alert(FROM, by('user:ana', FROM + 1)),
        alert(FROM + HOUR, by('flow:lab', FROM + HOUR + 1)),
        alert(TO - 1, by('user:ana', TO, 'false-positive')),
      ],
      heldBack: [
        ['lab', 40],
        ['adt', 2],
      ],
    });
    assert.equal(all.alertsStarted, 4);
    assert.equal(all.falsePositiveRate, 1 / 3);
    assert.equal(all.alertsHeldBack, 42);
    assert.deepEqual(
      buckets.flatMap(({ alerts }, hour) => (alerts > 0 ? [[hour, alerts]] : [])),
      [
        [0, 2],
        [1, 1],
        [11, 1],
      ],
    );
    assert.equal(report({ alerts: [alert(FROM)] }).all.falsePositiveRate, null);
  });

  it('counts the steps that ladders took in the time, repeats among them, and ends without an answer', () => {
    const of = (over: Partial<EscalationSpan>): readonly [number, number] => {
      const { all } = report({ escalations: [ladder(over)] });
      return [all.escalationSteps, all.exhausted];
    };
    assert.deepEqual(of({ taken: 0 }), [0, 0]);
    assert.deepEqual(of({ taken: 2 }), [2, 0]);
    assert.deepEqual(of({ taken: 3, state: 'exhausted' }), [3, 1]);
    assert.deepEqual(of({ taken: 3, state: 'acknowledged', endedAt: TO + HOUR }), [3, 1], 'answered too late');
    assert.deepEqual(of({ startedAt: FROM - 10 * MINUTE, taken: 3, state: 'exhausted' }), [2, 1]);
    assert.deepEqual(of({ startedAt: FROM - 31 * MINUTE, taken: 3, state: 'exhausted' }), [0, 0]);
    assert.deepEqual(of({ startedAt: TO - 10 * MINUTE, taken: 2 }), [1, 0]);
    const repeats = { exhausted: 'keep-last' } as const;
    assert.deepEqual(of({ ...repeats, taken: 5 }), [5, 0]);
    assert.deepEqual(of({ ...repeats, startedAt: FROM - 30 * MINUTE, taken: 4 }), [2, 0], 'the third and its repeat');
    assert.deepEqual(
      of({ ...repeats, startedAt: FROM - 100 * 24 * HOUR, taken: 1_000_000 }),
      [36, 0],
      'each 20 minutes',
    );
    const { buckets } = report({ escalations: [ladder({ ...repeats, taken: 5 })] });
    assert.deepEqual(
      buckets.slice(0, 3).map(({ escalationSteps }) => escalationSteps),
      [4, 1, 0],
    );
  });

  it('is divided by service line and by role, most pending first, none as none', () => {
    const { all, byServiceLine, byRole } = report({
      tasks: [
        task({ role: 'doctor' }),
        task({ dueAt: AS_OF - 1 }),
        task(),
        task({ serviceLine: null, role: null, state: 'completed', acknowledgedAt: FROM + 5, endedAt: FROM + 7 }),
      ],
      alerts: [alert(FROM, { definition: 'adt' })],
      heldBack: [['unknown', 3]],
      escalations: [ladder({ definition: 'adt', taken: 1 })],
    });
    assert.deepEqual(
      byServiceLine.map((one) => [one.serviceLine, one.created, one.alertsStarted, one.alertsHeldBack]),
      [
        ['Laboratory', 3, 0, 0],
        [null, 1, 0, 3],
        ['Beds', 0, 1, 0],
      ],
    );
    assert.equal(byServiceLine[2]?.escalationSteps, 1);
    assert.deepEqual(byRole, [
      { role: 'nurse', pending: 2, overdue: 1, created: 2, completed: 0, toAcknowledge: NOTHING },
      { role: 'doctor', pending: 1, overdue: 0, created: 1, completed: 0, toAcknowledge: NOTHING },
      {
        role: null,
        pending: 0,
        overdue: 0,
        created: 1,
        completed: 1,
        toAcknowledge: { count: 1, p50: 5, p90: 5, longest: 5 },
      },
    ]);
    assert.equal(all.created, 4);
  });

  it('is of one service line where one is asked for', () => {
    const rows: Rows = {
      tasks: [task(), task({ serviceLine: 'Beds', definition: 'adt' }), task({ serviceLine: null })],
      alerts: [alert(FROM), alert(FROM, { definition: 'adt' }), alert(FROM, { definition: 'unknown' })],
      heldBack: [
        ['lab', 1],
        ['adt', 2],
      ],
      escalations: [ladder({ taken: 1 }), ladder({ definition: 'adt', taken: 2 })],
    };
    const { all, byServiceLine } = report({ ...rows, serviceLine: 'Beds' });
    assert.deepEqual([all.created, all.alertsStarted, all.alertsHeldBack, all.escalationSteps], [1, 1, 2, 2]);
    assert.deepEqual(
      byServiceLine.map(({ serviceLine }) => serviceLine),
      ['Beds'],
    );
  });

  it('counts what is seen twice once, as it was seen first, and says where it was cut', () => {
    const one = task();
    const [seen, step] = [ladder({ taken: 1 }), { ...one, state: 'completed', endedAt: FROM + 5 } as const];
    const { all, cut } = report({ tasks: [one, step], escalations: [seen, seen], cut: true });
    assert.deepEqual([all.created, all.completed, all.pending, all.escalationSteps], [1, 0, { requested: 1 }, 1]);
    assert.equal(cut, true);
  });
});

describe('The buckets of a time', () => {
  const edges = (from: string, to: string, zone: string): readonly string[] =>
    bucketEdges(Date.parse(from), Date.parse(to), zone).map((at) => new Date(at).toISOString());
  const day = (zone: string, from: string, to: string) => edges(from, to, zone);

  it('are hours of the clock: 24 on most days, 23 and 25 when clocks change', () => {
    const berlin = 'Europe/Berlin';
    assert.equal(day(berlin, '2026-01-05T00:00+01:00', '2026-01-06T00:00+01:00').length, 24);
    const spring = day(berlin, '2026-03-29T00:00+01:00', '2026-03-30T00:00+02:00');
    assert.equal(spring.length, 23);
    assert.deepEqual(spring.slice(0, 3), [
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T00:00:00.000Z',
      '2026-03-29T01:00:00.000Z',
    ]);
    assert.equal(day(berlin, '2026-10-25T00:00+02:00', '2026-10-26T00:00+01:00').length, 25);
  });

  it('are days of the calendar from two days on, also those of 23 and 25 hours', () => {
    const week = edges('2026-03-26T00:00+01:00', '2026-04-02T00:00+02:00', 'Europe/Berlin');
    assert.equal(week.length, 7);
    assert.deepEqual(week.slice(3, 5), ['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z']);
  });

  it('begin at the time itself, and then with the hour, also in a zone of half hours', () => {
    assert.deepEqual(edges('2026-01-05T07:20Z', '2026-01-05T09:10Z', 'UTC'), [
      '2026-01-05T07:20:00.000Z',
      '2026-01-05T08:00:00.000Z',
      '2026-01-05T09:00:00.000Z',
    ]);
    assert.deepEqual(edges('2026-01-05T00:00Z', '2026-01-05T02:00Z', 'Asia/Kolkata'), [
      '2026-01-05T00:00:00.000Z',
      '2026-01-05T00:30:00.000Z',
      '2026-01-05T01:30:00.000Z',
    ]);
    const howe = edges('2026-04-04T00:00Z', '2026-04-05T23:59Z', 'Australia/Lord_Howe');
    assert.ok(howe.length >= 47 && new Set(howe).size === howe.length);
  });
});
