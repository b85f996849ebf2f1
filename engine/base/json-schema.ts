/**
 * JSON Schema (2020-12) checks with sentences for people. Ajv is loaded at the first check only: it is heavy, and most
 * processes that import the engine read one or two kinds of file.
 */
import { createRequire } from 'node:module';
import type * as AjvModule from 'ajv/dist/2020.js';
import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import type { FormatsPlugin } from 'ajv-formats';
import { nearest } from './nearest.ts';

export interface Problem {
  /** JSON pointer written for people: `rows[2].when[0]`; empty for the whole file. */
  readonly place: string;
  /** Half a sentence that follows the place: `must be a number`. */
  readonly what: string;
}

export interface SchemaCheck<T> {
  /** All problems; none: the value is a `T`. */
  problems(value: unknown): readonly Problem[];
  accepts(value: unknown): value is T;
}

const load = createRequire(import.meta.url);
const MOST_PROBLEMS = 20;

/** `schema` must refuse unknown keys itself (`additionalProperties: false`): strict mode only guards its spelling. */
export function schemaCheck<T>(schema: object): SchemaCheck<T> {
  let validate: ValidateFunction<T> | undefined;
  const compiled = (): ValidateFunction<T> => (validate ??= newAjv().compile<T>(schema));
  return {
    accepts: (value): value is T => compiled()(value),
    problems(value) {
      const check = compiled();
      if (check(value)) return [];
      const problems = (check.errors ?? []).filter((error) => !REDUNDANT.has(error.keyword)).map(problemOf);
      const unique = new Map(problems.map((problem) => [`${problem.place} ${problem.what}`, problem]));
      return [...unique.values()].slice(0, MOST_PROBLEMS);
    },
  };
}

function newAjv(): Ajv2020 {
  const { Ajv2020: Ajv } = load('ajv/dist/2020.js') as typeof AjvModule;
  const formats = load('ajv-formats') as { readonly default: FormatsPlugin };
  const ajv = new Ajv({ strict: true, allErrors: true, verbose: true, allowUnionTypes: true });
  formats.default(ajv);
  return ajv;
}

/** These only repeat what another error of the same place says better. */
const REDUNDANT = new Set(['if', 'anyOf', 'oneOf']);

function problemOf(error: ErrorObject): Problem {
  const place = placeOf(error.instancePath);
  const params = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const key = String(params['additionalProperty'] ?? params['unevaluatedProperty']);
      const known = Object.keys((error.parentSchema?.['properties'] as object | undefined) ?? {});
      const guess = nearest(key, known);
      return { place, what: `has an unknown key "${key}"${guess === undefined ? '' : ` (did you mean "${guess}"?)`}` };
    }
    case 'required':
      return { place, what: `lacks "${String(params['missingProperty'])}"` };
    case 'enum':
      return {
        place,
        what: `must be one of ${(params['allowedValues'] as unknown[]).map((v) => JSON.stringify(v)).join(', ')}`,
      };
    case 'const':
      return { place, what: `must be ${JSON.stringify(params['allowedValue'])}` };
    case 'pattern': {
      const told: unknown = error.parentSchema?.['description'];
      return { place, what: `must be ${typeof told === 'string' ? told : `text like ${String(params['pattern'])}`}` };
    }
    case 'format':
      return { place, what: `must be a valid ${String(params['format'])}` };
    case 'not':
      return { place, what: 'has a value that is not allowed here' };
    default:
      return { place, what: error.message ?? 'is not valid' };
  }
}

function placeOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path === '' ? part : `${path}.${part}`), '');
}

/** `file: place what` lines for a list in an error text. */
export const describeProblems = (problems: readonly Problem[]): string =>
  problems.map(({ place, what }) => (place === '' ? `the file ${what}` : `${place} ${what}`)).join('; ');
