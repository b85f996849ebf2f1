/** Steps as a running node and as a preview evaluate them. */
import { expressionErrors, type Hl7Message, type WardflowError } from '../../../engine/index.ts';
import type { WardflowMessage } from '../../../runtime/services.ts';
import { expression, type Expression } from '../expression.ts';
import { errorOf, failureOf } from '../failure.ts';
import type { NodeHandle } from '../register.ts';
import { applySteps, type Applied, type ApplyOptions, type ApplyProblem, type Here } from './apply.ts';
import type { Step } from './steps.ts';

export interface RunOptions extends Pick<ApplyOptions, 'ifMissing' | 'copyFrom'> {
  /** What expressions see as `payload`; default: the message as it is at each step. */
  readonly payload?: unknown;
}

export type StepRunner = (msg: WardflowMessage, message: Hl7Message, options: RunOptions) => Promise<Applied>;

const MOST_PLACES = 20_000;
/** Of all expressions of one message together: a list of thousands must not hold the runtime up. */
const LONGEST_MS = 5000;
/** Expressions between two looks at what else the runtime has to do. */
const PAUSE_EVERY = 200;

/** Prepares the steps of a node, once; a catalogued error for an expression that cannot be read. */
export function stepRunner({ RED, node, place }: NodeHandle<unknown>, steps: readonly Step[]): StepRunner {
  const prepared = steps.map((step, at): Readonly<Record<'value' | 'when', Expression>> => {
    const kind = step.kind === 'hl7' ? 'str' : step.kind;
    return {
      value: expression(RED, node, `step ${at + 1}, value`, step.value, kind),
      when: expression(RED, node, `step ${at + 1}, only if`, step.when.trim() || 'true', 'jsonata'),
    };
  });
  return async (msg, message, { payload, ...options }) => {
    let spent = 0;
    let evaluated = 0;
    const applied = await applySteps(message, steps, {
      ...options,
      mostPlaces: MOST_PLACES,
      node: place.name,
      async evaluate(step, field, now, here) {
        if (spent > LONGEST_MS) throw tooLong(step, field, place.name);
        if (++evaluated % PAUSE_EVERY === 0) await new Promise((resolve) => setImmediate(resolve));
        const began = performance.now();
        const value = await prepared[step]?.[field].evaluate(rootOf(msg, payload ?? now, here));
        spent += performance.now() - began;
        return value;
      },
    });
    const [problem] = applied.problems;
    if (problem) throw withStep(problem, place);
    return applied;
  };
}

const tooLong = (step: number, field: string, node: string): WardflowError =>
  expressionErrors.create('expression-limit', { field: `step ${step + 1}, ${field}`, node });

/** What an expression of a step is read over. */
export const rootOf = (msg: WardflowMessage, payload: unknown, here: Here): WardflowMessage => ({
  ...msg,
  payload,
  here,
});

/** The error says which step it is; its code, class and remedy stay. */
function withStep({ step, error }: ApplyProblem, place: NodeHandle<unknown>['place']): WardflowError {
  const { code, text, class: failureClass, remedy } = failureOf(error, place);
  const told = text.includes(`step ${step + 1},`) ? text : `Step ${step + 1} of "${place.name}": ${text}`;
  return errorOf({ code, class: failureClass, text: told, ...(remedy !== undefined && { remedy }) });
}
