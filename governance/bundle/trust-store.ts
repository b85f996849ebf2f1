/**
 * The trust store of an environment: a chain of versions, each signed by its proposer and by enough approvers of the
 * version before, under the policy of the version before. The first is made by a ceremony and trusted by its hash.
 */
import { fromBase64 } from './base64.ts';
import { sha256, type Bytes } from './bytes.ts';
import { isSigned, opened, type Envelope, type OpenedEnvelope } from './dsse.ts';
import { bundleErrors } from './errors.ts';
import { keyId } from './key-file.ts';
import { checkPolicy, type HashedPolicy } from './policy.ts';
import { parseStatement } from './read-statement.ts';
import { mediaType, type TrustedKey, type TrustStatement } from './statements.ts';
import { readJson } from './strict-json.ts';
import { problemsOfChange, subjectsOf } from './trust-change.ts';
import { lockedOut, trustSeating } from './trust-seats.ts';
import { missingInWords } from './seats.ts';

/** How it is kept: all versions, oldest first. */
export interface TrustStoreFile {
  readonly kind: 'trust-store-chain';
  readonly format: 1;
  readonly versions: readonly Envelope[];
}

/** What is kept where nobody who can change the store can change it. */
export interface TrustPin {
  readonly kind: 'trust-pin';
  readonly format: 1;
  readonly environment: string;
  /** Hash of version 1. */
  readonly first: string;
  /** The newest version that was seen: an older store, in which a key was not revoked yet, is refused. */
  readonly version: number;
  readonly head: string;
}

export interface TrustStore {
  readonly environment: string;
  readonly version: number;
  /** Hash of the newest version. */
  readonly hash: string;
  readonly first: string;
  readonly keys: readonly TrustedKey[];
  readonly policy: HashedPolicy;
  readonly file: TrustStoreFile;
  readonly statement: TrustStatement;
}

const LIMITS = { bytes: 32 * 1024 * 1024, depth: 6 };
const MOST_VERSIONS = 10_000;

/**
 * Reads and verifies the whole chain.
 * @param pin without one only the chain itself is verified: it may be a chain that somebody made up
 * @throws WardflowError `trust-store-*`, `trust-chain-broken`, `trust-change-*`, `signature-*`, `policy-invalid`
 */
export async function readTrustStore(
  input: Bytes | string,
  pin: Omit<TrustPin, 'kind' | 'format'> | null,
): Promise<TrustStore> {
  const envelopes = envelopesOf(readJson(input, 'the trust store', LIMITS));
  let store: TrustStore | undefined;
  let pinnedSeen = false;
  for (const envelope of envelopes) {
    store = store ? await appendTrust(store, envelope) : await firstTrust(envelope);
    if (pin && store.version === 1 && store.hash !== pin.first) throw bundleErrors.create('trust-store-not-pinned');
    pinnedSeen ||= pin?.version === store.version && pin.head === store.hash;
  }
  if (!store) throw bundleErrors.create('trust-store-invalid', { problems: 'it has no version' });
  if (pin && pin.environment !== store.environment)
    throw bundleErrors.create('trust-store-of-another-environment', {
      found: store.environment,
      environment: pin.environment,
    });
  if (pin && !pinnedSeen) throw bundleErrors.create('trust-store-older-than-pinned', { version: pin.version });
  return store;
}

/**
 * The store as it was: what was done under an earlier version is judged by that version's keys and policy.
 * @param of verified
 * @throws WardflowError `trust-version-unknown`
 */
export async function trustAt(
  of: TrustStore,
  { version, hash }: { readonly version: number; readonly hash: string },
): Promise<TrustStore> {
  if (version === of.version && hash === of.hash) return of;
  const [first, ...later] = of.file.versions.slice(0, version);
  let store = first && (await firstTrust(first));
  for (const envelope of later) store = store && (await appendTrust(store, envelope));
  if (store?.version !== version || store.hash !== hash)
    throw bundleErrors.create('trust-version-unknown', { version });
  return store;
}

/** The first version: trusted by its hash alone. */
export async function firstTrust(envelope: Envelope): Promise<TrustStore> {
  const { statement, hash, policy } = await parsed(opened(envelope, 'version 1 of the trust store'), 1);
  const problems = await problemsOfKeys(statement.keys);
  if (statement.version !== 1 || statement.previous !== null) problems.push('it is not version 1');
  if (problems.length > 0) throw bundleErrors.create('trust-store-invalid', { problems: problems.join('; ') });
  const missing = lockedOut(policy.policy, statement.keys);
  if (missing !== '') throw bundleErrors.create('trust-store-locks-out', { missing });
  return {
    environment: statement.environment,
    version: 1,
    hash,
    first: hash,
    keys: statement.keys,
    policy,
    file: { kind: 'trust-store-chain', format: 1, versions: [envelope] },
    statement,
  };
}

/** The next version, if it may follow. @throws as `readTrustStore` */
export async function appendTrust(store: TrustStore, envelope: Envelope): Promise<TrustStore> {
  const version = store.version + 1;
  const what = `version ${version} of the trust store`;
  const open = opened(envelope, what);
  const signers = await signersOf(open, store.keys, what);
  const { statement, hash, policy } = await parsed(open, version);
  const problems = [...(await problemsOfKeys(statement.keys)), ...problemsOfChange(store, statement)];
  if (problems.length > 0) throw bundleErrors.create('trust-chain-broken', { version, problems: problems.join('; ') });
  if (!signers.some(({ person }) => person === statement.by))
    throw bundleErrors.create('trust-change-unsigned', { version, person: statement.by });
  // Before approvals are asked for: nobody shall sign what could never be put in force.
  const missing = lockedOut(policy.policy, statement.keys);
  if (missing !== '') throw bundleErrors.create('trust-store-locks-out', { missing });
  const excluded = new Set([statement.by, ...subjectsOf(store.keys, statement.keys)]);
  const seating = trustSeating(
    store.policy.policy,
    signers.filter(({ person }) => !excluded.has(person)),
  );
  if (!seating.satisfied)
    throw bundleErrors.create('trust-change-not-approved', { version, missing: missingInWords(seating) });
  return {
    ...store,
    version,
    hash,
    keys: statement.keys,
    policy,
    statement,
    file: { ...store.file, versions: [...store.file.versions, envelope] },
  };
}

/** What a change says, before it is signed or judged: to be shown to the person who is to sign it. */
export const trustStatementOf = (envelope: OpenedEnvelope, what: string): TrustStatement =>
  parseStatement('trust-store', envelope, what);

/** What to pin once a store has been verified. */
export const pinOf = ({ environment, first, version, hash }: TrustStore): TrustPin => ({
  kind: 'trust-pin',
  format: 1,
  environment,
  first,
  version,
  head: hash,
});

/** @throws WardflowError `trust-store-invalid`, or what `readJson` throws */
export function readPin(input: Bytes | string): TrustPin {
  const json = readJson(input, 'the pin of the trust store', LIMITS) as Partial<TrustPin> | null;
  const isHash = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
  if (
    json?.kind !== 'trust-pin' ||
    json.format !== 1 ||
    typeof json.environment !== 'string' ||
    !Number.isSafeInteger(json.version) ||
    !isHash(json.first) ||
    !isHash(json.head)
  )
    throw bundleErrors.create('trust-store-invalid', { problems: 'its pin is not readable' });
  return json as TrustPin;
}

function envelopesOf(json: unknown): readonly Envelope[] {
  const { kind, format, versions } = (json ?? {}) as Partial<Record<keyof TrustStoreFile, unknown>>;
  if (kind !== 'trust-store-chain' || format !== 1 || !Array.isArray(versions) || versions.length > MOST_VERSIONS)
    throw bundleErrors.create('trust-store-invalid', { problems: 'it is no chain of versions' });
  return versions as readonly Envelope[];
}

async function parsed(
  envelope: OpenedEnvelope,
  version: number,
): Promise<{ readonly statement: TrustStatement; readonly hash: string; readonly policy: HashedPolicy }> {
  const what = `version ${version} of the trust store`;
  if (envelope.payloadType !== mediaType('trust-store'))
    throw bundleErrors.create('statement-type-unexpected', { what });
  const statement = parseStatement('trust-store', envelope, what);
  return { statement, hash: await sha256(envelope.payload), policy: await checkPolicy(statement.policy) };
}

/** The keys that signed; one that is wrong, unknown or revoked refuses all. */
async function signersOf(
  envelope: OpenedEnvelope,
  keys: readonly TrustedKey[],
  what: string,
): Promise<readonly TrustedKey[]> {
  const signers: TrustedKey[] = [];
  for (const { keyId: id, signature } of envelope.signatures) {
    const key = keys.find((one) => one.id === id);
    if (!key) throw bundleErrors.create('key-unknown', { key: id.slice(0, 12), what });
    if (!(await isSigned(envelope, signature, fromBase64(key.publicKey) ?? new Uint8Array())))
      throw bundleErrors.create('signature-invalid', { what });
    if (key.revoked) throw bundleErrors.create('key-revoked', { key: id.slice(0, 12), person: key.person, what });
    signers.push(key);
  }
  return signers;
}

async function problemsOfKeys(keys: readonly TrustedKey[]): Promise<string[]> {
  const problems: string[] = [];
  if (new Set(keys.map(({ id }) => id)).size < keys.length) problems.push('a key is there twice');
  for (const { id, publicKey } of keys) {
    const bytes = fromBase64(publicKey);
    if (bytes?.length !== 32 || (await keyId(bytes)) !== id)
      problems.push(`the key ${id.slice(0, 12)} is not what its id says`);
  }
  return problems;
}
