import type { Clock, Millis } from '../base/clock.ts';
import { WardflowError } from '../base/errors.ts';
import type { Ids } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { ListenTls } from '../config/bindings.ts';
import type { FrameHandler } from '../mllp/connection.ts';
import { startMllpServer, type MllpLimits, type MllpRefusal, type MllpServer } from '../mllp/server.ts';
import { readListenTls, TLS_ENDS_SOON_MS, type ListenTlsFiles } from '../mllp/tls-files.ts';
import type { FeedStatus } from './feed.ts';

export interface ListenerOptions extends Partial<MllpLimits> {
  readonly host: string;
  readonly port: number;
  readonly allow: readonly string[];
  /** `null`: in clear. */
  readonly tls: { readonly folder: string; readonly names: ListenTls } | null;
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
/** The files are read this often: a renewed certificate is served without a restart, whoever renewed it. */
const LOOK_EVERY_MS = 60_000;

/**
 * One bound place. A port that cannot be taken, or a certificate that cannot be used, is tried again with growing pauses,
 * until it can or nobody wants it.
 */
export class Listener {
  readonly #options: ListenerOptions;
  #server: MllpServer | undefined;
  #error: FeedStatus['error'] = null;
  #tls: ListenTlsFiles | null = null;
  #tlsProblem: FeedStatus['error'] = null;
  #pause = FIRST_PAUSE;
  #cancelRetry: () => void = () => undefined;
  #cancelLook: () => void = () => undefined;
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

  get status(): Pick<FeedStatus, 'state' | 'host' | 'port' | 'tls' | 'connections' | 'error'> {
    const { host, port } = this.#options;
    const tls = this.#tlsStatus;
    if (this.#server) {
      const { connections } = this.#server;
      return { state: 'listening', host, port: this.#server.port, tls, connections, error: null };
    }
    return { state: this.#error ? 'failed' : 'starting', host, port, tls, connections: 0, error: this.#error };
  }

  get #tlsStatus(): FeedStatus['tls'] {
    const { tls } = this.#options;
    if (!tls) return null;
    const validUntil = this.#server ? (this.#tls?.validUntil ?? null) : null;
    return { mutual: tls.names.clientCa !== null, validUntil, problem: this.#tlsProblem };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRetry();
    await this.#starting;
    this.#cancelLook();
    await this.#server?.close();
    this.#server = undefined;
  }

  async #try(): Promise<void> {
    const { log, clock, host, port, changed } = this.#options;
    try {
      const tls = this.#readTls();
      const server = await startMllpServer({ ...this.#options, tls });
      this.#server = server;
      this.#error = null;
      this.#pause = FIRST_PAUSE;
      log.info(tls ? 'listening, over TLS' : 'listening', { host, port: server.port });
      if (tls) this.#inForce(tls);
    } catch (error) {
      this.#error = told(error);
      log.error('the feed cannot listen', { host, port, code: this.#error.code, ms: this.#pause });
      if (!this.#closed) {
        this.#cancelRetry = clock.at(clock.now() + this.#pause, () => void this.start());
        this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
      }
    }
    changed();
  }

  #readTls(): ListenTlsFiles | null {
    const { tls } = this.#options;
    return tls && readListenTls(tls.folder, tls.names);
  }

  #inForce(tls: ListenTlsFiles): void {
    const { log, clock } = this.#options;
    this.#tls = tls;
    this.#cancelLook = clock.at(clock.now() + LOOK_EVERY_MS, () => this.#look());
    const day = new Date(tls.validUntil).toISOString().slice(0, 10);
    if (tls.validUntil - clock.now() < TLS_ENDS_SOON_MS) log.warn(`the certificate of the feed runs out on ${day}`);
    if (tls.keyIsOpen) log.warn('others than its owner may read or change the key of the feed');
  }

  /** Once a minute: files that are not the ones in force take their place, if they can be used together. */
  #look(): void {
    const { log, clock, changed } = this.#options;
    this.#cancelLook = clock.at(clock.now() + LOOK_EVERY_MS, () => this.#look());
    const before = this.#tlsProblem;
    try {
      const next = this.#readTls();
      this.#tlsProblem = null;
      const { cert, key, clientCa } = this.#tls ?? {};
      if (next && (next.cert !== cert || next.key !== key || next.clientCa !== clientCa)) {
        this.#server?.renewTls(next);
        log.info('the certificate of the feed was renewed');
        this.#cancelLook();
        this.#inForce(next);
      } else if (!before) return;
    } catch (error) {
      // Half-renewed, most likely: the certificate is new and its key is still to come.
      this.#tlsProblem = told(error);
      if (before?.text === this.#tlsProblem.text) return;
      log.error('renewed TLS files of the feed cannot be used; the ones in force stay', { error });
    }
    changed();
  }
}

function told(error: unknown): NonNullable<FeedStatus['error']> {
  const known = error instanceof WardflowError ? error : undefined;
  return { code: known?.code ?? 'mllp-listen-failed', text: known ? `${known.message} ${known.remedy}` : '' };
}
