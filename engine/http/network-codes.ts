/** What an exception of the network says, by its innermost system code. */
import { errorName } from '../base/log.ts';

/** Codes with which the connection was never made: the request provably did not arrive. */
export const NOT_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The other side is not who it should be, or speaks no TLS: nothing was sent either. */
export const TLS = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_)/;

/** The innermost system code: fetch hides it two causes deep. */
export function rootCode(error: unknown): string {
  let found = errorName(error);
  let current: unknown = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
    const name = errorName(current);
    if (/^[A-Z][A-Z0-9_]+$/.test(name) || name === 'TimeoutError') found = name;
    current = current instanceof AggregateError ? current.errors[0] : current.cause;
  }
  return found;
}
