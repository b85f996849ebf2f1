/** Proposals and people's keys over the console's database and data folder. */
import type { DatabaseSync } from 'node:sqlite';
import type { Clock, Ids, Log } from '../../../engine/index.ts';
import { loadCatalogue } from '../../checks/load-catalogue.ts';
import type { NodeCatalogue } from '../../checks/node-catalogue.ts';
import type { AuditTrail } from '../audit-trail.ts';
import { ownKeysOf, type OwnSigningKeys } from '../own-keys.ts';
import type { RuntimeClient } from '../proxy/runtime-client.ts';
import { proposalCommentsIn } from '../store/proposal-comments.ts';
import { proposalRunsIn } from '../store/proposal-runs.ts';
import { proposalsIn } from '../store/proposals.ts';
import { takenOverIn } from '../store/taken-over.ts';
import { signingKeysIn } from '../store/signing-keys.ts';
import { bundleFilesIn } from './bundle-files.ts';
import { environmentsIn } from './environments.ts';
import { createProposals, type Proposals } from './proposals.ts';
import type { ScenarioRunner } from './runs.ts';
import { stagingOf } from './staging.ts';

export interface ProposalOptions {
  readonly dataFolder: string;
  readonly flowsFolder: string;
  /** Those behind the gate. */
  readonly environments: readonly string[];
  readonly database: DatabaseSync;
  readonly audit: AuditTrail;
  readonly client: RuntimeClient;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Default: real runtimes. */
  readonly runner?: ScenarioRunner;
  onChange(number: number): void;
  /** Ids of keys that somebody has proposed to trust. */
  readonly keysAsked?: (environment: string) => Promise<ReadonlySet<string>>;
}

export function openProposals(options: ProposalOptions): {
  readonly proposals: Proposals;
  readonly ownKeys: OwnSigningKeys;
} {
  const { dataFolder, database, clock, ids, audit, runner } = options;
  const environments = environmentsIn(dataFolder, options.environments, clock);
  const proposals = createProposals({
    database,
    clock,
    ids,
    audit,
    environments,
    log: options.log,
    store: proposalsIn(database),
    comments: proposalCommentsIn(database),
    runs: proposalRunsIn(database),
    bundles: bundleFilesIn(dataFolder),
    staging: stagingOf(options.client, options.flowsFolder),
    takenOver: takenOverIn(database),
    changed: (number) => options.onChange(number),
    catalogue: installedNodes,
    ...(runner ? { runner } : {}),
  });
  const asked = options.keysAsked ?? (() => Promise.resolve(new Set<string>()));
  const ownKeys = ownKeysOf({ database, clock, audit, environments, keys: signingKeysIn(database), asked });
  return { proposals, ownKeys };
}

/** What is installed does not change while the process lives. */
let installed: Promise<NodeCatalogue> | undefined;

async function installedNodes(): Promise<NodeCatalogue> {
  installed ??= loadCatalogue();
  try {
    return await installed;
  } catch (error) {
    installed = undefined;
    throw error;
  }
}
