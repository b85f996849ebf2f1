/** What may go out: a path that stays below the base, headers that are the flow's to set. Pure. */
import type { HttpCall } from './endpoint.ts';

/** Unreserved characters, sub-delimiters, `:` and `@`, and what is percent-encoded (RFC 3986, 3.3). */
const SEGMENT = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})*$/;
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}$/;
/** Of the connection, of who we are, or ours. */
const OURS =
  /^(?:host|connection|content-length|transfer-encoding|te|trailer|upgrade|keep-alive|expect|proxy-.*|authorization|cookie|content-type|accept-encoding|idempotency-key|traceparent|forwarded|x-forwarded-.*)$/i;
const LONGEST_PATH = 2_000;
const LONGEST_QUERY = 8_000;
const MOST_HEADERS = 30;
export const LARGEST_BODY_BYTES = 4 * 1024 * 1024;

/** Why the call cannot be made; `undefined`: it can. Names places, never what stands there. */
export function problemOf({ path, query = {}, headers = {}, body, method }: HttpCall): string | undefined {
  if (!path.startsWith('/')) return 'the path does not begin with /';
  if (path.length > LONGEST_PATH) return 'the path is too long';
  const segments = path.slice(1).split('/');
  if (!segments.every((segment) => SEGMENT.test(segment))) return 'the path has characters that must be encoded';
  // Also encoded: many servers decode before they resolve.
  if (segments.some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment))) return 'the path climbs';
  if (segments.some((segment) => /%(?:2f|5c|00)/i.test(segment))) return 'the path has an encoded slash or zero byte';
  if (new URLSearchParams(query).toString().length > LONGEST_QUERY) return 'the query is too long';
  const names = Object.keys(headers);
  if (names.length > MOST_HEADERS) return 'it has too many headers';
  for (const [name, value] of Object.entries(headers)) {
    if (!HEADER_NAME.test(name)) return 'a header has a name that is none';
    if (OURS.test(name)) return `the header ${name.toLowerCase()} is not the flow's to set`;
    if (!/^[\t\x20-\x7e]{0,4096}$/.test(value))
      return `the header ${name.toLowerCase()} has characters that are not allowed`;
  }
  if (!body) return undefined;
  if (method === 'GET') return 'a GET has no body';
  if (Buffer.byteLength(body.text) > LARGEST_BODY_BYTES) return 'the body is too large';
  if (!/^[\w.+-]{1,100}\/[\w.+-]{1,100}(?:; ?[\w.+-]{1,50}=[\w.+-]{1,50}){0,3}$/.test(body.type))
    return 'the type of the body is none';
  return undefined;
}

/** The part of the path behind the base, with its query. */
export function targetOf({ path, query = {} }: HttpCall): string {
  const encoded = new URLSearchParams(query).toString();
  return encoded === '' ? path : `${path}?${encoded}`;
}
