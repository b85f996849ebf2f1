/** The parts of the console that are about environments behind the gate, put together. */
import type { DatabaseSync } from 'node:sqlite';
import type { Clock, Ids } from '../../../engine/index.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { ReleasedProposals } from '../follow-up.ts';
import type { ReleaseRouteParts } from '../http/release-routes.ts';
import type { RuntimeDirectory } from '../runtimes.ts';
import { trustChangesIn } from '../store/trust-changes.ts';
import { createClinicalChanges } from './clinical-changes.ts';
import { createEnvironments } from './environments.ts';
import { createReleases } from './releases.ts';
import { createTrustChanges } from './trust-changes.ts';

export interface ReleasePartsOptions {
  readonly dataFolder: string;
  readonly runtimes: RuntimeDirectory;
  readonly database: DatabaseSync;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly proposals?: ReleasedProposals;
  readonly publicOrigin?: string;
  /** What an environment runs, or whom it trusts, has changed. */
  onChange(environment: string): void;
}

export function createReleaseParts(options: ReleasePartsOptions): ReleaseRouteParts {
  const { dataFolder, runtimes, database, audit, clock, ids, proposals } = options;
  const onChange = (environment: string): void => options.onChange(environment);
  const now = (): number => clock.now();
  const given = { dataFolder, now, onChange, ...(proposals ? { proposals } : {}) };
  const environments = createEnvironments({ ...given, runtimes });
  const trust = createTrustChanges({
    dataFolder,
    environments,
    store: trustChangesIn(database, clock, ids),
    audit,
    onChange,
  });
  const trustView = trust.view.bind(trust);
  return {
    ...(options.publicOrigin === undefined ? {} : { publicOrigin: options.publicOrigin }),
    environments,
    trust,
    releases: createReleases({ ...given, environments, audit, trustView }),
    changes: createClinicalChanges({ ...given, environments }),
  };
}
