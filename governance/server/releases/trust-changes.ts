/** Changes of whom environments trust: proposed and signed in the console, put in force as the command line does. */
import { WardflowError } from '../../../engine/index.ts';
import type { TrustChangeView, TrustView } from '../../api/release-contract.ts';
import {
  appendTrust,
  bundleErrors,
  checkPolicy,
  opened,
  trustStatementOf,
  type Envelope,
  type TrustStatement,
  type TrustStore,
} from '../../bundle/index.ts';
import { consoleErrors } from '../../errors.ts';
import { trustChangeInWords } from '../../trust/describe-trust.ts';
import { installTrust, trustFolderOf } from '../../trust/trust-folder.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { StoredTrustChange, TrustChangeStore } from '../store/trust-changes.ts';
import type { Environments } from './environments.ts';

export interface TrustParts {
  readonly dataFolder: string;
  readonly environments: Pick<Environments, 'trust'>;
  readonly store: TrustChangeStore;
  readonly audit: AuditTrail;
  onChange(environment: string): void;
}

export interface TrustChanges {
  /** `null`: the environment has no trust store. */
  view(environment: string): Promise<TrustView | null>;
  /**
   * Signed by its proposer, who is the caller.
   * @throws what `appendTrust` throws, but for missing approvals; `trust-change-not-yours`, `trust-changes-too-many`
   */
  propose(environment: string, envelope: Envelope, username: string): Promise<TrustChangeView>;
  /** The same payload with the caller's signature. The one that completes it puts it in force. @throws as `propose` */
  sign(environment: string, id: string, envelope: Envelope, username: string): Promise<TrustChangeView>;
  /** Ids of keys that somebody has proposed to trust. */
  asked(environment: string): ReadonlySet<string>;
  /** @throws `not-found`, `trust-change-not-yours` */
  withdraw(environment: string, id: string, username: string): void;
}

const MOST_OPEN = 50;
const WHAT = 'the change';

export function createTrustChanges(parts: TrustParts): TrustChanges {
  const { dataFolder, environments, store, audit } = parts;
  const trustOf = async (environment: string): Promise<TrustStore> => {
    const trust = await environments.trust(environment);
    if (!trust) throw bundleErrors.create('trust-store-missing', { folder: trustFolderOf(dataFolder, environment) });
    return trust;
  };

  const changeIn = (environment: string, id: string): StoredTrustChange => {
    const found = store.get(environment, id);
    if (!found) throw consoleErrors.create('not-found');
    return found;
  };

  /** Puts it in force if it is complete. @returns what is missing */
  async function tryInstall(change: StoredTrustChange, trust: TrustStore, username: string): Promise<string> {
    const { environment, envelope } = change;
    const missing = await missingOf(trust, envelope);
    if (missing !== '') return missing;
    const next = await installTrust(trustFolderOf(dataFolder, environment), environment, envelope);
    store.end(change.id, 'installed');
    const details = { environment, version: next.version, before: trust.hash, after: next.hash };
    audit.append('trust.installed', `user:${username}`, details, { reason: next.statement.reason });
    return '';
  }

  /** What is refused is recorded, too. */
  async function recorded<T>(environment: string, username: string, work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      parts.onChange(environment);
      return result;
    } catch (error) {
      if (error instanceof WardflowError)
        audit.append('trust.refused', `user:${username}`, { environment, code: error.code });
      throw error;
    }
  }

  return {
    async view(environment) {
      const trust = await environments.trust(environment);
      if (!trust) return null;
      const { version, hash, policy, keys } = trust;
      const changes = await Promise.all(store.open(environment).map((change) => viewOf(change, trust)));
      return { environment, version, hash, policy: policy.policy, policyHash: policy.hash, keys, changes };
    },
    propose: (environment, envelope, username) =>
      recorded(environment, username, async () => {
        const trust = await trustOf(environment);
        if (store.open(environment).length >= MOST_OPEN) throw consoleErrors.create('trust-changes-too-many');
        const missing = await missingOf(trust, envelope);
        const statement = statementIn(envelope);
        if (statement.by !== username || !onlySignerIs(trust, envelope, username))
          throw consoleErrors.create('trust-change-not-yours');
        const change = store.add({ environment, envelope, proposer: username });
        const { reason } = statement;
        audit.append('trust.proposed', `user:${username}`, { environment, version: statement.version }, { reason });
        if (missing === '') await tryInstall(change, trust, username);
        return viewOf(change, trust);
      }),
    sign: (environment, id, envelope, username) =>
      recorded(environment, username, async () => {
        const trust = await trustOf(environment);
        const before = changeIn(environment, id);
        const looked = withOneMore(before.envelope, envelope);
        const added = looked.signatures.filter(
          ({ keyid }) => !before.envelope.signatures.some((one) => one.keyid === keyid),
        );
        if (!added.every(({ keyid }) => trust.keys.find((key) => key.id === keyid)?.person === username))
          throw consoleErrors.create('trust-change-not-yours');
        // A signature that is wrong would spoil those of the others: it must verify before it is kept.
        await missingOf(trust, looked);
        // Somebody else may have signed meanwhile: theirs stays.
        const now = changeIn(environment, id);
        const merged = withOneMore(now.envelope, envelope);
        store.sign(id, merged);
        const change = { ...now, envelope: merged };
        audit.append('trust.signed', `user:${username}`, { environment, version: statementIn(merged).version });
        await tryInstall(change, trust, username);
        return viewOf(change, trust);
      }),
    asked: (environment) =>
      new Set(store.open(environment).flatMap(({ envelope }) => statementIn(envelope).keys.map(({ id }) => id))),
    withdraw(environment, id, username) {
      const change = changeIn(environment, id);
      if (change.proposer !== username) throw consoleErrors.create('trust-change-not-yours');
      store.end(id, 'withdrawn');
      audit.append('trust.withdrawn', `user:${username}`, { environment });
      parts.onChange(environment);
    },
  };
}

/** Only approvals are missing: says which; empty: none. @throws what else is wrong */
async function missingOf(trust: TrustStore, envelope: Envelope): Promise<string> {
  try {
    await appendTrust(trust, envelope);
    return '';
  } catch (error) {
    if (!(error instanceof WardflowError) || error.code !== 'trust-change-not-approved') throw error;
    return String(error.details['missing'] ?? error.message);
  }
}

async function viewOf(change: StoredTrustChange, trust: TrustStore): Promise<TrustChangeView> {
  const { id, envelope, proposer, createdAt } = change;
  const statement = statementIn(envelope);
  const installed = statement.version <= trust.version;
  const outdated = installed || statement.previous !== trust.hash;
  const { policy } = await checkPolicy(statement.policy);
  const words = trustChangeInWords({ keys: trust.keys, policy: trust.policy.policy }, { keys: statement.keys, policy });
  let missing = 'It follows a version that is no longer the newest.';
  if (!outdated)
    try {
      missing = await missingOf(trust, envelope);
    } catch (error) {
      if (!(error instanceof WardflowError)) throw error;
      missing = error.message;
    }
  return {
    id,
    envelope,
    by: proposer,
    reason: statement.reason,
    at: createdAt,
    changes: words.keys,
    policy: words.policy,
    signedBy: envelope.signatures.flatMap(({ keyid }) => trust.keys.find((key) => key.id === keyid)?.person ?? []),
    missing,
    outdated,
  };
}

const statementIn = (envelope: Envelope): TrustStatement => trustStatementOf(opened(envelope, WHAT), WHAT);

function onlySignerIs(trust: TrustStore, { signatures }: Envelope, username: string): boolean {
  return (
    signatures.length > 0 &&
    signatures.every(({ keyid }) => trust.keys.find((key) => key.id === keyid)?.person === username)
  );
}

/** The signatures of both, of one payload. @throws `trust-change-not-yours` where there is no new one, or another payload */
function withOneMore(before: Envelope, signed: Envelope): Envelope {
  opened(signed, WHAT);
  const known = new Set(before.signatures.map(({ keyid }) => keyid));
  const added = signed.signatures.filter(({ keyid }) => !known.has(keyid));
  if (signed.payload !== before.payload || signed.payloadType !== before.payloadType || added.length === 0)
    throw consoleErrors.create('trust-change-not-yours');
  const signatures = [...before.signatures, ...added].toSorted((a, b) => (a.keyid < b.keyid ? -1 : 1));
  return { ...before, signatures };
}
