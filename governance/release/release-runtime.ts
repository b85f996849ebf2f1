/** The runtime behind the gate, as whoever carries out releases talks to it. */
import { schemaCheck, WardflowError, type SchemaCheck } from '../../engine/index.ts';
import { ACTOR_HEADER, API_ROOT } from '../../runtime/api/contract.ts';
import type { ApplyRequest, PlanRequest, ReleasePlan, RuntimeRelease } from '../../runtime/api/release-contract.ts';
import { releaseErrors } from './errors.ts';

/** `silent`: it is not started, or does not answer; `refused`: it says why not. */
export type Told<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'silent' }
  | { readonly kind: 'refused'; readonly problem: WardflowError };

export interface ReleaseRuntime {
  /** @param anew it looks for drift first */
  current(anew?: boolean): Promise<Told<RuntimeRelease>>;
  plan(request: PlanRequest): Promise<Told<ReleasePlan>>;
  apply(request: ApplyRequest): Promise<Told<RuntimeRelease>>;
}

export interface ReleaseRuntimeOptions {
  readonly environment: string;
  /** Looked up for each call: one that was started again may have another port. */
  locate(): Promise<{ readonly url: string; readonly token: string } | undefined>;
  /** `user:otto`. */
  readonly actor: string;
}

const LOOK_WITHIN_MS = 10_000;
const PLAN_WITHIN_MS = 30_000;
/** Draining takes up to 60 s. */
const APPLY_WITHIN_MS = 120_000;
const MOST_CHARACTERS = 4 * 1024 * 1024;

const problem = schemaCheck<{ readonly code: string; readonly title: string; readonly remedy: string }>({
  type: 'object',
  required: ['code', 'title', 'remedy'],
  properties: { code: { type: 'string' }, title: { type: 'string' }, remedy: { type: 'string' } },
});
const LIST = { type: 'array', items: { type: 'object' } };
const HASH_OR_NULL = { anyOf: [{ type: 'string' }, { type: 'null' }] };
const release = schemaCheck<RuntimeRelease>({
  type: 'object',
  required: ['environment', 'running', 'problem', 'drift', 'checkedAt'],
  properties: {
    environment: { type: 'string' },
    running: { anyOf: [{ type: 'object' }, { type: 'null' }] },
    problem: { anyOf: [{ type: 'object' }, { type: 'null' }] },
    drift: LIST,
    checkedAt: { type: 'number' },
  },
});
const plan = schemaCheck<ReleasePlan>({
  type: 'object',
  required: ['bundle', 'running', 'definitions', 'feeds', 'unbound', 'refusals'],
  properties: {
    bundle: { type: 'string' },
    running: HASH_OR_NULL,
    definitions: LIST,
    feeds: LIST,
    unbound: LIST,
    refusals: LIST,
  },
});

export function createReleaseRuntime(options: ReleaseRuntimeOptions): ReleaseRuntime {
  const { environment, actor } = options;
  async function ask<T>(
    method: 'GET' | 'POST',
    path: string,
    body: object | undefined,
    withinMs: number,
    shape: SchemaCheck<T>,
  ): Promise<Told<T>> {
    const target = await options.locate();
    if (!target) return { kind: 'silent' };
    let text: string;
    let ok: boolean;
    try {
      const response = await fetch(`${target.url}${API_ROOT}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${target.token}`,
          [ACTOR_HEADER]: actor,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(withinMs),
      });
      ok = response.ok;
      text = await response.text();
    } catch {
      return { kind: 'silent' };
    }
    const json = jsonIn(text);
    if (ok && shape.accepts(json)) return { kind: 'answer', value: json };
    if (ok || !problem.accepts(json))
      return { kind: 'refused', problem: releaseErrors.create('release-answer-unreadable', { environment }) };
    const { code, title, remedy } = json;
    return { kind: 'refused', problem: new WardflowError(code, { class: 'permanent', text: title, remedy }) };
  }
  return {
    current: (anew = false) =>
      anew
        ? ask('POST', '/release/check', {}, PLAN_WITHIN_MS, release)
        : ask('GET', '/release', undefined, LOOK_WITHIN_MS, release),
    plan: (request) => ask('POST', '/release/plan', request, PLAN_WITHIN_MS, plan),
    apply: (request) => ask('POST', '/release/apply', request, APPLY_WITHIN_MS, release),
  };
}

function jsonIn(text: string): unknown {
  if (text.length > MOST_CHARACTERS) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
