/**
 * Random ladders in zones around the days on which their clocks change, with restarts, clocks that are set, and two people who
 * answer at once: what always holds of who is told, and when.
 */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, it } from 'mocha';
import { ladderSteps, type AuditRecord, type Escalation, type Ladder } from '../../engine/index.ts';
import { MOST_STEPS } from '../../engine/schedule/ladder-steps.ts';
import { EscalationBench } from '../kit/escalation-bench.ts';
import { eventually } from '../kit/eventually.ts';
import { counts } from '../kit/requires.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PAGE = 500;
/** A day or two before the clocks of the zone change. */
const STARTS = [
  ['Europe/Berlin', '2026-03-27T22:30:00Z'],
  ['Europe/Berlin', '2026-10-23T22:30:00Z'],
  ['America/New_York', '2026-03-06T22:30:00Z'],
  ['America/New_York', '2026-10-30T22:30:00Z'],
] as const;

interface Plan {
  readonly start: (typeof STARTS)[number];
  readonly afterMinutes: readonly number[];
  readonly hours: 'always' | 'office' | 'nights';
  readonly exhausted: 'keep-last' | 'fallback';
}

type Deed =
  | { readonly kind: 'pass' | 'set-back'; readonly minutes: number }
  | { readonly kind: 'restart' | 'answer-race' | 'step-race' | 'just-before' };

const plan: fc.Arbitrary<Plan> = fc.record({
  start: fc.constantFrom(...STARTS),
  afterMinutes: fc.uniqueArray(fc.integer({ min: 0, max: 60 * 30 }), { minLength: 1, maxLength: 4 }),
  hours: fc.constantFrom('always' as const, 'office' as const, 'nights' as const),
  exhausted: fc.constantFrom('keep-last' as const, 'fallback' as const),
});
const deeds: fc.Arbitrary<readonly Deed[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('pass' as const), minutes: fc.constantFrom(1, 7, 60, 600, 3000) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('set-back' as const), minutes: fc.constantFrom(1, 60, 1500) }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'just-before' as const) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('answer-race' as const, 'step-race' as const) }) },
  ),
  { minLength: 3, maxLength: 14 },
);

function ladderOf({ start: [zone], afterMinutes, hours, exhausted }: Plan): Ladder {
  const all = [1, 2, 3, 4, 5, 6, 7] as const;
  const open = hours === 'office' ? { from: '08:00', to: '17:00' } : { from: '22:00', to: '06:00' };
  return {
    name: 'generated',
    version: 'v1',
    owner: { name: 'Ward', contact: 'ward' },
    exhausted,
    clock: hours === 'always' ? null : { zone, hours: [{ days: all, ...open }], holidays: [] },
    steps: afterMinutes
      .toSorted((a, b) => a - b)
      .map((minutes) => ({
        after: `PT${minutes}M`,
        afterMs: minutes * MINUTE,
        to: 'nurse',
        channel: 'page',
        text: 'Look.',
        repeatMs: null,
      })),
  };
}

/** Minutes worked since the start, counted one by one on the wall clock of the zone. */
function workedUntil({ hours, start: [zone] }: Plan, from: number, minutes: number): number {
  let at = from;
  const works = (moment: number): boolean => {
    const { hour } = DateTime.fromMillis(moment, { zone });
    return hours === 'always' || (hours === 'office' ? hour >= 8 && hour < 17 : hour >= 22 || hour < 6);
  };
  for (let left = minutes; left > 0; at += MINUTE) if (works(at)) left--;
  return at;
}

describe('a ladder among restarts, clocks and people', function () {
  this.timeout(counts(60_000, 1_200_000));

  it('tells each step of the hours of its zone, on the days on which clocks change', () => {
    const property = fc.property(plan, (one) => {
      const startedAt = Date.parse(one.start[1]);
      const ladder = ladderOf(one);
      const steps = ladderSteps(ladder, startedAt);
      assert.equal(steps.length, ladder.steps.length);
      for (const [i, step] of ladder.steps.entries()) {
        const due = startedAt + (steps[i]?.afterMs ?? -1);
        assert.equal(due, workedUntil(one, startedAt, step.afterMs / MINUTE));
      }
    });
    fc.assert(property, { seed: 20261122, numRuns: counts(60, 1000) });
  });

  it('is told in order, never early, at least once, and not after an answer', async () => {
    const bench = await EscalationBench.open();
    let run = 0;
    try {
      const property = fc.asyncProperty(plan, deeds, async (one, all) => {
        await tells(bench, one, all, ++run);
      });
      await fc.assert(property, { seed: 20261123, numRuns: counts(40, 300), endOnFailure: true });
    } finally {
      await bench.close();
    }
  });

  async function tells(all: EscalationBench, one: Plan, doing: readonly Deed[], run: number): Promise<void> {
    const { bench, service } = all;
    bench.clock.set(Date.parse(one.start[1]));
    await all.restart();
    const { seq: before } = await bench.store.audit.head();
    const { escalation } = await service.start({
      work: all.work,
      definition: 'lab',
      name: 'critical',
      discriminator: `${run}`,
      ladder: 'generated',
      ladderVersion: 'v1',
      steps: ladderSteps(ladderOf(one), bench.clock.now()),
      exhausted: one.exhausted,
      title: 'Critical',
      watch: null,
      carry: null,
    });
    const { id } = escalation;
    for (const deed of doing) {
      if (deed.kind === 'pass') bench.clock.advance(deed.minutes * MINUTE);
      else if (deed.kind === 'set-back') bench.clock.set(bench.clock.now() - deed.minutes * MINUTE);
      else if (deed.kind === 'restart') await all.restart();
      else if (deed.kind === 'just-before') await justBefore(all, id);
      else {
        // With a step that falls due at the very moment, or without.
        if (deed.kind === 'step-race') bench.clock.advance(HOUR);
        const by = (actor: string) => service.acknowledge(id, { actor, via: 'console' });
        const before = await stateOf(all, id);
        const answers = await Promise.all([by('user:ana'), by('user:ben')]);
        const won = answers.filter((answer) => answer === 'acknowledged').length;
        assert.equal(won, before === 'acknowledged' ? 0 : 1, 'one of the two');
      }
      await bench.rest();
    }
    // Whatever was missed is told in the end.
    bench.clock.set(Math.max(bench.clock.now(), escalation.startedAt) + 40 * 24 * HOUR);
    await eventually('all that is due to be told', async () => {
      await bench.rest();
      return ((await bench.store.escalations.nextDue()) ?? Infinity) > bench.clock.now();
    });
    await check(all, escalation, before);
    await service.cancel(id, { actor: 'user:ana', via: 'console' });
  }

  /** The last moment at which the next step is not due. */
  async function justBefore({ bench }: EscalationBench, id: string): Promise<void> {
    const now = await bench.store.escalations.get(id);
    const step = now?.steps[now.nextStep];
    const due = now && step ? now.startedAt + step.afterMs : 0;
    if (due > bench.clock.now()) bench.clock.set(due - 1);
  }

  async function stateOf({ bench }: EscalationBench, id: string): Promise<string | undefined> {
    return (await bench.store.escalations.get(id))?.state;
  }

  /** Of this run: what is behind `after` in the audit trail, which all runs share. */
  async function recordsOf({ bench }: EscalationBench, id: string, after: number): Promise<readonly AuditRecord[]> {
    const records: AuditRecord[] = [];
    for (let place = after; ;) {
      const page = await bench.store.audit.list({ order: 'oldest-first', limit: PAGE, after: place });
      records.push(...page.filter(({ details }) => details['escalation'] === id));
      place = page.at(-1)?.seq ?? place;
      if (page.length < PAGE) return records;
    }
  }

  async function check(all: EscalationBench, { id, steps, startedAt }: Escalation, after: number): Promise<void> {
    const records = await recordsOf(all, id, after);
    const told = records.filter(({ type }) => type === 'escalation.step');
    const ended = records.find(({ type }) => type === 'escalation.acknowledged');
    assert.deepEqual(
      told.map(({ details }) => details['step']),
      told.map((_, i) => i + 1),
      'each once, in order; a repeat of the last one has a number of its own',
    );
    for (const record of told) assert.ok(record.at >= dueOf(record, steps, startedAt), 'never before its time');
    if (ended)
      assert.ok(
        told.every(({ seq }) => seq < ended.seq),
        'nobody is told after the answer',
      );
    else assert.ok(told.length >= steps.length, 'every step has told');
    assert.ok(told.length <= MOST_STEPS);
  }

  /** Of a repeat: at least that of the step which it repeats. */
  function dueOf({ details }: AuditRecord, steps: Escalation['steps'], startedAt: number): number {
    return startedAt + (steps[Math.min(Number(details['step']), steps.length) - 1]?.afterMs ?? 0);
  }
});
