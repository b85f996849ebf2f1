/** A table that is being written, judged: what is wrong by cell, what its rows leave open, its tests, samples, one input. */
import {
  deriveEvents,
  Hl7Message,
  inspectRuleTable,
  type Definition,
  type RuleTable,
  type RuleValue,
} from '../../engine/index.ts';
import type { RuleTableReport, SampleDecision } from '../api/rule-table-contract.ts';

/** Comparisons: a table is judged after each change of a cell. */
const LINT_WORK = 150_000;
/** Milliseconds for all tests, and for all samples. */
const TESTS_MS = 2_000;
const SAMPLES_MS = 1_000;
const MOST_SAMPLES = 40;

const NOTHING: RuleTableReport = {
  problems: [],
  findings: [],
  notChecked: [],
  tests: [],
  testsLeft: 0,
  samples: [],
  trial: null,
};

export async function reportOf(
  content: unknown,
  definition: Definition,
  now: Date,
  trial?: Readonly<Record<string, RuleValue>>,
): Promise<RuleTableReport> {
  const { table, problems } = inspectRuleTable(content);
  if (!table) return { ...NOTHING, problems };
  const { findings, notChecked } = table.lint({ now, work: LINT_WORK });
  const end = performance.now() + TESTS_MS;
  const tests = await table.runTests({ now, goesOn: () => performance.now() < end });
  return {
    problems: [],
    findings,
    notChecked,
    tests,
    testsLeft: table.testCount - tests.length,
    samples: await sampleDecisions(table, definition, now),
    trial: trial ? await table.explain(trial, { now }) : null,
  };
}

/** Only synthetic ones: what stands in the definition's folder. */
async function sampleDecisions(
  table: RuleTable,
  definition: Definition,
  now: Date,
): Promise<readonly SampleDecision[]> {
  const decided: SampleDecision[] = [];
  const end = performance.now() + SAMPLES_MS;
  const files = Object.entries(definition.files).filter(([path]) => /^samples\/.*\.hl7$/.test(path));
  for (const [path, text] of files.slice(0, MOST_SAMPLES)) {
    const message = read(text);
    if (!message) continue;
    const events = deriveEvents(message, {
      receivedAt: now.getTime(),
      correlationId: 'sample',
      zone: null,
      mode: 'live',
    });
    for (const event of events) {
      if (performance.now() > end) return decided;
      const made = await table.decideFor({ event, message }, { now });
      const { matched, outputs, missing, error, sentence } = made;
      decided.push({
        sample: path.slice('samples/'.length),
        event: event.name,
        matched,
        outputs,
        missing,
        error,
        sentence,
      });
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
