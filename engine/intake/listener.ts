import type { Clock, Millis } from '../base/clock.ts';
import { WardflowError } from '../base/errors.ts';
import type { Ids } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { FrameHandler } from '../mllp/connection.ts';
import { startMllpServer, type MllpLimits, type MllpRefusal, type MllpServer } from '../mllp/server.ts';
import type { FeedStatus } from './feed.ts';

export interface ListenerOptions extends Partial<MllpLimits> {
  readonly host: string;
  readonly port: number;
  readonly allow: readonly string[];
  readonly maxFrameBytes: number;
  readonly withholdMs: Millis;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly handler: FrameHandler;
  readonly refused: (refusal: MllpRefusal) => void;
  readonly changed: () => void;
}

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

/** One bound place. A port that cannot be taken is tried again, with growing pauses, until it is or nobody wants it. */
export class Listener {
  readonly #options: ListenerOptions;
  #server: MllpServer | undefined;
  #error: FeedStatus['error'] = null;
  #pause = FIRST_PAUSE;
  #cancelRetry: () => void = () => undefined;
  #closed = false;
  #starting: Promise<void> = Promise.resolve();

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  /** Resolves after the first try, whatever came of it. */
  start(): Promise<void> {
    this.#starting = this.#try();
    return this.#starting;
  }

  get status(): Pick<FeedStatus, 'state' | 'host' | 'port' | 'connections' | 'error'> {
    const { host, port } = this.#options;
    if (this.#server) {
      const { connections } = this.#server;
      return { state: 'listening', host, port: this.#server.port, connections, error: null };
    }
    return { state: this.#error ? 'failed' : 'starting', host, port, connections: 0, error: this.#error };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRetry();
    await this.#starting;
    await this.#server?.close();
    this.#server = undefined;
  }

  async #try(): Promise<void> {
    const { log, clock, host, port, changed } = this.#options;
    try {
      const server = await startMllpServer(this.#options);
      this.#server = server;
      this.#error = null;
      this.#pause = FIRST_PAUSE;
      log.info('listening', { host, port: server.port });
    } catch (error) {
      const known = error instanceof WardflowError ? error : undefined;
      this.#error = {
        code: known?.code ?? 'mllp-listen-failed',
        text: known ? `${known.message} ${known.remedy}` : '',
      };
      log.error('the feed cannot listen', { host, port, code: this.#error.code, ms: this.#pause });
      if (!this.#closed) {
        this.#cancelRetry = clock.at(clock.now() + this.#pause, () => void this.start());
        this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
      }
    }
    changed();
  }
}
