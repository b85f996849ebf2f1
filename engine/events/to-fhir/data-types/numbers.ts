/** NM, SN, CQ, MO: never a number that the sender did not write as one. */
import { Choice, Leaf, type Node, type Tree } from '../node.ts';
import type { Value } from '../value.ts';
import { codingSystem } from './codes.ts';
import { leaf, type ReadContext } from './reading.ts';

/** NM (chapter 2A, section 2A.3.46): sign, digits, decimal point; no exponent. */
const NUMERIC = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;
/** What a number of JavaScript carries without changing it. */
const MOST_DIGITS = 15;
export const UCUM = 'http://unitsofmeasure.org';

export function decimal(value: Value, part = 1): Leaf | undefined {
  const text = value.part(part);
  if (!NUMERIC.test(text) || text.replace(/[^\d]|^[+-]?0+/g, '').length > MOST_DIGITS) return undefined;
  return new Leaf(Number(text), value, part);
}

export function decimalOrReport(value: Value, context: ReadContext): Leaf | undefined {
  const number = decimal(value);
  if (!number && value.text !== '') context.report(value, 1, 'value-unreadable');
  return number;
}

export function integer(value: Value, context: ReadContext, least = -2_147_483_648): Leaf | undefined {
  const text = value.text;
  if (text === '') return undefined;
  const number = /^[+-]?\d{1,10}(?:\.0*)?$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= 2_147_483_647) return new Leaf(number, value, 1);
  context.report(value, 1, 'value-unreadable');
  return undefined;
}

/** Of a CE or CWE: UCUM as code and system, everything else as people read it. */
export function unit(units: Value | undefined, context: ReadContext, first = 1): Tree {
  if (!units) return {};
  const [code, text] = [leaf(units, first), leaf(units, first + 1)];
  const system = codingSystem(units, first + 2, context);
  if (system?.value === UCUM && code && !/\s/.test(String(code.value))) return { unit: text ?? code, system, code };
  // Of a system that nobody knows the text is what counts; the code and its system add nothing to it.
  context.see(units, first, first + 2);
  return { unit: text ?? code };
}

export function quantity(value: Value, context: ReadContext): Node | undefined {
  const number = decimal(value);
  if (!number) {
    if (value.text !== '') context.report(value, 1, 'value-unreadable');
    return undefined;
  }
  return { value: number };
}

/** CQ: a number and, in its second component, a unit. */
export function cq(value: Value, context: ReadContext): Node | undefined {
  const number = decimal(value);
  if (!number) {
    if (value.text !== '') context.report(value, 1, 'value-unreadable');
    return undefined;
  }
  return { value: number, ...unit(value.within(2), context) };
}

/** MO, or CP whose first component it is. */
export function money(value: Value, context: ReadContext): Node | undefined {
  const amount = value.component === 0 ? value.within(1) : value;
  const number = decimal(amount);
  if (!number) {
    if (amount.text !== '') context.report(value, 1, 'value-unreadable');
    return undefined;
  }
  const currency = leaf(amount, 2) ?? leaf(value, 2);
  return { value: number, currency };
}

const COMPARATORS: ReadonlySet<string> = new Set(['<', '<=', '>=', '>']);

/** SN (2A.3.67): comparator, number, separator or suffix, number. */
export function structuredNumeric(value: Value, units: Tree): Choice | undefined {
  const [comparator, separator] = [leaf(value, 1), leaf(value, 3)];
  const [first, second] = [decimal(value, 2), decimal(value, 4)];
  const sign = String(comparator?.value ?? '=');
  if (first && !separator && !second && (sign === '=' || COMPARATORS.has(sign)))
    return new Choice('Quantity', { value: first, ...(sign !== '=' && { comparator }), ...units });
  if (first && second && sign === '=') {
    const by = String(separator?.value ?? '');
    if (by === '-') return new Choice('Range', { low: { value: first, ...units }, high: { value: second, ...units } });
    if (by === ':' || by === '/')
      return new Choice('Ratio', { numerator: { value: first }, denominator: { value: second } });
  }
  const said = [1, 2, 3, 4].map((part) => value.part(part)).join('');
  return said === '' ? undefined : new Choice('String', new Leaf(said, value, 0));
}
