/** The trust store of an environment: whose keys count there, and under which policy. */
import {
  addSignature,
  bundleErrors,
  firstTrust,
  initialTrust,
  opened,
  proposeTrust,
  readJson,
  readPolicy,
  readPublicKey,
  signStatement,
  subjectsOf,
  trustStatementOf,
  type Envelope,
  type PublicKeyFile,
  type TrustStatement,
  type TrustStore,
} from '../../governance/bundle/index.ts';
import { cliErrors } from '../errors.ts';
import type { Io } from '../io.ts';
import { openKey, trustedKey } from '../signing.ts';
import { readSiteFile, writeSiteFile } from '../site-file.ts';
import { columns, json, safe } from '../terminal.ts';
import { adoptTrust, hasTrust, installTrust, keepTrust } from '../../governance/trust/trust-folder.ts';
import { environmentName, openTrust, trustFolder, type TrustOptions } from '../trust-folder.ts';
import { join } from 'node:path';

export interface TrustInitOptions extends TrustOptions {
  readonly as: string;
  readonly key: readonly string[];
  readonly policy?: string;
  readonly yes?: boolean;
}

/** The ceremony: makes the first version and prints the hash that it is known by from then on. */
export async function initTrust(io: Io, options: TrustInitOptions): Promise<void> {
  const folder = trustFolder(io, options);
  if (await hasTrust(folder)) throw bundleErrors.create('trust-store-exists', { folder });
  const { policy } = await readPolicy(await readSiteFile(policyFile(io, options.policy)));
  const keys = await Promise.all(options.key.map(enrolment));
  for (const { key, roles } of keys) io.out(`${key.id}  ${safe(key.person)}: ${roles.join(', ')}\n`);
  const question = `Have all of them read their key to you, and shall they decide for ${options.environment}?`;
  const key = await openKey(io, options.as, question, options.yes);
  const statement = initialTrust({
    environment: environmentName(options.environment),
    keys,
    policy,
    by: key.person,
    at: new Date(io.now()).toISOString(),
  });
  const store = await firstTrust(await signStatement(statement, key));
  await keepTrust(folder, store);
  io.out(`The trust store of ${store.environment} is in ${folder}.\nWrite down its hash: ${store.hash}\n`);
}

export async function showTrust(io: Io, options: TrustOptions & { readonly json?: boolean }): Promise<void> {
  const store = await openTrust(io, options);
  const { environment, version, first, hash, keys, policy } = store;
  if (options.json === true) return io.out(json({ environment, version, first, hash, policy: policy.hash, keys }));
  io.out(
    `environment  ${environment}\nversion      ${version}\nbegan with   ${first}\nis now       ${hash}\npolicy       ${policy.hash}\n\n`,
  );
  io.out(
    columns([
      ['key', 'person', 'roles', 'added', 'revoked'],
      ...keys.map((key) => [
        key.id.slice(0, 12),
        key.person,
        key.roles.join(', ') || '-',
        `${key.addedAt.slice(0, 10)} by ${key.addedBy}`,
        key.revoked ? `${key.revoked.at.slice(0, 10)} by ${key.revoked.by}` : '-',
      ]),
    ]),
  );
}

export interface ProposeOptions extends TrustOptions {
  readonly as: string;
  readonly add: readonly string[];
  readonly revoke: readonly string[];
  readonly policy?: string;
  readonly reason: string;
  readonly out: string;
  readonly yes?: boolean;
}

/** Writes the next version, signed by its proposer, for approvers to sign. */
export async function proposeTrustChange(io: Io, options: ProposeOptions): Promise<void> {
  const store = await openTrust(io, options);
  const change = {
    add: await Promise.all(options.add.map(enrolment)),
    revoke: options.revoke.map((id) => keyIn(store, id)),
    ...(options.policy === undefined ? {} : { policy: (await readPolicy(await readSiteFile(options.policy))).policy }),
    reason: options.reason,
    at: new Date(io.now()).toISOString(),
  };
  const draft = proposeTrust(store, { ...change, by: 'nobody' });
  io.out(changesIn(store, draft));
  const key = await openKey(io, options.as, 'Propose this?', options.yes);
  const envelope = await signStatement(proposeTrust(store, { ...change, by: key.person }), key);
  await writeSiteFile(options.out, text(envelope));
  io.out(`${options.out} is proposed by ${key.person}; now approvers sign it: "npx wardflow trust sign".\n`);
}

export async function signTrustChange(
  io: Io,
  file: string,
  options: TrustOptions & { readonly as: string; readonly yes?: boolean },
): Promise<void> {
  const store = await openTrust(io, options);
  const envelope = await changeIn(file);
  io.out(changesIn(store, trustStatementOf(opened(envelope, file), file)));
  const key = await openKey(io, options.as, 'Approve this?', options.yes);
  // A signature that nobody trusts would spoil those of the others.
  trustedKey(store, key, options.as);
  await writeSiteFile(file, text(await addSignature(envelope, key)), { force: true });
  io.out(`Signed by ${key.person}.\n`);
}

/** Puts a change that is approved in force. */
export async function installTrustChange(io: Io, file: string, options: TrustOptions): Promise<void> {
  const { environment, pin } = options;
  const next = await installTrust(trustFolder(io, options), environment, await changeIn(file), pin);
  io.out(`Version ${next.version} of the trust store of ${next.environment} is in force: ${next.hash}\n`);
}

/** On a host whose releases are ordered on another: the same trust store, known by what people wrote down. */
export async function adoptTrustStore(
  io: Io,
  file: string,
  options: TrustOptions & { readonly pin: string },
): Promise<void> {
  const { environment, pin } = options;
  const folder = trustFolder(io, options);
  const store = await adoptTrust(folder, environment, await readSiteFile(file), pin);
  io.out(`Version ${store.version} of the trust store of ${environment} is in ${folder}.\n`);
}

/** What a person has to know before signing it. */
function changesIn(store: TrustStore, next: TrustStatement): string {
  const lines = [`Version ${next.version} of the trust store of ${safe(next.environment)}: ${safe(next.reason)}`];
  if (next.previous !== store.hash) lines.push('IT DOES NOT FOLLOW THE VERSION THAT IS IN FORCE');
  if (JSON.stringify(next.policy) !== JSON.stringify(store.policy.policy))
    lines.push('another policy:', safe(JSON.stringify(next.policy)));
  const subjects = subjectsOf(store.keys, next.keys);
  for (const key of next.keys.filter(({ person }) => subjects.has(person))) {
    const old = store.keys.find(({ id }) => id === key.id);
    const what = key.revoked ? 'revoked' : old ? 'is' : 'is new';
    lines.push(`key ${key.id} of ${safe(key.person)} ${what}: ${key.roles.map(safe).join(', ')}`);
  }
  for (const { id, person } of store.keys)
    if (!next.keys.some((key) => key.id === id)) lines.push(`KEY ${id} of ${safe(person)} IS GONE`);
  return `${lines.join('\n')}\n`;
}

/** `<file>=<role>,<role>` */
async function enrolment(option: string): Promise<{ readonly key: PublicKeyFile; readonly roles: readonly string[] }> {
  const at = option.lastIndexOf('=');
  const [file, roles] = [option.slice(0, at), option.slice(at + 1).split(',')];
  if (at < 1 || !roles.every((role) => /^[a-z][a-z-]{0,62}$/.test(role)))
    throw cliErrors.create('option-invalid', { option: 'A key', takes: '<file>=<role>,<role>' });
  return { key: await readPublicKey(await readSiteFile(file), file), roles };
}

/** By its beginning, if only one has it. */
function keyIn({ keys }: TrustStore, id: string): string {
  const found = id.length < 8 ? [] : keys.filter((key) => key.id.startsWith(id));
  if (found.length === 1 && found[0]) return found[0].id;
  throw cliErrors.create('option-invalid', {
    option: '--revoke',
    takes: 'the first 8 or more digits of a key in the trust store',
  });
}

async function changeIn(file: string): Promise<Envelope> {
  const envelope = readJson(await readSiteFile(file), file);
  opened(envelope, file);
  return envelope as Envelope;
}

const policyFile = (io: Io, file: string | undefined): string =>
  file ?? join(io.config().flowsFolder, '_policy', 'policy.json');
const text = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
