/** RFC 8785 canonical JSON: the bytes that hashes and signatures are made over. */
import canonicalize from 'canonicalize';
import { utf8, type Bytes } from './bytes.ts';
import { bundleErrors } from './errors.ts';

const DEEPEST = 100;

/**
 * @param what names the thing in the error
 * @throws WardflowError `json-not-canonical`: a lone surrogate, no JSON value, or nested deeper than 100. The package
 *   would write the first as an escape that other implementations refuse (RFC 8785, 3.2.2.2), and call `toJSON`.
 */
export function canonicalBytes(value: unknown, what: string): Bytes {
  if (!isCanonical(value, 0)) throw bundleErrors.create('json-not-canonical', { what });
  return utf8(canonicalize(value) ?? '');
}

function isCanonical(value: unknown, depth: number): boolean {
  if (depth > DEEPEST) return false;
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every((item) => isCanonical(item, depth + 1));
  if (typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.entries(value).every(
    ([key, member]) => key.isWellFormed() && (member === undefined || isCanonical(member, depth + 1)),
  );
}
