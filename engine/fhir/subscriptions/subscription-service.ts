/** Subscriptions to changes of FHIR servers, as the runtime and nodes see them. */
import type { FeedTls } from '../../intake/feed.ts';
import type { Millis } from '../../base/clock.ts';
import type { ClaimedWork, Failure, SubscriptionRecord } from '../../store/contract/index.ts';
import type { ChangeEvents, WantedEvents } from './change-events.ts';
import type { ReadChange } from './read-change.ts';
import type { SubscriptionSettings } from './settings.ts';
import type { SubscriptionCounts } from './watch-parts.ts';

/** What a node asks for. */
export interface WantedSubscription extends SubscriptionSettings {
  /** Changes that we made ourselves are processed as those of others. */
  readonly takesOwn: boolean;
}

export interface SubscriptionView {
  readonly name: string;
  readonly definition: string;
  readonly endpoint: string;
  /** `Encounter?status=in-progress`, or the canonical of the topic. */
  readonly watches: string;
  readonly state: SubscriptionRecord['state'];
  readonly since: Millis;
  /** Something listens for notifications. */
  readonly isBound: boolean;
  readonly heardAt: Millis | null;
  readonly polledAt: Millis | null;
  readonly watermark: Millis | null;
  readonly endsAt: Millis | null;
  readonly eventNumber: number | null;
  readonly gapSince: Millis | null;
  readonly gaps: number;
  readonly missed: number;
  readonly trouble: { readonly code: string; readonly text: string } | null;
  readonly counts: Readonly<SubscriptionCounts>;
}

export interface SubscriptionService {
  /** The ones in force, in one step, after their feeds are. What nobody wants any more is stopped on its server. */
  configure(wanted: readonly WantedSubscription[]): Promise<void>;
  /** By name. */
  status(): readonly SubscriptionView[];
  /** Where its notifications come in; for the status of its feed. */
  place(name: string): SubscriptionPlace;
  /** What a work item is about, as it is now. Throws `subscription-not-yet`, or what `failed` makes of the endpoint's failure. */
  read(name: string, work: ClaimedWork, failed: (failure: Failure) => Error): Promise<ReadChange>;
  /** The canonical events of what `read` gave, the same ones each time. Rejects with what `failed` makes of a failure. */
  events(
    name: string,
    change: Extract<ReadChange, { kind: 'change' }>,
    work: ClaimedWork,
    how: WantedEvents,
  ): Promise<ChangeEvents>;
}

export interface SubscriptionPlace {
  readonly state: 'listening' | 'starting' | 'failed' | 'unbound';
  readonly host: string | null;
  readonly port: number | null;
  readonly tls: FeedTls | null;
  readonly error: { readonly code: string; readonly text: string } | null;
}
