/**
 * The one place where JSONata is bounded, for rule tables, nodes and scenarios: JSONata runs to its end in one turn of the
 * event loop, so an expression that never ends would stop the whole runtime. Bounded are the time of an evaluation, its
 * nesting, the elements of one sequence, the size of one value, and the time of each regular expression.
 *
 * By JSONata's own hook and not by its options: an expression that Node-RED has prepared takes none any more.
 */
import type Jsonata from 'jsonata';
import { canGrow } from './can-grow.ts';
import { ExpressionLimit } from './expression-limit.ts';
import { limitSizes } from './size-limit.ts';
import { TimedRegExp } from './timed-reg-exp.ts';

export interface ExpressionLimits {
  /** Milliseconds of one evaluation. */
  readonly timeMs: number;
  /** Evaluations within each other. */
  readonly depth: number;
  /** Elements of one sequence. */
  readonly sequence: number;
  /** Characters and members of one value. */
  readonly size: number;
  /** What counts: see `size-limit.ts`. */
  readonly counts: 'everything' | 'made';
}

export const EXPRESSION_LIMITS: ExpressionLimits = {
  timeMs: 1000,
  depth: 500,
  sequence: 100_000,
  size: 16_000_000,
  counts: 'made',
};

/** Of one evaluation, as jsonata 2 has it: pinned, and test/expressions fails when it changes its meaning. */
interface Base {
  depth: number;
  guardrails: () => void;
  createSequence: (...first: readonly unknown[]) => unknown[];
  RegexEngine: unknown;
  /** Read by what makes a whole list at once (a range, a padded text). */
  options: { readonly sequence: number } | undefined;
  bind(name: string | symbol, value: unknown): void;
  lookup(name: string): unknown;
}

/** Called for each part of an expression that is evaluated, before it is. */
const ENTRY = Symbol.for('jsonata.__evaluate_entry');

/**
 * The same expression, bounded from here on.
 *
 * @returns an expression whose evaluation rejects with an `ExpressionLimit` beyond a limit
 */
export function bounded<E extends Pick<Jsonata.Expression, 'assign' | 'ast' | 'evaluate'>>(
  expression: E,
  limits: ExpressionLimits = EXPRESSION_LIMITS,
): E {
  const { evaluate } = expression;
  // Weighing makes an evaluation slower by a tenth or two.
  const weighs = limits.counts === 'everything' || canGrow(expression.ast());
  expression.assign(
    ENTRY as unknown as string,
    (_part: unknown, _input: unknown, { base }: { readonly base: Base }) => {
      bound(base, limits, weighs);
      // Once for each evaluation: the hook is waited for each time, and what it has set works without.
      base.bind(ENTRY, undefined);
    },
  );
  // Without bindings of its own, an evaluation would share its state with all others of the expression.
  expression.evaluate = ((input: unknown, bindings: Record<string, unknown> = {}, ...rest: readonly unknown[]) =>
    Reflect.apply(evaluate, expression, [input, bindings, ...rest])) as E['evaluate'];
  return expression;
}

function bound(base: Base, { timeMs, depth, sequence, size, counts }: ExpressionLimits, weighs: boolean): void {
  const end = performance.now() + timeMs;
  base.guardrails = () => {
    if (base.depth > depth) throw new ExpressionLimit('depth', depth);
    if (performance.now() > end) throw new ExpressionLimit('time', timeMs);
  };
  const create = base.createSequence;
  base.createSequence = (...first) => {
    const made = create(...first);
    const { push } = made;
    // Hidden, and without force once the evaluation is over: the list may end up on a message.
    Object.defineProperty(made, 'push', {
      value: (...items: readonly unknown[]): unknown => {
        if (base.depth > 0 && made.length + items.length > sequence) throw new ExpressionLimit('size', sequence);
        return Reflect.apply(push, made, items);
      },
      configurable: true,
      writable: true,
    });
    return made;
  };
  base.options = { sequence };
  base.RegexEngine = TimedRegExp;
  if (weighs) limitSizes(base, size, counts);
}
