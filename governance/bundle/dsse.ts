/**
 * DSSE envelopes (Dead Simple Signing Envelope, v1) with Ed25519. What is signed is
 * `PAE(type, payload) = "DSSEv1" SP len(type) SP type SP len(payload) SP payload` over the decoded payload, so a signature
 * for one type of statement is none for another.
 */
import { fromBase64, toBase64 } from './base64.ts';
import { utf8, type Bytes } from './bytes.ts';
import { bundleErrors } from './errors.ts';
import type { PrivateKey } from './key-file.ts';
import { readJson } from './strict-json.ts';

export interface Envelope {
  readonly payloadType: string;
  /** Base64. */
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** An envelope whose form was checked, but no signature: `payload` is not to be parsed before one was verified. */
export interface OpenedEnvelope {
  readonly payloadType: string;
  readonly payload: Bytes;
  readonly signatures: readonly { readonly keyId: string; readonly signature: Bytes }[];
}

const LIMITS = { bytes: 2 * 1024 * 1024, depth: 4, signatures: 50 };
const KEY_ID = /^[0-9a-f]{64}$/;

/** Pre-authentication encoding; lengths in bytes. */
export function pae(type: string, payload: Bytes): Bytes {
  const typeBytes = utf8(type);
  const head = utf8(`DSSEv1 ${typeBytes.length} ${type} ${payload.length} `);
  const all = new Uint8Array(head.length + payload.length);
  all.set(head);
  all.set(payload, head.length);
  return all;
}

/** Ed25519 gives the same 64 bytes each time (RFC 8032). */
export async function sign(
  payloadType: string,
  payload: Bytes,
  key: { readonly id: string; readonly privateKey: PrivateKey },
): Promise<Envelope> {
  const signature = await globalThis.crypto.subtle.sign('Ed25519', key.privateKey, pae(payloadType, payload));
  return {
    payloadType,
    payload: toBase64(payload),
    signatures: [{ keyid: key.id, sig: toBase64(new Uint8Array(signature)) }],
  };
}

/** The same payload with one more signature; one by the same key is replaced. */
export async function addSignature(
  envelope: Envelope,
  key: { readonly id: string; readonly privateKey: PrivateKey },
): Promise<Envelope> {
  const payload = fromBase64(envelope.payload);
  if (!payload) throw new TypeError('the payload is not base64');
  const { signatures } = await sign(envelope.payloadType, payload, key);
  const others = envelope.signatures.filter(({ keyid }) => keyid !== key.id);
  return { ...envelope, signatures: [...others, ...signatures].toSorted((a, b) => (a.keyid < b.keyid ? -1 : 1)) };
}

/**
 * Reads an envelope without believing it.
 * @throws WardflowError `signature-malformed`, or what `readJson` throws
 */
export function openEnvelope(input: Bytes | string, what: string): OpenedEnvelope {
  return opened(readJson(input, what, LIMITS), what);
}

/** @throws WardflowError `signature-malformed` */
export function opened(json: unknown, what: string): OpenedEnvelope {
  const refuse = (problems: string): never => {
    throw bundleErrors.create('signature-malformed', { what, problems });
  };
  const { payloadType, payload, signatures } =
    withKeys(json, ['payload', 'payloadType', 'signatures']) ?? refuse('keys');
  if (typeof payloadType !== 'string' || payloadType.length > 200) return refuse('payloadType');
  const bytes = typeof payload === 'string' ? fromBase64(payload) : undefined;
  if (!bytes) return refuse('payload');
  if (!Array.isArray(signatures) || signatures.length > LIMITS.signatures) return refuse('signatures');
  const read = signatures.map((one: unknown) => {
    const { keyid, sig } = withKeys(one, ['keyid', 'sig']) ?? refuse('signatures');
    if (typeof keyid !== 'string' || !KEY_ID.test(keyid)) return refuse('keyid');
    const signature = typeof sig === 'string' ? fromBase64(sig) : undefined;
    if (signature?.length !== 64) return refuse('sig');
    return { keyId: keyid, signature };
  });
  if (new Set(read.map(({ keyId }) => keyId)).size < read.length) return refuse('a key that signed twice');
  return { payloadType, payload: bytes, signatures: read };
}

/** @param publicKey 32 bytes, RFC 8032 */
export async function isSigned(envelope: OpenedEnvelope, signature: Bytes, publicKey: Bytes): Promise<boolean> {
  const { subtle } = globalThis.crypto;
  try {
    const key = await subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify']);
    return await subtle.verify('Ed25519', key, signature, pae(envelope.payloadType, envelope.payload));
  } catch {
    // 32 bytes that are no point of the curve.
    return false;
  }
}

/** An object with just these keys, or nothing. */
function withKeys(json: unknown, keys: readonly string[]): Readonly<Record<string, unknown>> | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  return Object.keys(json).toSorted().join() === keys.join() ? (json as Record<string, unknown>) : undefined;
}
