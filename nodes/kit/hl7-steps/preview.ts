/** What steps make of a sample, each with what stood there and what stands there now. Half-typed steps are left out. */
import { expressionErrors, type Hl7Message } from '../../../engine/index.ts';
import type { PreviewGiven, PreviewRow } from '../../../runtime/services.ts';
import { text } from '../checks.ts';
import { problemOf } from '../preview.ts';
import { applySteps, type ApplyOptions } from './apply.ts';
import { rootOf } from './run.ts';
import { MOST_STEPS, stepProblems, type Step } from './steps.ts';

/** Fewer than in a running flow: a form shows the first place of each step. */
const MOST_PLACES = 500;
/** Of all expressions together: a form asks again with each key that is pressed. */
const LONGEST_MS = 1000;

export interface PreviewOfSteps extends Pick<ApplyOptions, 'ifMissing' | 'copyFrom'> {
  /** What expressions see as `payload`; default: the message as it is at each step. */
  readonly payload?: unknown;
}

export async function previewSteps(
  given: PreviewGiven,
  message: Hl7Message,
  { payload, ...options }: PreviewOfSteps,
): Promise<{ readonly rows: readonly PreviewRow[]; readonly after: Hl7Message }> {
  const saved: readonly unknown[] = Array.isArray(given.config['steps'])
    ? (given.config['steps'] as readonly unknown[]).slice(0, MOST_STEPS)
    : [];
  // What is wrong with those says the form itself.
  const wrong = new Set(stepProblems(saved).map(({ step }) => step));
  const places = saved.flatMap((_, at) => (wrong.has(at) ? [] : [at]));
  const steps = places.map((at) => saved[at] as Step);
  const node = text(given.config['name']).slice(0, 80) || 'this node';
  let spent = 0;
  const {
    message: after,
    problems,
    done,
  } = await applySteps(message, steps, {
    ...options,
    mostPlaces: MOST_PLACES,
    node,
    async evaluate(at, field, now, here) {
      if (spent > LONGEST_MS) throw expressionErrors.create('expression-limit', { field: `step ${at + 1}`, node });
      const began = performance.now();
      const step = steps[at];
      const kind = field === 'when' ? 'jsonata' : (step?.kind ?? 'str');
      const source = field === 'when' ? step?.when.trim() || 'true' : (step?.value ?? '');
      try {
        return await given.value(source, kind === 'hl7' ? 'str' : kind, rootOf(given.msg, payload ?? now, here));
      } finally {
        spent += performance.now() - began;
      }
    },
  });
  const rows = steps.map((step, at): PreviewRow => {
    const field = `steps[${places[at] ?? 0}]`;
    const problem = problems.find((one) => one.step === at);
    if (problem) return { field, path: problem.path, problem: problemOf(problem.error) };
    const applied = done.find((one) => one.step === at);
    if (!applied) return { field, path: step.path, skipped: true };
    const { path, before, after: value, places: count } = applied;
    return { field, path, before, value, more: count - 1 };
  });
  return { rows, after };
}
