/** JSONata in rule tables: compiled once, bounded, and without what would make two evaluations of one input differ. */
import { createRequire } from 'node:module';
import type Jsonata from 'jsonata';
import { bounded } from '../expressions/bounded.ts';

/** Loaded with the first expression: most processes that import the engine compile none. */
const load = createRequire(import.meta.url);

export interface Expression {
  /** @throws `ExpressionLimit`, or whatever JSONata throws; that may quote the input, so it must not be shown. */
  evaluate(root: unknown, bindings: Readonly<Record<string, unknown>>, now: Date): Promise<unknown>;
}

const notHere = (name: string) => (): never => {
  throw new Error(`$${name} is not available in a rule table: a decision must come out the same every time`);
};

/** @throws Error with a plain message where the text is not JSONata */
export function compileExpression(source: string): Expression {
  const jsonata = load('jsonata') as typeof Jsonata;
  let expression: Jsonata.Expression;
  try {
    expression = bounded(jsonata(source));
  } catch (error) {
    const { code, position } = error as { readonly code?: string; readonly position?: number };
    throw new Error(`is not JSONata (${code ?? 'syntax'} at character ${position ?? 0} of the expression)`, {
      cause: error,
    });
  }
  const path = plainPath(source);
  return {
    async evaluate(root, bindings, now) {
      if (path) {
        const found = walk(root, path);
        if (found !== NOT_PLAIN) return found;
      }
      const result: unknown = await expression.evaluate(root, {
        ...bindings,
        // Bound per call: JSONata's own keep the time of whichever evaluation began last.
        now: () => now.toISOString(),
        millis: () => now.getTime(),
        random: notHere('random'),
        shuffle: notHere('shuffle'),
        eval: notHere('eval'),
      });
      return Array.isArray(result) ? [...(result as readonly unknown[])] : result;
    },
  };
}

/** Most expressions are `event.data.value`: plain member access needs no interpreter. */
function plainPath(source: string): readonly string[] | null {
  return /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/.test(source) && !/^(?:and|or|in|true|false|null)$/.test(source)
    ? source.split('.')
    : null;
}

const NOT_PLAIN = Symbol('not plain');

/** Only where JSONata would do exactly the same: own members of plain objects down to a value that is no list. */
function walk(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const name of path) {
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'object' || !isPlain(value)) return NOT_PLAIN;
    value = Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
  }
  return typeof value === 'function' || Array.isArray(value) ? NOT_PLAIN : value;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
