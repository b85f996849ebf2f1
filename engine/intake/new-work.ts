import { hash } from 'node:crypto';
import type { Ids } from '../base/ids.ts';
import type { Hl7Message } from '../hl7/message.ts';
import type { NewMessage, NewWork } from '../store/contract/index.ts';
import { addressing } from './describe.ts';
import type { FeedSettings, Subscription } from './feed.ts';
import { matches } from './filter.ts';

type Accepted = Pick<NewMessage, 'id' | 'correlationId' | 'traceparent' | 'receivedAt'>;

/** One work item for each subscription that wants the message. */
export function newWork(
  accepted: Accepted,
  message: Hl7Message,
  feed: FeedSettings,
  subscriptions: readonly Subscription[],
  ids: Ids,
): NewWork[] {
  const address = addressing(message);
  const wanting = subscriptions.filter(({ filter, takes }) => takes !== 'quarantine' && matches(filter, address));
  if (wanting.length === 0) return [];
  const value = orderingValue(message, feed.orderingPath);
  return wanting.map((subscription) => ({
    ...itemFor(accepted, feed, subscription, ids),
    orderingKey: value === '' ? null : sha256(`${subscription.id}\n${value}`),
    afterDead: feed.afterDead,
  }));
}

/** One work item for each subscription that wants to hear of frames in quarantine. They have no order to keep. */
export function quarantineWork(
  accepted: Accepted,
  feed: Pick<FeedSettings, 'lane'>,
  subscriptions: readonly Subscription[],
  ids: Ids,
): NewWork[] {
  return subscriptions
    .filter(({ takes }) => takes === 'quarantine')
    .map((subscription) => itemFor(accepted, feed, subscription, ids));
}

export function itemFor(
  accepted: Accepted,
  feed: Pick<FeedSettings, 'lane'>,
  { id, definition }: Subscription,
  ids: Ids,
): NewWork {
  return {
    id: ids.next(),
    messageId: accepted.id,
    subscription: id,
    definition,
    lane: feed.lane,
    orderingKey: null,
    afterDead: 'continue',
    correlationId: accepted.correlationId,
    traceparent: accepted.traceparent,
    createdAt: accepted.receivedAt,
  };
}

export function sha256(text: string | Uint8Array): string {
  return hash('sha256', text);
}

function orderingValue(message: Hl7Message, paths: readonly string[]): string {
  for (const path of paths) {
    const value = message.get(path).trim();
    if (value !== '' && value !== '""') return value;
  }
  return '';
}
