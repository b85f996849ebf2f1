/**
 * The FHIR server of a scenario, over HTTP, with the faults that a real one shows. What it holds and answers is in
 * fhir-server/; everything is in memory.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fault, FaultKind } from './scenario.ts';
import { Records, type Resource } from './fhir-server/records.ts';
import { outcome, RequestRefused, type Reply } from './fhir-server/reply.ts';
import { answer, type Asked } from './fhir-server/rest.ts';
import { transact } from './fhir-server/transaction.ts';
import type { Simulator } from './simulator.ts';

export type { Resource } from './fhir-server/records.ts';

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
  readonly #records: Records;
  readonly #waiting = new Set<ServerResponse>();
  #port = 0;
  #fault: Fault = WELL;
  #left = 0;
  #met = 0;
  #serving = 0;
  #listening = false;

  private constructor(now: () => number) {
    this.#records = new Records(now);
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
    return this.#records.all(type);
  }

  put(resource: Readonly<Record<string, unknown>>): void {
    const type = String(resource['resourceType']);
    const id = typeof resource['id'] === 'string' ? resource['id'] : this.#records.nextId();
    this.#records.write('PUT', type, id, resource);
  }

  /** Another person's change. */
  change(resource: Resource, set: Readonly<Record<string, unknown>>): void {
    this.#records.write('PUT', resource.resourceType, resource.id, { ...resource, ...set });
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
    const path = url.pathname.replace(/^\/fhir\/?/, '');
    const method = request.method ?? 'GET';
    const { 'if-match': ifMatch, 'if-none-exist': condition } = request.headers;
    const ifNoneExist = typeof condition === 'string' ? condition : undefined;
    const fault = this.#faultFor(method, path.split('/')[0] ?? '');
    const act = (): Reply =>
      this.#act({ method, path, query: url.searchParams, ifMatch, ifNoneExist }, Buffer.concat(chunks).toString());
    switch (fault.kind) {
      case 'timeout':
        this.#waiting.add(response);
        response.once('close', () => this.#waiting.delete(response));
        return;
      case 'lost-answer': {
        // The server acts as ever; nothing of its answer leaves it.
        act();
        request.socket.destroy();
        return;
      }
      case 'status':
        return send(response, outcome(fault.status ?? 500, 'exception'));
      case 'throttle':
        response.setHeader('retry-after', String(fault.retryAfter ?? 30));
        return send(response, outcome(429, 'throttled'));
      case 'down':
        request.socket.destroy();
        return;
      case 'none':
        return send(response, act());
      default:
        // Not one of ours: the runner has said so.
        return send(response, act());
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

  #act(asked: Omit<Asked, 'body'>, text: string): Reply {
    try {
      const body = text === '' ? undefined : (JSON.parse(text) as unknown);
      if (asked.method === 'POST' && asked.path === '') return transact(this.#records, body);
      return answer(this.#records, { ...asked, body });
    } catch (error) {
      if (error instanceof RequestRefused) return error.reply;
      if (error instanceof SyntaxError) return outcome(400, 'structure');
      throw error;
    }
  }
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, { ...(body && { 'content-type': 'application/fhir+json' }), ...headers });
  response.end(body ? JSON.stringify(body) : undefined);
}
