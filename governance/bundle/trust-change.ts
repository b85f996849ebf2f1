/** The next version of a trust store: what it may change, and making it. */
import { canonicalBytes } from './canonical.ts';
import type { PublicKeyFile } from './key-file.ts';
import type { TrustedKey, TrustStatement } from './statements.ts';
import type { TrustStore } from './trust-store.ts';

export interface TrustChange {
  readonly add?: readonly { readonly key: PublicKeyFile; readonly roles: readonly string[] }[];
  /** Key id -> roles from now on. */
  readonly roles?: Readonly<Record<string, readonly string[]>>;
  /** Key ids. */
  readonly revoke?: readonly string[];
  /** The whole new policy. */
  readonly policy?: unknown;
  readonly by: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** What of a trust store its next version is made of. */
export type TrustToChange = Pick<TrustStore, 'environment' | 'version' | 'hash' | 'keys'> & {
  readonly policy: { readonly policy: unknown };
};

/** What is to be signed by its proposer, then by approvers. Whether it may follow is judged by `appendTrust`. */
export function proposeTrust(store: TrustToChange, change: TrustChange): TrustStatement {
  const { by, at, reason } = change;
  const revoke = new Set(change.revoke);
  const kept = store.keys.map((key) => ({
    ...key,
    roles: change.roles?.[key.id] ?? key.roles,
    revoked: key.revoked ?? (revoke.has(key.id) ? { by, at, reason } : null),
  }));
  return {
    kind: 'trust-store',
    format: 1,
    environment: store.environment,
    version: store.version + 1,
    previous: store.hash,
    at,
    by,
    reason,
    policy: change.policy ?? store.policy.policy,
    keys: [...kept, ...(change.add ?? []).map(({ key, roles }) => trusted(key, roles, by, at))],
  };
}

export interface FirstTrust {
  readonly environment: string;
  readonly keys: readonly { readonly key: PublicKeyFile; readonly roles: readonly string[] }[];
  readonly policy: unknown;
  readonly by: string;
  readonly at: string;
  readonly reason?: string;
}

/** The first version, made by the ceremony. */
export const initialTrust = ({ environment, keys, policy, by, at, reason }: FirstTrust): TrustStatement => ({
  kind: 'trust-store',
  format: 1,
  environment,
  version: 1,
  previous: null,
  at,
  by,
  reason: reason ?? 'first trust store',
  policy,
  keys: keys.map(({ key, roles }) => trusted(key, roles, by, at)),
});

const trusted = (
  { id, publicKey, person }: PublicKeyFile,
  roles: readonly string[],
  addedBy: string,
  addedAt: string,
): TrustedKey => ({ id, publicKey, person, roles: roles.toSorted(), addedBy, addedAt, revoked: null });

/** People whose keys a change adds, revokes or gives other roles: they do not approve it. */
export function subjectsOf(before: readonly TrustedKey[], after: readonly TrustedKey[]): ReadonlySet<string> {
  const subjects = new Set<string>();
  for (const key of after) {
    const old = before.find(({ id }) => id === key.id);
    if (!old || !same(old, key)) subjects.add(key.person);
  }
  return subjects;
}

/** Why a version cannot follow another, whoever signed it. */
export function problemsOfChange(store: TrustStore, next: TrustStatement): string[] {
  const problems: string[] = [];
  if (next.environment !== store.environment) problems.push('it is for another environment');
  if (next.version !== store.version + 1) problems.push('its number is not the next');
  if (next.previous !== store.hash) problems.push('it follows another version');
  if (Date.parse(next.at) < Date.parse(store.statement.at)) problems.push('it is older');
  for (const old of store.keys) {
    const key = next.keys.find(({ id }) => id === old.id);
    const who = `the key ${old.id.slice(0, 12)}`;
    if (!key) problems.push(`${who} is gone: keys are revoked, never removed`);
    else if (!same({ ...old, roles: key.roles, revoked: key.revoked }, key)) problems.push(`${who} was rewritten`);
    else if (old.revoked && !same(old, key)) problems.push(`${who} was revoked and is changed`);
    else if (!old.revoked && key.revoked && key.revoked.by !== next.by)
      problems.push(`${who} is revoked by somebody else`);
  }
  for (const key of next.keys.filter(({ id }) => !store.keys.some((old) => old.id === id)))
    if (key.revoked || key.addedBy !== next.by || key.addedAt !== next.at)
      problems.push(`the key ${key.id.slice(0, 12)} does not say who adds it now`);
  return problems;
}

const same = (a: TrustedKey, b: TrustedKey): boolean => text(a) === text(b);
const text = (key: TrustedKey): string => new TextDecoder().decode(canonicalBytes(key, 'a key'));
