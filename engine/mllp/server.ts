import { createServer, type Server, type Socket } from 'node:net';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { Clock, Millis } from '../base/clock.ts';
import type { WardflowError } from '../base/errors.ts';
import type { Ids } from '../base/ids.ts';
import { errorName, type Log } from '../base/log.ts';
import { Admission } from './admission.ts';
import { allowList } from './allow-list.ts';
import { MllpConnection, type ConnectionSettings, type FrameHandler } from './connection.ts';
import { mllpErrors } from './errors.ts';
import { FrameBudget } from './frame-budget.ts';
import { createHandshakes } from './handshakes.ts';
import type { ServingTls } from './tls-files.ts';

/** What a site may have to set to its senders; defaults in `MLLP_DEFAULTS`. */
export interface MllpLimits extends Pick<ConnectionSettings, 'frameMs'> {
  /** Beyond this, one that has never sent a message makes room (admission.ts), or the new one is closed. */
  readonly maxConnections: number;
  /** The same for the connections of one address. */
  readonly maxPerAddress: number;
  /** Memory that unfinished frames may take together, in bytes; beyond it the largest ends, with its connection. */
  readonly maxPendingBytes: number;
}

export interface MllpServerOptions extends Partial<ConnectionSettings>, Partial<MllpLimits> {
  /** Default 127.0.0.1: nobody outside the machine unless somebody says so. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Addresses, or networks as `10.1.0.0/16`, that may connect; empty or absent: whoever can reach the host. */
  readonly allow?: readonly string[];
  /** Absent or `null`: in clear. With authorities for clients, one of theirs is demanded. */
  readonly tls?: ServingTls | null;
  /** How long a TLS handshake may take; default 10 s. */
  readonly handshakeMs?: Millis;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly handler: FrameHandler;
  /** Something was turned away that no handler has seen. */
  readonly refused?: (refusal: MllpRefusal) => void;
}

/** A frame that did not end in time or took too much memory, bytes outside any frame, a connection, a TLS handshake. */
export type MllpRefusal = 'unfinished' | 'junk' | 'connection' | 'handshake';

export interface MllpServer {
  readonly host: string;
  /** The port that was taken. */
  readonly port: number;
  readonly connections: number;
  /** Certificate, key and authorities for connections from now on. Only where there was TLS from the start. */
  renewTls(tls: ServingTls): void;
  /** Stops listening, writes the answers that are under way, closes the connections. */
  close(): Promise<void>;
}

export const MLLP_DEFAULTS = {
  maxConnections: 256,
  maxPerAddress: 128,
  maxPendingBytes: 256 * 1024 * 1024,
  maxUnanswered: 16,
  idleMs: 30 * 60_000,
  frameMs: 30_000,
  withholdMs: 5_000,
  handshakeMs: 10_000,
} as const;

/** Who has connected: counted from here on, before there is TLS or a message. */
interface Guest {
  readonly hasSent: boolean;
  destroy(): void;
  close(): Promise<void>;
}

const LONGEST_SUBJECT = 100;

/** Listens. Rejects with mllp-* when it cannot; nothing is left open then. */
export async function startMllpServer(options: MllpServerOptions): Promise<MllpServer> {
  const { clock, ids, log, handler, refused = () => undefined } = options;
  const host = options.host ?? '127.0.0.1';
  const settings: ConnectionSettings = { ...MLLP_DEFAULTS, ...options };
  const limits = { ...MLLP_DEFAULTS, ...options };
  const admission = new Admission<Guest>(limits);
  const budget = new FrameBudget<MllpConnection>(limits.maxPendingBytes);
  const allowed = allowList(options.allow ?? []);
  const handshakes =
    options.tls &&
    createHandshakes(options.tls, {
      clock,
      withinMs: limits.handshakeMs,
      distrusted: (code) => log.warn('a client certificate was not taken', { code }),
    });

  function connected(socket: Socket): MllpConnection {
    const connection: MllpConnection = new MllpConnection(ids.next(), socket, settings, clock, handler, {
      junk(count) {
        log.warn('bytes outside any frame were ignored', { count });
        refused('junk');
      },
      pending(bytes) {
        for (const largest of budget.set(connection, bytes)) {
          log.warn('a connection was closed: unfinished messages take too much memory', { count: admission.size });
          refused('unfinished');
          largest.destroy();
        }
      },
      overdue() {
        log.warn('a connection was closed: its message did not end in time', { ms: settings.frameMs });
        refused('unfinished');
      },
    });
    socket.once('close', () => budget.drop(connection));
    return connection;
  }

  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const address = socket.remoteAddress ?? '';
    const turnAway = (why: string, count?: number): void => {
      log.warn(why, count === undefined ? {} : { count });
      refused('connection');
      socket.destroy();
    };
    if (!allowed(address)) return turnAway('a connection was refused: its address is not on the list of the feed');
    const admitted = admission.roomFor(address);
    if (!admitted) return turnAway('a connection was refused: there are too many', admission.size);
    if (admitted !== 'free') {
      log.warn('a connection that had sent no message was closed to make room', { count: admission.size });
      admission.leave(admitted);
      admitted.destroy();
    }
    let connection: MllpConnection | undefined;
    const guest: Guest = {
      get hasSent() {
        return connection?.hasSent === true;
      },
      destroy: () => void (connection ?? socket).destroy(),
      close: async () => (connection ? connection.close() : void socket.destroy()),
    };
    admission.enter(guest, address);
    socket.once('close', () => admission.leave(guest));
    if (!handshakes) {
      connection = connected(socket);
      return;
    }
    handshakes.begin(
      socket,
      (secure) => {
        connection = connected(secure);
        log.info('a sender has connected over TLS', { host: address, ...subjectOf(secure) });
      },
      (code) => {
        log.warn('a connection was refused: no TLS came about', { host: address, code });
        refused('handshake');
      },
    );
  });
  const port = await listen(server, host, options.port);
  server.on('error', (error) => log.error('the listener reported an error', { error, port }));
  return {
    host,
    port,
    get connections() {
      return admission.size;
    },
    renewTls: (tls) => handshakes?.renew(tls),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all([...admission.open].map((connection) => connection.close()));
      await closed;
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const failed = (error: Error): void => reject(explained(error, host, port));
    server.once('error', failed);
    server.listen({ host, port }, () => {
      server.off('error', failed);
      resolve();
    });
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}

function explained(cause: Error, host: string, port: number): WardflowError {
  const reason = errorName(cause);
  switch (reason) {
    case 'EADDRINUSE':
      return mllpErrors.create('mllp-port-taken', { host, port }, { cause });
    case 'EACCES':
      return mllpErrors.create('mllp-port-forbidden', { host, port }, { cause });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return mllpErrors.create('mllp-address-unknown', { host, port }, { cause });
    default:
      return mllpErrors.create('mllp-listen-failed', { host, port, reason }, { cause });
  }
}

/** Whom the client certificate names: a system, as the authority that the site trusts has it. */
function subjectOf(secure: TLSSocket): { readonly subject?: string } {
  // Nothing of it is left where the connection has ended meanwhile, whatever its type says.
  const certificate = secure.getPeerCertificate() as Partial<PeerCertificate> | null;
  const name: unknown = certificate?.subject?.CN;
  return typeof name === 'string' ? { subject: name.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, LONGEST_SUBJECT) } : {};
}
