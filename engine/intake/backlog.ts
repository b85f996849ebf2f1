/**
 * Back-pressure: while a feed has more messages to work on than its limit, its frames wait unanswered, in the order of their
 * arrival; senders that wait for answers send no more. A frame that has waited for too long is withheld, and its sender
 * sends it again. Messages that wait for people or time, and dead letters, do not count: no sender can do anything for them.
 */
import type { Clock, Millis } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Journal } from '../store/contract/index.ts';

export interface BacklogOptions {
  readonly journal: Pick<Journal, 'counts'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Open messages of one feed. */
  readonly limit: number;
  /** The feed begins or ceases to withhold. */
  readonly changed: (feed: string) => void;
}

/** How often a feed that is full is counted again, and one that takes messages at most. */
const LOOK_AGAIN_MS = 250;
const COUNT_WITHIN_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

interface FeedBacklog {
  full: boolean;
  counting: boolean;
  /** One that was due came while it counted, which may not be in that count. */
  again: boolean;
  /** Accepted since the last count began, and when that was. */
  fresh: number;
  countedAt: Millis;
  open: number;
  waiting: { readonly admit: (room: boolean) => void; readonly until: Millis }[];
}

export class Backlog {
  readonly #options: BacklogOptions;
  readonly #feeds = new Map<string, FeedBacklog>();
  #stopped = false;

  constructor(options: BacklogOptions) {
    this.#options = options;
  }

  isFull(feed: string): boolean {
    const known = this.#feeds.get(feed);
    return known !== undefined && (known.full || known.waiting.length > 0);
  }

  /** A frame is about to be accepted: counted now and then, and always before the limit could be passed by much. */
  taken(feed: string): void {
    const known = this.#feed(feed);
    known.fresh++;
    const { clock, limit } = this.#options;
    const due = clock.now() - known.countedAt >= COUNT_WITHIN_MS || known.open + known.fresh > limit;
    if (!due) return;
    if (known.counting) known.again = true;
    else void this.#count(feed, known);
  }

  /** Waits for room. `false`: not in time. */
  room(feed: string): Promise<boolean> {
    if (this.#stopped) return Promise.resolve(false);
    const until = this.#options.clock.now() + LONGEST_WAIT_MS;
    return new Promise((admit) => this.#feed(feed).waiting.push({ admit, until }));
  }

  /** Whoever waits is withheld: the listeners close. */
  stop(): void {
    this.#stopped = true;
    for (const { waiting } of this.#feeds.values()) for (const { admit } of waiting.splice(0)) admit(false);
  }

  async #count(feed: string, known: FeedBacklog): Promise<void> {
    const { journal, clock, log, limit, changed } = this.#options;
    known.counting = true;
    known.again = false;
    known.countedAt = clock.now();
    const before = known.fresh;
    let counted = false;
    try {
      // What is accepted while the store counts may be counted twice, which errs on the safe side.
      const { accepted, processing, waiting } = await journal.counts({ feed });
      known.open = accepted + processing + waiting;
      known.fresh -= before;
      counted = true;
    } catch (error) {
      log.warn('The backlog of a feed could not be counted.', { feed, error });
    }
    known.counting = false;
    if (this.#stopped) return;
    const full = known.open >= limit;
    if (full !== known.full) {
      known.full = full;
      if (full) log.warn('A feed has reached its backlog limit; acknowledgements wait.', { feed, count: known.open });
      else log.info('A feed takes messages again.', { feed, count: known.open });
      changed(feed);
    }
    this.#admit(known);
    if (known.full || known.waiting.length > 0) {
      clock.at(clock.now() + LOOK_AGAIN_MS, () => void (this.#stopped || known.counting || this.#count(feed, known)));
    } else if (counted && known.again) {
      void this.#count(feed, known);
    }
  }

  /** As many as there is room for, the longest waiting first; and those whose time is over are told so. */
  #admit(known: FeedBacklog): void {
    const { clock, limit } = this.#options;
    for (let room = limit - known.open - known.fresh; room > 0 && known.waiting.length > 0; room--) {
      known.waiting.shift()?.admit(true);
    }
    const now = clock.now();
    while (known.waiting[0] && known.waiting[0].until <= now) known.waiting.shift()?.admit(false);
  }

  #feed(feed: string): FeedBacklog {
    let known = this.#feeds.get(feed);
    if (!known) {
      known = {
        full: false,
        counting: false,
        again: false,
        fresh: 0,
        countedAt: Number.NEGATIVE_INFINITY,
        open: 0,
        waiting: [],
      };
      this.#feeds.set(feed, known);
    }
    return known;
  }
}
