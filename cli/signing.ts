/** Keys and confirmations of commands that sign. */
import {
  bundleErrors,
  createKey,
  readKeyFile,
  unwrapKey,
  type KeyFile,
  type SigningKey,
  type TrustedKey,
  type TrustStore,
} from '../governance/bundle/index.ts';
import { cliErrors } from './errors.ts';
import type { Io } from './io.ts';
import { readSiteFile } from './site-file.ts';
import { safe } from './terminal.ts';

/**
 * Opens somebody's key, after the person was asked whether that is what is to be signed.
 * @throws WardflowError `not-confirmed`, `passphrase-needs-terminal`, `passphrase-wrong`, `key-file-invalid`
 */
export async function openKey(io: Io, file: string, question: string, yes = false): Promise<SigningKey> {
  const key = await readKeyFile(await readSiteFile(file), file);
  if (!yes && (await io.confirm(question)) !== 'yes') throw cliErrors.create('not-confirmed');
  return unwrapKey(key, await passphrase(io, `Passphrase of ${safe(key.person)}: `));
}

/** What a trust store says of a key that is about to sign. @throws WardflowError `key-unknown`, `key-revoked` */
export function trustedKey({ keys }: TrustStore, { id }: SigningKey, what: string): TrustedKey {
  const found = keys.find((key) => key.id === id);
  if (!found) throw bundleErrors.create('key-unknown', { key: id.slice(0, 12), what });
  if (found.revoked) throw bundleErrors.create('key-revoked', { key: id.slice(0, 12), person: found.person, what });
  return found;
}

/** A new key, its passphrase typed twice. @throws WardflowError `passphrase-*` */
export async function newKey(io: Io, person: string): Promise<KeyFile> {
  const first = await passphrase(io, 'Passphrase (12 characters or more, not stored anywhere): ');
  if ((await passphrase(io, 'The same again: ')) !== first) throw bundleErrors.create('passphrase-differs');
  return createKey(person, first);
}

async function passphrase(io: Io, question: string): Promise<string> {
  const typed = await io.secret(question);
  if (typed === null) throw bundleErrors.create('passphrase-needs-terminal');
  return typed;
}
