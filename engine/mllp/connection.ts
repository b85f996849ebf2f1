import type { Socket } from 'node:net';
import type { Clock, Millis } from '../base/clock.ts';
import { frame, MllpFramer, type Framed, type FramerLimits } from './framer.ts';

/** What becomes of a frame: an answer to write, or none, after which the connection answers nothing more and closes. */
export type FrameOutcome =
  | { readonly kind: 'answer'; readonly bytes: Uint8Array; readonly written?: (delivered: boolean) => void }
  /** Its sender wants no answer. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'withhold' };

/** The connection as the handler of a frame sees it: where it may say more, later. */
export interface FrameConnection {
  readonly id: string;
  /** Something is still to be said here: it is not idle, however long nothing moves, until what this gives is called. */
  hold(): () => void;
  /**
   * Writes a frame of its own, whole, between answers; one after the other. Whoever has an answer to come first waits for
   * that one's `written`. `false`: it did not leave.
   */
  send(bytes: Uint8Array): Promise<boolean>;
  /** Told once, when nothing can be said here any more. What it gives takes that back. */
  onGone(told: () => void): () => void;
}

export type FrameHandler = (
  framed: Exclude<Framed, { kind: 'junk' }>,
  connection: FrameConnection,
) => Promise<FrameOutcome>;

export interface ConnectionSettings extends Partial<FramerLimits> {
  /** Frames of one connection that may be under way before no more is read from it. */
  readonly maxUnanswered: number;
  /** A frame that has not ended this long after its start block ends the connection: it may never end. */
  readonly frameMs: Millis;
  /** A connection on which nothing has moved for this long is closed. */
  readonly idleMs: Millis;
  /** How long a connection stays open after an answer was withheld: time for the sender to notice by itself. */
  readonly withholdMs: Millis;
}

/** What a connection tells the listener that it belongs to. */
export interface ConnectionEvents {
  junk(size: number): void;
  /** The memory that an unfinished frame takes has changed; 0 when there is none. */
  pending(bytes: number): void;
  /** A frame took longer than `frameMs`; the connection closes. */
  overdue(): void;
}

/** For answers to be made and read, and for the peer to close its side. */
const CLOSING_MS = 5_000;

/**
 * One sender. Frames are handed over as they come (so that commits can be shared) and answered in that order. Reading
 * stops while too many are under way or while the sender does not take its answers.
 */
export class MllpConnection implements FrameConnection {
  readonly id: string;
  readonly #socket: Socket;
  readonly #framer: MllpFramer;
  readonly #settings: ConnectionSettings;
  readonly #clock: Clock;
  readonly #handler: FrameHandler;
  readonly #events: ConnectionEvents;
  #answers: Promise<void> = Promise.resolve();
  #later: Promise<unknown> = Promise.resolve();
  readonly #gone = new Set<() => void>();
  #isGone = false;
  #underWay = 0;
  #held = 0;
  #sending = false;
  #withheld = false;
  #closing = false;
  #draining = false;
  #lastActivity: Millis;
  #hasSent = false;
  #frame = 0;
  #cancelIdle: () => void = () => undefined;
  #cancelFrame: () => void = () => undefined;

  constructor(
    id: string,
    socket: Socket,
    settings: ConnectionSettings,
    clock: Clock,
    handler: FrameHandler,
    events: ConnectionEvents,
  ) {
    this.id = id;
    this.#socket = socket;
    this.#settings = settings;
    this.#clock = clock;
    this.#handler = handler;
    this.#events = events;
    this.#framer = new MllpFramer(settings);
    this.#lastActivity = clock.now();
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#receive(this.#framer.push(chunk)));
    socket.on('end', () => {
      this.#receive(this.#framer.end());
      // Whoever ends its side has mostly closed the other one, too: what would be written later would be lost unseen.
      this.#tellGone();
      void this.#answers.then(() => socket.end());
    });
    socket.on('drain', () => this.#flow());
    // A reset by the peer says no more than `close` does, which always follows.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#cancelIdle();
      this.#cancelFrame();
      this.#tellGone();
    });
    this.#watchIdle();
  }

  hold(): () => void {
    this.#held++;
    let held = true;
    return () => {
      if (held) this.#held--;
      held = false;
    };
  }

  send(bytes: Uint8Array): Promise<boolean> {
    const sent = this.#later.then(() => this.#sendNow(bytes));
    this.#later = sent;
    return sent;
  }

  onGone(told: () => void): () => void {
    if (this.#isGone) queueMicrotask(told);
    else this.#gone.add(told);
    return () => void this.#gone.delete(told);
  }

  /** It has sent a whole frame: whoever has not may be anybody. */
  get hasSent(): boolean {
    return this.#hasSent;
  }

  /** Takes no more frames, writes the answers that are under way, then closes; in `CLOSING_MS` at the latest. */
  async close(): Promise<void> {
    const socket = this.#socket;
    if (socket.destroyed) return;
    this.#closing = true;
    this.#tellGone();
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
      if (framed.kind === 'junk') this.#events.junk(framed.size);
      else {
        this.#hasSent ||= framed.kind === 'frame';
        this.#hand(framed);
      }
    }
    this.#events.pending(this.#framer.pending);
    this.#watchFrame();
    this.#flow();
  }

  #hand(framed: Exclude<Framed, { kind: 'junk' }>): void {
    this.#underWay++;
    const outcome = this.#outcome(framed);
    this.#answers = this.#answers.then(async () => {
      const decided = await outcome;
      this.#underWay--;
      if (decided.kind === 'withhold') this.#withhold();
      else if (decided.kind === 'answer') this.#write(decided);
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
    if (this.#withheld || this.#socket.destroyed || !this.#socket.writable) {
      answer.written?.(false);
      return;
    }
    this.#socket.write(frame(answer.bytes), (error) => answer.written?.(!error));
  }

  #sendNow(bytes: Uint8Array): Promise<boolean> {
    if (this.#isGone || !this.#socket.writable) return Promise.resolve(false);
    this.#lastActivity = this.#clock.now();
    this.#sending = true;
    return new Promise((resolve) => {
      this.#socket.write(frame(bytes), (error) => {
        this.#sending = false;
        this.#lastActivity = this.#clock.now();
        resolve(!error);
      });
      this.#flow();
    });
  }

  #tellGone(): void {
    this.#isGone = true;
    const all = [...this.#gone];
    this.#gone.clear();
    for (const told of all) told();
  }

  /** An answer out of turn would be taken for the missing one, so that from here on there is none. */
  #withhold(): void {
    if (this.#withheld) return;
    this.#withheld = true;
    this.#tellGone();
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
    else if (!held && this.#socket.isPaused()) {
      // While nothing was read, the sender could not end its frame.
      this.#watchFrame(true);
      this.#socket.resume();
    }
  }

  /** One time limit for each frame, however slowly it comes. */
  #watchFrame(anew = false): void {
    const { idle, begun } = this.#framer;
    const frame = idle ? 0 : begun;
    if (frame === this.#frame && !anew) return;
    this.#cancelFrame();
    this.#frame = frame;
    if (frame === 0 || this.#socket.destroyed) return;
    this.#cancelFrame = this.#clock.at(this.#clock.now() + this.#settings.frameMs, () => {
      if (this.#socket.isPaused()) return;
      this.#events.overdue();
      this.#socket.destroy();
    });
  }

  #watchIdle(): void {
    this.#cancelIdle = this.#clock.at(this.#lastActivity + this.#settings.idleMs, () => {
      const idle = this.#clock.now() - this.#lastActivity >= this.#settings.idleMs;
      // A peer that does not read what it waits for is idle all the same.
      if (idle && this.#underWay === 0 && (this.#held === 0 || this.#sending)) this.#socket.destroy();
      else {
        if (idle) this.#lastActivity = this.#clock.now();
        this.#watchIdle();
      }
    });
  }
}
