/**
 * What an analyst typed into a field, evaluated on a message: a fixed text, a property of the message, JSONata with the message
 * as its root (Node-RED's own copy, so `$env` and the rest work as elsewhere in the editor), or FHIRPath over the FHIR
 * resource that the message carries.
 */
import type { Node, NodeAPI } from 'node-red';
import { expressionErrors, FhirPathProblem, fhirRoot, isExpressionLimit, prepareFhirPath } from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import type { NamedValue, ValueKind } from './checks.ts';
import { nodeErrors } from './errors.ts';
import { textOf } from './one-line.ts';

export interface Expression {
  /** The value as plain JSON; `undefined` where it came out empty. */
  readonly evaluate: (msg: WardflowMessage) => Promise<unknown>;
  /** The value itself, such as an HL7 message: not to be changed, since it may be a part of `msg`. */
  readonly given: (msg: WardflowMessage) => Promise<unknown>;
  /** The value as text; a catalogued error where it came out empty or is no text, number or truth value. */
  readonly string: (msg: WardflowMessage) => Promise<string>;
}

/** Longest value of a field that names or labels something. */
const MAX_STRING = 512;

export function expression(RED: NodeAPI, node: Node, field: string, source: string, kind: ValueKind): Expression {
  const label = node.name || node.type;
  const details = { field, node: label };
  const given = evaluator(RED, node, source, kind, details);
  const evaluate = async (msg: WardflowMessage): Promise<unknown> => plain(await given(msg));
  return {
    evaluate,
    given,
    async string(msg) {
      const value = await evaluate(msg);
      if (value === undefined || value === null || value === '') throw nodeErrors.create('expression-empty', details);
      if (typeof value === 'object') throw nodeErrors.create('expression-kind', { ...details, expected: 'text' });
      const text = textOf(value);
      if (text.length > MAX_STRING) throw nodeErrors.create('value-too-large', { ...details, limit: MAX_STRING });
      return text;
    },
  };
}

interface Details {
  readonly field: string;
  readonly node: string;
}

function evaluator(
  RED: NodeAPI,
  node: Node,
  source: string,
  kind: ValueKind,
  details: Details,
): Expression['evaluate'] {
  switch (kind) {
    case 'str':
      return () => Promise.resolve(source);
    case 'msg':
      return (msg) => Promise.resolve(propertyOf(RED, msg, source));
    case 'jsonata': {
      const prepared = prepare(RED, node, source, details);
      return (msg) =>
        new Promise((resolve, reject) => {
          RED.util.evaluateJSONataExpression(prepared, msg, (error, value: unknown) => {
            if (isExpressionLimit(error)) reject(expressionErrors.create('expression-limit', { ...details }));
            else if (error) reject(nodeErrors.create('expression-failed', { ...details, code: jsonataCode(error) }));
            else resolve(value);
          });
        });
    }
    case 'fhirpath':
      return fhirPath(source, details);
    default:
      return kind satisfies never;
  }
}

function prepare(
  RED: NodeAPI,
  node: Node,
  source: string,
  details: Details,
): ReturnType<typeof RED.util.prepareJSONataExpression> {
  try {
    return RED.util.prepareJSONataExpression(source, node);
  } catch (error) {
    throw nodeErrors.create('expression-wrong', { ...details, code: jsonataCode(error) });
  }
}

/** One value as itself, several as a list, as JSONata gives them. */
function fhirPath(source: string, details: Details): Expression['evaluate'] {
  const told = (error: unknown): Error => {
    if (isExpressionLimit(error)) return expressionErrors.create('expression-limit', { ...details });
    if (!(error instanceof FhirPathProblem)) return error instanceof Error ? error : new Error('unknown');
    if (error.kind === 'evaluation') return nodeErrors.create('fhirpath-failed', { ...details });
    const code = error.kind === 'function' ? 'fhirpath-function' : 'fhirpath-wrong';
    return nodeErrors.create(code, { ...details, at: error.at === '' ? 'somewhere' : error.at });
  };
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw told(error);
    }
  };
  const prepared = attempt(() => prepareFhirPath(source));
  return async (msg) => {
    const root = fhirRoot(msg);
    if (root === undefined) return undefined;
    const found = attempt(() => prepared(root));
    return found.length > 1 ? found : found[0];
  };
}

function propertyOf(RED: NodeAPI, msg: WardflowMessage, path: string): unknown {
  try {
    return RED.util.getMessageProperty(msg, path);
  } catch {
    return undefined;
  }
}

/** JSONata's error codes (S0201, T2001, …) say what is wrong without quoting the data. */
function jsonataCode(error: unknown): string {
  const code: unknown = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[A-Z]\d{4}$/.test(code) ? code : 'error';
}

/** Cuts the value loose from the message and from JSONata's own array class. */
function plain(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return typeof value === 'function' ? undefined : value;
  return JSON.parse(JSON.stringify(value)) as unknown;
}

/** Rows of a list, evaluated in order. Rows that come out empty are left out; of two of one name the last counts. */
export function namedExpressions(
  ...given: Parameters<typeof expressionRows>
): (msg: WardflowMessage) => Promise<Readonly<Record<string, unknown>>> {
  const rows = expressionRows(...given);
  return async (msg) => Object.fromEntries(await rows(msg));
}

/** The same, where several rows may have one name and all count. */
export function expressionRows(
  RED: NodeAPI,
  node: Node,
  field: string,
  rows: readonly NamedValue[],
): (msg: WardflowMessage) => Promise<readonly (readonly [name: string, value: unknown])[]> {
  const prepared = rows.map((row) => ({
    name: row.name.trim(),
    value: expression(RED, node, `${field} ${row.name.trim()}`, row.value, row.kind),
  }));
  return async (msg) => {
    const out: (readonly [string, unknown])[] = [];
    for (const { name, value } of prepared) {
      const result = await value.evaluate(msg);
      if (result !== undefined && result !== null && result !== '') out.push([name, result]);
    }
    return out;
  };
}
