import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { badRequest, type WithId } from '@medplum/core';
import type { HttpMethod } from '@medplum/fhir-router';
import type { Resource } from '@medplum/fhirtypes';
import { definitions } from './definitions.ts';
import { fhirRequests, outcomeAnswer, type SandboxAnswer } from './fhir-requests.ts';
import { indexPage, PAGE_POLICY } from './index-page.ts';
import { SandboxRepository } from './repository.ts';
import { openResourceLog } from './resource-log.ts';

export interface SandboxOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly host?: string;
  /** Resources are kept here over a restart; absent: in memory only. */
  readonly folder?: string;
  /** Put in at start where they are not there yet. */
  readonly seed?: readonly WithId<Resource>[];
}

export interface Sandbox {
  /** The FHIR base, `http://127.0.0.1:8080/fhir`. */
  readonly url: string;
  /** The page for people. */
  readonly page: string;
  readonly port: number;
  /** How many of each type are stored. */
  counts(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

const BODY_LIMIT = 5 * 1024 * 1024;
const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** Rejects when the port is taken (`EADDRINUSE`) or the folder cannot be written. Synthetic data only: there is no login. */
export async function startSandbox({ port, host = '127.0.0.1', folder, seed = [] }: SandboxOptions): Promise<Sandbox> {
  const known = definitions();
  const disk = folder === undefined ? undefined : openResourceLog(folder);
  const repository = new SandboxRepository(disk?.log ?? null);
  for (const line of disk?.kept ?? []) if ('put' in line) known.ensure(line.put.resourceType);
  await repository.restore(disk?.kept ?? []);
  for (const { resourceType } of seed) known.ensure(resourceType);
  await repository.seed(seed);
  let root = '';
  const answer = fhirRequests(repository, known, () => `${root}/fhir`);
  // One request at a time: what a transaction has done so far is never seen, and a rollback takes back only its own.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = async <T>(task: () => Promise<T>): Promise<T> => {
    const mine = turn.then(task);
    turn = mine.catch(() => undefined);
    return mine;
  };

  const server = createServer((request, response) => {
    void respond(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = request.url ?? '/';
    if (url === '/' || url.startsWith('/?')) return sendPage(response, indexPage(repository, `${root}/fhir`));
    const opened = /^\/open-record\/([A-Za-z0-9.-]{1,64})$/.exec(url)?.[1];
    if (opened !== undefined) return openRecord(request, response, opened);
    if (!/^\/fhir(?=[/?]|$)/.test(url)) return send(response, request, outcomeAnswer(badRequest('FHIR is at /fhir')));
    const method = request.method ?? '';
    if (!METHODS.has(method)) return send(response, request, { status: 405, headers: {}, body: null });
    const body = await readBody(request);
    if (body === 'too-large') {
      response.setHeader('connection', 'close');
      return send(response, request, { status: 413, headers: {}, body: badRequest('the body is too large') });
    }
    if (body === 'unreadable') return send(response, request, outcomeAnswer(badRequest('the body is no JSON')));
    const path = url.slice('/fhir'.length);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    );
    const result = await inTurn(() =>
      answer({
        method: method as HttpMethod,
        path: path.startsWith('/') ? path : `/${path}`,
        headers,
        body: body.value,
      }),
    );
    send(response, request, result);
  };

  /** The button on the page: opens a closed patient record again. */
  const openRecord = async (request: IncomingMessage, response: ServerResponse, id: string): Promise<void> => {
    const site = request.headers['sec-fetch-site'];
    const patient = repository.stored('Patient', id);
    if (request.method !== 'POST' || (site !== undefined && site !== 'same-origin')) response.writeHead(405);
    else if (!patient) response.writeHead(404);
    else {
      await inTurn(() => repository.updateResource({ ...patient, active: true } as WithId<Resource>));
      response.writeHead(303, { location: '/' });
    }
    response.end();
  };

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const taken = (server.address() as AddressInfo).port;
  root = `http://${host}:${taken}`;
  return {
    url: `${root}/fhir`,
    page: `${root}/`,
    port: taken,
    counts: () => Object.fromEntries(repository.counts()),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await turn;
      disk?.log.close();
    },
  };
}

async function readBody(request: IncomingMessage): Promise<{ readonly value: unknown } | 'too-large' | 'unreadable'> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) return 'too-large';
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (text === '') return { value: undefined };
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true) {
    return { value: Object.fromEntries(new URLSearchParams(text)) };
  }
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return 'unreadable';
  }
}

function send(response: ServerResponse, request: IncomingMessage, { status, headers, body }: SandboxAnswer): void {
  // A browser would offer application/fhir+json as a download.
  const forPeople = request.headers.accept?.includes('text/html') === true;
  response.writeHead(status, {
    'content-type': forPeople ? 'application/json; charset=utf-8' : 'application/fhir+json; charset=utf-8',
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(body === null ? '' : JSON.stringify(body, null, forPeople ? 2 : undefined));
}

function sendPage(response: ServerResponse, page: string): void {
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': PAGE_POLICY,
    'x-content-type-options': 'nosniff',
  });
  response.end(page);
}
