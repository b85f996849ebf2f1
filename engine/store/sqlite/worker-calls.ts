import { Worker } from 'node:worker_threads';
import type { WardflowError } from '../../base/errors.ts';
import type { Settings } from './connection.ts';
import { storeErrors } from './errors.ts';
import type { FromWorker, SentError, ToWorker, WorkerStart } from './protocol.ts';

type Operations = Record<string, (context: never, ...args: never[]) => unknown>;
type ArgumentsOf<F> = F extends (context: never, ...args: infer A) => unknown ? A : never;
type ResultOf<F> = F extends (context: never, ...args: never[]) => infer R ? R : never;

/** What is short-lived there is small, and bodies are not on the heap: V8's usual 48 MiB would only be filled and kept. */
const LIMITS = { maxYoungGenerationSizeMb: 8 };

/** How long a call that can wait waits for others to go with. */
const WAITS_MS = 2;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly decode: ((value: unknown, bytes: Uint8Array) => unknown) | undefined;
}

/**
 * Calls to one worker. All calls of one turn of the event loop cross in one message, with their bytes in one buffer that
 * is transferred: a message costs the same for one call as for fifty.
 */
export class WorkerCalls<O extends Operations> {
  readonly #path: string;
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #calls: (readonly [string, readonly unknown[]])[] = [];
  #bytes: Uint8Array[] = [];
  #size = 0;
  #scheduled = false;
  #timer: NodeJS.Timeout | undefined;
  #ended: WardflowError | undefined;
  #closing = false;
  /** Between early results and those of their whole batch. */
  #ahead: PromiseWithResolvers<void> | undefined;
  readonly #exited: Promise<void>;
  readonly #onFailure: (error: WardflowError) => void;
  /** Told while what callers were told of is not kept. */
  onOwed: (error: WardflowError) => void = () => undefined;
  /** Run before each batch leaves: for what may ride along. */
  readonly beforeSend: (() => void)[] = [];

  private constructor(worker: Worker, path: string, onFailure: (error: WardflowError) => void) {
    this.#worker = worker;
    this.#path = path;
    this.#onFailure = onFailure;
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve()));
    worker.on('message', (message: FromWorker) => this.#receive(message));
    worker.on('error', () => this.#fail());
    worker.on('exit', () => this.#fail());
  }

  /** Resolves when the worker has opened the database; rejects with the reason it gave. */
  static async start<O extends Operations>(
    file: string,
    start: WorkerStart,
    onFailure: (error: WardflowError) => void,
  ): Promise<{ readonly calls: WorkerCalls<O>; readonly settings: Settings; readonly aside?: string }> {
    const worker = new Worker(file, { workerData: start, stderr: false, resourceLimits: LIMITS });
    const { settings, ...ready } = await new Promise<Extract<FromWorker, { kind: 'ready' }>>((resolve, reject) => {
      worker.once('message', (message: FromWorker) => {
        if (message.kind === 'ready') resolve(message);
        else if (message.kind === 'refused') reject(revive(message.error));
      });
      worker.once('error', (cause) => reject(storeErrors.create('store-worker-died', { path: start.path }, { cause })));
    });
    return {
      calls: new WorkerCalls<O>(worker, start.path, onFailure),
      settings,
      ...(ready.aside !== undefined && { aside: ready.aside }),
    };
  }

  /** Set while callers have heard of what is not to be read yet; resolves when it is, or never will be. */
  get behind(): Promise<void> | undefined {
    return this.#ahead?.promise;
  }

  /** Adds bytes to the batch of this turn; the position goes into the arguments of a call made in the same turn. */
  put(bytes: Uint8Array): readonly [offset: number, length: number] {
    const offset = this.#size;
    this.#bytes.push(bytes);
    this.#size += bytes.length;
    return [offset, bytes.length];
  }

  /** A call that can wait goes with the next that cannot, or after a moment; the order of calls is kept. */
  call<K extends keyof O & string>(
    operation: K,
    args: ArgumentsOf<O[K]>,
    decode?: (value: unknown, bytes: Uint8Array) => unknown,
    canWait = false,
  ): Promise<ResultOf<O[K]>> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#ended || this.#closing) {
        reject(this.#ended ?? storeErrors.create('store-closed'));
        return;
      }
      this.#calls.push([operation, args]);
      this.#waiting.push({ resolve, reject, decode });
      if (this.#scheduled) return;
      if (canWait) {
        this.#timer ??= setTimeout(() => this.#send(), WAITS_MS);
        return;
      }
      this.#scheduled = true;
      setImmediate(() => this.#send());
    }) as Promise<ResultOf<O[K]>>;
  }

  /** Sends what is left, waits until the worker has done it and ended. */
  async close(): Promise<void> {
    if (!this.#closing && !this.#ended) {
      this.#send();
      this.#closing = true;
      this.#post('close', []);
    }
    await this.#exited;
  }

  #send(): void {
    this.#scheduled = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#ended) return;
    for (const run of this.beforeSend) run();
    // A call made by `beforeSend` rides along; it must not schedule an empty batch.
    if (this.#calls.length === 0) return;
    const all = new Uint8Array(this.#size);
    let offset = 0;
    for (const bytes of this.#bytes) {
      all.set(bytes, offset);
      offset += bytes.length;
    }
    const calls = this.#calls;
    this.#calls = [];
    this.#bytes = [];
    this.#size = 0;
    this.#post({ calls, bytes: all.buffer }, [all.buffer]);
  }

  #post(message: ToWorker, transfer: ArrayBuffer[]): void {
    this.#worker.postMessage(message, transfer);
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'early') {
      this.#ahead ??= Promise.withResolvers();
      for (const [index, result] of message.results) this.#waiting[index]?.resolve(result);
      return;
    }
    if (message.kind !== 'results') return;
    this.#nothingAhead();
    if (message.owed) this.onOwed(revive(message.owed));
    const bytes = new Uint8Array(message.bytes);
    const errors = message.errors.length > 0 ? new Map(message.errors) : undefined;
    const waiting = this.#waiting.splice(0, message.results.length);
    for (let index = 0; index < waiting.length; index++) {
      const one = waiting[index];
      if (!one) continue;
      const error = errors?.get(index);
      if (error) one.reject(revive(error));
      else one.resolve(one.decode ? one.decode(message.results[index], bytes) : message.results[index]);
    }
  }

  #nothingAhead(): void {
    this.#ahead?.resolve();
    this.#ahead = undefined;
  }

  #fail(): void {
    this.#nothingAhead();
    if (this.#ended) return;
    const error = this.#closing
      ? storeErrors.create('store-closed')
      : storeErrors.create('store-worker-died', { path: this.#path });
    this.#ended = error;
    for (const one of this.#waiting.splice(0)) one.reject(error);
    if (!this.#closing) this.#onFailure(error);
  }
}

function revive(error: SentError): WardflowError {
  const known = Object.hasOwn(storeErrors.entries, error.code);
  return storeErrors.create((known ? error.code : 'store-failed') as 'store-failed', error.details);
}
