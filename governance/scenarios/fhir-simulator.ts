/**
 * The FHIR server of a scenario: create (also conditional, R4 3.1.0.8.1), read, search by identifier, id and plain
 * elements, update with If-Match; and the faults that a real one shows. Keeps everything in memory. One file,
 * since a fault is met anywhere in what it does.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isRecord } from '../checks/subject.ts';
import type { Fault, FaultKind } from './scenario.ts';
import type { Simulator } from './simulator.ts';

export type Resource = Readonly<Record<string, unknown>> & { readonly resourceType: string; readonly id: string };

const WELL: Fault = { kind: 'none' };

export const SERVER_FAULTS: ReadonlySet<FaultKind> = new Set([
  'none',
  'down',
  'timeout',
  'lost-answer',
  'status',
  'throttle',
]);

export class FhirSimulator implements Simulator {
  readonly faults = SERVER_FAULTS;
  readonly nextAt = null;
  readonly #server: Server;
  readonly #now: () => number;
  readonly #byReference = new Map<string, Resource>();
  readonly #waiting = new Set<ServerResponse>();
  #port = 0;
  #fault: Fault = WELL;
  #left = 0;
  #met = 0;
  #serving = 0;
  #listening = false;

  private constructor(now: () => number) {
    this.#now = now;
    this.#server = createServer((request, response) => {
      this.#serving++;
      this.#serve(request, response)
        .catch(() => response.destroy())
        .finally(() => this.#serving--);
    });
  }

  /** `now`: the scenario's clock, for `meta.lastUpdated`. */
  static async start(now: () => number): Promise<FhirSimulator> {
    const made = new FhirSimulator(now);
    await made.#listen();
    return made;
  }

  get base(): string {
    return `http://127.0.0.1:${this.#port}/fhir`;
  }

  /** Requests that will have no answer. */
  get held(): number {
    return this.#waiting.size;
  }

  /** Requests that are being answered. */
  get serving(): number {
    return this.#serving;
  }

  /** Everything that is there, in the order in which it was made. */
  all(type?: string): readonly Resource[] {
    return [...this.#byReference.values()].filter(({ resourceType }) => type === undefined || resourceType === type);
  }

  put(resource: Readonly<Record<string, unknown>>): void {
    const type = String(resource['resourceType']);
    const id = typeof resource['id'] === 'string' ? resource['id'] : this.#nextId();
    this.#keep({ ...resource, resourceType: type, id });
  }

  /** Another person's change. */
  change(resource: Resource, set: Readonly<Record<string, unknown>>): void {
    this.#keep({ ...resource, ...set, resourceType: resource.resourceType, id: resource.id });
  }

  /** A fault that no request has met, or not as often as it should: what it was to show was not shown. */
  get faultUnmet(): boolean {
    const { kind, times = 1 } = this.#fault;
    return kind !== 'none' && kind !== 'down' && this.#met < times;
  }

  async setFault(fault: Fault): Promise<void> {
    this.#fault = fault;
    this.#met = 0;
    this.#left = fault.times ?? Number.POSITIVE_INFINITY;
    if (fault.kind === 'down') await this.#unlisten();
    else await this.#listen();
    // Who was kept waiting gets nothing any more, as after a restart of the server.
    for (const response of this.#waiting) response.destroy();
  }

  /** Answers at once or never. */
  tick(): boolean {
    return false;
  }

  binding(): object {
    return { base: this.base, auth: { kind: 'none' } };
  }

  close(): Promise<void> {
    return this.#unlisten();
  }

  async #listen(): Promise<void> {
    if (this.#listening) return;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#listening = true;
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async #unlisten(): Promise<void> {
    if (!this.#listening) return;
    this.#listening = false;
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const url = new URL(request.url ?? '/', 'http://fhir');
    const [, , type = '', id] = url.pathname.split('/');
    const method = request.method ?? 'GET';
    const fault = this.#faultFor(method, type);
    const act = (): void =>
      this.#act(
        { method, type, id, query: url.searchParams, request, text: Buffer.concat(chunks).toString() },
        response,
      );
    switch (fault.kind) {
      case 'timeout':
        this.#waiting.add(response);
        response.once('close', () => this.#waiting.delete(response));
        return;
      case 'lost-answer': {
        // The server acts as ever; nothing of its answer leaves it.
        const nowhere = new Map<string, unknown>();
        this.#act({ method, type, id, query: url.searchParams, request, text: Buffer.concat(chunks).toString() }, {
          writeHead: (status: number) => nowhere.set('status', status),
          end: () => undefined,
        } as unknown as ServerResponse);
        request.socket.destroy();
        return;
      }
      case 'status':
        return outcome(response, fault.status ?? 500, 'exception');
      case 'throttle':
        response.setHeader('retry-after', String(fault.retryAfter ?? 30));
        return outcome(response, 429, 'throttled');
      case 'down':
        request.socket.destroy();
        return;
      case 'none':
        return act();
      default:
        // Not one of ours: the runner has said so.
        return act();
    }
  }

  #faultFor(method: string, type: string): Fault {
    const fault = this.#fault;
    const isMeant =
      (fault.method === undefined || fault.method === method) && (fault.type === undefined || fault.type === type);
    if (!isMeant || this.#left <= 0) return WELL;
    this.#left--;
    this.#met++;
    return fault;
  }

  #act(asked: Asked, response: ServerResponse): void {
    const { method, type, id, query } = asked;
    const current = id === undefined ? undefined : this.#byReference.get(`${type}/${id}`);
    if (method === 'GET' && id === undefined) return this.#search(type, query, response);
    if (method === 'GET') return current ? send(response, 200, current) : outcome(response, 404, 'not-found');
    const body = bodyOf(asked.text);
    if (!body) return outcome(response, 400, 'structure');
    if (method === 'POST' && id === undefined) return this.#create(type, body, asked, response);
    if (method !== 'PUT' || id === undefined) return outcome(response, 405, 'not-supported');
    const match = asked.request.headers['if-match'];
    if (match !== undefined && match !== tagOf(current)) return outcome(response, 412, 'conflict');
    send(response, current ? 200 : 201, this.#keep({ ...body, resourceType: type, id }));
  }

  #create(type: string, body: Readonly<Record<string, unknown>>, { request }: Asked, response: ServerResponse): void {
    const condition = request.headers['if-none-exist'];
    const already =
      typeof condition === 'string' ? this.#matching(type, new URLSearchParams(condition.replace(/^\?/, ''))) : [];
    if (already === undefined) return outcome(response, 400, 'not-supported');
    if (already.length > 1) return outcome(response, 412, 'multiple-matches');
    const [first] = already;
    if (first) return send(response, 200, first);
    send(response, 201, this.#keep({ ...body, resourceType: type, id: this.#nextId() }));
  }

  #search(type: string, query: URLSearchParams, response: ServerResponse): void {
    const found = this.#matching(type, query);
    if (!found) return outcome(response, 400, 'not-supported');
    const entry = found.map((resource) => ({ resource, search: { mode: 'match' } }));
    response.writeHead(200, { 'content-type': 'application/fhir+json' });
    response.end(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', total: entry.length, entry }));
  }

  /** `undefined`: a parameter that is not simulated; a wrong answer would be worse than none. */
  #matching(type: string, query: URLSearchParams): readonly Resource[] | undefined {
    let found = this.all(type);
    for (const [name, value] of query) {
      if (/^_(?:count|sort|format|summary|elements)$/.test(name)) continue;
      if (name === '_id') found = found.filter(({ id }) => value.split(',').includes(id));
      else if (name === 'identifier') found = found.filter((one) => hasIdentifier(one, value));
      else if (/^[a-z][A-Za-z]*$/.test(name)) found = found.filter((one) => hasValue(one[name], value.split(',')));
      else return undefined;
    }
    return found;
  }

  #keep(resource: Resource): Resource {
    const reference = `${resource.resourceType}/${resource.id}`;
    const before = this.#byReference.get(reference)?.['meta'];
    const version = Number(isRecord(before) ? before['versionId'] : 0) + 1;
    const meta = { versionId: String(version), lastUpdated: new Date(this.#now()).toISOString() };
    const kept = { ...resource, meta };
    this.#byReference.set(reference, kept);
    return kept;
  }

  #nextId(): string {
    const taken = new Set([...this.#byReference.values()].map(({ id }) => id));
    let id = this.#byReference.size + 1;
    while (taken.has(String(id))) id++;
    return String(id);
  }
}

interface Asked {
  readonly method: string;
  readonly type: string;
  readonly id: string | undefined;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly text: string;
}

function bodyOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isRecord(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

const tagOf = (resource: Resource | undefined): string | undefined => {
  const meta = resource?.['meta'];
  return isRecord(meta) ? `W/"${String(meta['versionId'])}"` : undefined;
};

function send(response: ServerResponse, status: number, resource: Resource): void {
  const tag = tagOf(resource);
  response.writeHead(status, {
    'content-type': 'application/fhir+json',
    location: `${resource.resourceType}/${resource.id}`,
    ...(tag !== undefined && { etag: tag }),
  });
  response.end(JSON.stringify(resource));
}

function outcome(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/fhir+json' });
  response.end(JSON.stringify({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code }] }));
}

function hasIdentifier(resource: Resource, token: string): boolean {
  const cut = token.indexOf('|');
  const [system, value] = cut < 0 ? [undefined, token] : [token.slice(0, cut), token.slice(cut + 1)];
  const list: unknown = resource['identifier'];
  return (Array.isArray(list) ? list : []).some(
    (one: unknown) =>
      isRecord(one) &&
      (value === '' || one['value'] === value) &&
      (system === undefined || (one['system'] ?? '') === system),
  );
}

/** A code, a text or a reference. */
function hasValue(value: unknown, wanted: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((one) => hasValue(one, wanted));
  if (isRecord(value))
    return hasValue(value['reference'], wanted) || hasValue(value['code'], wanted) || hasValue(value['coding'], wanted);
  return typeof value === 'string' && wanted.includes(value);
}
