/**
 * A FHIR server that counts what really happens to it. Written against the specification only (R4, 3.1.0.8 create and
 * 3.1.0.8.1 conditional create); shares no code with the product or its sandbox, and forgives nothing: a POST without
 * `If-None-Exist` makes another resource, however often it is sent.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenWrite {
  readonly method: string;
  readonly type: string;
  /** `system|value` of each identifier in the body. */
  readonly identifiers: readonly string[];
  /** What `If-None-Exist` asked for; `null`: the header was not there. */
  readonly condition: string | null;
  readonly status: number;
  /** The resource that it made; `null` where it made none. */
  readonly created: string | null;
}

export interface Held {
  readonly id: string;
  readonly type: string;
  readonly identifiers: readonly string[];
  readonly body: Readonly<Record<string, unknown>>;
}

export interface CountingOptions {
  /** Time between a resource being there and its answer leaving, milliseconds. */
  readonly answerAfter?: () => number;
}

export class CountingFhirServer {
  /** Every request that could have changed something, in order. */
  readonly writes: SeenWrite[] = [];
  /** Every resource that was made, in order. */
  readonly made: Held[] = [];
  /** Searches and reads. */
  lookUps = 0;
  readonly #server: Server;
  readonly #answerAfter: () => number;
  readonly #byId = new Map<string, Held>();
  readonly #byIdentifier = new Map<string, Held[]>();
  readonly #versions = new Map<string, number>();

  private constructor({ answerAfter = () => 0 }: CountingOptions) {
    this.#answerAfter = answerAfter;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  static async start(options: CountingOptions = {}): Promise<CountingFhirServer> {
    const made = new CountingFhirServer(options);
    await new Promise<void>((resolve, reject) => {
      made.#server.once('error', reject);
      made.#server.listen(0, '127.0.0.1', resolve);
    });
    return made;
  }

  get base(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/fhir`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Resources of the type that carry an identifier with this system, by its value. */
  bySystem(type: string, system: string): ReadonlyMap<string, readonly Held[]> {
    const found = new Map<string, Held[]>();
    for (const one of this.made) {
      if (one.type !== type) continue;
      for (const identifier of one.identifiers) {
        if (!identifier.startsWith(`${system}|`)) continue;
        const value = identifier.slice(system.length + 1);
        found.set(value, [...(found.get(value) ?? []), one]);
      }
    }
    return found;
  }

  /** How often each condition was sent, and how many resources came of it. */
  conditions(): ReadonlyMap<string, { readonly sent: number; readonly made: number }> {
    const found = new Map<string, { sent: number; made: number }>();
    for (const { method, type, condition, created } of this.writes) {
      if (method !== 'POST' || condition === null) continue;
      const key = `${type}?${condition}`;
      const before = found.get(key) ?? { sent: 0, made: 0 };
      found.set(key, { sent: before.sent + 1, made: before.made + (created === null ? 0 : 1) });
    }
    return found;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    const url = new URL(request.url ?? '/', 'http://fhir');
    const [, , type = '', id] = url.pathname.split('/');
    if (request.method === 'GET') {
      this.lookUps++;
      if (id === undefined) return search(response, type, this.#matching(type, url.searchParams.get('identifier')));
      return this.#answer(response, this.#byId.get(`${type}/${id}`), 200);
    }
    if (request.method === 'PUT' && id !== undefined)
      return this.#update(response, type, id, text, request.headers['if-match']);
    if (request.method !== 'POST' || id !== undefined) return outcome(response, 404);
    return this.#create(response, type, text, request.headers['if-none-exist']);
  }

  async #create(
    response: ServerResponse,
    type: string,
    text: string,
    header: string | string[] | undefined,
  ): Promise<void> {
    const body = JSON.parse(text) as Record<string, unknown>;
    const condition = typeof header === 'string' ? new URLSearchParams(header).get('identifier') : null;
    const already = condition === null ? [] : this.#matching(type, condition);
    const status = already.length === 0 ? 201 : already.length === 1 ? 200 : 412;
    const held = status === 201 ? this.#make(type, body) : already[0];
    const identifiers = identifiersOf(body);
    const created = status === 201 && held ? held.id : null;
    this.writes.push({ method: 'POST', type, identifiers, condition, status, created });
    const wait = this.#answerAfter();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if (status === 412) outcome(response, 412);
    else this.#answer(response, held, status);
  }

  #make(type: string, body: Record<string, unknown>): Held {
    const id = String(this.made.length + 1);
    const held = { id, type, identifiers: identifiersOf(body), body };
    this.made.push(held);
    this.#byId.set(`${type}/${id}`, held);
    this.#versions.set(`${type}/${id}`, 1);
    for (const identifier of held.identifiers) {
      const key = `${type}?${identifier}`;
      this.#byIdentifier.set(key, [...(this.#byIdentifier.get(key) ?? []), held]);
    }
    return held;
  }

  #update(response: ServerResponse, type: string, id: string, text: string, match: string | undefined): void {
    const reference = `${type}/${id}`;
    const before = this.#byId.get(reference);
    const version = this.#versions.get(reference) ?? 0;
    const body = JSON.parse(text) as Record<string, unknown>;
    const status = !before ? 404 : match !== undefined && match !== `W/"${version}"` ? 412 : 200;
    const identifiers = identifiersOf(body);
    this.writes.push({ method: 'PUT', type, identifiers, condition: match ?? null, status, created: null });
    if (!before || status !== 200) return outcome(response, status);
    this.#versions.set(reference, version + 1);
    const after = { ...before, body };
    this.#byId.set(reference, after);
    this.#answer(response, after, 200);
  }

  #matching(type: string, identifier: string | null): readonly Held[] {
    return (identifier === null ? undefined : this.#byIdentifier.get(`${type}?${identifier}`)) ?? [];
  }

  #answer(response: ServerResponse, held: Held | undefined, status: number): void {
    if (!held) return outcome(response, 404);
    const version = String(this.#versions.get(`${held.type}/${held.id}`) ?? 1);
    response.writeHead(status, {
      'content-type': 'application/fhir+json',
      location: `${held.type}/${held.id}/_history/${version}`,
      etag: `W/"${version}"`,
    });
    response.end(JSON.stringify({ ...held.body, id: held.id, meta: { versionId: version } }));
  }
}

function search(response: ServerResponse, type: string, found: readonly Held[]): void {
  const entry = found.map(({ id, body }) => ({ fullUrl: `${type}/${id}`, resource: { ...body, id } }));
  response.writeHead(200, { 'content-type': 'application/fhir+json' });
  response.end(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', total: entry.length, entry }));
}

function outcome(response: ServerResponse, status: number): void {
  const issue = [{ severity: 'error', code: status === 404 ? 'not-found' : 'conflict' }];
  response.writeHead(status, { 'content-type': 'application/fhir+json' });
  response.end(JSON.stringify({ resourceType: 'OperationOutcome', issue }));
}

function identifiersOf(body: Readonly<Record<string, unknown>>): readonly string[] {
  const present = (Array.isArray(body['identifier']) ? body['identifier'] : []) as readonly {
    readonly system?: string;
    readonly value?: string;
  }[];
  return present.map(({ system = '', value = '' }) => `${system}|${value}`);
}
