/**
 * Evaluates what stands in a form on a sample: by Node-RED's own preparation, as nodes do, within tighter bounds than theirs,
 * and without what reaches into the runtime (its environment, stored values), which whoever may look at flows may not see.
 */
import {
  bounded,
  FhirPathProblem,
  fhirRoot,
  isExpressionLimit,
  prepareFhirPath,
  WardflowError,
  type ExpressionLimits,
  type FhirPathLimits,
} from '../../engine/index.ts';
import type { PreviewGiven, WardflowMessage } from '../services.ts';
import { previewErrors } from './errors.ts';

type Expression = Parameters<typeof bounded>[0] & { readonly _legacyMode?: boolean };

/** What is used of `RED.util`. */
export interface PreviewUtil {
  prepareJSONataExpression(source: string, node: unknown): Parameters<typeof bounded>[0];
  getMessageProperty(msg: object, path: string): unknown;
}

/** The event loop is the runtime's: what a form evaluates may hold it up for moments only. */
const LIMITS: ExpressionLimits = { timeMs: 150, depth: 200, sequence: 20_000, size: 4_000_000, counts: 'everything' };
const FHIR_PATH_LIMITS: Omit<FhirPathLimits, 'timeMs'> = { values: 50_000, characters: 1_000_000 };
/** All expressions of one preview together. */
const ALL_MS = 300;
const LONGEST_SOURCE = 20_000;
const HIDDEN = ['env', 'flowContext', 'globalContext'] as const;

export function previewValue(util: PreviewUtil, msg: WardflowMessage): PreviewGiven['value'] {
  let left = ALL_MS;
  const timed = async (work: (timeMs: number) => unknown): Promise<unknown> => {
    if (left <= 0) throw previewErrors.create('preview-expression-limit');
    const began = performance.now();
    try {
      return await work(Math.min(LIMITS.timeMs, left));
    } finally {
      left -= performance.now() - began;
    }
  };
  return async (source, kind, over) => {
    switch (kind) {
      case 'str':
        return source;
      case 'msg':
        return plain(propertyOf(util, over ?? msg, source));
      case 'jsonata':
        return timed((timeMs) => evaluated(util, source, over ?? msg, timeMs));
      case 'fhirpath':
        return timed((timeMs) => fhirPath(source, over ?? fhirRoot(msg), timeMs));
      default:
        return kind satisfies never;
    }
  };
}

function fhirPath(source: string, root: object | undefined, timeMs: number): unknown {
  try {
    const prepared = prepareFhirPath(source);
    if (root === undefined) throw previewErrors.create('preview-no-resource');
    const found = prepared(root, { ...FHIR_PATH_LIMITS, timeMs });
    return plain(found.length > 1 ? found : found[0]);
  } catch (error) {
    if (isExpressionLimit(error)) throw previewErrors.create('preview-expression-limit');
    if (!(error instanceof FhirPathProblem)) throw error;
    if (error.kind === 'evaluation') throw previewErrors.create('preview-fhirpath-failed');
    const code = error.kind === 'function' ? 'preview-fhirpath-function' : 'preview-fhirpath-wrong';
    throw previewErrors.create(code, { at: error.at === '' ? 'somewhere' : error.at });
  }
}

async function evaluated(util: PreviewUtil, source: string, over: object, timeMs: number): Promise<unknown> {
  if (source.length > LONGEST_SOURCE) throw previewErrors.create('preview-expression-limit');
  const expression = prepared(util, source, timeMs);
  const hidden = Object.fromEntries(
    HIDDEN.map((name) => [
      name,
      () => {
        throw previewErrors.create('preview-not-here', { name: `$${name}` });
      },
    ]),
  );
  try {
    // As Node-RED reads an expression that says `msg.` itself.
    const root = expression._legacyMode === true ? { msg: over } : over;
    return plain(await expression.evaluate(root, hidden));
  } catch (error) {
    if (error instanceof WardflowError) throw error;
    if (isExpressionLimit(error)) throw previewErrors.create('preview-expression-limit');
    throw previewErrors.create('preview-expression-failed', { code: codeOf(error) });
  }
}

function prepared(util: PreviewUtil, source: string, timeMs: number): Expression {
  try {
    return bounded(util.prepareJSONataExpression(source, undefined), { ...LIMITS, timeMs });
  } catch (error) {
    const position: unknown = (error as { readonly position?: unknown } | null)?.position;
    throw previewErrors.create('preview-expression-wrong', {
      code: codeOf(error),
      position: typeof position === 'number' ? position : 0,
    });
  }
}

/** JSONata's codes say what is wrong without quoting the data. */
function codeOf(error: unknown): string {
  const code: unknown = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[A-Z]\d{4}$/.test(code) ? code : 'error';
}

function propertyOf(util: PreviewUtil, over: object, path: string): unknown {
  try {
    return util.getMessageProperty(over, path);
  } catch {
    return undefined;
  }
}

/** Cut loose from the message and from JSONata's own kinds of list. */
function plain(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return typeof value === 'function' ? undefined : value;
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}
