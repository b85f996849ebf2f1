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

/** What becomes of a request: `after` and `lost`: it is done, and its answer is not that it was. */
export type Fault = 'throttle' | 'fail-before' | 'fail-after' | 'reset-before' | 'lost' | 'hang';

export interface CountingOptions {
  /** Asked for each request, searches and reads among them. */
  readonly fault?: (method: string, type: string, url: string) => Fault | null;
  /** Time between a resource being there and its answer leaving, milliseconds. */
  readonly answerAfter?: () => number;
  /** What it does with parameters of searches: some servers know no search by a system alone, some none by ids. */
  readonly searches?: () => Searches;
}

export type Searches = 'all' | 'no-system' | 'ignores-times' | 'no-ids' | 'refuses';

export class CountingFhirServer {
  /** Every request that could have changed something, in order. */
  readonly writes: SeenWrite[] = [];
  /** Every resource that was made, in order. */
  readonly made: Held[] = [];
  /** Searches and reads. */
  lookUps = 0;
  /** Path and query of each of them, in order. */
  readonly asked: string[] = [];
  readonly #server: Server;
  readonly #answerAfter: () => number;
  readonly #fault: (method: string, type: string, url: string) => Fault | null;
  readonly #searches: () => Searches;
  /** When each came to be as it is: of its own clock. */
  readonly #updated = new Map<string, number>();
  #lastUpdate = Date.UTC(2025, 5, 1);
  readonly #byId = new Map<string, Held>();
  readonly #byIdentifier = new Map<string, Held[]>();
  readonly #versions = new Map<string, number>();

  private constructor({ answerAfter = () => 0, fault = () => null, searches = () => 'all' }: CountingOptions) {
    this.#searches = searches;
    this.#answerAfter = answerAfter;
    this.#fault = fault;
    this.#server = createServer((request, response) => {
      this.#faulty(request, response).catch(() => response.destroy());
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

  /** A resource as it is now. */
  now(reference: string): Held | undefined {
    return this.#byId.get(reference);
  }

  /** Somebody else changes a resource. */
  change(reference: string, over: Readonly<Record<string, unknown>>): void {
    const before = this.#byId.get(reference);
    if (!before) throw new Error(`there is no ${reference}`);
    this.#byId.set(reference, { ...before, body: { ...before.body, ...over } });
    this.#touch(reference);
    this.#versions.set(reference, (this.#versions.get(reference) ?? 1) + 1);
  }

  /** Somebody else removes a resource: it is not found any more, by id or identifier. */
  remove(reference: string): void {
    const gone = this.#byId.get(reference);
    this.#byId.delete(reference);
    for (const [key, held] of this.#byIdentifier)
      this.#byIdentifier.set(
        key,
        held.filter(({ id }) => id !== gone?.id),
      );
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

  async #faulty(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, , type = ''] = new URL(request.url ?? '/', 'http://fhir').pathname.split('/');
    const fault = this.#fault(request.method ?? '', type, request.url ?? '');
    switch (fault) {
      case null:
        return this.#serve(request, response);
      case 'throttle':
        response.setHeader('retry-after', '1');
        return outcome(response, 429);
      case 'fail-before':
        return outcome(response, 500);
      case 'reset-before':
        request.socket.destroy();
        return;
      case 'hang':
        return;
      case 'fail-after':
      case 'lost': {
        await this.#serve(request, discarding(response, fault));
        return;
      }
      default:
        fault satisfies never;
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    const url = new URL(request.url ?? '/', 'http://fhir');
    const [, , type = '', id] = url.pathname.split('/');
    if (request.method === 'GET') {
      this.lookUps++;
      this.asked.push(url.pathname + url.search);
      if (id === undefined) return this.#search(response, type, url.searchParams);
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
    this.#touch(`${type}/${id}`);
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
    this.#touch(reference);
    this.#answer(response, after, 200);
  }

  /** Its clock stands there; each change is a second later. */
  clock(at: number): void {
    this.#lastUpdate = at;
  }

  #touch(reference: string): void {
    this.#lastUpdate += 1000;
    this.#updated.set(reference, this.#lastUpdate);
  }

  /** R4 3.1.1: by identifier (a system alone among them), by ids, and by time; pages of `_count`. */
  #search(response: ServerResponse, type: string, query: URLSearchParams): void {
    const how = this.#searches();
    const [identifier, ids, since] = ['identifier', '_id', '_lastUpdated'].map((name) => query.get(name));
    if (how === 'refuses' && (ids || since)) return outcome(response, 400);
    let found: readonly Held[] =
      identifier && !identifier.endsWith('|')
        ? this.#matching(type, identifier)
        : [...this.#byId.values()].filter((one) => one.type === type);
    if (identifier?.endsWith('|'))
      found =
        how === 'no-system' ? [] : found.filter((one) => one.identifiers.some((own) => own.startsWith(identifier)));
    if (ids) found = how === 'no-ids' ? [] : found.filter(({ id }) => ids.split(',').includes(id));
    const at = ({ id }: Held): number => this.#updated.get(`${type}/${id}`) ?? 0;
    if (since && how !== 'ignores-times')
      found = found.filter((one) => at(one) >= Date.parse(since.replace(/^ge/, '')));
    const sorted = query.has('_sort') ? found.toSorted((a, b) => at(a) - at(b)) : found;
    const [count, page] = [Number(query.get('_count') ?? 1000), Number(query.get('page') ?? 0)];
    const entry = sorted.slice(page * count, (page + 1) * count).map(({ id, body }) => ({
      fullUrl: `${type}/${id}`,
      resource: { ...body, id, meta: this.#meta(`${type}/${id}`) },
    }));
    const more = new URLSearchParams(query);
    more.set('page', String(page + 1));
    const link =
      sorted.length > (page + 1) * count ? [{ relation: 'next', url: `${this.base}/${type}?${more.toString()}` }] : [];
    response.writeHead(200, { 'content-type': 'application/fhir+json' });
    response.end(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', total: sorted.length, link, entry }));
  }

  #meta(reference: string): object {
    const lastUpdated = new Date(this.#updated.get(reference) ?? 0).toISOString();
    return { versionId: String(this.#versions.get(reference) ?? 1), lastUpdated };
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
    response.end(JSON.stringify({ ...held.body, id: held.id, meta: this.#meta(`${held.type}/${held.id}`) }));
  }
}

/** The answer is thrown away: another one is given, or the connection breaks. */
function discarding(response: ServerResponse, how: 'fail-after' | 'lost'): ServerResponse {
  const end = response.end.bind(response);
  const writeHead = response.writeHead.bind(response);
  response.writeHead = () => response;
  response.end = () => {
    if (how === 'lost') response.socket?.destroy();
    else {
      writeHead(500, { 'content-type': 'application/fhir+json' });
      end('{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"exception"}]}');
    }
    return response;
  };
  return response;
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
