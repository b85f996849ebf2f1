/**
 * How much one value of an expression may be, where somebody tries expressions who is not trusted with the memory of the
 * process: text that doubles fills it in thirty steps, and what JSONata does with such a text is one call that nothing ends. Each part's
 * result is weighed, which takes time, so a caller asks for it.
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

/** @param most characters and members of one value, as JSON would write it out: what stands in it twice counts twice */
export function limitSizes(base: Weighed, most: number): void {
  const weights = new WeakMap<object, number>();
  const weighed = (value: unknown): number => {
    const weight = typeof value === 'object' && value !== null ? ofObject(value) : lengthOf(value) + 1;
    if (weight > most) throw new ExpressionLimit('size', most);
    return weight;
  };
  const ofObject = (value: object): number => {
    const known = weights.get(value);
    if (known !== undefined) return known;
    weights.set(value, 1);
    if ('_jsonata_lambda' in value || '_jsonata_function' in value) return 1;
    let weight = 1;
    if (ArrayBuffer.isView(value)) weight = value.byteLength;
    else for (const one of Object.values(value) as readonly unknown[]) weight += weighed(one);
    weights.set(value, weight);
    return weight;
  };
  base.bind(EXIT, (_part: unknown, _input: unknown, _frame: unknown, result: unknown) => void weighed(result));
  for (const [name, comesTo] of Object.entries(GROWING)) {
    const native = base.lookup(name) as Native;
    const { implementation } = native;
    const limited = function (this: unknown, ...given: readonly unknown[]): unknown {
      base.guardrails();
      for (const one of given) weighed(one);
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
