/** What the jobs of one subscription share: its settings and record, what they may ask, when each is due, and what they count. */
import type { Clock, Millis } from '../../base/clock.ts';
import type { Ids } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { WardflowError } from '../../base/errors.ts';
import type { Intake } from '../../intake/feed.ts';
import type { Store } from '../../store/contract/index.ts';
import type { FhirEndpoint } from '../endpoint.ts';
import type { OwnWrites } from './own-writes.ts';
import type { KeptRecord } from './record.ts';
import type { SubscriptionSettings } from './settings.ts';
import type { Address } from './subscription-resource.ts';

export interface WatchOptions {
  readonly settings: SubscriptionSettings;
  readonly record: KeptRecord;
  readonly environment: string;
  readonly store: Pick<Store, 'subscriptions' | 'journal'>;
  readonly intake: Pick<Intake, 'acceptEvent'>;
  readonly endpoint: () => FhirEndpoint;
  /** Of the server, for references. */
  readonly base: string;
  readonly ownWrites: Pick<OwnWrites, 'version'>;
  readonly takesOwn: boolean;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: () => number;
  readonly log: Log;
  /** Where notifications come in, or why there is no such place: then a poll alone. */
  readonly address: () => Address | WardflowError;
}

/** Since the runtime started. What is to outlive it stands in the record. */
export interface SubscriptionCounts {
  /** Taken in, of any kind; refused by the receiver are not among them. */
  notifications: number;
  /** Changes that were told of again. */
  duplicates: number;
  /** Events that came by `$events`. */
  recovered: number;
  renewals: number;
  /** The server had stopped or forgotten it, or fell silent, and was asked again. */
  askedAgain: number;
  /** At its address, for a wrong secret, a wrong form or too many. */
  refused: number;
  polls: number;
  pollsFailed: number;
  /** Changes that a poll brought. */
  polled: number;
}

export const nothingCounted = (): SubscriptionCounts => ({
  notifications: 0,
  duplicates: 0,
  recovered: 0,
  renewals: 0,
  askedAgain: 0,
  refused: 0,
  polls: 0,
  pollsFailed: 0,
  polled: 0,
});

/** What is written before a new Subscription takes effect (5 s on HAPI) is never delivered. */
const AFTER_START_MS: Millis = 15_000;

/** When the next poll and the next look at the server are due: each job may bring the other's forward. */
export class Due {
  poll: Millis = 0;
  check: Millis = 0;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What was not told of meanwhile is looked for. */
  pollSoon(): void {
    this.poll = Math.min(this.poll, this.#clock.now() + AFTER_START_MS);
  }
}

export interface WatchParts extends WatchOptions {
  readonly due: Due;
  readonly counts: SubscriptionCounts;
  /** Polls in a row that found what should have been told of; a change by a notification begins anew. */
  readonly untold: { polls: number };
}
