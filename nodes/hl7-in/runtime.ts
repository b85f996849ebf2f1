import type { NodeAPI } from 'node-red';
import { eventContext, readEvents, statedEvents, NOTHING_KNOWN } from '../../engine/index.ts';
import type {
  ClaimedWork,
  ClinicalEvent,
  EventContext,
  Hl7Message,
  IdentityFinding,
  Store,
  TakeHow,
} from '../../engine/index.ts';
import type { MessageContext, WardflowMessage } from '../../runtime/services.ts';
import { nodeErrors } from '../kit/errors.ts';
import { identityOf } from '../kit/identity.ts';
import { deliveryOf, inDoubt } from '../kit/patient-in-doubt.ts';
import { parsed } from '../kit/payload.ts';
import { configOf, definitionName, registerNode, type NodeHandle } from '../kit/register.ts';
import { feed as feedNode } from '../wardflow-feed/config.ts';
import { feedSettings } from '../wardflow-feed/runtime.ts';
import { refuseSharedName, SOURCES } from '../kit/unique-name.ts';
import { hl7In, type Hl7InProperties } from './config.ts';

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
      async emit(work, context) {
        const payload = parsed(work, feed.fallbackCharset);
        refuseTooMany(payload);
        const plain: EventContext = eventContext(work, { zone: feed.zone, mode: context.mode });
        const identity = await identified(handle, work, payload, plain);
        if (identity === 'held') return services.settle({ wardflow: context }, { kind: 'done' });
        const given: EventContext = identity ? { ...plain, identity } : plain;
        const events =
          config.events === 'all'
            ? await derived(payload, given, work.messageId, services.engine.store)
            : config.events === 'none'
              ? []
              : statedEvents(payload, given);
        for (const msg of messages(payload, events, context, identity)) node.send(msg);
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

/** Whose events need no state asks the store nothing. */
async function derived(
  payload: Hl7Message,
  context: EventContext,
  messageId: string,
  { eventStates }: Store,
): Promise<readonly ClinicalEvent[]> {
  const { statements, events } = readEvents(payload, context);
  const found = events(statements.length === 0 ? NOTHING_KNOWN : await eventStates.advance(messageId, statements));
  if (found.length > MOST_RESULTS) throw nodeErrors.create('too-many-events', { limit: MOST_RESULTS });
  return found;
}

/**
 * One message for each canonical event. Each is sent by itself, since Node-RED would clone all but the first of one
 * `send`; the item cannot end between them, as its own branch is open until `emit` has returned. Each has its own
 * context, since the runtime's hooks write the branch into it.
 */
function messages(
  payload: Hl7Message,
  events: readonly ClinicalEvent[],
  context: MessageContext,
  identity: IdentityFinding | undefined,
): readonly WardflowMessage[] {
  const who = (event: ClinicalEvent | null, formerly: ClinicalEvent['formerly']) =>
    identity && { identity: identityOf(identity, event, formerly) };
  if (events.length === 0)
    return [{ topic: payload.type, payload, event: null, ...who(null, []), wardflow: { ...context } }];
  return events.map(({ formerly, ...event }) => ({
    topic: event.name,
    payload: payload.clone(),
    event,
    ...who(event, formerly),
    wardflow: { ...context },
  }));
}

/** `undefined`: nothing says how patients are matched. `held`: a person is asked, and it comes again after the answer. */
async function identified(
  handle: NodeHandle<Hl7InProperties>,
  work: ClaimedWork,
  payload: Hl7Message,
  context: EventContext,
): Promise<IdentityFinding | 'held' | undefined> {
  const { node, services } = handle;
  const rules = services.definitionOf(node)?.identity;
  if (!rules) return undefined;
  const take = (how: TakeHow): Promise<IdentityFinding> =>
    services.engine.identities.ofHl7(work.messageId, payload, context, rules, how);
  const found = await take({ delivery: deliveryOf(work) });
  const outcome = await inDoubt(handle, work, rules, found);
  if (outcome === 'held') return 'held';
  return outcome === 'again' ? take({ again: true }) : found;
}
