/**
 * JSON from outside. `JSON.parse` silently keeps the last of two equal keys, so two readers could take one signed text for
 * two different statements (RFC 8785, 3.1 asks for I-JSON: no such keys).
 */
import type { Bytes } from './bytes.ts';
import { bundleErrors } from './errors.ts';

export interface JsonLimits {
  readonly bytes: number;
  readonly depth: number;
}

export const JSON_LIMITS: JsonLimits = { bytes: 4 * 1024 * 1024, depth: 100 };

/**
 * @param what names the thing in errors: a path, never a value
 * @throws WardflowError `json-too-large`, `json-not-text`, `json-syntax`, `json-too-deep`, `json-key-twice`,
 *   `json-not-canonical` (a lone surrogate)
 */
export function readJson(input: Bytes | string, what: string, limits: JsonLimits = JSON_LIMITS): unknown {
  if (input.length > limits.bytes) throw bundleErrors.create('json-too-large', { what, limit: limits.bytes });
  const text = typeof input === 'string' ? input : textOf(input, what);
  // Before parsing: what is nested too deep must not reach code that recurses.
  checkDepth(text, what, limits.depth);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bundleErrors.create('json-syntax', { what });
  }
  checkKeys(text, what);
  return value;
}

export function textOf(bytes: Bytes, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw bundleErrors.create('json-not-text', { what });
  }
}

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

function checkDepth(text: string, what: string, limit: number): void {
  let depth = 0;
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    if (depth > limit) throw bundleErrors.create('json-too-deep', { what, limit });
  }
}

/** `text` is valid JSON: a colon outside of text follows a key, and escapes are compared by what they mean. */
function checkKeys(text: string, what: string): void {
  const open: (Set<string> | null)[] = [];
  let last = '';
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const keys = open.at(-1);
      if (keys?.has(last)) throw bundleErrors.create('json-key-twice', { what });
      keys?.add(last);
    } else {
      last = JSON.parse(token) as string;
      if (!last.isWellFormed()) throw bundleErrors.create('json-not-canonical', { what });
    }
  }
}
