/** A small HTTP server of the engine: limits on everything, and an answer of a status with an optional JSON body. */
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer, Server as HttpsServer } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import type { AddressInfo } from 'node:net';
import type { Millis } from '../base/clock.ts';
import { allowList } from '../mllp/allow-list.ts';
import type { ServingTls } from '../mllp/tls-files.ts';

export interface HttpReply {
  readonly status: number;
  readonly body?: Readonly<Record<string, unknown>>;
}

export interface HttpListenerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Addresses and networks that may connect; empty: all. */
  readonly allow: readonly string[];
  readonly tls: ServingTls | null;
  /** A throw is answered by 503. */
  readonly answer: (request: IncomingMessage) => Promise<HttpReply>;
}

export interface HttpListener {
  readonly port: number;
  /** For connections from now on. */
  renewTls(tls: ServingTls): void;
  close(): Promise<void>;
}

const RETRY_AFTER_S = '5';
const REQUEST_MS = 30_000;
const MOST_CONNECTIONS = 200;
export const LONGEST_URL = 1024;

/** Rejects where the port cannot be taken. */
export async function startHttpListener(options: HttpListenerOptions): Promise<HttpListener> {
  const { tls } = options;
  const isAllowed = allowList(options.allow);
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const answered =
      (request.url ?? '').length > LONGEST_URL ? Promise.resolve({ status: 414 }) : options.answer(request);
    answered
      .catch((): HttpReply => ({ status: 503 }))
      .then((reply) => send(request, response, reply))
      .catch(() => response.destroy());
  };
  const server: Server = tls
    ? createHttpsServer(
        {
          ...secure(tls),
          handshakeTimeout: REQUEST_MS / 2,
          ...(tls.clientCa !== null && { requestCert: true, rejectUnauthorized: true }),
        },
        serve,
      )
    : createHttpServer(serve);
  server.maxConnections = MOST_CONNECTIONS;
  server.requestTimeout = REQUEST_MS;
  server.headersTimeout = REQUEST_MS / 2;
  server.on('connection', (socket) => {
    if (!isAllowed(socket.remoteAddress ?? '')) socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  // Such as no more file handles for who comes next: those who are there go on.
  server.on('error', () => undefined);
  return {
    port: (server.address() as AddressInfo).port,
    renewTls(next) {
      if (server instanceof HttpsServer) server.setSecureContext(secure(next));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        const last = setTimeout(() => server.closeAllConnections(), 1_000);
        last.unref();
      }),
  };
}

const secure = ({ cert, key, clientCa }: ServingTls): SecureContextOptions => ({
  cert,
  key,
  ...(clientCa !== null && { ca: clientCa }),
  minVersion: 'TLSv1.2',
});

function send(request: IncomingMessage, response: ServerResponse, { status, body }: HttpReply): void {
  // What was not read to its end would be taken for the next request.
  if (!request.complete) response.setHeader('Connection', 'close');
  if (status === 503 || status === 429) response.setHeader('Retry-After', RETRY_AFTER_S);
  if (!body) return void response.writeHead(status).end();
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** The whole body, or that it is larger than it may be. */
export async function bodyOf(request: IncomingMessage, maxBytes: number): Promise<Buffer | 'too-large'> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return 'too-large';
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) return 'too-large';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Counts calls by name; says when there are more in a minute than there may be. */
export class MinuteCounts {
  readonly #counts = new Map<string, { since: Millis; count: number }>();

  isTooMany(name: string, now: Millis, perMinute: number): boolean {
    const known = this.#counts.get(name);
    if (!known || now - known.since >= 60_000 || now < known.since) {
      this.#counts.set(name, { since: now, count: 1 });
      return false;
    }
    return ++known.count > perMinute;
  }
}
