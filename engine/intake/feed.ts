/** Feeds and subscriptions: what a frame means once it has arrived. */
import type { Lane, MessageFormat, NewMessage } from '../store/contract/index.ts';
import type { FeedRefusals } from './refusals.ts';

/** The reviewed half of a feed (config node `wardflow-feed`); where it listens is in bindings.json. */
export interface FeedSettings {
  readonly name: string;
  readonly lane: Lane;
  /** HL7 path(s) whose value orders the work, first non-empty wins; empty list: no order. Default `['PID-3.1']`. */
  readonly orderingPath: readonly string[];
  readonly afterDead: 'hold' | 'continue';
  /** Lease. */
  readonly deadlineMs: number;
  readonly resendWindowMs: number;
  /** Zone for times without one, IANA name or offset. */
  readonly zone: string | null;
  /** Used where MSH-18 is absent. */
  readonly fallbackCharset: string;
  /** What becomes of a frame that begins with FHS or BHS; absent: it is quarantined. `split`: its messages are taken over. */
  readonly batches?: 'quarantine' | 'split';
  /** Enhanced mode: MSH-15 and MSH-16 are honoured. Absent: original mode, in which they are not looked at. */
  readonly enhanced?: EnhancedMode;
}

/** HL7 v2 chapter 2, 2.9.3: what the sender hears after its message is kept. */
export interface EnhancedMode {
  /** Flows have this long to answer; then the engine answers AE. */
  readonly answerMs: number;
  /** Logical name of the `mllp` endpoint that application acknowledgements go to; `null`: the sender's own connection. */
  readonly endpoint: string | null;
}

/** The reviewed half of a feed that is no HL7 feed: a node that takes notifications or events. */
export interface EventFeedSettings {
  /** One node's: no other feed has the name. */
  readonly name: string;
  readonly format: Exclude<MessageFormat, 'hl7v2'>;
  readonly lane: Lane;
  readonly afterDead: 'hold' | 'continue';
  readonly resendWindowMs: number;
  /** Where it is and how that goes; absent: it is always there. */
  readonly place?: () => Pick<FeedStatus, 'state' | 'host' | 'port' | 'tls' | 'connections' | 'error'>;
  /** Reads what was quarantined once more; absent: it cannot be read again. */
  readonly reread?: (bytes: Uint8Array) => EventDescription;
}

/** What an event is found, shown and ordered by, beside its bytes. */
export interface EventDescription extends Pick<
  NewMessage,
  'controlId' | 'type' | 'sender' | 'messageTime' | 'keys' | 'patientHint' | 'sameAs'
> {
  /** What has the same runs in order; `null`: no order is kept. */
  readonly orderingValue: string | null;
  /** Why it cannot be worked on. */
  readonly quarantine?: NewMessage['quarantine'];
}

export interface NewEvent extends EventDescription, Pick<NewMessage, 'feed' | 'connection' | 'bytes'> {
  readonly format: Exclude<MessageFormat, 'hl7v2'>;
  /** Where the sender names a trace: W3C trace context. */
  readonly traceparent?: string;
  readonly correlationId?: string;
}

export type EventOutcome =
  | { readonly kind: 'accepted' | 'unrouted' | 'quarantined'; readonly id: string; readonly seq: number }
  | { readonly kind: 'resend'; readonly id: string; readonly seq: number; readonly first: string }
  /** An operator has stopped the feed, which refuses with this reason. */
  | { readonly kind: 'refused'; readonly reason: string }
  /**
   * It was not taken over and its sender is to come again: the backlog is at its limit, an operator has closed the feed, the
   * journal could not keep it, or no deployed flow has the feed.
   */
  | { readonly kind: 'withheld'; readonly why: 'backlog' | 'stopped' | 'not-kept' | 'no-feed' };

export interface Subscription {
  /** `<definition>/<name>`. */
  readonly id: string;
  readonly definition: string;
  readonly feed: string;
  readonly filter: SubscriptionFilter;
  /** `quarantine`: the frames of the feed that could not be read, instead of the messages that could; no filter then. */
  readonly takes?: 'messages' | 'quarantine';
}

/** Empty lists match everything. Types: `ORU^R01`, `ADT^*`, `ADT`. Senders: MSH-3 or `MSH-3|MSH-4`. */
export interface SubscriptionFilter {
  readonly types: readonly string[];
  readonly senders: readonly string[];
}

/** How a feed speaks TLS. */
export interface FeedTls {
  /** Senders show a certificate as well. */
  readonly mutual: boolean;
  /** Of the certificate in force; `null`: there is none, and nothing listens. */
  readonly validUntil: number | null;
  /** Why files that came later are not in force; the ones before are. */
  readonly problem: { readonly code: string; readonly text: string } | null;
}

export interface FeedStatus {
  readonly name: string;
  /** Of its messages. */
  readonly format: MessageFormat;
  /** `stopped`: an operator has closed it. */
  readonly state: 'listening' | 'starting' | 'failed' | 'unbound' | 'stopped';
  /** Its backlog is at the limit: acknowledgements wait. */
  readonly withholding: boolean;
  readonly host: string | null;
  readonly port: number | null;
  /** `null`: in clear, or not bound. */
  readonly tls: FeedTls | null;
  readonly connections: number;
  readonly lastMessageAt: number | null;
  readonly refused: FeedRefusals;
  readonly error: { readonly code: string; readonly text: string } | null;
}

export interface RereadRequest {
  readonly actor: string;
  readonly reason: string;
  /** Only say what would become of it. */
  readonly dryRun?: boolean;
}

export type RereadOutcome =
  /** Read: `id` is the new message (`null` in a dry run). `resend`: the same has been accepted meanwhile. */
  | { readonly kind: 'accepted' | 'unrouted' | 'resend'; readonly id: string | null }
  /** It still cannot be read; it stays in quarantine. */
  | { readonly kind: 'unreadable'; readonly code: string; readonly text: string }
  /** An operator has stopped the feed, in whichever way, and gave this reason. */
  | { readonly kind: 'feed-stopped'; readonly feed: string; readonly reason: string }
  /** No deployed flow has the feed any more. */
  | { readonly kind: 'no-feed'; readonly feed: string }
  /** `cut`: only a part of it was received. `no-body`: its bytes were removed by retention. */
  | { readonly kind: 'unknown' | 'not-quarantined' | 'cut' | 'no-body' };

export interface Intake {
  /**
   * Makes `feeds` and `subscriptions` the ones in force, in one step (at `flows:started`). An unchanged binding keeps its
   * socket and its connections; until the first call nothing listens.
   */
  configure(
    feeds: readonly FeedSettings[],
    subscriptions: readonly Subscription[],
    events?: readonly EventFeedSettings[],
  ): Promise<void>;
  /** Takes over what is no HL7 message; resolves after the durable commit, never rejects. */
  acceptEvent(event: NewEvent): Promise<EventOutcome>;
  /** An operator has stopped something or let it go on: listeners close and open as that says. */
  reconsider(): Promise<void>;
  status(): readonly FeedStatus[];
  /** What is in force for the feed; `undefined`: no deployed flow has it. */
  settings(feed: string): FeedSettings | undefined;
  /** Reads a frame in quarantine again, by the feed's settings of now. Rejects only where the store fails. */
  reread(messageId: string, request: RereadRequest): Promise<RereadOutcome>;
  close(): Promise<void>;
}
