/**
 * Reads a frame in quarantine once more, by the feed's settings of now (its encoding was corrected, say). What can be read
 * is accepted as a new message of the same bytes; the one in quarantine is put away with a record that names the new one.
 * Between the two commits a crash leaves both: asked again, the second reading is a resend and makes no second work.
 */
import type { AuditEntry, NewMessage, NewWork, StoredMessage, Switch } from '../store/contract/index.ts';
import { CONTROL_ID_LENGTH, mergeOf, type AcceptorOptions, type FeedInForce } from './acceptor.ts';
import { newEventMessage, workFor, type EventFeedInForce } from './accept-event.ts';
import { intakeErrors } from './errors.ts';
import type { RereadOutcome, RereadRequest } from './feed.ts';
import { newWork, sha256 } from './new-work.ts';
import { readFrame } from './read-frame.ts';

/** Only a part of these was received and kept: read as a whole, they would say less than was sent. */
const CUT = new Set(['mllp-frame-too-large', 'mllp-frame-unterminated']);

export interface RereadOptions extends Omit<AcceptorOptions, 'notKept' | 'log'> {
  /** An operator's stop of the feed that is in force. */
  readonly stopped?: (feed: string) => Pick<Switch, 'reason'> | undefined;
}

export async function reread(
  options: RereadOptions,
  feeds: FeedsInForce,
  id: string,
  { actor, reason, dryRun = false }: RereadRequest,
): Promise<RereadOutcome> {
  const { store, clock, live, stopped } = options;
  const stored = await store.journal.get(id);
  if (!stored) return { kind: 'unknown' };
  if (stored.state !== 'quarantined') return { kind: 'not-quarantined' };
  const feed = stored.format === 'hl7v2' ? feeds.feedOf(stored.feed) : feeds.eventFeedOf(stored.feed);
  if (!feed) return { kind: 'no-feed', feed: stored.feed };
  const stop = stopped?.(stored.feed);
  if (stop) return { kind: 'feed-stopped', feed: stored.feed, reason: stop.reason };
  if (CUT.has(stored.reason?.code ?? '')) return { kind: 'cut' };
  const bytes = await store.journal.bytes(id);
  if (!bytes || bytes.length === 0) return { kind: 'no-body' };

  const now = clock.now();
  const read = isEventFeed(feed) ? readEvent(options, feed, stored, bytes) : readAgain(options, feed, stored, bytes);
  if ('quarantine' in read) return { kind: 'unreadable', ...read.quarantine };
  const { accepted, work } = read;
  const newId = accepted.id;
  if (dryRun) return { kind: work.length > 0 ? 'accepted' : 'unrouted', id: null };

  // Whatever was accepted of the same bytes since it came, be it by another person reading it again, is the one.
  const windowMs = Math.max(feed.settings.resendWindowMs, now - stored.receivedAt);
  const outcome = await store.journal.accept(accepted, work, windowMs);
  const audit: AuditEntry = {
    at: now,
    type: 'message.reread',
    actor,
    messageId: id,
    details: { as: newId, outcome: outcome.kind },
    reason,
  };
  await store.journal.discardQuarantined(id, now, audit);
  if (outcome.kind === 'accepted') options.wake();
  for (const changed of [id, newId]) live.publish({ kind: 'message', id: changed });
  return { kind: outcome.kind === 'quarantined' ? 'unrouted' : outcome.kind, id: newId };
}

export interface FeedsInForce {
  readonly feedOf: (name: string) => FeedInForce | undefined;
  readonly eventFeedOf: (name: string) => EventFeedInForce | undefined;
}

type Read =
  | { readonly accepted: NewMessage; readonly work: readonly NewWork[] }
  | { readonly quarantine: NonNullable<NewMessage['quarantine']> };

const isEventFeed = (feed: FeedInForce | EventFeedInForce): feed is EventFeedInForce => 'format' in feed.settings;

function readAgain(options: RereadOptions, feed: FeedInForce, stored: StoredMessage, bytes: Uint8Array): Read {
  const { clock, ids, maxFrameBytes } = options;
  const now = clock.now();
  const id = ids.next();
  const answering = { controlId: id.slice(-CONTROL_ID_LENGTH), now, maxFrameBytes };
  const { message, ...described } = readFrame({ kind: 'frame', bytes: Buffer.from(bytes) }, feed.settings, answering);
  if (!message) return { quarantine: described.quarantine ?? { code: 'intake-unreadable', text: '' } };
  const accepted = newMessageOf(stored, bytes, id, now, described);
  const work = newWork(accepted, message, feed.settings, feed.subscriptions, ids);
  const identity = work.length > 0 ? mergeOf(options, message, accepted, feed.settings) : undefined;
  return { accepted: identity ? { ...accepted, identity } : accepted, work };
}

function readEvent(options: RereadOptions, feed: EventFeedInForce, stored: StoredMessage, bytes: Uint8Array): Read {
  const described = feed.settings.reread?.(bytes);
  if (!described) {
    const { code, message: text } = intakeErrors.create('intake-not-read-again');
    return { quarantine: { code, text } };
  }
  if (described.quarantine) return { quarantine: described.quarantine };
  const { correlationId, traceparent } = stored;
  const { format } = feed.settings;
  const connection = `${REREAD_CONNECTION}${stored.id}`;
  const event = { ...described, feed: stored.feed, format, connection, bytes, correlationId, traceparent };
  const accepted = newEventMessage(options, event);
  return { accepted, work: workFor(accepted, feed.settings, feed.subscriptions, event, options.ids) };
}

/** The answer of now is kept for resends; nobody waits for it, so it is never noted as sent. */
function newMessageOf(
  stored: StoredMessage,
  bytes: Uint8Array,
  id: string,
  now: number,
  described: Omit<ReturnType<typeof readFrame>, 'message'>,
): NewMessage {
  const { controlId, type, sender, messageTime, keys, patientHint, answer } = described;
  return {
    id,
    feed: stored.feed,
    connection: `${REREAD_CONNECTION}${stored.id}`,
    receivedAt: now,
    bytes,
    bodyHash: sha256(bytes),
    controlId,
    type,
    sender,
    messageTime,
    keys,
    patientHint,
    correlationId: stored.correlationId,
    traceparent: stored.traceparent,
    answer,
  };
}

/** Instead of a TCP connection: the message in quarantine that it was read from. */
export const REREAD_CONNECTION = 'read-again:';
