/**
 * The way of what is no HL7 message: a notification, a resource that a poll found, an event by HTTP. Kept as frames are: one
 * journal entry and one work item for each subscription in one durable commit, and only then its sender is answered.
 */
import type { AcceptOutcome, NewMessage } from '../store/contract/index.ts';
import type { AcceptorOptions } from './acceptor.ts';
import type { EventFeedSettings, EventOutcome, NewEvent, Subscription } from './feed.ts';
import { eventMatches } from './filter.ts';
import { itemFor, quarantineWork, sha256 } from './new-work.ts';

export interface EventFeedInForce {
  readonly settings: EventFeedSettings;
  readonly subscriptions: readonly Subscription[];
}

const LONGEST = 200;
const MOST_KEYS = 100;

export async function acceptEvent(
  options: Omit<AcceptorOptions, 'maxFrameBytes' | 'owed'>,
  { settings, subscriptions }: EventFeedInForce,
  event: NewEvent,
): Promise<EventOutcome> {
  const { store, ids, live } = options;
  const arrived = newEventMessage(options, event);
  const work = workFor(arrived, settings, subscriptions, event, ids);
  let outcome: AcceptOutcome;
  if (store.ordered && work.length > 0) options.wake();
  try {
    outcome = await store.journal.accept(arrived, work, settings.resendWindowMs);
  } catch (error) {
    options.notKept(settings.name, error);
    return { kind: 'withheld', why: 'not-kept' };
  }
  if (!store.ordered && work.length > 0 && outcome.kind !== 'resend') options.wake();
  if (outcome.kind === 'quarantined')
    options.log.warn('an event was quarantined', {
      feed: settings.name,
      messageId: outcome.id,
      code: event.quarantine?.code ?? '',
    });
  live.publish({ kind: 'message', id: outcome.id });
  const { kind, id, seq } = outcome;
  return kind === 'resend' ? { kind, id, seq, first: outcome.first } : { kind, id, seq };
}

export function newEventMessage(
  { clock, ids, correlationId }: Pick<AcceptorOptions, 'clock' | 'ids' | 'correlationId'>,
  event: NewEvent,
): NewMessage {
  const id = ids.next();
  const trace = sha256(id);
  return {
    id,
    feed: event.feed,
    format: event.format,
    connection: event.connection,
    receivedAt: clock.now(),
    ...(event.sameAs !== undefined && { sameAs: event.sameAs }),
    bytes: event.bytes,
    bodyHash: sha256(event.bytes),
    controlId: short(event.controlId),
    type: short(event.type),
    sender: short(event.sender),
    messageTime: short(event.messageTime),
    keys: event.keys
      .slice(0, MOST_KEYS)
      .flatMap(({ kind, value }) => (value === '' ? [] : [{ kind, value: value.slice(0, LONGEST) }])),
    patientHint: short(event.patientHint),
    correlationId: correlationId ?? event.correlationId ?? id,
    traceparent: event.traceparent ?? `00-${trace.slice(0, 32)}-${trace.slice(32, 48)}-01`,
    ...(event.quarantine && { quarantine: event.quarantine }),
    // Its sender is answered by a status of HTTP; there is no message to keep for its resend.
    answer: { code: '', bytes: new Uint8Array(0) },
  };
}

export function workFor(
  arrived: NewMessage,
  settings: EventFeedSettings,
  subscriptions: readonly Subscription[],
  event: Pick<NewEvent, 'type' | 'sender' | 'orderingValue' | 'quarantine'>,
  ids: AcceptorOptions['ids'],
): ReturnType<typeof quarantineWork> {
  if (event.quarantine) return quarantineWork(arrived, settings, subscriptions, ids);
  const { orderingValue } = event;
  return subscriptions
    .filter(({ filter, takes }) => takes !== 'quarantine' && eventMatches(filter, event))
    .map((subscription) => ({
      ...itemFor(arrived, settings, subscription, ids),
      orderingKey: orderingValue ? sha256(`${subscription.id}\n${orderingValue}`) : null,
      afterDead: settings.afterDead,
    }));
}

const short = (value: string | null): string | null => (value ? value.slice(0, LONGEST) : null);
