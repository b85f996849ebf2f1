import type { Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { Clock, Millis } from '../base/clock.ts';
import { codeOf } from '../base/error-code.ts';
import type { ServingTls } from './tls-files.ts';

export interface Handshakes {
  /**
   * Begins TLS on a connection that was let in. One of the two is called, once; after `refused` the connection is closed.
   * @param refused with the system's or the TLS library's code that says why
   */
  begin(socket: Socket, secured: (secure: TLSSocket) => void, refused: (reason: string) => void): void;
  /** For connections from now on; those that are open stay as they are. */
  renew(tls: ServingTls): void;
}

export interface HandshakeOptions {
  readonly withinMs: Millis;
  readonly clock: Clock;
  /** Why a client certificate was not taken; its connection is told of as refused besides. */
  readonly distrusted: (code: string) => void;
}

interface UnderWay {
  /** As it was when it came. */
  readonly allowHalfOpen: boolean;
  readonly secured: (secure: TLSSocket) => void;
  readonly refused: (reason: string) => void;
}

/**
 * TLS 1.2 or newer (RFC 9325, section 3.1.1) on connections that another server has accepted, so that who may connect,
 * and how many, is decided before a handshake costs anything.
 */
export function createHandshakes(tls: ServingTls, { withinMs, clock, distrusted }: HandshakeOptions): Handshakes {
  /** By the other side's address and port, which both halves of a connection have. */
  const underWay = new Map<string, UnderWay>();
  const take = (socket: Socket): UnderWay | undefined => {
    const found = underWay.get(peerOf(socket));
    underWay.delete(peerOf(socket));
    return found;
  };
  // It never listens. That a client certificate is asked for stays as it is: bindings are read at the start.
  const server = createServer({
    ...secure(tls),
    requestCert: tls.clientCa !== null,
    rejectUnauthorized: tls.clientCa !== null,
  });
  server.on('secureConnection', (socket) => {
    const { allowHalfOpen, secured } = take(socket) ?? {};
    socket.allowHalfOpen = allowHalfOpen === true;
    secured?.(socket);
  });
  server.on('tlsClientError', (error, socket) => {
    const { authorizationError } = socket as { authorizationError?: unknown };
    // Its connection has ended before this is said, so that which one it was is not known any more.
    if (typeof authorizationError === 'string') distrusted(authorizationError);
    take(socket)?.refused(codeOf(error));
    socket.destroy();
  });
  return {
    begin(socket, secured, refused) {
      const peer = peerOf(socket);
      const over = (): void => {
        cancel();
        socket.off('close', gone);
        socket.off('error', failed);
      };
      const no = (reason: string): void => {
        over();
        underWay.delete(peer);
        refused(reason);
        socket.destroy();
      };
      const gone = (): void => no('ECONNRESET');
      const failed = (error: Error): void => no(codeOf(error));
      const cancel = clock.at(clock.now() + withinMs, () => no('ETIMEDOUT'));
      socket.once('close', gone);
      socket.once('error', failed);
      // A reset later on: `close` follows, and that is all there is to say of it.
      socket.on('error', () => socket.destroy());
      const { allowHalfOpen } = socket;
      // Whoever closes its half before there is TLS is gone, and would be waited for until the time is over.
      socket.allowHalfOpen = false;
      underWay.set(peer, {
        allowHalfOpen,
        refused: no,
        secured(secure) {
          over();
          secured(secure);
        },
      });
      server.emit('connection', socket);
    },
    renew: (next) => server.setSecureContext(secure(next)),
  };
}

const secure = ({ cert, key, clientCa }: ServingTls): object => ({
  cert,
  key,
  ...(clientCa !== null && { ca: clientCa }),
  minVersion: 'TLSv1.2',
});

const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress ?? ''} ${remotePort ?? 0}`;
