/**
 * The key of the signed heads: outside of every database, readable by the console's user only. Unlike people's keys no
 * passphrase guards it: the console signs by itself, day and night.
 */
import { chmodSync, closeSync, existsSync, fsyncSync, lstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../../engine/index.ts';
import { fromBase64, toBase64 } from '../../bundle/base64.ts';
import { readJson, readPublicKey, sha256, type PublicKeyFile, type SigningKey } from '../../bundle/index.ts';
import { auditErrors } from '../errors.ts';
import type { HeadKeys } from './head-statement.ts';

/** Below the data folder; runtimes neither read nor write it (supervisor/runtime-flags.ts). */
export const headsFolder = (dataFolder: string): string => join(dataFolder, 'audit-heads');
export const headsFile = (folder: string): string => join(folder, 'heads.jsonl');
export const publicKeyFile = (folder: string): string => join(folder, 'public-key.json');
const keyFile = (folder: string): string => join(folder, 'signing-key.json');

/** Who signs, as a public key file names people. */
const SIGNER = 'wardflow-audit-heads';
const LIMITS = { bytes: 10_000, depth: 2 };

/**
 * The key of the folder, made at the first start. A new one is never put beside heads that another has signed: what cannot
 * be told apart from an attack has to be seen by a person.
 *
 * @throws WardflowError `audit-key-missing`, `audit-key-unusable`, `audit-heads-unwritable`
 */
export async function ensureHeadKey(folder: string): Promise<SigningKey> {
  try {
    makeFolder(folder);
    chmodSync(folder, 0o700);
    if (existsSync(keyFile(folder))) return await readKey(folder);
    if (existsSync(headsFile(folder))) throw auditErrors.create('audit-key-missing', { folder });
    return await makeKey(folder);
  } catch (error) {
    const system = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (/^E[A-Z]+$/.test(system))
      throw auditErrors.create('audit-heads-unwritable', { folder, system }, { cause: error });
    throw error;
  }
}

/** The public part, for whoever verifies. @throws WardflowError of the key file's reader, or the system's */
export async function readHeadKeys(files: readonly string[]): Promise<HeadKeys> {
  const read = await Promise.all(files.map((file) => readPublicKey(readFileSync(file, 'utf8'), 'the public key')));
  return new Map(read.map(({ id, publicKey }) => [id, fromBase64(publicKey) ?? new Uint8Array()]));
}

async function makeKey(folder: string): Promise<SigningKey> {
  const { subtle } = globalThis.crypto;
  const pair = await subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw new TypeError('no key pair was made');
  const raw = new Uint8Array(await subtle.exportKey('raw', pair.publicKey));
  const id = await sha256(raw);
  const publicKey = toBase64(raw);
  const privateKey = toBase64(new Uint8Array(await subtle.exportKey('pkcs8', pair.privateKey)));
  writeDurably(keyFile(folder), { kind: 'audit-head-key', format: 1, id, publicKey, privateKey }, 0o600);
  tell(folder, id, publicKey);
  return { id, person: SIGNER, privateKey: pair.privateKey };
}

async function readKey(folder: string): Promise<SigningKey> {
  const refuse = (why: string): never => {
    throw auditErrors.create('audit-key-unusable', { folder, why });
  };
  const found = lstatSync(keyFile(folder));
  if (!found.isFile()) return refuse('it is no file of its own');
  if ((found.mode & 0o077) !== 0) return refuse('others may read or write it');
  const json = readJson(readFileSync(keyFile(folder), 'utf8'), 'the key', LIMITS);
  const member = (name: string): string => {
    const value = typeof json === 'object' && json !== null ? (json as Record<string, unknown>)[name] : undefined;
    return typeof value === 'string' ? value : '';
  };
  const [publicKey, pkcs8] = [fromBase64(member('publicKey')), fromBase64(member('privateKey'))];
  if (member('kind') !== 'audit-head-key' || !publicKey || !pkcs8) return refuse('it is not of the right form');
  const id = await sha256(publicKey);
  if (id !== member('id')) return refuse('its id is not that of its public key');
  tell(folder, id, member('publicKey'));
  try {
    const privateKey = await globalThis.crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']);
    return { id, person: SIGNER, privateKey };
  } catch {
    return refuse('it is no Ed25519 key');
  }
}

/** Writes the public key where it is not yet. */
function tell(folder: string, id: string, publicKey: string): void {
  const told: PublicKeyFile = { kind: 'public-key', format: 1, id, person: SIGNER, publicKey };
  if (!existsSync(publicKeyFile(folder))) writeDurably(publicKeyFile(folder), told, 0o644);
}

/** Exclusively: nothing that lies there already is written into, not even through a link. */
function writeDurably(file: string, content: object, mode: number): void {
  const handle = openSync(file, 'wx', mode);
  try {
    writeFileSync(handle, `${JSON.stringify(content, null, 2)}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
