/** A real HTTP server on loopback for tests of whatever calls one: answers as the test says and keeps what it was asked. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface LocalHttpServer {
  readonly origin: string;
  readonly port: number;
  readonly seen: readonly SeenRequest[];
  /** Resolves when so many requests were seen in all. */
  arrived(count: number): Promise<void>;
  close(): Promise<void>;
}

export type Answering = (request: SeenRequest, response: ServerResponse, raw: IncomingMessage) => void | Promise<void>;

export async function startLocalHttpServer(answer: Answering, port = 0): Promise<LocalHttpServer> {
  const seen: SeenRequest[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const server = createServer((raw, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of raw as AsyncIterable<Buffer>) chunks.push(chunk);
      const request = {
        method: raw.method ?? '',
        url: raw.url ?? '',
        headers: raw.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      seen.push(request);
      for (const one of waiting) if (seen.length >= one.count) one.resolve();
      await answer(request, response, raw);
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const taken = (server.address() as AddressInfo).port;
  return {
    origin: `http://127.0.0.1:${taken}`,
    port: taken,
    seen,
    async arrived(count) {
      if (seen.length < count) await new Promise<void>((resolve) => waiting.push({ count, resolve }));
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function answerJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/fhir+json', ...headers });
  response.end(JSON.stringify(body));
}

/**
 * A proxy that passes requests to `target` and lets the test spoil them: `refuse` answers without asking the target,
 * `lose-answer` lets the target act and cuts the connection instead of answering.
 */
export async function startFaultyProxy(
  target: string,
  fault: (
    request: SeenRequest,
  ) => 'pass' | 'lose-answer' | { readonly refuse: number; readonly headers?: Record<string, string> },
  /** What happens before the target sees a request. */
  meanwhile: (request: SeenRequest) => Promise<void> = async () => undefined,
  /** What happens after the target has acted and before its answer goes back. */
  beforeAnswer: (request: SeenRequest) => Promise<void> = async () => undefined,
): Promise<LocalHttpServer> {
  return startLocalHttpServer(async (request, response, raw) => {
    const decision = fault(request);
    if (typeof decision === 'object') return answerJson(response, decision.refuse, {}, decision.headers);
    await meanwhile(request);
    const headers = Object.entries(request.headers).filter(
      ([name]) => !/^(host|connection|content-length)$/.test(name),
    );
    const answer = await fetch(new URL(request.url, target), {
      method: request.method,
      headers: headers.map(([name, value]) => [name, String(value)] as [string, string]),
      ...(request.body === '' ? {} : { body: request.body }),
    });
    const body = await answer.text();
    await beforeAnswer(request);
    if (decision === 'lose-answer') return void raw.socket.destroy();
    const passed = [...answer.headers].filter(
      ([name]) => !/^(connection|content-length|transfer-encoding)$/.test(name),
    );
    response.writeHead(answer.status, Object.fromEntries(passed));
    response.end(body);
  });
}
