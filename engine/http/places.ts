/**
 * Listeners for HTTP: one for each bound place, opened with the first that is bound there and kept while one is. A renewed
 * certificate is served without a restart, whoever renewed it.
 */
import type { Clock } from '../base/clock.ts';
import { codeOf } from '../base/error-code.ts';
import { WardflowError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { FeedBinding } from '../config/bindings.ts';
import type { FeedTls } from '../intake/feed.ts';
import { readListenTls, TLS_ENDS_SOON_MS, type ListenTlsFiles } from '../mllp/tls-files.ts';
import { httpErrors } from './errors.ts';
import { startHttpListener, type HttpListener, type HttpListenerOptions } from './listen.ts';

export interface PlacesOptions {
  readonly tlsFolder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** What comes in, as the log calls it: `notifications`. */
  readonly what: string;
  /** `listen`: where it came in. Another place may let in whom this one does not: see `isSameListen`. */
  readonly answer: (
    request: Parameters<HttpListenerOptions['answer']>[0],
    listen: Listen,
  ) => ReturnType<HttpListenerOptions['answer']>;
  readonly changed: () => void;
}

export type Listen = FeedBinding['listen'];

export interface PlaceStatus {
  readonly state: 'listening' | 'starting' | 'failed';
  readonly host: string;
  readonly port: number;
  /** `null`: in clear. */
  readonly tls: FeedTls | null;
  readonly error: { readonly code: string; readonly text: string } | null;
}

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;
/** The files are read this often. */
const LOOK_EVERY_MS = 60_000;

class Place {
  readonly listen: Listen;
  readonly #options: PlacesOptions;
  #listener: HttpListener | null = null;
  #error: PlaceStatus['error'] = null;
  #pause = FIRST_PAUSE;
  #cancel: () => void = () => undefined;
  #cancelLook: () => void = () => undefined;
  #files: ListenTlsFiles | null = null;
  #tlsProblem: PlaceStatus['error'] = null;
  #closed = false;
  #starting: Promise<void>;

  constructor(listen: Listen, options: PlacesOptions) {
    this.listen = listen;
    this.#options = options;
    this.#starting = this.#try();
  }

  get started(): Promise<void> {
    return this.#starting;
  }

  get status(): PlaceStatus {
    const { host, port, tls: names } = this.listen;
    const validUntil = this.#files?.validUntil ?? null;
    const tls = names && { mutual: names.clientCa !== null, validUntil, problem: this.#tlsProblem };
    if (this.#listener) return { state: 'listening', host, port: this.#listener.port, tls, error: null };
    return { state: this.#error ? 'failed' : 'starting', host, port, tls, error: this.#error };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#starting;
    this.#cancelLook();
    await this.#listener?.close();
    this.#listener = null;
  }

  async #try(): Promise<void> {
    const { clock, log, changed, tlsFolder, what, answer } = this.#options;
    const { host, port, allow, tls } = this.listen;
    try {
      const files = tls && readListenTls(tlsFolder, tls);
      this.#listener = await startHttpListener({
        host,
        port,
        allow,
        tls: files,
        answer: (request) => answer(request, this.listen),
      });
      this.#error = null;
      log.info(`listening for ${what}`, { host, port: this.#listener.port });
      if (files) this.#inForce(files);
    } catch (error) {
      this.#error = this.#told(error);
      log.error('cannot listen', { host, port, code: this.#error.code, ms: this.#pause });
      if (!this.#closed) {
        this.#cancel = clock.at(clock.now() + this.#pause, () => void (this.#starting = this.#try()));
        this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
      }
    }
    changed();
  }

  #told(error: unknown): NonNullable<PlaceStatus['error']> {
    const { host, port } = this.listen;
    const known =
      error instanceof WardflowError
        ? error
        : httpErrors.create('http-port-failed', { host, port, code: codeOf(error) ?? 'unknown' });
    return { code: known.code, text: `${known.message} ${known.remedy}` };
  }

  #inForce(files: ListenTlsFiles): void {
    const { clock, log } = this.#options;
    const { host, port } = this.listen;
    this.#files = files;
    this.#cancelLook = clock.at(clock.now() + LOOK_EVERY_MS, () => this.#look());
    if (files.validUntil - clock.now() < TLS_ENDS_SOON_MS)
      log.warn(`the certificate runs out on ${new Date(files.validUntil).toISOString().slice(0, 10)}`, { host, port });
    if (files.keyIsOpen) log.warn('others than its owner may read or change the key', { host, port });
  }

  /** Files that are not the ones in force take their place, if they can be used together. */
  #look(): void {
    const { clock, log, changed, tlsFolder } = this.#options;
    const { host, port, tls } = this.listen;
    if (this.#closed || !tls) return;
    const before = this.#tlsProblem;
    this.#cancelLook = clock.at(clock.now() + LOOK_EVERY_MS, () => this.#look());
    try {
      const next = readListenTls(tlsFolder, tls);
      this.#tlsProblem = null;
      const { cert, key, clientCa } = this.#files ?? {};
      if (next.cert !== cert || next.key !== key || next.clientCa !== clientCa) {
        this.#listener?.renewTls(next);
        log.info('the certificate was renewed', { host, port });
        this.#cancelLook();
        this.#inForce(next);
      } else if (!before) return;
    } catch (error) {
      // Half-renewed, most likely: the certificate is new and its key is still to come.
      this.#tlsProblem = this.#told(error);
      if (before?.text === this.#tlsProblem.text) return;
      log.error('renewed TLS files cannot be used; the ones in force stay', {
        host,
        port,
        code: this.#tlsProblem.code,
      });
    }
    changed();
  }
}

export class Places {
  readonly #options: PlacesOptions;
  #places = new Map<string, Place>();

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /** Opens what is missing and closes what nobody is bound to. Resolves after the first try of each. */
  async use(bindings: readonly { readonly listen: Listen }[]): Promise<void> {
    const next = new Map<string, Place>();
    for (const { listen } of bindings) {
      const key = keyOf(listen);
      next.set(key, next.get(key) ?? this.#places.get(key) ?? new Place(listen, this.#options));
    }
    const dropped = [...this.#places].filter(([key]) => !next.has(key)).map(([, place]) => place);
    this.#places = next;
    await Promise.all([...dropped.map((place) => place.close()), ...[...next.values()].map(({ started }) => started)]);
  }

  status({ listen }: { readonly listen: Listen }): PlaceStatus {
    const { host, port } = listen;
    return this.#places.get(keyOf(listen))?.status ?? { state: 'starting', host, port, tls: null, error: null };
  }

  close(): Promise<void> {
    return this.use([]);
  }
}

/** Whether what is bound at one is reached at the other. */
export const isSameListen = (one: Listen, other: Listen): boolean => keyOf(one) === keyOf(other);

const keyOf = ({ host, port, tls, allow }: Listen): string => JSON.stringify([host, port, tls, allow]);
