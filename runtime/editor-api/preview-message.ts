/** What a node gets to see in a preview: the sample as `hl7 in` would send it, with its first event. */
import { deriveFhirEvents, fhirRoot, sampleEvents, type EventChoice, type Hl7Message } from '../../engine/index.ts';
import type { MessageContext, PreviewGiven, WardflowMessage } from '../services.ts';
import type { FeedFacts } from './feed-of.ts';

export interface PreviewMessage {
  readonly msg: PreviewGiven['msg'];
  readonly events: number;
}

export function previewMessage(
  payload: Hl7Message,
  feed: FeedFacts | undefined,
  now: number,
  choice: EventChoice,
): PreviewMessage {
  const context = { ...CONTEXT, lane: feed?.lane ?? CONTEXT.lane };
  const given = {
    receivedAt: now,
    correlationId: context.correlationId,
    zone: feed?.zone ?? null,
    mode: context.mode,
  } as const;
  const events = sampleEvents(payload, given, choice);
  const [event = null] = events;
  return {
    msg: { topic: event?.name ?? payload.type, payload, event, wardflow: context },
    events: events.length,
  };
}

/**
 * A sample that is no HL7 message: a resource, as it were the payload and what was read last, with the events of it being new; or
 * other JSON, as `http event in` sends it.
 */
export function previewOfJson(
  json: unknown,
  now: number,
): { readonly msg: WardflowMessage; readonly type: string; readonly events: number } {
  const resource = fhirRoot({ payload: json });
  if (!resource) {
    const stated: unknown = (json as { readonly type?: unknown } | null)?.type;
    const type = typeof stated === 'string' ? stated.slice(0, 64) : 'JSON';
    return {
      msg: { topic: type, payload: json, event: null, http: { id: 'preview' }, wardflow: CONTEXT },
      type,
      events: 0,
    };
  }
  const type = resource.resourceType.slice(0, 64);
  const events = deriveFhirEvents(resource, null, {
    source: '/fhir/preview',
    receivedAt: now,
    correlationId: CONTEXT.correlationId,
    zone: null,
    mode: 'live',
    authorities: {},
    resolve: () => undefined,
  });
  const [event = null] = events;
  const msg = {
    topic: event?.name ?? type,
    payload: resource,
    event,
    fhir: { status: 200, resource },
    wardflow: CONTEXT,
  };
  return { msg, type, events: events.length };
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
