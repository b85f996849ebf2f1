import type { Clock } from '../base/clock.ts';
import type { WardflowError } from '../base/errors.ts';
import type { Ids } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { LiveFeed } from '../engine.ts';
import type { OwedAnswers } from '../acknowledgements/create-acknowledgements.ts';
import type { EventContext } from '../events/clinical-event.ts';
import { isAcceptAcknowledgement } from '../hl7/acknowledgement-mode.ts';
import type { Hl7Message } from '../hl7/message.ts';
import { MERGE_TYPES } from '../identity/merge-types.ts';
import type { FrameConnection, FrameOutcome } from '../mllp/connection.ts';
import type { Framed } from '../mllp/framer.ts';
import type {
  AcceptOutcome,
  IdentityStatement,
  NewMessage,
  OwedAcknowledgement,
  Store,
} from '../store/contract/index.ts';
import type { FeedSettings, Subscription } from './feed.ts';
import { newWork, quarantineWork, sha256 } from './new-work.ts';
import { owedAnswer } from './owed-answer.ts';
import { readFrame } from './read-frame.ts';

export interface AcceptorOptions {
  readonly store: Pick<Store, 'journal' | 'ordered'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly live: Pick<LiveFeed, 'publish'>;
  /** Called when new work may be claimable. */
  readonly wake: () => void;
  readonly owed?: OwedAnswers;
  readonly maxFrameBytes: number;
  /** Shared by the messages of a batch; absent: the message's own id. */
  readonly correlationId?: string;
  /** Why the frame goes to quarantine, whatever could be read of it. */
  readonly refusal?: WardflowError;
  /** What a message of {@link MERGE_TYPES} says of who became whom; absent: nobody asks. */
  readonly mergeIn?: (message: Hl7Message, context: EventContext) => IdentityStatement | undefined;
  /** The journal could not keep a frame of the feed. */
  readonly notKept: (feed: string, error: unknown) => void;
}

/** A feed as it is in force when a frame arrives. */
export interface FeedInForce {
  readonly settings: FeedSettings;
  readonly subscriptions: readonly Subscription[];
}

/** Older versions of the standard give MSH-10 twenty characters. */
export const CONTROL_ID_LENGTH = 20;

/**
 * The way of a frame: read, journal and work in one durable commit, and only then the answer. Everything before the
 * commit happens at once, so that frames reach the journal in the order of their arrival.
 */
export async function acceptFrame(
  options: AcceptorOptions,
  feed: FeedInForce,
  framed: Exclude<Framed, { kind: 'junk' }>,
  connection: FrameConnection,
): Promise<FrameOutcome> {
  const { store, clock, ids, log, live } = options;
  const now = clock.now();
  const id = ids.next();
  const controlId = id.slice(-CONTROL_ID_LENGTH);
  const { maxFrameBytes, refusal } = options;
  const read = readFrame(framed, feed.settings, { controlId, now, maxFrameBytes, ...(refusal && { refusal }) });
  const { message, asked, ...described } = read;
  if (feed.settings.enhanced && message && isAcceptAcknowledgement(message)) return { kind: 'silent' };
  const trace = sha256(id);
  const arrived: NewMessage = {
    ...described,
    id,
    feed: feed.settings.name,
    connection: connection.id,
    receivedAt: now,
    bytes: framed.bytes,
    bodyHash: sha256(framed.bytes),
    correlationId: options.correlationId ?? id,
    // W3C trace context: the ids are derived, so that the trace of a message is known from its id.
    traceparent: `00-${trace.slice(0, 32)}-${trace.slice(32, 48)}-01`,
  };
  const work = message
    ? newWork(arrived, message, feed.settings, feed.subscriptions, ids)
    : quarantineWork(arrived, feed.settings, feed.subscriptions, ids);
  const { enhanced, resendWindowMs } = feed.settings;
  const acknowledgement =
    asked && enhanced && message
      ? owedAnswer(asked, enhanced, arrived, work.length > 0, {
          resendWindowMs,
          controlId: ids.next().slice(-CONTROL_ID_LENGTH),
        })
      : undefined;
  const identity = message && work.length > 0 ? mergeOf(options, message, arrived, feed.settings) : undefined;
  let outcome: AcceptOutcome;
  // The claim then goes to the store right behind the message, with the same commit, and the item comes back with it.
  if (store.ordered && work.length > 0) options.wake();
  try {
    outcome = await store.journal.accept(
      acknowledgement || identity
        ? { ...arrived, ...(acknowledgement && { acknowledgement }), ...(identity && { identity }) }
        : arrived,
      work,
      resendWindowMs,
    );
  } catch (error) {
    options.notKept(feed.settings.name, error);
    return { kind: 'withhold' };
  }
  if (!store.ordered && work.length > 0 && outcome.kind !== 'resend') options.wake();
  if (outcome.kind === 'quarantined') {
    log.warn('a frame was quarantined', { feed: feed.settings.name, messageId: id, code: read.quarantine?.code ?? '' });
  }
  live.publish({ kind: 'message', id });
  const { code, bytes } = outcome.kind === 'resend' ? outcome.answer : read.answer;
  const owedTo = expected(options.owed, outcome, acknowledgement, connection);
  if (code === '') {
    owedTo?.(true);
    return { kind: 'silent' };
  }
  return {
    kind: 'answer',
    bytes,
    written(delivered) {
      owedTo?.(delivered);
      if (!delivered) return;
      store.journal
        .answered(id, clock.now())
        .then(() => live.publish({ kind: 'message', id }))
        .catch((error: unknown) => log.warn('an answer left but could not be noted', { messageId: id, error }));
    },
  };
}

/** In the commit of the message itself: a result right behind a merge is worked on at the same time as the merge. */
export function mergeOf(
  { mergeIn }: Pick<AcceptorOptions, 'mergeIn'>,
  message: Hl7Message,
  { type, receivedAt, correlationId }: Pick<NewMessage, 'type' | 'receivedAt' | 'correlationId'>,
  { zone }: Pick<FeedSettings, 'zone'>,
): IdentityStatement | undefined {
  if (!mergeIn || type === null || !MERGE_TYPES.includes(type)) return undefined;
  return mergeIn(message, { receivedAt, correlationId, zone, mode: 'live' });
}

/** Says that an application acknowledgement goes to the connection; gives what is told when the answer before it has left. */
function expected(
  owed: OwedAnswers | undefined,
  outcome: AcceptOutcome,
  acknowledgement: OwedAcknowledgement | undefined,
  connection: FrameConnection,
): ((delivered: boolean) => void) | undefined {
  if (!owed || !acknowledgement) return undefined;
  const messageId = outcome.kind === 'resend' ? outcome.first : outcome.id;
  if (outcome.kind === 'resend') owed.resent(messageId, connection);
  else {
    const { dueAt, endpoint, made } = acknowledgement;
    owed.accepted({ messageId, dueAt, endpoint, made: made !== undefined }, connection);
  }
  return (delivered) => (delivered ? owed.opened(messageId, connection) : owed.missed(messageId, connection));
}
