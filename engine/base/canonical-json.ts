/**
 * RFC 8785 (JSON Canonicalization Scheme): members sorted by UTF-16 code units, numbers and strings as ECMAScript's
 * JSON.stringify writes them, no white space. What has no JSON form is refused with a TypeError naming its place.
 */
export function canonicalJson(value: unknown): string {
  return write(value, '$', 0);
}

/** Deeper than any honest value; keeps a hostile one from exhausting the stack. */
const DEEPEST = 200;

function write(value: unknown, at: string, depth: number): string {
  if (depth > DEEPEST) throw new TypeError(`${at} is nested deeper than ${DEEPEST}`);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new TypeError(`${at} holds a lone surrogate`);
    return JSON.stringify(value);
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${at} is not a finite number`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    let out = '[';
    for (let i = 0; i < value.length; i++) out += (i ? ',' : '') + write(value[i], `${at}[${i}]`, depth + 1);
    return `${out}]`;
  }
  if (typeof value === 'object' && isPlain(value)) {
    let out = '{';
    // The default order of toSorted is by UTF-16 code units, as the RFC asks (3.2.3).
    for (const name of Object.keys(value).toSorted()) {
      const member: unknown = (value as Record<string, unknown>)[name];
      // As JSON.stringify: a member that is undefined is a member that is absent.
      if (member === undefined) continue;
      out += (out.length > 1 ? ',' : '') + `${write(name, at, depth)}:${write(member, `${at}.${name}`, depth + 1)}`;
    }
    return `${out}}`;
  }
  throw new TypeError(`${at} has no JSON form`);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
