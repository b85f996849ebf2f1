import type { Socket } from 'node:net';
import type { Clock, Millis } from '../base/clock.ts';
import { frame, MllpFramer, type Framed, type FramerLimits } from './framer.ts';

/** What becomes of a frame: an answer to write, or none, after which the connection answers nothing more and closes. */
export type FrameOutcome =
  | { readonly kind: 'answer'; readonly bytes: Uint8Array; readonly written?: (delivered: boolean) => void }
  | { readonly kind: 'withhold' };

export type FrameHandler = (
  framed: Exclude<Framed, { kind: 'junk' }>,
  connection: { readonly id: string },
) => Promise<FrameOutcome>;

export interface ConnectionSettings extends Partial<FramerLimits> {
  /** Frames of one connection that may be under way before no more is read from it. */
  readonly maxUnanswered: number;
  /** A connection on which nothing has moved for this long is closed. */
  readonly idleMs: Millis;
  /** How long a connection stays open after an answer was withheld: time for the sender to notice by itself. */
  readonly withholdMs: Millis;
}

/** For answers to be made and read, and for the peer to close its side. */
const CLOSING_MS = 5_000;

/**
 * One sender. Frames are handed over as they come (so that commits can be shared) and answered in that order. Reading
 * stops while too many are under way or while the sender does not take its answers.
 */
export class MllpConnection {
  readonly id: string;
  readonly #socket: Socket;
  readonly #framer: MllpFramer;
  readonly #settings: ConnectionSettings;
  readonly #clock: Clock;
  readonly #handler: FrameHandler;
  readonly #onJunk: (size: number) => void;
  #answers: Promise<void> = Promise.resolve();
  #underWay = 0;
  #withheld = false;
  #closing = false;
  #draining = false;
  #lastActivity: Millis;
  #cancelIdle: () => void = () => undefined;

  constructor(
    id: string,
    socket: Socket,
    settings: ConnectionSettings,
    clock: Clock,
    handler: FrameHandler,
    onJunk: (size: number) => void,
  ) {
    this.id = id;
    this.#socket = socket;
    this.#settings = settings;
    this.#clock = clock;
    this.#handler = handler;
    this.#onJunk = onJunk;
    this.#framer = new MllpFramer(settings);
    this.#lastActivity = clock.now();
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#receive(this.#framer.push(chunk)));
    socket.on('end', () => {
      this.#receive(this.#framer.end());
      void this.#answers.then(() => socket.end());
    });
    socket.on('drain', () => this.#flow());
    // A reset by the peer says no more than `close` does, which always follows.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#cancelIdle());
    this.#watchIdle();
  }

  /** Takes no more frames, writes the answers that are under way, then closes; in `CLOSING_MS` at the latest. */
  async close(): Promise<void> {
    const socket = this.#socket;
    if (socket.destroyed) return;
    this.#closing = true;
    socket.pause();
    const gone = new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
    });
    const cancel = this.#clock.at(this.#clock.now() + CLOSING_MS, () => socket.destroy());
    await Promise.race([this.#answers, gone]);
    // What is still to be read is read and dropped, and sent again by its sender: to close over it would reset the
    // connection, and the peer could lose answers that it has not read yet.
    this.#draining = true;
    socket.resume();
    socket.end();
    await gone;
    cancel();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #receive(all: readonly Framed[]): void {
    if (this.#draining) return;
    this.#lastActivity = this.#clock.now();
    for (const framed of all) {
      if (framed.kind === 'junk') this.#onJunk(framed.size);
      else this.#hand(framed);
    }
    this.#flow();
  }

  #hand(framed: Exclude<Framed, { kind: 'junk' }>): void {
    this.#underWay++;
    const outcome = this.#outcome(framed);
    this.#answers = this.#answers.then(async () => {
      const decided = await outcome;
      this.#underWay--;
      if (this.#withheld || decided.kind === 'withhold') this.#withhold();
      else this.#write(decided);
      this.#flow();
    });
  }

  async #outcome(framed: Exclude<Framed, { kind: 'junk' }>): Promise<FrameOutcome> {
    try {
      return await this.#handler(framed, this);
    } catch {
      return { kind: 'withhold' };
    }
  }

  #write(answer: { bytes: Uint8Array; written?: (delivered: boolean) => void }): void {
    this.#lastActivity = this.#clock.now();
    if (this.#socket.destroyed || !this.#socket.writable) {
      answer.written?.(false);
      return;
    }
    this.#socket.write(frame(answer.bytes), (error) => answer.written?.(!error));
  }

  /** An answer out of turn would be taken for the missing one, so that from here on there is none. */
  #withhold(): void {
    if (this.#withheld) return;
    this.#withheld = true;
    const cancel = this.#clock.at(this.#clock.now() + this.#settings.withholdMs, () => this.#socket.destroy());
    this.#socket.once('close', cancel);
  }

  #flow(): void {
    if (this.#draining) return;
    const held =
      this.#closing ||
      this.#withheld ||
      this.#underWay >= this.#settings.maxUnanswered ||
      this.#socket.writableNeedDrain;
    if (held && !this.#socket.isPaused()) this.#socket.pause();
    else if (!held && this.#socket.isPaused()) this.#socket.resume();
  }

  #watchIdle(): void {
    this.#cancelIdle = this.#clock.at(this.#lastActivity + this.#settings.idleMs, () => {
      const idle = this.#clock.now() - this.#lastActivity >= this.#settings.idleMs;
      if (idle && this.#underWay === 0) this.#socket.destroy();
      else {
        if (idle) this.#lastActivity = this.#clock.now();
        this.#watchIdle();
      }
    });
  }
}
