/** Makes proposals and their revisions: from what staging runs, or from a bundle for which glass was broken. */
import type { Definition } from '../../../engine/index.ts';
import type { NewProposal } from '../../api/proposal-contract.ts';
import { createBundle, higherRisk, riskOf, type Bundle, type Risk } from '../../bundle/index.ts';
import { modulesUsed, wardflowVersion } from '../../checks/modules-used.ts';
import type { NodeCatalogue } from '../../checks/node-catalogue.ts';
import type { OpenFollowUp } from '../follow-up.ts';
import type { Account } from '../store/accounts.ts';
import { inTransaction } from '../store/database.ts';
import type { TakenOver } from '../store/taken-over.ts';
import { refuseElsewhere } from './elsewhere.ts';
import { compose, differing } from './compose.ts';
import { refuseConflicts } from './conflicts.ts';
import { ownFilesOf } from './definition-folder.ts';
import { describeProposal, type Description } from './describe.ts';
import { proposalErrors } from './errors.ts';
import { current, type Current, type ProposalParts } from './parts.ts';
import type { Staging } from './staging.ts';
import { afterStep, LIVING } from './states.ts';

export interface MakeParts extends ProposalParts {
  readonly staging: Staging;
  readonly takenOver: TakenOver;
  catalogue(): Promise<NodeCatalogue>;
  /** Something waits to be run. */
  wake(): void;
}

export interface Making {
  create(by: Account, wish: NewProposal): Promise<number>;
  revise(by: Account, number: number, summary: string): Promise<void>;
  readonly followUp: OpenFollowUp;
}

export const MOST_LIVING = 200;

interface Content extends Description {
  readonly bundle: Bundle;
  /** By which it is judged: also that of what it changes. */
  readonly risk: Risk;
  /** Who deployed on staging what it changes. */
  readonly editors: readonly string[];
}

export function makingOf(parts: MakeParts): Making {
  const { store, audit, clock } = parts;

  /** What staging runs, on what the environment runs now. */
  const taken = async (by: Account, environment: string, chosen: readonly string[]): Promise<Content> => {
    const state = await parts.environments.read(environment);
    const actor = `user:${by.username}`;
    const staging = await parts.staging.definitions(actor);
    const base = state.base === null ? null : await parts.environments.bundle(environment, state.base);
    const { definitions, changed } = await compose({ environment, base: base?.definitions ?? null, staging, chosen });
    if (base) await refuseConflicts(base.definitions, staging, changed, { ...parts, environment, actor });
    const description = describeProposal(base?.definitions ?? [], definitions, changed);
    refuseElsewhere(by, description.changed);
    const catalogue = await parts.catalogue();
    const [only] = changed;
    const bundle = await createBundle({
      name: changed.length === 1 && only !== undefined && only !== '_shared' ? only : 'all',
      base: state.base,
      engine: wardflowVersion(),
      modules: modulesUsed(definitions, catalogue),
      definitions,
    });
    await parts.bundles.write(bundle);
    const versionIn = (all: readonly Definition[] | undefined, name: string): string | null =>
      all?.find((one) => one.name === name)?.version ?? null;
    const at = state.releases.findLast((one) => one.bundle === state.base)?.acceptedAt ?? 0;
    const editors = new Set<string>();
    for (const name of changed) {
      const to = versionIn(staging, name);
      const from = { version: versionIn(base?.definitions, name), at };
      if (to !== null) for (const one of await parts.staging.editors(name, from, to, actor)) editors.add(one);
    }
    const risk = higherRisk(riskOf(bundle), base ? riskOf(base) : undefined);
    return { ...description, bundle, risk, editors: [...editors].toSorted() };
  };

  const addRevision = (number: number, revision: number, at: number, { bundle, ...description }: Content): void => {
    store.addRevision({
      number,
      revision,
      at,
      bundle: bundle.hash,
      base: bundle.manifest.base,
      policy: null,
      ...description,
    });
    for (const kind of ['checks', 'scenarios'] as const) parts.runs.queue(number, revision, kind, at);
  };

  const refuseTooMany = (): void => {
    if (store.list({ states: LIVING, limit: MOST_LIVING }).length >= MOST_LIVING)
      throw proposalErrors.create('proposal-too-many', { limit: MOST_LIVING });
  };

  const begin = (
    actor: string,
    row: Omit<Parameters<typeof store.insert>[0], 'at'>,
    content: Content,
    text: string,
  ): number => {
    const number = inTransaction(parts.database, () => {
      const at = clock.now();
      const made = store.insert({ ...row, at });
      addRevision(made, 1, at, content);
      store.addEvent(made, { at, actor, kind: 'created', text });
      const { environment, title } = row;
      audit.append('proposal.created', actor, { proposal: made, environment, title, bundle: content.bundle.hash });
      return made;
    });
    parts.changed(number);
    parts.wake();
    return number;
  };

  return {
    async create(by, { environment, definitions, title, summary }) {
      refuseTooMany();
      const content = await taken(by, environment, definitions);
      const author = by.username;
      const row = { environment, title, summary, author, chosen: definitions, follows: null };
      return begin(`user:${author}`, row, content, 'Made of what staging runs.');
    },

    async revise(by, number, summary) {
      const found: Current = current(parts, number);
      const { proposal } = found;
      if (proposal.author !== by.username)
        throw proposalErrors.create('proposal-not-author', { author: proposal.author });
      const impossible = (): Error =>
        proposalErrors.create('proposal-state', { state: proposal.state, action: 'a new revision' });
      if (afterStep(proposal.state, 'revise') === null) throw impossible();
      const content = await taken(by, proposal.environment, proposal.chosen);
      const actor = `user:${by.username}`;
      inTransaction(parts.database, () => {
        const now = current(parts, number).proposal;
        if (now.revision !== proposal.revision || now.state !== proposal.state) throw impossible();
        const at = clock.now();
        const revision = proposal.revision + 1;
        addRevision(number, revision, at, content);
        store.update(number, { state: 'draft', outdated: null, summary, revision }, at);
        store.addEvent(number, { at, actor, kind: 'revised', text: `Revision ${revision}.` });
        const { environment } = proposal;
        audit.append('proposal.revised', actor, {
          proposal: number,
          environment,
          revision,
          bundle: content.bundle.hash,
        });
      });
      parts.changed(number);
      parts.wake();
    },

    async followUp({ environment, sequence, bundle: hash, by: person, reason }) {
      const known = store.followUpOf(environment, sequence);
      if (known !== undefined) return known;
      // It may have been proposed before somebody could not wait for it.
      const proposed = store.ofBundle(hash).find((number) => {
        const { proposal, revision } = current(parts, number);
        return (
          revision.bundle === hash &&
          proposal.environment === environment &&
          afterStep(proposal.state, 'withdraw') !== null
        );
      });
      if (proposed !== undefined) {
        store.update(proposed, { follows: sequence }, clock.now());
        parts.changed(proposed);
        return proposed;
      }
      const bundle = await parts.environments.bundle(environment, hash);
      const { base } = bundle.manifest;
      const changes = base === null ? null : await parts.environments.bundle(environment, base);
      const before = changes?.definitions ?? [];
      const changed = differing(ownFilesOf(before), ownFilesOf(bundle.definitions));
      await parts.bundles.write(bundle);
      const row = {
        environment,
        title: `After glass was broken (release ${sequence})`,
        summary: reason,
        author: person,
        chosen: changed,
        follows: sequence,
      };
      const risk = higherRisk(riskOf(bundle), changes ? riskOf(changes) : undefined);
      const content = { bundle, risk, editors: [], ...describeProposal(before, bundle.definitions, changed) };
      return begin('system', row, content, `Opened after ${person} broke glass.`);
    },
  };
}
