/** An HTTPS server on loopback for tests: keeps what was posted and answers with the status that the test says. */
import { createServer } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestCertificate } from './certificates.ts';

export interface SinkPost {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpsSink {
  readonly origin: string;
  readonly posts: readonly SinkPost[];
  /** `drop`: cut off after it was taken, before that is said. */
  answer: { readonly status: number; readonly headers?: Readonly<Record<string, string>> } | 'drop';
  close(): Promise<void>;
}

export async function startHttpsSink(certificate: TestCertificate): Promise<HttpsSink> {
  const posts: SinkPost[] = [];
  const server = createServer(certificate, (request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      posts.push({ url: request.url ?? '', headers: request.headers, body });
      if (sink.answer === 'drop') request.socket.destroy();
      else response.writeHead(sink.answer.status, sink.answer.headers).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sink: HttpsSink = {
    origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posts,
    answer: { status: 202 },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return sink;
}
