/** Runs all scenarios of a definition; the result has a hash that a proposal can bind to. */
import canonicalize from 'canonicalize';
import { createHash } from 'node:crypto';
import { inspectDefinition } from '../../engine/index.ts';
import { scenarioErrors } from './errors.ts';
import type { Observed } from './observed.ts';
import { readScenarios } from './read-scenarios.ts';
import { runScenario, type ScenarioResult } from './run-scenario.ts';

export interface ScenarioRequest {
  readonly definition: string;
  readonly files: Readonly<Record<string, string>>;
  /** Files of `_shared`. */
  readonly shared?: Readonly<Record<string, string>>;
  /** Only these; default: all. */
  readonly only?: readonly string[];
  /** Runtimes at a time; default 2. */
  readonly atOnce?: number;
  readonly onResult?: (result: ScenarioResult) => void;
}

export interface DefinitionResult {
  readonly definition: string;
  /** Version of the definition that ran. */
  readonly version: string;
  readonly ok: boolean;
  readonly scenarios: readonly HashedResult[];
  /** SHA-256 hex over name, version and the hashes of its scenarios: what a proposal binds to. */
  readonly hash: string;
}

export interface HashedResult extends ScenarioResult {
  /** SHA-256 hex of what came out, the same in every run: no ids, no times of the run. */
  readonly hash: string;
}

/** @throws WardflowError `scenario-not-runnable`, `scenario-runtime-failed`, `scenario-not-ready`, `scenario-stuck` */
export async function runScenarios(request: ScenarioRequest): Promise<DefinitionResult> {
  const { definition: name, files, shared, only = [], atOnce = 2, onResult } = request;
  const { definition, problems } = inspectDefinition(name, files, shared);
  const read = readScenarios(files);
  const [wrong] = [
    ...problems.map(({ file, text }) => `${file} ${text}`),
    ...read.problems.map(({ file, text }) => `${file} ${text}`),
  ];
  if (!definition || wrong !== undefined)
    throw scenarioErrors.create('scenario-not-runnable', { definition: name, reason: wrong ?? 'it is not sound' });
  const nodes = [...definition.flow, ...(shared ? (inspectDefinition('_shared', shared).definition?.flow ?? []) : [])];
  const scenarios = read.scenarios.filter((one) => only.length === 0 || only.includes(one.name));
  const results = Array.from<HashedResult | undefined>({ length: scenarios.length });
  const waiting = scenarios.map((scenario, i) => ({ scenario, i }));
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const result = await runScenario({ definition: name, files, shared, nodes }, next.scenario);
      results[next.i] = { ...result, hash: resultHash(result) };
      onResult?.(result);
    }
  };
  const workers = Array.from({ length: Math.max(1, atOnce) }, () =>
    worker().catch((error: unknown) => {
      waiting.length = 0;
      throw error;
    }),
  );
  // All of them, so that no runtime is left behind when one could not be run.
  const failed = (await Promise.allSettled(workers)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  const done = results.filter((one) => one !== undefined);
  return {
    definition: name,
    version: definition.version,
    ok: done.every(({ ok }) => ok),
    scenarios: done,
    hash: hashOf(name, definition.version, done),
  };
}

function hashOf(definition: string, version: string, results: readonly HashedResult[]): string {
  const scenarios = results.map(({ scenario, hash }) => ({ scenario, hash }));
  return sha256({ format: 1, definition, version, scenarios });
}

function resultHash({ scenario, ok, differences, compared, observed }: ScenarioResult): string {
  return sha256({ scenario, ok, compared, failed: differences.map(({ place }) => place), observed: stable(observed) });
}

const sha256 = (content: object): string =>
  createHash('sha256')
    .update(canonicalize(content) ?? '')
    .digest('hex');

/** What is the same in every run, in an order of its own: two branches of a message may end in either order. */
function stable({ effects, alerts, decisions, escalations, states, resources, messages, people }: Observed): object {
  return {
    effects: sorted(effects.map(({ of, effect, target, state, code }) => ({ of, effect, target, state, code }))),
    alerts: sorted(alerts),
    decisions: sorted(
      decisions.map(({ of, table, matched, outputs, error }) => ({ of, table, matched, outputs, error })),
    ),
    escalations: sorted(escalations),
    states: sorted(states.map(({ of, state, answer, code }) => ({ of, state, answer, code }))),
    resources: sorted(
      resources.map(({ of, endpoint, resource: { resourceType, status, priority } }) => ({
        of,
        endpoint,
        type: resourceType,
        status: status ?? null,
        priority: priority ?? null,
      })),
    ),
    // Left out where there is no receiver: what was bound to a hash before there were any has the same one.
    ...(messages.length > 0 && {
      messages: sorted(messages.map(({ of, endpoint, type, answer }) => ({ of, endpoint, type, answer }))),
    }),
    // And what has none of it, where there are no tasks, alerts or fallbacks.
    ...Object.fromEntries(
      Object.entries(people).flatMap(([name, list]: readonly [string, readonly object[]]) =>
        list.length > 0 ? [[`people.${name}`, sorted(list)]] : [],
      ),
    ),
  };
}

function sorted(list: readonly object[]): readonly object[] {
  const keyed = list.map((one) => ({ one, key: canonicalize(one) ?? '' }));
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ one }) => one);
}
