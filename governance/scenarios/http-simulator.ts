/**
 * The HTTP server of a scenario: answers as the scenario says, keeps what it was asked, knows a repeat by its
 * Idempotency-Key, and shows the faults that a real one shows.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fault, FaultKind } from './scenario.ts';
import type { Simulator } from './simulator.ts';

/** What it answers; the first that fits. */
export interface GivenAnswer {
  readonly method?: string;
  /** With its query, as it is asked for: `/beds/A1?ward=3`. */
  readonly path: string;
  /** Default 200. */
  readonly status?: number;
  /** JSON; default `{}`. */
  readonly body?: unknown;
}

export interface TakenRequest {
  readonly method: string;
  readonly path: string;
  /** Without the quotes of its structured form; `null`: it had none. */
  readonly key: string | null;
  /** What JSON says, or the text; `null`: there was none. */
  readonly body: unknown;
  /** How often it came under its key. */
  readonly arrivals: number;
  /** Of the last answer that left; `null`: none did. */
  readonly status: number | null;
}

type Kept = { -readonly [K in keyof TakenRequest]: TakenRequest[K] };

const WELL: Fault = { kind: 'none' };

export const HTTP_FAULTS: ReadonlySet<FaultKind> = new Set([
  'none',
  'down',
  'timeout',
  'lost-answer',
  'status',
  'throttle',
]);

export class HttpSimulator implements Simulator {
  readonly faults = HTTP_FAULTS;
  readonly nextAt = null;
  readonly #server: Server;
  readonly #waiting = new Set<ServerResponse>();
  readonly #kept: Kept[] = [];
  #answers: readonly GivenAnswer[] = [];
  #serving = 0;
  #port = 0;
  #listening = false;
  #fault: Fault = WELL;
  #left = 0;
  #met = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#serving++;
      void this.#serve(request, response)
        .catch(() => response.destroy())
        .finally(() => this.#serving--);
    });
  }

  static async start(): Promise<HttpSimulator> {
    const made = new HttpSimulator();
    await made.#listen();
    return made;
  }

  get held(): number {
    return this.#waiting.size;
  }

  get serving(): number {
    return this.#serving;
  }

  get faultUnmet(): boolean {
    const { kind, times = 1 } = this.#fault;
    return kind !== 'none' && kind !== 'down' && this.#met < times;
  }

  /** In the order in which each came first. */
  requests(): readonly TakenRequest[] {
    return this.#kept;
  }

  /** Without any, it answers 200 to everything; otherwise 404 to what none fits. */
  give(answers: readonly GivenAnswer[]): void {
    this.#answers = answers;
  }

  async setFault(fault: Fault): Promise<void> {
    this.#fault = fault;
    this.#met = 0;
    this.#left = fault.times ?? Number.POSITIVE_INFINITY;
    if (fault.kind === 'down') await this.#unlisten();
    else await this.#listen();
    for (const response of this.#waiting) response.destroy();
  }

  /** Answers at once or never. */
  tick(): boolean {
    return false;
  }

  binding(): object {
    return { kind: 'http', base: `http://127.0.0.1:${this.#port}` };
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
    const [method, path] = [request.method ?? 'GET', request.url ?? '/'];
    const fault = this.#faultFor(method);
    const act = (): Kept => this.#keep(method, path, request, Buffer.concat(chunks).toString('utf8'));
    switch (fault.kind) {
      case 'timeout':
        act();
        this.#waiting.add(response);
        response.once('close', () => this.#waiting.delete(response));
        return;
      case 'lost-answer':
        act();
        request.socket.destroy();
        return;
      case 'status':
        return answer(response, act(), fault.status ?? 500, {});
      case 'throttle':
        response.setHeader('retry-after', String(fault.retryAfter ?? 30));
        return answer(response, act(), 429, {});
      case 'down':
        request.socket.destroy();
        return;
      default: {
        const found = this.#answers.find(
          (one) => one.path === path && (one.method === undefined || one.method === method),
        );
        const unknown = this.#answers.length > 0 && !found;
        return answer(response, act(), unknown ? 404 : (found?.status ?? 200), found?.body ?? {});
      }
    }
  }

  #keep(method: string, path: string, request: IncomingMessage, text: string): Kept {
    const header = request.headers['idempotency-key'];
    const key = typeof header === 'string' ? header.replace(/^"(.*)"$/, '$1') : null;
    const known = key === null ? undefined : this.#kept.find((one) => one.key === key);
    if (known) {
      known.arrivals++;
      return known;
    }
    const kept = { method, path, key, body: bodyOf(text), arrivals: 1, status: null };
    this.#kept.push(kept);
    return kept;
  }

  #faultFor(method: string): Fault {
    const fault = this.#fault;
    if ((fault.method !== undefined && fault.method !== method) || this.#left <= 0) return WELL;
    this.#left--;
    this.#met++;
    return fault;
  }
}

function answer(response: ServerResponse, kept: Kept, status: number, body: unknown): void {
  kept.status = status;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function bodyOf(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
