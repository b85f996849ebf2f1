/**
 * Runs checks and scenarios of proposals, one at a time on this machine and never within a request. What waits is in the
 * database: a restart goes on with it.
 */
import canonicalize from 'canonicalize';
import { createHash } from 'node:crypto';
import { WardflowError, type Definition } from '../../../engine/index.ts';
import type { Bundle } from '../../bundle/index.ts';
import { checkFolder } from '../../checks/check-folder.ts';
import type { Finding } from '../../checks/finding.ts';
import type { NodeCatalogue } from '../../checks/node-catalogue.ts';
import { runScenarios, type DefinitionResult, type ScenarioRequest } from '../../scenarios/run-definition.ts';
import { inTransaction } from '../store/database.ts';
import type { ProposalRun } from '../store/proposal-runs.ts';
import { inFolder, ownFilesOf } from './definition-folder.ts';
import { current, type ProposalParts } from './parts.ts';
import { isLiving } from './states.ts';

export type ScenarioRunner = (request: ScenarioRequest) => Promise<DefinitionResult>;

/** What is kept of a proposal's checks; `before` is `null` where there was nothing. */
export interface CheckedProposal {
  readonly after: readonly Finding[];
  readonly before: readonly Finding[] | null;
}

/** One scenario of one version, as it is kept. */
export interface KeptScenario {
  readonly scenario: string;
  readonly title: string;
  readonly ok: boolean;
  readonly differences: readonly string[];
}

/** What is kept of a proposal's scenarios. */
export interface ScenariosOfDefinition {
  readonly definition: string;
  /** `null`: it was not there. `not-run`: it could not be run. */
  readonly before: readonly KeptScenario[] | 'not-run' | null;
  readonly after: readonly KeptScenario[] | 'not-run' | null;
  readonly trouble: string | null;
}

export interface RunParts extends ProposalParts {
  catalogue(): Promise<NodeCatalogue>;
  readonly runner?: ScenarioRunner;
}

export interface Runs {
  wake(): void;
  /** Nothing new begins; what is running is given a moment. */
  stop(): Promise<void>;
}

const SHARED = '_shared';
/** A run that ends the console each time must not do so for ever. */
const MOST_ATTEMPTS = 3;
const STOP_MS = 1_000;

export function createRuns(parts: RunParts): Runs {
  const { runs, store, clock, log } = parts;
  const run = parts.runner ?? runScenarios;
  const stopping = new AbortController();
  const { signal } = stopping;
  let working: Promise<void> | null = null;
  runs.recover();

  const work = async (): Promise<void> => {
    for (let next = runs.next(); next && !signal.aborted; next = runs.next()) {
      runs.begin(next);
      parts.changed(next.number);
      const outcome = await outcomeOf(next);
      if (signal.aborted) return;
      end(next, outcome);
    }
  };

  const end = (which: ProposalRun, outcome: Outcome): void => {
    const { number, kind } = which;
    inTransaction(parts.database, () => {
      runs.end(which, outcome);
      const { failed, total, trouble } = outcome;
      store.addEvent(number, {
        at: clock.now(),
        actor: 'system',
        kind: kind === 'checks' ? 'checked' : 'scenarios-run',
        text:
          trouble ??
          (kind === 'checks' ? findingsInWords(failed, total) : `${total - failed} of ${total} as expected.`),
      });
    });
    parts.changed(number);
  };

  const outcomeOf = async (which: ProposalRun): Promise<Outcome> => {
    if (which.attempts >= MOST_ATTEMPTS) return failure('It was begun several times and never ended.');
    try {
      const { proposal, revision } = current(parts, which.number);
      if (proposal.revision !== which.revision || !isLiving(proposal.state))
        return failure('There is a newer revision.');
      const bundle = await parts.bundles.read(revision.bundle);
      const changed = revision.changed.map(({ name }) => name);
      const { base } = revision;
      const before = base === null ? [] : (await parts.environments.bundle(proposal.environment, base)).definitions;
      return await (which.kind === 'checks' ? check : scenarios)(bundle, before, changed);
    } catch (error) {
      if (!signal.aborted) log.error('checks or scenarios of a proposal could not be run', { error });
      return failure(error instanceof WardflowError ? error.message : 'It could not be run.');
    }
  };

  const check = async (
    { definitions }: Bundle,
    base: readonly Definition[],
    changed: readonly string[],
  ): Promise<Outcome> => {
    const after = await findingsOf(definitions, changed);
    const before = base.length === 0 ? null : await findingsOf(base, changed);
    const failed = after.filter(({ severity }) => severity === 'error').length;
    const result: CheckedProposal = { after, before };
    return outcome(failed, after.length, result);
  };

  /** What was there before is not this proposal's, unless it does not work together with it. */
  const findingsOf = async (
    definitions: readonly Definition[],
    changed: readonly string[],
  ): Promise<readonly Finding[]> => {
    const catalogue = await parts.catalogue();
    const checked = await inFolder(ownFilesOf(definitions), (folder) =>
      checkFolder({ folder, catalogue, now: new Date(clock.now()) }),
    );
    return checked.flatMap(({ definition, findings }) =>
      findings.filter(({ severity }) => changed.includes(definition) || severity === 'error'),
    );
  };

  const scenarios = async (
    { definitions }: Bundle,
    base: readonly Definition[],
    changed: readonly string[],
  ): Promise<Outcome> => {
    const all = [...new Set([...definitions, ...base].map(({ name }) => name))].filter((name) => name !== SHARED);
    const names = changed.includes(SHARED) ? all : all.filter((name) => changed.includes(name));
    const results: ScenariosOfDefinition[] = [];
    for (const name of names.toSorted()) {
      const [before, after] = [await ran(base, name), await ran(definitions, name)];
      results.push({ definition: name, before: before.kept, after: after.kept, trouble: after.trouble });
    }
    const total = results.flatMap(({ after }) => (Array.isArray(after) ? after : []));
    const notRun = results.filter(({ after }) => after === 'not-run').length;
    return outcome(total.filter(({ ok }) => !ok).length + notRun, total.length + notRun, results);
  };

  /** What a version comes to is known once it has run. */
  const ran = async (
    definitions: readonly Definition[],
    name: string,
  ): Promise<{ readonly kept: ScenariosOfDefinition['after']; readonly trouble: string | null }> => {
    const definition = definitions.find((one) => one.name === name);
    if (!definition) return { kept: null, trouble: null };
    const known = runs.known(name, definition.version);
    if (known) return { kept: JSON.parse(known.result) as readonly KeptScenario[], trouble: null };
    const own = ownFilesOf(definitions);
    const shared = own.get(SHARED);
    try {
      const files = own.get(name) ?? {};
      const result = await run({ definition: name, files, atOnce: 1, ...(shared ? { shared } : {}) });
      const kept = result.scenarios.map(({ scenario, title, ok, differences }) => ({
        scenario,
        title,
        ok,
        differences: differences.map(({ place, text }) => `${place}: ${text}`),
      }));
      if (!signal.aborted) runs.keep(name, definition.version, { hash: result.hash, result: JSON.stringify(kept) });
      return { kept, trouble: null };
    } catch (error) {
      log.warn('scenarios could not be run', { definition: name, error });
      return { kept: 'not-run', trouble: error instanceof WardflowError ? error.message : 'They could not be run.' };
    }
  };

  return {
    wake() {
      if (signal.aborted || working) return;
      working = work()
        .catch((error: unknown) => log.error('the queue of checks and scenarios stopped', { error }))
        .then(() => {
          working = null;
          // Something may have come while the last one ended.
          if (!signal.aborted && runs.next()) setImmediate(() => this.wake());
        });
    },
    async stop() {
      stopping.abort();
      await Promise.race([working, new Promise((done) => setTimeout(done, STOP_MS).unref())]);
    },
  };
}

type Outcome = Pick<ProposalRun, 'state' | 'failed' | 'total' | 'hash' | 'trouble' | 'result'>;

function outcome(failed: number, total: number, result: object): Outcome {
  const state = failed > 0 ? 'failed' : 'passed';
  return { state, failed, total, hash: hashOf(result), trouble: null, result: JSON.stringify(result) };
}

const failure = (trouble: string): Outcome => ({
  state: 'failed',
  failed: 1,
  total: 1,
  hash: null,
  trouble,
  result: null,
});

const hashOf = (result: object): string =>
  createHash('sha256')
    .update(canonicalize(result) ?? '')
    .digest('hex');

const findingsInWords = (errors: number, all: number): string =>
  all === 0 ? 'Nothing was found.' : `${errors} of ${all} findings are errors.`;
