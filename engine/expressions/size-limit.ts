/**
 * How much one value of an expression may be: text that doubles fills the memory of the process in thirty steps, and what JSONata
 * does with such a text is one call that nothing ends. Each part's result is weighed, as JSON would write it out: what stands in
 * it twice counts twice.
 *
 * - `everything`: with what it was given, as deep as it goes; for somebody who tries expressions and is not trusted.
 * - `made`: what the expression has made, where what it was given counts once for each place. So the input is not walked.
 */
import { ExpressionLimit } from './expression-limit.ts';

export interface Weighed {
  guardrails: () => void;
  bind(name: string | symbol, value: unknown): void;
  lookup(name: string): unknown;
}

interface Native {
  readonly implementation: (...given: readonly unknown[]) => unknown;
}

/** Called for each part of an expression once it is evaluated. */
const EXIT = Symbol.for('jsonata.__evaluate_exit');

/** What makes more of what it is given, as `$reduce` can call it with no expression between: what its answer comes to. */
const GROWING: Readonly<Record<string, (...given: readonly unknown[]) => number>> = {
  append: () => 0,
  join: (texts, by) => lengthOf(texts) * lengthOf(by),
  pad: (_text, width, by) => Math.abs(Number(width)) * lengthOf(by),
  replace: () => 0,
  string: () => 0,
  zip: () => 0,
};

interface Part {
  readonly type?: unknown;
  readonly value?: unknown;
  readonly group?: unknown;
}

/**
 * Where a value comes from: made, by what is written out in the expression, by its groups or by a function; held by a variable,
 * which may be what a function has made as the last thing that another did; or given.
 */
type Origin = 'made' | 'held' | 'given';

function originOf({ type, value, group }: Part): Origin {
  if (type === 'function' || type === 'apply' || group !== undefined) return 'made';
  if (type === 'unary' && value !== '-') return 'made';
  return type === 'variable' && value !== '' && value !== '$' ? 'held' : 'given';
}

/** A list that JSONata has made of what it met. */
const isSequence = (value: object): boolean => 'sequence' in value && value.sequence === true;

/** @param most characters and members of one value */
export function limitSizes(base: Weighed, most: number, counts: 'everything' | 'made'): void {
  const all = counts === 'everything';
  const weights = new WeakMap<object, number>();
  const weighed = (value: unknown, origin: Origin): number => {
    const weight = typeof value === 'object' && value !== null ? ofObject(value, origin) : lengthOf(value) + 1;
    if (weight > most) throw new ExpressionLimit('size', most);
    return weight;
  };
  const ofObject = (value: object, origin: Origin): number => {
    const known = weights.get(value);
    if (known !== undefined) return known;
    const isGiven = origin === 'given' && !isSequence(value);
    if (isGiven && !all) return 1 + lengthOf(value);
    weights.set(value, 1);
    if ('_jsonata_lambda' in value || '_jsonata_function' in value) return 1;
    let weight = 1;
    if (ArrayBuffer.isView(value)) weight = value.byteLength;
    else
      for (const one of Object.values(value) as readonly unknown[])
        weight += all ? weighed(one, 'given') : ofMember(one, origin !== 'held');
    weights.set(value, weight);
    return weight;
  };
  /** What was made was weighed when it was. */
  const ofMember = (value: unknown, withText: boolean): number => {
    if (typeof value === 'object' && value !== null) return weights.get(value) ?? 1;
    return withText ? lengthOf(value) + 1 : 1;
  };
  base.bind(
    EXIT,
    (part: Part, _input: unknown, _frame: unknown, result: unknown) => void weighed(result, originOf(part)),
  );
  for (const [name, comesTo] of Object.entries(GROWING)) {
    const native = base.lookup(name) as Native;
    const { implementation } = native;
    const limited = function (this: unknown, ...given: readonly unknown[]): unknown {
      base.guardrails();
      for (const one of given) weighed(one, 'given');
      if (comesTo(...given) > most) throw new ExpressionLimit('size', most);
      return Reflect.apply(implementation, this, given);
    };
    // JSONata reads both for functions that get some of their arguments, or that others call.
    limited.toString = () => implementation.toString();
    base.bind(name, { ...native, implementation: limited, arity: implementation.length });
  }
}

const lengthOf = (value: unknown): number =>
  typeof value === 'string' || Array.isArray(value) ? (value as string | readonly unknown[]).length : 0;
