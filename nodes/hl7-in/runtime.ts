import type { NodeAPI } from 'node-red';
import { deriveEvents } from '../../engine/index.ts';
import type { ClaimedWork, ClinicalEvent, Hl7Message } from '../../engine/index.ts';
import type { MessageContext, WardflowMessage } from '../../runtime/services.ts';
import { nodeErrors } from '../kit/errors.ts';
import { parsed } from '../kit/payload.ts';
import { configOf, definitionName, registerNode } from '../kit/register.ts';
import { feed as feedNode } from '../wardflow-feed/config.ts';
import { feedSettings } from '../wardflow-feed/runtime.ts';
import { refuseSharedName, SOURCES } from '../kit/unique-name.ts';
import { hl7In } from './config.ts';

export default function hl7InNode(RED: NodeAPI): void {
  registerNode(RED, hl7In, (handle) => {
    const { node, config, services, status } = handle;
    const feed = feedSettings(configOf(handle, feedNode, config.feed, 'feed'));
    const definition = definitionName(handle);
    refuseSharedName(RED, node, SOURCES, config.subscription.trim());
    services.registerSource({
      nodeId: node.id,
      id: `${definition}/${config.subscription.trim()}`,
      definition,
      capacity: config.capacity,
      leaseMs: feed.deadlineMs,
      subscription: { feed: feed.name, filter: { types: config.types, senders: config.senders } },
      emit(work, context) {
        for (const msg of messages(work, context, feed)) node.send(msg);
        return Promise.resolve();
      },
    });
    status.ready(feed.name);
    return { close: () => services.unregister(node.id) };
  });
}

/** Ten times the longest report that anybody has seen: a message of millions would stop the runtime for everybody. */
const MOST_RESULTS = 10_000;

function refuseTooMany(payload: Hl7Message): void {
  let results = 0;
  for (const _ of payload.segments('OBX'))
    if (++results > MOST_RESULTS) throw nodeErrors.create('too-many-results', { limit: MOST_RESULTS });
}

/**
 * One message for each canonical event. Each is sent by itself, since Node-RED would clone all but the first of one
 * `send`; the item cannot end between them, as its own branch is open until `emit` has returned. Each has its own
 * context, since the runtime's hooks write the branch into it.
 */
function messages(
  work: ClaimedWork,
  context: MessageContext,
  feed: { readonly zone: string | null; readonly fallbackCharset: string },
): readonly WardflowMessage[] {
  const payload = parsed(work, feed.fallbackCharset);
  refuseTooMany(payload);
  const events: readonly ClinicalEvent[] = deriveEvents(payload, {
    receivedAt: work.message.receivedAt,
    correlationId: work.correlationId,
    zone: feed.zone,
    mode: context.mode,
  });
  if (events.length === 0) return [{ topic: payload.type, payload, event: null, wardflow: { ...context } }];
  return events.map((event) => ({ topic: event.name, payload: payload.clone(), event, wardflow: { ...context } }));
}
