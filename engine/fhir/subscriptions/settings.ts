import type { Millis } from '../../base/clock.ts';

/** What a subscription watches: the reviewed half (node `fhir subscription in`). */
export interface SubscriptionSettings {
  /** Also the feed's; under it an address may be bound. */
  readonly name: string;
  readonly definition: string;
  /** Logical name of the FHIR server. */
  readonly endpoint: string;
  readonly resourceType: string;
  /** Search parameters, `status=in-progress&class=IMP`; '': all of the type. Of a topic: its filter. */
  readonly criteria: string;
  /** Canonical of a SubscriptionTopic; `null`: criteria alone (R4). */
  readonly topic: string | null;
  /** What a notification is to bring: it is read again in any case. */
  readonly content: 'resource' | 'id' | 'none';
  /** What is kept in order: changes of one resource, or of one patient where the resource names one. */
  readonly ordering: 'resource' | 'patient' | 'none';
  /** Between two polls. */
  readonly pollMs: Millis;
  /** Polls read again what changed so long before the last that was seen: an index may be behind. */
  readonly overlapMs: Millis;
  /** Topics: how often the server is to say that it is there; 0: not. */
  readonly heartbeatMs: Millis;
  /** Whether deletions are looked for in the history of the type. */
  readonly deletions: boolean;
}

/** Where notifications come in: the bound half, in bindings.json. */
export interface SubscriptionBinding {
  readonly listen: {
    readonly host: string;
    readonly port: number;
    readonly tls: { readonly certificate: string; readonly key: string; readonly clientCa: string | null } | null;
    readonly allow: readonly string[];
  };
  /** What the server calls; the subscription's own path is added. Without a slash at the end. */
  readonly publicBase: string;
  /** Name of the file in the folder `credentials`. */
  readonly credential: string;
}
