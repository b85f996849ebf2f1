/**
 * What the gate remembers: which release it carried out last, and the newest trust store that it saw. It lies in the audit
 * trail, since that is in the environment's own store, is never changed, and shows who did what anyway.
 */
import type { AuditLog, AuditRecord, Clock } from '../../engine/index.ts';
import type { TrustStore } from '../../governance/bundle/index.ts';
import type { Release } from '../../governance/release/index.ts';

export interface RememberedRelease {
  readonly sequence: number;
  readonly hash: string;
  readonly acceptedAt: number;
}

export interface Memory {
  /** Of all that ran the one with the highest number; the log has to have it. */
  readonly last: RememberedRelease | null;
  /** What ran when something was put into force the last time; after a break-glass an earlier one than `last`. */
  readonly running: RememberedRelease | null;
  readonly trust: { readonly first: string; readonly version: number; readonly hash: string } | null;
}

export interface GateMemory {
  read(): Promise<Memory>;
  /** It is what runs from now on. */
  applied(release: Release | null, previous: string | null, actor: string): Promise<void>;
  /** Of the stores that were seen the newest. */
  sawTrust(trust: TrustStore): Promise<void>;
}

export function gateMemory(audit: AuditLog, clock: Clock, environment: string): GateMemory {
  let known: Memory | null = null;

  const newest = async (type: string): Promise<AuditRecord | undefined> =>
    (await audit.list({ type, order: 'newest-first', limit: 1 }))[0];

  const read = async (): Promise<Memory> => {
    if (known) return known;
    const [applied, trust] = await Promise.all([newest('gate.applied'), newest('gate.trust-seen')]);
    known = {
      last: applied ? rememberedIn(applied, 'last') : null,
      running: applied ? rememberedIn(applied, '') : null,
      trust: trust ? trustIn(trust) : null,
    };
    return known;
  };

  return {
    read,
    async applied(release, previous, actor) {
      const before = await read();
      const running = release && { sequence: release.sequence, hash: release.hash, acceptedAt: release.acceptedAt };
      const last = running && running.sequence >= (before.last?.sequence ?? 0) ? running : before.last;
      await audit.append([
        {
          at: clock.now(),
          type: 'gate.applied',
          actor,
          details: {
            environment,
            kind: release?.kind ?? 'nothing',
            bundle: release?.bundle ?? null,
            previous,
            ...detailsOf(running, ''),
            ...detailsOf(last, 'last'),
          },
          ...(release?.kind === 'break-glass' && { reason: release.reason }),
        },
      ]);
      known = { ...before, running, last };
    },
    async sawTrust({ first, version, hash }) {
      const before = await read();
      if (before.trust && before.trust.version >= version) return;
      const details = { environment, first, version, hash };
      await audit.append([{ at: clock.now(), type: 'gate.trust-seen', actor: 'system', details }]);
      known = { ...before, trust: { first, version, hash } };
    },
  };
}

/** `sequence`, `release`, `acceptedAt`; or `lastSequence` and so on. */
function detailsOf(one: RememberedRelease | null, prefix: string): Readonly<Record<string, string | number>> {
  if (!one) return {};
  const [sequence, release, acceptedAt] = namesOf(prefix);
  return { [sequence]: one.sequence, [release]: one.hash, [acceptedAt]: one.acceptedAt };
}

const namesOf = (prefix: string): readonly [string, string, string] =>
  prefix === ''
    ? ['sequence', 'release', 'acceptedAt']
    : [`${prefix}Sequence`, `${prefix}Release`, `${prefix}AcceptedAt`];

function rememberedIn({ details }: AuditRecord, prefix: string): RememberedRelease | null {
  const [sequence, hash, acceptedAt] = namesOf(prefix).map((name) => details[name]);
  if (typeof sequence !== 'number' || typeof hash !== 'string' || typeof acceptedAt !== 'number') return null;
  return { sequence, hash, acceptedAt };
}

function trustIn({ details }: AuditRecord): Memory['trust'] {
  const { first, version, hash } = details;
  if (typeof first !== 'string' || typeof version !== 'number' || typeof hash !== 'string') return null;
  return { first, version, hash };
}
