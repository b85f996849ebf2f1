/** FHIRPath for the rules of the standard that are not checked in code; @medplum/core is loaded by the first call. */
import type { FhirPathAtom, TypedValue } from '@medplum/core';
import type { Constraint } from './definitions.ts';

export interface ExpressionContext {
  readonly resource: TypedValue;
  /** The outermost, for what is contained. */
  readonly root: TypedValue;
}

export interface Expressions {
  /** `true` also where the expression gives nothing, or cannot be evaluated. */
  holds(constraint: Constraint, type: string, value: unknown, context: ExpressionContext): boolean;
  /** Keys of rules that could not be evaluated for once, so that a test sees them. */
  readonly silent: ReadonlySet<string>;
}

const UCUM = { type: 'uri', value: 'http://unitsofmeasure.org' };

export async function loadExpressions(): Promise<Expressions> {
  const { evalFhirPathTyped, parseFhirPath } = await import('@medplum/core');
  const parsed = new Map<string, FhirPathAtom>();
  const silent = new Set<string>();
  const parse = (expression: string): FhirPathAtom => {
    const known = parsed.get(expression) ?? parseFhirPath(expression);
    parsed.set(expression, known);
    return known;
  };
  return {
    silent,
    holds({ key, expression }, type, value, { resource, root }) {
      const input = { type, value };
      const variables = { '%resource': resource, '%rootResource': root, '%context': input, '%ucum': UCUM };
      try {
        const found = evalFhirPathTyped(parse(expression), [input], variables);
        return !(found.length === 1 && found[0]?.value === false);
      } catch (error) {
        // The end of the time given is no matter of the expression.
        if (error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
        silent.add(key);
        return true;
      }
    },
  };
}
