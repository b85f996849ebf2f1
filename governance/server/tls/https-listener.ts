import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certificate, Clock, Log } from '../../../engine/index.ts';
import { readConsoleCertificate } from './certificate.ts';
import type { Listening } from './listening.ts';

/** The files are read this often: a renewed certificate is served without a restart, whoever renewed it. */
const LOOK_EVERY_MS = 60_000;
/** From here on the log says that it runs out; `wardflow doctor` does as well. */
export const EXPIRES_SOON_MS = 21 * 24 * 60 * 60_000;

export interface HttpsListener {
  readonly server: Server;
  port(): number;
  isFor(host: string): boolean;
  /** Of the certificate. */
  firstName(): string | null;
  /** Reads the files now. What cannot be used stays out: the certificate in force stays. */
  reload(): void;
  stop(): void;
}

export interface HttpsOptions {
  readonly tls: NonNullable<Listening['tls']>;
  readonly handle: RequestListener;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * HTTPS with TLS 1.2 or newer (RFC 9325, section 3.1.1), its certificate exchanged while it runs. Does not listen yet.
 * @throws `tls-unusable`
 */
export function createHttpsListener({ tls, handle, clock, log }: HttpsOptions): HttpsListener {
  const { certFile, keyFile } = tls;
  let current = readConsoleCertificate(certFile, keyFile);
  const server = createServer(
    { cert: current.cert, key: current.key, minVersion: 'TLSv1.2', maxHeaderSize: 16 * 1024, requestTimeout: 60_000 },
    handle,
  );
  // Scanners and half-open connections; the reason is of no use to anybody, and may quote what was sent.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  let stopped = false;
  let complained = '';

  const reload = (): void => {
    let next: Certificate;
    try {
      next = readConsoleCertificate(certFile, keyFile);
    } catch (error) {
      // Half-renewed, most likely: the certificate is new and its key is still to come.
      const about = error instanceof Error ? error.message : '';
      if (about !== complained) log.error('the renewed certificate cannot be used; the one in force stays', { error });
      complained = about;
      return;
    }
    complained = '';
    if (next.cert === current.cert && next.key === current.key) return;
    current = next;
    server.setSecureContext({ cert: next.cert, key: next.key, minVersion: 'TLSv1.2' });
    log.info(`the certificate was renewed; it is valid until ${day(next)}`);
    warn();
  };
  const warn = (): void => {
    const left = current.validUntil - clock.now();
    if (left < EXPIRES_SOON_MS) log.warn(`the certificate of the console runs out on ${day(current)}`);
  };
  const look = (): void => {
    if (stopped) return;
    reload();
    cancel = clock.at(clock.now() + LOOK_EVERY_MS, look);
  };
  let cancel = clock.at(clock.now() + LOOK_EVERY_MS, look);
  warn();

  return {
    server,
    port: () => (server.address() as AddressInfo).port,
    firstName: () => current.firstName,
    isFor: (host) => current.isFor(host),
    reload,
    stop() {
      stopped = true;
      cancel();
      server.closeAllConnections();
      server.close();
    },
  };
}

const day = ({ validUntil }: Certificate): string => new Date(validUntil).toISOString().slice(0, 10);
