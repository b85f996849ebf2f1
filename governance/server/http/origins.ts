/** Under which names the console answers, and which pages are its own. */
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { isLoopback } from '../tls/listening.ts';

export interface Origins {
  /** Another name that resolves here (DNS rebinding) would make a foreign page our own origin. */
  isOurs(request: IncomingMessage): boolean;
  /** `true`: the browser says the request comes from our own pages, or it does not come from a browser. */
  isFromOwnPage(request: IncomingMessage): boolean;
  /** The browser reached us over TLS: cookies of it are for TLS only. */
  isSecure(request: IncomingMessage): boolean;
  /** Under a name of this machine itself: only there are the editors. */
  isLocal(request: IncomingMessage): boolean;
}

const HOST = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9.-]{1,253})(:\d{1,5})?$/i;

/**
 * @param publicUrl what people type where something in front of the console speaks TLS, or under a name of its own
 * @param isForCertificate whether the certificate in force names a host
 */
export function createOrigins(publicUrl: URL | null, isForCertificate: (host: string) => boolean): Origins {
  const nameOf = (request: IncomingMessage): string => HOST.exec(request.headers.host ?? '')?.[1] ?? '';
  const isPublic = (request: IncomingMessage): boolean =>
    publicUrl !== null &&
    withPort(request.headers.host ?? '', publicUrl.protocol) === withPort(publicUrl.host, publicUrl.protocol);
  const isEncrypted = (request: IncomingMessage): boolean => request.socket instanceof TLSSocket;
  const originOf = (request: IncomingMessage): string => {
    const host = (request.headers.host ?? '').toLowerCase();
    if (isEncrypted(request)) return new URL(`https://${host}`).origin;
    return publicUrl && isPublic(request) ? publicUrl.origin : new URL(`http://${host}`).origin;
  };
  const isOurs = (request: IncomingMessage): boolean => {
    const name = nameOf(request);
    if (name === '') return false;
    return isLoopback(name) || isPublic(request) || (isEncrypted(request) && isForCertificate(name));
  };
  return {
    isOurs,
    isFromOwnPage(request) {
      const { origin, 'sec-fetch-site': site } = request.headers;
      if (site !== undefined && site !== 'same-origin') return false;
      return origin === undefined || (isOurs(request) && origin === originOf(request));
    },
    isSecure: (request) => isOurs(request) && originOf(request).startsWith('https:'),
    isLocal: (request) => isLoopback(nameOf(request)),
  };
}

/** `host` and `host:443` are the same to a browser. */
function withPort(host: string, protocol: string): string {
  const plain = host.toLowerCase();
  if (/:\d+$/.test(plain)) return plain;
  return `${plain}:${protocol === 'https:' ? 443 : 80}`;
}
