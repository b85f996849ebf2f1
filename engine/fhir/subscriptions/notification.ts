/** What a FHIR server sends to a subscriber, whichever way it says it. */
import type { Millis } from '../../base/clock.ts';
import type { FhirResource } from '../endpoint.ts';

export type ChangeKind = 'created' | 'updated' | 'deleted' | 'unknown';

/** A resource that has changed, as far as the notification says. */
export interface Change {
  readonly kind: ChangeKind;
  readonly type: string;
  readonly id: string;
  readonly versionId: string | null;
  readonly lastUpdated: Millis | null;
  /** As it was sent; it may be older than what the server holds. */
  readonly resource: FhirResource | null;
}

/** An event of a topic (R4 backport 1.1, R4B, R5). */
export interface TopicEvent {
  /** From 1, without gaps, for each subscription; `null`: the server does not number them. */
  readonly number: number | null;
  /** As stated; tells one event from another that has its number after a restart of the counter. */
  readonly at: string | null;
  /** `null`: it says only that something changed. */
  readonly change: Change | null;
}

export type Notification =
  /** An empty POST: something changed. */
  | { readonly kind: 'hint' }
  /** A bare resource, or several (HAPI with payload-search-criteria). */
  | {
      readonly kind: 'changes';
      readonly changes: readonly Change[];
      /** The body is the resource and nothing else. */
      readonly isBare: boolean;
    }
  | { readonly kind: 'handshake' | 'heartbeat' | 'query'; readonly total: number | null; readonly failed: boolean }
  | { readonly kind: 'events'; readonly total: number | null; readonly events: readonly TopicEvent[] }
  | { readonly kind: 'unreadable'; readonly code: string; readonly text: string };
