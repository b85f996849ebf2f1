/** A table that is being written, judged: what is wrong by cell, what its rows leave open, its tests, samples, one input. */
import { sampleEvents, type EventChoice } from '../events/from-hl7/event-choice.ts';
import { Hl7Message } from '../hl7/message.ts';
import {
  inspectRuleTable,
  type LintFinding,
  type RuleExplanation,
  type RuleTable,
  type RuleTestResult,
  type RuleValue,
  type TableProblem,
} from '../rules/rule-table.ts';

/** Crosses to a worker: plain data alone. */
export interface TableToJudge {
  readonly content: unknown;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Another version is not judged, so that nothing of it is evaluated; `null`: any. */
  readonly onlyVersion: string | null;
  /** HL7 messages by name, line by line; synthetic ones alone. */
  readonly samples: readonly (readonly [name: string, text: string])[];
  /** What the definition's sources make of a message. */
  readonly events: EventChoice;
  readonly trial: Readonly<Record<string, RuleValue>> | null;
}

export interface TableJudgement {
  /** Why it cannot be used; none: the rest is there. */
  readonly problems: readonly TableProblem[];
  readonly findings: readonly LintFinding[];
  readonly notChecked: readonly string[];
  readonly tests: readonly RuleTestResult[];
  /** Tests that were left out, since all together took too long. */
  readonly testsLeft: number;
  /** What it decides for the samples. */
  readonly samples: readonly SampleDecision[];
  readonly trial: RuleExplanation | null;
}

export interface SampleDecision {
  readonly sample: string;
  /** Name of the event that the decision is of. */
  readonly event: string;
  readonly matched: readonly string[];
  readonly outputs: Readonly<Record<string, RuleValue>> | null;
  readonly missing: readonly string[];
  readonly error: string | null;
  readonly sentence: string;
}

/** Comparisons: a table is judged after each change of a cell. */
const LINT_WORK = 150_000;
/** Milliseconds for all tests, and for all samples. */
const TESTS_MS = 2_000;
const SAMPLES_MS = 1_000;

const NOTHING: TableJudgement = {
  problems: [],
  findings: [],
  notChecked: [],
  tests: [],
  testsLeft: 0,
  samples: [],
  trial: null,
};

/** `null`: it is another version than the one that may be judged. */
export async function judgeTable(job: TableToJudge): Promise<TableJudgement | null> {
  const { table, problems } = inspectRuleTable(job.content);
  if (job.onlyVersion !== null && table?.version !== job.onlyVersion) return null;
  if (!table) return { ...NOTHING, problems };
  const now = new Date(job.now);
  const { findings, notChecked } = table.lint({ now, work: LINT_WORK });
  const end = performance.now() + TESTS_MS;
  const tests = await table.runTests({ now, goesOn: () => Promise.resolve(performance.now() < end) });
  return {
    problems: [],
    findings,
    notChecked,
    tests,
    testsLeft: table.testCount - tests.length,
    samples: await sampleDecisions(table, job.samples, job.events, now),
    trial: job.trial ? await table.explain(job.trial, { now }) : null,
  };
}

async function sampleDecisions(
  table: RuleTable,
  samples: TableToJudge['samples'],
  choice: EventChoice,
  now: Date,
): Promise<readonly SampleDecision[]> {
  const decided: SampleDecision[] = [];
  const end = performance.now() + SAMPLES_MS;
  for (const [sample, text] of samples) {
    const message = read(text);
    if (!message) continue;
    const context = {
      receivedAt: now.getTime(),
      correlationId: 'sample',
      zone: null,
      mode: 'live',
    } as const;
    const events = sampleEvents(message, context, choice);
    for (const event of events) {
      if (performance.now() > end) return decided;
      const { matched, outputs, missing, error, sentence } = await table.decideFor({ event, message }, { now });
      decided.push({ sample, event: event.name, matched, outputs, missing, error, sentence });
    }
  }
  return decided;
}

function read(text: string): Hl7Message | null {
  try {
    return Hl7Message.parse(text.replaceAll(/\r?\n/g, '\r'));
  } catch {
    // A broken sample is what some scenarios are about.
    return null;
  }
}
