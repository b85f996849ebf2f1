/**
 * What is known of subscriptions to changes of FHIR servers, which version of each resource was processed, and which versions
 * are our own writes. References and versions only: nothing of the resources themselves.
 */
import type { Millis } from '../../base/clock.ts';
import type { AuditEntry } from './audit.ts';

/**
 * How changes come in, as people see it:
 *
 *   polling    no notifications are asked for (nothing is bound, or the server takes no subscriptions): a poll alone
 *   requested  the server was asked, and has not said that it notifies
 *   active     the server says that it notifies
 *   overdue    it should have been heard of (heartbeat) and was not
 *   error      the server stopped it, or holds another one than was asked for
 *   off        nobody wants it any more; the server was told
 */
export const SUBSCRIPTION_STATES = ['polling', 'requested', 'active', 'overdue', 'error', 'off'] as const;
export type SubscriptionState = (typeof SUBSCRIPTION_STATES)[number];

export interface SubscriptionRecord {
  /** The feed's. */
  readonly name: string;
  /** From 1; every change makes the next. */
  readonly version: number;
  /** Hash of what is watched where: another one begins anew. */
  readonly watches: string;
  readonly endpoint: string;
  readonly definition: string;
  readonly state: SubscriptionState;
  readonly since: Millis;
  /** Id of the Subscription on the server. */
  readonly serverId: string | null;
  readonly endsAt: Millis | null;
  /** All changes before it are kept. The server's time (`meta.lastUpdated`), not ours. */
  readonly watermark: Millis | null;
  /** The first watermark: what changed before is no news. Absent in records of before it was kept. */
  readonly begunAt?: Millis | null;
  /** Topics: the last event number before which none is missing; `null`: none is known. */
  readonly eventNumber: number | null;
  /** Numbers above it that have come. */
  readonly ahead: readonly number[];
  /** Since when one is missing. */
  readonly gapSince: Millis | null;
  /** Gaps that were found and closed. */
  readonly gaps: number;
  /** Changes that a poll found and no notification had told of. */
  readonly missed: number;
  /** The last notification of any kind, and the last poll that came to its end. */
  readonly heardAt: Millis | null;
  readonly polledAt: Millis | null;
  readonly trouble: { readonly code: string; readonly text: string } | null;
}

/** One version of a resource that an item of work has read. */
export interface SeenVersion {
  readonly feed: string;
  /** `Encounter/12`. */
  readonly reference: string;
  readonly versionId: string;
  /** meta.lastUpdated; `null`: not stated. */
  readonly lastUpdated: Millis | null;
  readonly workId: string;
  readonly at: Millis;
}

/** What was last taken of a resource. */
export interface TakenVersion extends Pick<SeenVersion, 'versionId' | 'workId' | 'at'> {
  /** The version that was taken before it by other work; `null`: none, or it is not known any more. */
  readonly before: string | null;
}

export type Taken = { readonly kind: 'first'; readonly before: string | null } | { readonly kind: 'repeat' };

/** A version that we wrote. */
export interface OwnVersion {
  /** The version that it lies upon; `null`: we made the resource, or it is not known. */
  readonly base: string | null;
  /** meta.lastUpdated of that version, of the server's clock. */
  readonly baseAt: Millis | null;
  readonly at: Millis;
}

export interface Subscriptions {
  get(name: string): Promise<SubscriptionRecord | undefined>;
  /** By name. */
  list(): Promise<readonly SubscriptionRecord[]>;
  /** With its audit record in one commit; `seen`: its version before, 0 for the first. `stale`: somebody was faster. */
  change(seen: number, next: SubscriptionRecord, audit: AuditEntry | null): Promise<'changed' | 'stale'>;
  /**
   * `first`: this work is the one that processes the version, now and when it is delivered again. `repeat`: other work has
   * processed it, or a later one of the resource. `before` is the same each time the work takes it.
   */
  take(seen: SeenVersion): Promise<Taken>;
  /** What was last taken of each resource; those of which nothing was are left out. At most 1000 references. */
  taken(feed: string, references: readonly string[]): Promise<ReadonlyMap<string, TakenVersion>>;
  /** A version that is noted already stays, with its base; a deletion (`deleted`) is noted anew. */
  noteWritten(endpoint: string, reference: string, versionId: string, own: OwnVersion): Promise<void>;
  written(endpoint: string, reference: string, versionId: string): Promise<OwnVersion | undefined>;
  /** Forgets what was taken or written before, some thousands at a time; gives how many. */
  forget(before: Millis): Promise<number>;
}
