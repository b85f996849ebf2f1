import type { Millis } from '../base/clock.ts';
import { hasEnded } from '../tasks/task-states.ts';
import type { AlertSpan, EscalationSpan, TaskSpan } from '../store/contract/spans.ts';
import { bucketEdges } from './bucket-edges.ts';
import { DurationTally } from './duration-tally.ts';
import { FigureTally } from './figure-tally.ts';
import { exhaustedAt, stepTimes } from './ladder-times.ts';
import type { ShiftBucket, ShiftReport, ShiftReportRequest } from './shift-report.ts';

/** Lines and roles that are shown; names are given by definitions, a few dozen at most. */
const MOST_GROUPS = 200;

interface BucketTally {
  readonly at: Millis;
  created: number;
  completed: number;
  alerts: number;
  escalationSteps: number;
  readonly toAcknowledge: DurationTally;
}

/** Adds up what was kept, row by row in any order, to the report of a time. Pure; a row that is seen again is passed over. */
export class ShiftTally {
  readonly #request: ShiftReportRequest;
  readonly #asOf: Millis;
  readonly #lineOf: (definition: string) => string | null;
  readonly #all = new FigureTally();
  readonly #lines = new Map<string | null, FigureTally>();
  readonly #roles = new Map<string | null, FigureTally>();
  readonly #buckets: readonly BucketTally[];
  readonly #seen = new Set<string>();

  /** `lineOf`: service line of a definition, for what does not say its own. */
  constructor(request: ShiftReportRequest, asOf: Millis, lineOf: (definition: string) => string | null) {
    this.#request = request;
    this.#asOf = asOf;
    this.#lineOf = lineOf;
    this.#buckets = bucketEdges(request.from, request.to, request.zone).map((at) => ({
      at,
      created: 0,
      completed: 0,
      alerts: 0,
      escalationSteps: 0,
      toAcknowledge: new DurationTally(),
    }));
  }

  task(task: TaskSpan): void {
    if (!this.#isAsked(task.serviceLine) || !this.#isNew(task.id)) return;
    const { state, createdAt, acknowledgedAt, endedAt, dueAt } = task;
    const tallies = [this.#all, of(this.#lines, task.serviceLine), of(this.#roles, task.role)];
    if (!hasEnded(state)) {
      const overdue = dueAt !== null && dueAt < this.#asOf;
      for (const tally of tallies) tally.pends(state, this.#asOf - task.stateSince, overdue);
    }
    if (this.#isWithin(createdAt)) {
      for (const tally of tallies) tally.created++;
      this.#bucket(createdAt).created++;
    }
    if (acknowledgedAt !== null && this.#isWithin(acknowledgedAt)) {
      for (const tally of tallies) tally.toAcknowledge.add(acknowledgedAt - createdAt);
      this.#bucket(acknowledgedAt).toAcknowledge.add(acknowledgedAt - createdAt);
    }
    const ended = endedAt !== null && this.#isWithin(endedAt) ? endedAt : null;
    if (ended !== null && state === 'completed') {
      for (const tally of tallies) {
        tally.completed++;
        tally.toComplete.add(ended - createdAt);
      }
      this.#bucket(ended).completed++;
    }
    if (ended !== null || task.overridden > 0) for (const tally of tallies) tally.decided(task.overridden > 0);
  }

  alert({ definition, startedAt, ended }: AlertSpan): void {
    const line = this.#lineOf(definition);
    if (!this.#isAsked(line)) return;
    const tallies = [this.#all, of(this.#lines, line)];
    if (this.#isWithin(startedAt)) {
      for (const tally of tallies) tally.alertsStarted++;
      this.#bucket(startedAt).alerts++;
    }
    if (ended && this.#isWithin(ended.at) && /^(user|cli):/.test(ended.by))
      for (const tally of tallies) tally.alertEnded(ended.dismissal === 'false-positive');
  }

  heldBack(definition: string, count: number): void {
    const line = this.#lineOf(definition);
    if (this.#isAsked(line)) for (const tally of [this.#all, of(this.#lines, line)]) tally.alertsHeldBack += count;
  }

  escalation(escalation: EscalationSpan): void {
    const line = this.#lineOf(escalation.definition);
    if (!this.#isAsked(line) || !this.#isNew(escalation.id)) return;
    const { from, to } = this.#request;
    let taken = 0;
    for (const at of stepTimes(escalation, from, to)) {
      taken++;
      this.#bucket(at).escalationSteps++;
    }
    const end = exhaustedAt(escalation);
    const exhausted = end !== null && this.#isWithin(end);
    if (taken === 0 && !exhausted) return;
    for (const tally of [this.#all, of(this.#lines, line)]) {
      tally.escalationSteps += taken;
      if (exhausted) tally.exhausted++;
    }
  }

  /** `cut`: not all rows were added. */
  report(cut: boolean): ShiftReport {
    const groups = (tallies: ReadonlyMap<string | null, FigureTally>) =>
      [...tallies].toSorted(mostPendingFirst).slice(0, MOST_GROUPS);
    return {
      ...this.#request,
      asOf: this.#asOf,
      all: this.#all.figures(),
      byServiceLine: groups(this.#lines).map(([serviceLine, tally]) => ({ serviceLine, ...tally.figures() })),
      byRole: groups(this.#roles).map(([role, tally]) => {
        const { overdue, created, completed, toAcknowledge } = tally.figures();
        return { role, pending: tally.pending, overdue, created, completed, toAcknowledge };
      }),
      buckets: this.#buckets.map(({ toAcknowledge, ...counted }): ShiftBucket => ({
        ...counted,
        toAcknowledge: toAcknowledge.durations().p50,
      })),
      cut: cut || this.#lines.size > MOST_GROUPS || this.#roles.size > MOST_GROUPS,
    };
  }

  #isAsked(line: string | null): boolean {
    return this.#request.serviceLine === null || this.#request.serviceLine === line;
  }

  #isWithin(at: Millis): boolean {
    return at >= this.#request.from && at < this.#request.to;
  }

  #isNew(id: string): boolean {
    if (this.#seen.has(id)) return false;
    this.#seen.add(id);
    return true;
  }

  /** The last that begins at or before the moment. */
  #bucket(at: Millis): BucketTally {
    let [low, high] = [0, this.#buckets.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#buckets[middle]?.at ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    const bucket = this.#buckets[low];
    if (!bucket) throw new TypeError('a time has at least one bucket');
    return bucket;
  }
}

function of(tallies: Map<string | null, FigureTally>, name: string | null): FigureTally {
  let tally = tallies.get(name);
  if (!tally) tallies.set(name, (tally = new FigureTally()));
  return tally;
}

type Named = readonly [string | null, FigureTally];

const mostPendingFirst = ([a, x]: Named, [b, y]: Named): number =>
  y.pending - x.pending || y.created - x.created || (a ?? '\uffff').localeCompare(b ?? '\uffff', 'en');
