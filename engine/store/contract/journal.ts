/** The journal: every frame a feed received, unchanged, with one entry each; nothing is ever removed by processing. */
import type { Millis } from '../../base/clock.ts';
import type { OwedAcknowledgement } from './acknowledgements.ts';
import type { AuditEntry } from './audit.ts';
import type { IdentityStatement } from './identities.ts';
import type { Review } from './fallbacks.ts';
import type { NewWork } from './work.ts';

/** What the bytes of a message are: HL7 v2 as it came, a FHIR notification or resource (JSON), an event by HTTP (JSON). */
export const MESSAGE_FORMATS = ['hl7v2', 'fhir', 'json'] as const;
export type MessageFormat = (typeof MESSAGE_FORMATS)[number];

export type Lane = 'stat' | 'urgent' | 'routine' | 'bulk';
export const LANES: readonly Lane[] = ['stat', 'urgent', 'routine', 'bulk'];

/** What people see; derived from the message's work items, the most pressing first (ARCHITECTURE, States). */
export const MESSAGE_STATES = [
  ...(['accepted', 'processing', 'waiting', 'parked', 'done', 'dead'] as const),
  ...(['discarded', 'quarantined', 'unrouted', 'resend'] as const),
] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/** Kinds of identifier a message can be found by; patient searches are audited by the caller. */
export type SearchKeyKind = 'patient' | 'order' | 'visit';
export interface SearchKey {
  readonly kind: SearchKeyKind;
  readonly value: string;
}

/** What is known of a frame when it is accepted. All but the bytes are derived from them at that moment. */
export interface NewMessage {
  readonly id: string;
  readonly feed: string;
  /** Identifies the TCP connection (or request) it came by: arrival order is defined per connection. */
  readonly connection: string;
  readonly receivedAt: Millis;
  /** Absent: `hl7v2`. */
  readonly format?: MessageFormat;
  /**
   * What another frame must have in common with this one (with feed and control id) to be a resend of it; absent: the body.
   * For formats whose repeats differ in their bytes: a notification says when it was sent.
   */
  readonly sameAs?: string;
  /** The frame's content exactly as received, without the MLLP envelope. */
  readonly bytes: Uint8Array;
  /** SHA-256 of `bytes`, hex. */
  readonly bodyHash: string;
  /** MSH-10; `null` where it cannot be read. */
  readonly controlId: string | null;
  /** MSH-9 as `ADT^A01`; `null` where it cannot be read. */
  readonly type: string | null;
  /** MSH-3 and MSH-4 as `APPLICATION|FACILITY`. */
  readonly sender: string | null;
  /** The message's own time (MSH-7) as stated, for display. */
  readonly messageTime: string | null;
  readonly keys: readonly SearchKey[];
  /** Masked for lists: initials and the last 4 characters of the identifier, e.g. `J.D. …4711`. */
  readonly patientHint: string | null;
  readonly correlationId: string;
  readonly traceparent: string;
  /** Set for what could not be read: it is quarantined, is never a resend, and keeps the catalogue code as its reason. */
  readonly quarantine?: { readonly code: string; readonly text: string };
  /** The acknowledgement that will be sent once this is durable. */
  readonly answer: Answer;
  /** Enhanced mode, where the sender wants to hear what became of the message; kept in the same commit. */
  readonly acknowledgement?: OwedAcknowledgement;
  /** Who became whom, of a message that merges: taken (`Identities.take`) in the same commit, unless it is a resend or nobody's. */
  readonly identity?: IdentityStatement;
}

export interface Answer {
  /** MSA-1: AA, AE, AR (original mode), CA, CE (enhanced mode); '' where the sender wants none (MSH-15). */
  readonly code: string;
  /** The whole answer message, without the MLLP envelope. */
  readonly bytes: Uint8Array;
}

export type AcceptOutcome =
  | { readonly kind: 'accepted' | 'unrouted' | 'quarantined'; readonly id: string; readonly seq: number }
  /**
   * The same feed, control id and body (or `sameAs`) within the window: a new entry, no new work, the first answer again. What was
   * unrouted then and is wanted now is no resend: it is accepted with its work.
   */
  | {
      readonly kind: 'resend';
      readonly id: string;
      readonly seq: number;
      readonly first: string;
      readonly answer: Answer;
    };

export interface MessageSummary {
  readonly id: string;
  readonly seq: number;
  readonly feed: string;
  readonly format: MessageFormat;
  readonly controlId: string | null;
  readonly type: string | null;
  readonly sender: string | null;
  readonly patientHint: string | null;
  readonly state: MessageState;
  readonly receivedAt: Millis;
  /** When the state last changed. */
  readonly stateSince: Millis;
  /** Size of the bytes received. */
  readonly size: number;
  /** Why it needs somebody or waits: catalogue code and sentence; `null` when all is well. */
  readonly reason: { readonly code: string; readonly text: string } | null;
  /** Of `parked`: a person decides about it, and why; `null`: it waits for something else. */
  readonly held: Pick<Review, 'because' | 'sentence'> | null;
  /** When the next retry is due, for `waiting`. */
  readonly retryAt: Millis | null;
  /** It is done now but was dead or retried before. */
  readonly recovered: boolean;
  readonly definitions: readonly string[];
}

/** Enough to tell two of one title apart. */
export type MessageLabel = Pick<MessageSummary, 'id' | 'feed' | 'controlId' | 'type' | 'patientHint'>;

export interface StoredMessage extends MessageSummary {
  readonly connection: string;
  readonly bodyHash: string;
  readonly messageTime: string | null;
  readonly correlationId: string;
  readonly traceparent: string;
  readonly resendOf: string | null;
  readonly answer: { readonly code: string; readonly text: string };
  /** When the answer was written to the socket; `null` if the connection had gone. */
  readonly answeredAt: Millis | null;
}

export interface MessageQuery {
  readonly states?: readonly MessageState[];
  readonly feed?: string;
  /** MSH-9, or its first component alone. */
  readonly type?: string;
  /** Matches a control id (from its start, any case), a message id or a reason code exactly. */
  readonly text?: string;
  readonly key?: SearchKey;
  /** Messages that have work of one of these; an empty list: none. */
  readonly definitions?: readonly string[];
  readonly since?: Millis;
  readonly until?: Millis;
  /** Default: newest first. */
  readonly order?: 'newest-first' | 'oldest-first';
  /** Paging: rows with a smaller `seq`. */
  readonly before?: number;
  /** Paging, oldest first: rows with a larger `seq`. */
  readonly after?: number;
  /** 1 to 1000, default 100. */
  readonly limit?: number;
}

export type MessageCounts = Readonly<Record<MessageState, number>> & { readonly total: number };

export interface Journal {
  /**
   * Journal entry, search keys and one work item per subscription in ONE durable commit; resolves after the flush. A
   * quarantined frame stays `quarantined` whatever becomes of work that is owed for it (who wants to hear of it).
   */
  accept(message: NewMessage, work: readonly NewWork[], resendWindowMs: Millis): Promise<AcceptOutcome>;
  /** Notes that the answer has left. Loss of this note loses no message, so it need not be flushed at once. */
  answered(id: string, at: Millis): Promise<void>;
  get(id: string): Promise<StoredMessage | undefined>;
  /** What lists of other things say of the messages that they are about; those that are not kept any more are left out. At most 1000 ids. */
  labels(ids: readonly string[]): Promise<readonly MessageLabel[]>;
  bytes(id: string): Promise<Uint8Array | undefined>;
  /** Newest first, unless asked otherwise. */
  list(query: MessageQuery): Promise<readonly MessageSummary[]>;
  /** How many messages are in each state, under the same filter as `list` (states, order, paging and limit ignored). */
  counts(query?: Omit<MessageQuery, 'states' | 'order' | 'before' | 'after' | 'limit'>): Promise<MessageCounts>;
  /**
   * quarantined -> discarded, by a person, with its audit record in one commit. The reason it could not be read stays; work
   * that is owed to whoever wants to hear of quarantined frames goes on.
   */
  discardQuarantined(id: string, at: Millis, audit: AuditEntry): Promise<'discarded' | 'not-quarantined' | 'unknown'>;
  /** Resends of a message, oldest first. */
  resends(id: string): Promise<readonly { readonly id: string; readonly receivedAt: Millis }[]>;
  /** The last message of each feed. */
  lastPerFeed(): Promise<readonly { readonly feed: string; readonly receivedAt: Millis; readonly total: number }[]>;
}
