/**
 * A FHIR R4 server over HTTP, in memory, that goes wrong where a test says so. Written against the specification only; shares
 * no code with the product, and forgives nothing: a POST without If-None-Exist makes another resource, however often it is
 * sent. It counts every request and forgets no version, so that a test can say what really happened.
 *
 * What it holds is `records` (with `listeners`, told of every write: whoever sends notifications begins there), what it
 * answers is `rest.ts`, what goes wrong is `faults.ts`, and operations (`$events`) are set by `operations`.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { isResource, parseExact, type Resource } from './fhir-simulator/exact-json.ts';
import { faultFor, type Fault, type Matching, type Rule } from './fhir-simulator/faults.ts';
import { Records, type Version } from './fhir-simulator/records.ts';
import { outcome, type Reply } from './fhir-simulator/reply.ts';
import { answer, type Operation, type RestRequest } from './fhir-simulator/rest.ts';
import { send, spoil } from './fhir-simulator/spoil.ts';

export type { Fault, Matching } from './fhir-simulator/faults.ts';
export type { Resource } from './fhir-simulator/exact-json.ts';
export type { Version } from './fhir-simulator/records.ts';

export interface SimulatorOptions {
  /** How a stale If-Match is answered: 412 by the specification, 409 by HAPI; default 412. */
  readonly conflict?: 409 | 412;
  /** Entries of a page where the client says nothing; default 20. */
  readonly pageSize?: number;
  /** Time of the server, milliseconds; default: the system's. It never stands still for two versions of one resource. */
  readonly now?: () => number;
  /** Types of the CapabilityStatement. */
  readonly types?: readonly string[];
  /** Whether a token is taken; default: none is asked for. */
  readonly token?: (bearer: string) => boolean | Promise<boolean>;
  /** By https, with what a client certificate needs. */
  readonly tls?: ServerOptions;
  /** Answers requests outside FHIR, such as `/fhir/.well-known/smart-configuration` or `/token`; `null`: not mine. */
  readonly others?: (request: SeenByServer) => Promise<Reply | null>;
}

export interface SeenByServer {
  readonly method: string;
  /** With the query, behind the host. */
  readonly url: string;
  /** Resource type, or the first part of the path behind the base. */
  readonly type: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** What was spoiled; `null`: nothing. */
  readonly fault: Fault['kind'] | null;
}

const TYPES = ['Appointment', 'Communication', 'Encounter', 'Flag', 'Observation', 'Patient', 'Provenance', 'Task'];
const CHANGING = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

export class FhirSimulator {
  /** Every request, in the order of arrival. */
  readonly requests: SeenByServer[] = [];
  readonly records: Records;
  /** By name with `$`. */
  readonly operations = new Map<string, Operation>();
  /** Connections that were accepted. */
  connections = 0;
  readonly #options: SimulatorOptions;
  readonly #server: Server;
  readonly #rules: Rule[] = [];
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  private constructor(options: SimulatorOptions) {
    this.#options = options;
    this.records = new Records(options.now ?? Date.now, options.conflict ?? 412);
    const serve = (request: IncomingMessage, response: ServerResponse): void =>
      void this.#serve(request, response).catch(() => response.destroy());
    this.#server = options.tls ? createTlsServer(options.tls, serve) : createServer(serve);
    this.#server.on('connection', () => this.connections++);
  }

  static async start(options: SimulatorOptions = {}): Promise<FhirSimulator> {
    const made = new FhirSimulator(options);
    await new Promise<void>((resolve, reject) => {
      made.#server.once('error', reject);
      made.#server.listen(0, '127.0.0.1', resolve);
    });
    return made;
  }

  get origin(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http${this.#options.tls ? 's' : ''}://127.0.0.1:${port}`;
  }

  get base(): string {
    return `${this.origin}/fhir`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The first of the rules that match spoils a request. */
  fault(matching: Matching, fault: Fault): void {
    this.#rules.push({ matching, fault, seen: 0 });
  }

  /** From now on nothing goes wrong. */
  mend(): void {
    this.#rules.length = 0;
  }

  /** Resolves when so many requests were seen in all. */
  async arrived(count: number): Promise<void> {
    if (this.requests.length < count) await new Promise<void>((resolve) => this.#waiting.push({ count, resolve }));
  }

  /** Requests that could have changed something: `POST Task`. Searches by POST are none. */
  get writes(): readonly SeenByServer[] {
    return this.requests.filter(({ method, url }) => CHANGING.has(method) && !url.includes('/_search'));
  }

  /** Resources of a type as they are now. */
  stored(type: string): readonly Resource[] {
    const latest = new Map<string, Version>();
    for (const one of this.records.versions) if (one.type === type) latest.set(one.id, one);
    return [...latest.values()].flatMap(({ resource }) => (resource ? [plain(resource)] : []));
  }

  /** The text of a resource as it is now: with numbers as they were written. */
  textOf(reference: string): string {
    const [type = '', id = ''] = reference.split('/');
    return JSON.stringify(this.records.current(type, id).resource);
  }

  /** How many versions a resource has. */
  versions(reference: string): number {
    const [type = '', id = ''] = reference.split('/');
    return this.records.versionsOf(type, id).length;
  }

  /** Somebody else writes a resource; gives its reference. `text`: JSON, whose numbers stay as they are. */
  put(given: Resource | string): string {
    const resource = typeof given === 'string' ? parseExact(given) : given;
    if (!isResource(resource)) throw new TypeError('no resource');
    const type = resource.resourceType;
    const id = typeof resource['id'] === 'string' ? resource['id'] : this.records.freeId(type);
    this.records.write(this.records.versionsOf(type, id).length === 0 ? 'POST' : 'PUT', type, id, resource);
    return `${type}/${id}`;
  }

  /** Somebody else changes elements of a resource. */
  change(reference: string, over: Readonly<Record<string, unknown>>): void {
    const [type = '', id = ''] = reference.split('/');
    const { resource } = this.records.current(type, id);
    if (resource) this.records.write('PUT', type, id, { ...resource, ...over });
  }

  /** Somebody else deletes it. */
  remove(reference: string): void {
    const [type = '', id = ''] = reference.split('/');
    this.records.write('DELETE', type, id, null);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('utf8');
    const { method = '', url = '/' } = request;
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
    );
    const [path = '', query = ''] = url.split('?');
    const within = /^\/fhir(?:\/|$)(.*)$/.exec(path)?.[1];
    const type = within?.split('/')[0] ?? '';
    const fault = faultFor(this.#rules, method, type, url.replace(/^\/fhir/, ''));
    const seen: SeenByServer = { method, url, type, headers, body, fault: fault?.kind ?? null };
    this.requests.push(seen);
    for (const one of this.#waiting) if (this.requests.length >= one.count) one.resolve();

    const act = async (more: Partial<RestRequest> = {}): Promise<Reply> => {
      const other = await this.#options.others?.(seen);
      if (other) return other;
      if (within === undefined) return outcome(404, 'not-found');
      if (!(await this.#permits(headers))) return outcome(401, 'login');
      const { records, operations } = this;
      const { pageSize = 20, types = TYPES } = this.#options;
      const rest = { records, operations, pageSize, types, base: () => this.base };
      return answer(rest, { method, path: within, query: new URLSearchParams(query), headers, body, ...more });
    };
    if (fault === null) return send(response, await act());
    await spoil(fault, act, response);
  }

  async #permits(headers: Readonly<Record<string, string | undefined>>): Promise<boolean> {
    const { token } = this.#options;
    if (!token) return true;
    const bearer = /^Bearer (.+)$/.exec(headers['authorization'] ?? '')?.[1];
    return bearer !== undefined && (await token(bearer));
  }
}

const plain = (resource: Resource): Resource => JSON.parse(JSON.stringify(resource)) as Resource;
