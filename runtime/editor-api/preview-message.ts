/** What a node gets to see in a preview: the sample as `hl7 in` would send it, with its first event. */
import { deriveEvents, type Hl7Message } from '../../engine/index.ts';
import type { MessageContext, PreviewGiven } from '../services.ts';
import type { FeedFacts } from './feed-of.ts';

export interface PreviewMessage {
  readonly msg: PreviewGiven['msg'];
  readonly events: number;
}

export function previewMessage(payload: Hl7Message, feed: FeedFacts | undefined, now: number): PreviewMessage {
  const context = { ...CONTEXT, lane: feed?.lane ?? CONTEXT.lane };
  const events = deriveEvents(payload, {
    receivedAt: now,
    correlationId: context.correlationId,
    zone: feed?.zone ?? null,
    mode: context.mode,
  });
  const [event = null] = events;
  return {
    msg: { topic: event?.name ?? payload.type, payload, event, wardflow: context },
    events: events.length,
  };
}

const CONTEXT: MessageContext = {
  messageId: 'preview',
  workId: 'preview',
  correlationId: 'preview',
  traceparent: '',
  lane: 'routine',
  orderingKey: null,
  attempt: 1,
  definition: '',
  definitionVersion: '',
  mode: 'live',
  branch: '',
};
