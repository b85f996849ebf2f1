/** What a feed turned away since the process started: its senders have to send it again, and somebody should ask why. */
import type { Clock, Millis } from '../base/clock.ts';
import type { Log, LogFields } from '../base/log.ts';
import type { MllpRefusal } from '../mllp/server.ts';
import { intakeErrors } from './errors.ts';

/** Counts since the process started. None of these was acknowledged as accepted. */
export interface FeedRefusals {
  /** Frames that the journal could not keep: disk full, database locked or away. */
  readonly notKept: number;
  /** Frames that waited too long for room in the backlog. */
  readonly backlogFull: number;
  /** Frames that came while an operator had stopped the feed. */
  readonly stopped: number;
  /** Frames that did not end in time, or took more memory than unfinished frames may. */
  readonly unfinished: number;
  /** Stretches of bytes outside any frame. */
  readonly junk: number;
  /** Connections from addresses that are not allowed, or beyond the limits. */
  readonly connections: number;
  /** Connections on which no TLS came about: no certificate of ours or theirs that the other takes, too slow, in clear. */
  readonly handshakes: number;
}

type Kind = keyof FeedRefusals;

const NONE: FeedRefusals = {
  notKept: 0,
  backlogFull: 0,
  stopped: 0,
  unfinished: 0,
  junk: 0,
  connections: 0,
  handshakes: 0,
};
/** While the store fails every frame is refused: it is said this often. */
const SAY_EVERY_MS = 10_000;
const OF_MLLP: Readonly<Record<MllpRefusal, Kind>> = {
  unfinished: 'unfinished',
  junk: 'junk',
  connection: 'connections',
  handshake: 'handshakes',
};

export class Refusals {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #feeds = new Map<string, FeedRefusals>();
  readonly #said = new Map<string, { readonly at: Millis; readonly count: number }>();

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  of(feed: string): FeedRefusals {
    return this.#feeds.get(feed) ?? NONE;
  }

  count(feed: string, kind: Kind): void {
    const counts = this.of(feed);
    this.#feeds.set(feed, { ...counts, [kind]: counts[kind] + 1 });
  }

  /** What the listener turned away by itself, and has said. */
  ofListener(feed: string, refusal: MllpRefusal): void {
    this.count(feed, OF_MLLP[refusal]);
  }

  notKept(feed: string, error: unknown): void {
    this.count(feed, 'notKept');
    const now = this.#clock.now();
    const { notKept } = this.of(feed);
    const said = this.#said.get(feed) ?? { at: -Infinity, count: 0 };
    if (now - said.at < SAY_EVERY_MS) return;
    this.#said.set(feed, { at: now, count: notKept });
    const { code, message } = intakeErrors.create('intake-journal-failed');
    const fields: LogFields = { feed, code, count: notKept - said.count, error };
    this.#log.error(message, fields);
  }
}
