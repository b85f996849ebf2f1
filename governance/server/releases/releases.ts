/** Plans and releases, asked for in the console. */
import { WardflowError } from '../../../engine/index.ts';
import type {
  EnvironmentView,
  PlanAnswer,
  PlanWish,
  ReleaseAnswer,
  ReleaseWish,
  TrustView,
} from '../../api/release-contract.ts';
import { mediaType, opened, readJson, type Envelope } from '../../bundle/index.ts';
import { carryOut, planRelease, type Release } from '../../release/index.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { ReleasedProposals } from '../follow-up.ts';
import type { Environments } from './environments.ts';

export interface ReleaseParts {
  readonly dataFolder: string;
  readonly environments: Environments;
  readonly audit: AuditTrail;
  readonly now: () => number;
  readonly proposals?: ReleasedProposals;
  trustView(environment: string): Promise<TrustView | null>;
  /** What an environment runs has changed. */
  onChange(environment: string): void;
}

export interface Releases {
  view(environment: string, actor: string): Promise<EnvironmentView>;
  /** After the runtime has looked for drift. */
  check(environment: string, actor: string): Promise<EnvironmentView>;
  /** @throws what `planRelease` throws */
  plan(environment: string, wish: PlanWish, actor: string): Promise<PlanAnswer>;
  /** @throws what `carryOut` throws */
  release(environment: string, wish: ReleaseWish, actor: string): Promise<ReleaseAnswer>;
  /** Opens the proposal that follows, unless there is one. */
  followUp(environment: string, release: Release): Promise<number | null>;
}

export function createReleases(parts: ReleaseParts): Releases {
  const { dataFolder, environments, audit, now, proposals } = parts;
  const site = (environment: string, actor: string) => ({
    dataFolder,
    environment,
    runtime: environments.runtime(environment, actor),
    now,
    audit: (...[type, details, reason]: Parameters<Parameters<typeof carryOut>[0]['audit']>): void =>
      audit.append(type, actor, details, reason === undefined ? {} : { reason }),
  });
  const view = async (environment: string, actor: string): Promise<EnvironmentView> =>
    environments.view(environment, actor, await parts.trustView(environment));
  const given = async (environment: string, bundle: string): Promise<Uint8Array<ArrayBuffer> | undefined> =>
    (await proposals?.ofBundle(environment, bundle))?.file;
  const followUp = async (environment: string, release: Release): Promise<number | null> => {
    if (release.kind !== 'break-glass' || !proposals) return null;
    const { bundle, person: by, reason, sequence } = release;
    return proposals.openFollowUp({ environment, bundle, by, reason, sequence });
  };
  const refuseGivenUp = (environment: string, bundle: string, actor: string): void => {
    try {
      proposals?.refuseGivenUp(environment, bundle);
    } catch (error) {
      if (error instanceof WardflowError)
        audit.append('release.refused', actor, { environment, code: error.code, what: 'order' });
      throw error;
    }
  };
  return {
    view,
    followUp,
    async check(environment, actor) {
      const runtime = environments.runtime(environment, actor);
      if (runtime !== 'elsewhere') await runtime.current(true);
      return view(environment, actor);
    },
    async plan(environment, { bundle, kind }, actor) {
      return planRelease(site(environment, actor), { bundle, kind }, await given(environment, bundle));
    },
    async release(environment, { entry, drain }, actor) {
      const hash = bundleOf(entry);
      if (entry.payloadType === mediaType('order')) refuseGivenUp(environment, hash, actor);
      const bundle = await given(environment, hash);
      const done = await carryOut(site(environment, actor), { entry, drain, ...(bundle ? { bundle } : {}) });
      if (done.release.kind === 'order')
        await proposals
          ?.released({ environment, bundle: done.release.bundle, by: done.release.person })
          .catch(() => null);
      parts.onChange(environment);
      const { applied } = done;
      const problem = applied.kind === 'failed' ? applied.problem : null;
      return {
        environment: await view(environment, actor),
        applied: applied.kind,
        problem: problem && { code: problem.code, title: problem.message, remedy: problem.remedy },
        // It runs, whatever becomes of its proposal: whoever watches releases asks again.
        followUp: await followUp(environment, done.release).catch(() => null),
      };
    },
  };
}

const NO_BUNDLE = '0'.repeat(64);

/** What it claims to be for, to find the file; whether that is true is judged, and a refusal recorded, when it is carried out. */
function bundleOf(entry: Envelope): string {
  try {
    const json = readJson(opened(entry, 'the order').payload, 'the order', { bytes: 64 * 1024, depth: 6 });
    const { bundle } = (typeof json === 'object' && json !== null ? json : {}) as { readonly bundle?: unknown };
    return typeof bundle === 'string' && /^[0-9a-f]{64}$/.test(bundle) ? bundle : NO_BUNDLE;
  } catch (error) {
    if (error instanceof WardflowError) return NO_BUNDLE;
    throw error;
  }
}
