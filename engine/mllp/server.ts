import { BlockList, createServer, isIP, type Server } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { WardflowError } from '../base/errors.ts';
import type { Ids } from '../base/ids.ts';
import { errorName, type Log } from '../base/log.ts';
import { MllpConnection, type ConnectionSettings, type FrameHandler } from './connection.ts';
import { mllpErrors } from './errors.ts';

export interface MllpServerOptions extends Partial<ConnectionSettings> {
  /** Default 127.0.0.1: nobody outside the machine unless somebody says so. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Connections beyond this are closed at once. */
  readonly maxConnections?: number;
  /** Addresses, or networks as `10.1.0.0/16`, that may connect; empty or absent: whoever can reach the host. */
  readonly allow?: readonly string[];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly handler: FrameHandler;
}

export interface MllpServer {
  readonly host: string;
  /** The port that was taken. */
  readonly port: number;
  readonly connections: number;
  /** Stops listening, writes the answers that are under way, closes the connections. */
  close(): Promise<void>;
}

export const MLLP_DEFAULTS = {
  maxConnections: 256,
  maxUnanswered: 16,
  idleMs: 30 * 60_000,
  withholdMs: 5_000,
} as const;

/** Listens. Rejects with mllp-* when it cannot; nothing is left open then. */
export async function startMllpServer(options: MllpServerOptions): Promise<MllpServer> {
  const { clock, ids, log, handler } = options;
  const host = options.host ?? '127.0.0.1';
  const settings: ConnectionSettings = { ...MLLP_DEFAULTS, ...options };
  const open = new Set<MllpConnection>();
  const allowed = allowList(options.allow ?? []);
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    if (!allowed(socket.remoteAddress ?? '')) {
      log.warn('a connection was refused: its address is not on the list of the feed');
      socket.destroy();
      return;
    }
    const onJunk = (count: number): void => log.warn('bytes outside any frame were ignored', { count });
    const connection = new MllpConnection(ids.next(), socket, settings, clock, handler, onJunk);
    open.add(connection);
    socket.once('close', () => open.delete(connection));
  });
  server.maxConnections = options.maxConnections ?? MLLP_DEFAULTS.maxConnections;
  server.on('drop', () => log.warn('a connection was refused: there are too many', { count: open.size }));
  const port = await listen(server, host, options.port);
  server.on('error', (error) => log.error('the listener reported an error', { error, port }));
  return {
    host,
    port,
    get connections() {
      return open.size;
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all([...open].map((connection) => connection.close()));
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

function allowList(entries: readonly string[]): (address: string) => boolean {
  if (entries.length === 0) return () => true;
  const list = new BlockList();
  for (const entry of entries) {
    const [network = '', prefix] = entry.split('/');
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(network, family);
    else list.addSubnet(network, Number(prefix), family);
  }
  return (address) => {
    const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
    return isIP(plain) > 0 && list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
  };
}
