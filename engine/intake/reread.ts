/**
 * Reads a frame in quarantine once more, by the feed's settings of now (its encoding was corrected, say). What can be read
 * is accepted as a new message of the same bytes; the one in quarantine is put away with a record that names the new one.
 * Between the two commits a crash leaves both: asked again, the second reading is a resend and makes no second work.
 */
import type { AuditEntry, NewMessage, StoredMessage, Switch } from '../store/contract/index.ts';
import { CONTROL_ID_LENGTH, type AcceptorOptions, type FeedInForce } from './acceptor.ts';
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
  feedOf: (name: string) => FeedInForce | undefined,
  id: string,
  { actor, reason, dryRun = false }: RereadRequest,
): Promise<RereadOutcome> {
  const { store, clock, ids, live, stopped } = options;
  const stored = await store.journal.get(id);
  if (!stored) return { kind: 'unknown' };
  if (stored.state !== 'quarantined') return { kind: 'not-quarantined' };
  const feed = feedOf(stored.feed);
  if (!feed) return { kind: 'no-feed', feed: stored.feed };
  const stop = stopped?.(stored.feed);
  if (stop) return { kind: 'feed-stopped', feed: stored.feed, reason: stop.reason };
  if (CUT.has(stored.reason?.code ?? '')) return { kind: 'cut' };
  const bytes = await store.journal.bytes(id);
  if (!bytes || bytes.length === 0) return { kind: 'no-body' };

  const now = clock.now();
  const newId = ids.next();
  const answering = { controlId: newId.slice(-CONTROL_ID_LENGTH), now, maxFrameBytes: options.maxFrameBytes };
  const { message, ...described } = readFrame({ kind: 'frame', bytes: Buffer.from(bytes) }, feed.settings, answering);
  if (!message) return { kind: 'unreadable', ...(described.quarantine ?? { code: 'intake-unreadable', text: '' }) };
  const accepted = newMessageOf(stored, bytes, newId, now, described);
  const work = newWork(accepted, message, feed.settings, feed.subscriptions, ids);
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
