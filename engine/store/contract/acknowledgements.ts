/**
 * Application acknowledgements that senders in enhanced mode are owed (HL7 v2 chapter 2, 2.9.3): one for each message whose
 * MSH-16 asks for one, kept with the message in one commit.
 *
 *   (accept) -> awaited -> made -> delivered
 *                       -> unwanted            its MSH-16 (ER, SU) asks for none of this outcome
 *               made -> lapsed                 nobody took it until the message's resend window was over
 *               delivered -> made              the message came again, and the answer goes to an endpoint again
 *
 * The first that is made counts; it is durable before it is sent.
 */
import type { Millis } from '../../base/clock.ts';
import type { AuditEntry } from './audit.ts';

export const ACKNOWLEDGEMENT_STATES = ['awaited', 'made', 'delivered', 'unwanted', 'lapsed'] as const;
export type AcknowledgementState = (typeof ACKNOWLEDGEMENT_STATES)[number];

/** MSA-1 of an application acknowledgement, table 0008. */
export type ApplicationCode = 'AA' | 'AE' | 'AR';

/** Who made it: a flow, or the engine since all work had ended, the deadline had passed, or no flow wanted the message. */
export const ACKNOWLEDGEMENT_MAKERS = ['flow', 'ended', 'deadline', 'unrouted'] as const;
export type AcknowledgementMaker = (typeof ACKNOWLEDGEMENT_MAKERS)[number];

/** MSH-16 that asks for an answer (table 0155): always, on errors and rejections, on success. */
export type OwedCondition = 'AL' | 'ER' | 'SU';

/** Kept with the message when it is accepted; not of a resend, which is owed what its first is. */
export interface OwedAcknowledgement {
  readonly condition: OwedCondition;
  /** The engine answers AE from here on. */
  readonly dueAt: Millis;
  /** From here on nobody asks for it any more. */
  readonly lapseAt: Millis;
  /** Logical name of the receiver; `null`: the connection that the message, or its latest resend, came by. */
  readonly endpoint: string | null;
  /** Made at once, where no work is owed for the message that could make it later. */
  readonly made?: { readonly code: ApplicationCode; readonly bytes: Uint8Array; readonly by: AcknowledgementMaker };
}

export interface AcknowledgementRecord {
  readonly messageId: string;
  readonly feed: string;
  readonly state: AcknowledgementState;
  readonly condition: OwedCondition;
  readonly dueAt: Millis;
  readonly lapseAt: Millis;
  readonly endpoint: string | null;
  readonly code: ApplicationCode | null;
  readonly madeAt: Millis | null;
  readonly madeBy: AcknowledgementMaker | null;
  /** The definition whose flow made it. */
  readonly definition: string | null;
  readonly deliveredAt: Millis | null;
  /** Tries to bring it to its endpoint. */
  readonly tries: number;
  /** When something is due: the deadline, the next try, its lapse; `null`: nothing any more. */
  readonly nextAt: Millis | null;
  /** Why the last try failed, by its catalogue code. */
  readonly failureCode: string | null;
}

export interface MakeAcknowledgement {
  readonly messageId: string;
  readonly code: ApplicationCode;
  /** The whole message, without the MLLP envelope. */
  readonly bytes: Uint8Array;
  readonly by: AcknowledgementMaker;
  readonly definition: string | null;
  readonly at: Millis;
  /** Written where this one counts. */
  readonly audit?: readonly AuditEntry[];
}

export type MakeOutcome =
  | { readonly kind: 'made' | 'unwanted' | 'made-before'; readonly record: AcknowledgementRecord }
  /** `ended` was said, and some of its work is still open. */
  | { readonly kind: 'open' }
  /** Its sender is owed none. */
  | { readonly kind: 'not-owed' };

export interface AcknowledgementCounts {
  readonly feed: string;
  readonly awaited: number;
  /** Of those: past their deadline. */
  readonly overdue: number;
  /** Made, and not with the sender yet. */
  readonly undelivered: number;
}

export interface Acknowledgements {
  /** The first counts. By `ended` only while no work of the message waits, is claimed or is parked. Durable before it resolves. */
  make(made: MakeAcknowledgement): Promise<MakeOutcome>;
  /** made -> delivered. Loss of this note repeats an answer, so it need not be flushed at once. */
  delivered(messageId: string, at: Millis): Promise<void>;
  /** Takes a due try: nobody else does until `until`. `false`: it is not made, or due at another time by now. */
  take(messageId: string, nextAt: Millis, until: Millis): Promise<boolean>;
  /** The try failed; the next is at `nextAt`. */
  failed(messageId: string, code: string, nextAt: Millis): Promise<void>;
  /** made | delivered -> made, due at `at`, where it goes to an endpoint: its message came again. */
  again(messageId: string, at: Millis): Promise<boolean>;
  /** made -> lapsed, with its audit record. */
  lapse(messageId: string, audit: AuditEntry): Promise<boolean>;
  get(messageId: string): Promise<AcknowledgementRecord | undefined>;
  /** What was made; `undefined` where nothing was yet, or it has gone with the message's body. */
  bytes(messageId: string): Promise<Uint8Array | undefined>;
  /** Those with something due, soonest first; of what is made for one of the `resting` endpoints, nothing. */
  due(now: Millis, limit: number, resting?: readonly string[]): Promise<readonly AcknowledgementRecord[]>;
  nextDue(): Promise<Millis | null>;
  /** Awaited, though all work of the message has ended (is done, dead or discarded); `among`: only of these messages. */
  ended(limit: number, among?: readonly string[]): Promise<readonly AcknowledgementRecord[]>;
  /** By feed, of those that are awaited or made. */
  counts(now: Millis): Promise<readonly AcknowledgementCounts[]>;
}
