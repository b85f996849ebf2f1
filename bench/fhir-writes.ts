/**
 * Writes to a FHIR server that answers at once, through the guarded client: creates with our identifier, updates (a read and a
 * write each), and transactions of ten entries. What is measured is the client, with its line, limits and checks.
 *
 *     npm run bench fhir-writes
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFhirEndpoints, silentLog, systemClock, type FhirEndpoint, type FhirResult } from '../engine/index.ts';

export interface FhirWritesRow {
  readonly what: string;
  readonly atOnce: number;
  readonly perSecond: number;
  readonly p95Ms: number;
  /** Of the process, the server that answers included. */
  readonly cpuMs: number;
}

const ROUND_MS = 3000;
const AT_ONCE = 8;
const TASK = { resourceType: 'Task', id: '1', status: 'requested', intent: 'order', meta: { versionId: '1' } };
const LISTS = { Task: ['status', 'intent', 'code', 'for'], Patient: ['name'] };
const KEY = 'urn:wardflow:effect';

/** Answers whatever is sent with the same resource, or with a response Bundle of as many entries. */
async function stub() {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const headers = { 'content-type': 'application/fhir+json', etag: 'W/"1"' };
      response.writeHead(request.method === 'POST' ? 201 : 200, headers);
      response.end(request.url === '/fhir' ? transactionResponse(body) : JSON.stringify(TASK));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir` };
}

function transactionResponse(body: string): string {
  const { entry } = JSON.parse(body) as { readonly entry: readonly unknown[] };
  const response = { status: '201', location: 'Task/1/_history/1', etag: 'W/"1"' };
  return JSON.stringify({
    resourceType: 'Bundle',
    type: 'transaction-response',
    entry: entry.map(() => ({ response })),
  });
}

const WRITES: Readonly<Record<string, (ehr: FhirEndpoint, n: number) => Promise<FhirResult>>> = {
  create: (ehr, n) => ehr.createOnce({ ...TASK, note: [{ text: 'x' }] }, { system: KEY, value: `create-${n}` }),
  update: (ehr) => ehr.update('Task', '1', (current) => ({ ...current, status: 'ready' })),
  'transaction of 10': (ehr, n) => {
    const entry = Array.from({ length: 10 }, () => ({ resource: TASK, request: { method: 'POST', url: 'Task' } }));
    return ehr.transaction({ resourceType: 'Bundle', type: 'transaction', entry }, { system: KEY, value: `t-${n}` });
  },
};

export async function run(): Promise<readonly FhirWritesRow[]> {
  const { server, base } = await stub();
  const endpoints = createFhirEndpoints({
    bindings: { ehr: { base, concurrency: AT_ONCE, allow: LISTS } },
    folder: '/nowhere',
    clock: systemClock,
    log: silentLog,
    live: { publish: () => undefined },
  });
  const rows: FhirWritesRow[] = [];
  try {
    for (const [what, write] of Object.entries(WRITES)) {
      for (const atOnce of [1, AT_ONCE]) rows.push(await measured(what, atOnce, write, endpoints.get('ehr')));
    }
  } finally {
    await endpoints.close();
    server.closeAllConnections();
    server.close();
  }
  return rows;
}

async function measured(
  what: string,
  atOnce: number,
  write: (ehr: FhirEndpoint, n: number) => Promise<FhirResult>,
  ehr: FhirEndpoint,
): Promise<FhirWritesRow> {
  for (let n = 0; n < 50; n++) await write(ehr, n);
  const times: number[] = [];
  const cpu = process.cpuUsage();
  const began = performance.now();
  const worker = async (): Promise<void> => {
    while (performance.now() - began < ROUND_MS) {
      const started = performance.now();
      const result = await write(ehr, times.length);
      if (!result.ok) throw new Error(result.failure.code);
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const perSecond = Math.round(times.length / ((performance.now() - began) / 1000));
  const { user, system } = process.cpuUsage(cpu);
  const cpuMs = Math.round((user + system) / times.length / 10) / 100;
  const p95 = times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0;
  return { what, atOnce, perSecond, p95Ms: Math.round(p95 * 10) / 10, cpuMs };
}
