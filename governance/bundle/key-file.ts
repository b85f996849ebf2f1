/**
 * Signing keys as they are kept: an Ed25519 key that a passphrase has encrypted (PBKDF2-SHA-256 to AES-GCM). Made and used
 * in the browser and on the command line by the same code; neither the passphrase nor the private key leaves there.
 */
import { fromBase64, toBase64 } from './base64.ts';
import { sha256, utf8, type Bytes } from './bytes.ts';
import { canonicalBytes } from './canonical.ts';
import { bundleErrors } from './errors.ts';
import { readJson } from './strict-json.ts';

/** `CryptoKey`: the name is not known in both places. */
export type PrivateKey = Awaited<ReturnType<typeof globalThis.crypto.subtle.importKey>>;

/** What is told to others: goes into a trust store. */
export interface PublicKeyFile {
  readonly kind: 'public-key';
  readonly format: 1;
  /** SHA-256 of the public key's 32 bytes. */
  readonly id: string;
  readonly person: string;
  /** Base64 of 32 bytes (RFC 8032). */
  readonly publicKey: string;
}

export interface KeyFile {
  readonly kind: 'signing-key';
  readonly format: 1;
  readonly id: string;
  readonly person: string;
  readonly publicKey: string;
  readonly wrapped: {
    readonly kdf: 'PBKDF2-SHA-256';
    readonly rounds: number;
    readonly salt: string;
    readonly cipher: 'AES-256-GCM';
    readonly iv: string;
    /** The PKCS #8 form and the tag, base64. */
    readonly data: string;
  };
}

export interface SigningKey {
  readonly id: string;
  readonly person: string;
  readonly privateKey: PrivateKey;
}

export const PASSPHRASE_LEAST = 12;
const ROUNDS = 600_000;
const LIMITS = { bytes: 10_000, depth: 3 };
/** An account's name. */
const PERSON = /^[A-Za-z0-9][\w.@+-]{0,99}$/;
export const isPersonName = (text: string): boolean => PERSON.test(text);

/** Makes a key for `person`. @throws WardflowError `passphrase-too-short` */
export async function createKey(person: string, passphrase: string): Promise<KeyFile> {
  if (!PERSON.test(person)) throw new TypeError('person is no account name');
  if (passphrase.length < PASSPHRASE_LEAST)
    throw bundleErrors.create('passphrase-too-short', { least: PASSPHRASE_LEAST });
  const { crypto } = globalThis;
  const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw new TypeError('no key pair was made');
  return wrapKey(pair, person, passphrase);
}

/** Encrypts a key pair. The names beside it are authenticated: they cannot be exchanged without the passphrase. */
export async function wrapKey(
  pair: { readonly privateKey: PrivateKey; readonly publicKey: PrivateKey },
  person: string,
  passphrase: string,
): Promise<KeyFile> {
  const { crypto } = globalThis;
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const told = { id: await keyId(publicKey), person, publicKey: toBase64(publicKey) };
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const key = await wrappingKey(passphrase, salt);
  const data = await crypto.subtle.wrapKey('pkcs8', pair.privateKey, key, cipher(iv, told));
  return {
    kind: 'signing-key',
    format: 1,
    ...told,
    wrapped: {
      kdf: 'PBKDF2-SHA-256',
      rounds: ROUNDS,
      salt: toBase64(salt),
      cipher: 'AES-256-GCM',
      iv: toBase64(iv),
      data: toBase64(new Uint8Array(data)),
    },
  };
}

/** The key, which can sign and cannot be read out again. @throws WardflowError `passphrase-wrong`, `key-file-invalid` */
export async function unwrapKey(file: KeyFile, passphrase: string): Promise<SigningKey> {
  const [salt, iv, data] = [file.wrapped.salt, file.wrapped.iv, file.wrapped.data].map(fromBase64);
  if (!salt || !iv || !data) throw bundleErrors.create('key-file-invalid', { what: 'The key', problems: 'wrapped' });
  const key = await wrappingKey(passphrase, salt);
  const { id, person, publicKey } = file;
  try {
    const privateKey = await globalThis.crypto.subtle.unwrapKey(
      'pkcs8',
      data,
      key,
      cipher(iv, { id, person, publicKey }),
      'Ed25519',
      false,
      ['sign'],
    );
    return { id, person, privateKey };
  } catch {
    throw bundleErrors.create('passphrase-wrong');
  }
}

/** @throws WardflowError `key-file-invalid`, or what `readJson` throws */
export async function readKeyFile(input: Bytes | string, what: string): Promise<KeyFile> {
  const file = await checked(readJson(input, what, LIMITS), what);
  if (file.kind === 'public-key') return refuse(what, 'it has the public key only');
  return file;
}

/** The public part, of either kind of file. @throws WardflowError `key-file-invalid`, or what `readJson` throws */
export async function readPublicKey(input: Bytes | string, what: string): Promise<PublicKeyFile> {
  return publicPart(await checked(readJson(input, what, LIMITS), what));
}

export const publicPart = ({ id, person, publicKey }: KeyFile | PublicKeyFile): PublicKeyFile => ({
  kind: 'public-key',
  format: 1,
  id,
  person,
  publicKey,
});

export const keyId = (publicKey: Bytes): Promise<string> => sha256(publicKey);

async function checked(json: unknown, what: string): Promise<KeyFile | PublicKeyFile> {
  const file = strings(json);
  const bytes = fromBase64(file['publicKey'] ?? '');
  if (file['format'] !== '1') return refuse(what, 'format');
  if (!PERSON.test(file['person'] ?? '')) return refuse(what, 'person');
  if (bytes?.length !== 32) return refuse(what, 'publicKey');
  if (file['id'] !== (await keyId(bytes))) return refuse(what, 'id');
  if (file['kind'] === 'public-key') return json as PublicKeyFile;
  if (file['kind'] !== 'signing-key') return refuse(what, 'kind');
  const wrapped = strings((json as { readonly wrapped?: unknown }).wrapped);
  // Fewer rounds would let a changed file weaken the next guess; more would be a long wait.
  const fixed = { kdf: 'PBKDF2-SHA-256', rounds: String(ROUNDS), cipher: 'AES-256-GCM' };
  for (const [name, value] of Object.entries(fixed))
    if (wrapped[name] !== value) return refuse(what, `wrapped.${name}`);
  for (const [name, size] of Object.entries({ salt: 16, iv: 12, data: 64 }))
    if (fromBase64(wrapped[name] ?? '')?.length !== size) return refuse(what, `wrapped.${name}`);
  return json as KeyFile;
}

/** The texts and numbers of an object, as text. */
function strings(json: unknown): Readonly<Record<string, string>> {
  if (typeof json !== 'object' || json === null) return {};
  return Object.fromEntries(
    Object.entries(json).flatMap(([key, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[key, String(value)]] : [],
    ),
  );
}

async function wrappingKey(passphrase: string, salt: Bytes): Promise<PrivateKey> {
  const { subtle } = globalThis.crypto;
  // NFKC: one passphrase typed on two keyboards is one.
  const typed = await subtle.importKey('raw', utf8(passphrase.normalize('NFKC')), 'PBKDF2', false, ['deriveKey']);
  return subtle.deriveKey(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ROUNDS },
    typed,
    { name: 'AES-GCM', length: 256 },
    false,
    ['wrapKey', 'unwrapKey'],
  );
}

const cipher = (
  iv: Bytes,
  told: { readonly id: string; readonly person: string; readonly publicKey: string },
): { readonly name: 'AES-GCM'; readonly iv: Bytes; readonly additionalData: Bytes } => ({
  name: 'AES-GCM',
  iv,
  additionalData: canonicalBytes(told, 'the key'),
});

function refuse(what: string, problems: string): never {
  throw bundleErrors.create('key-file-invalid', { what, problems });
}
