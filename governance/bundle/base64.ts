/** Base64 (RFC 4648, section 4) in browsers and Node alike. */
import type { Bytes } from './bytes.ts';

/** Beyond some tens of thousands of arguments a call overflows the stack. */
const CHUNK = 8192;

export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let i = 0; i < bytes.length; i += CHUNK) binary += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
  return btoa(binary);
}

/** `undefined` unless it is the one way to write these bytes: `atob` also takes spaces, no padding and stray bits. */
export function fromBase64(text: string): Bytes | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return undefined;
  }
  const bytes = Uint8Array.from(binary, (sign) => sign.charCodeAt(0));
  return toBase64(bytes) === text ? bytes : undefined;
}
