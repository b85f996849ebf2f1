import type { NodeAPI } from 'node-red';
import { authoritiesIn } from '../../engine/index.ts';
import type {
  CanonicalEvent,
  ChangeEvents,
  ClaimedWork,
  FhirEndpoint,
  FhirPeople,
  FhirResource,
  ReadChange,
  TakeHow,
} from '../../engine/index.ts';
import type { MessageContext, WardflowMessage } from '../../runtime/services.ts';
import { errorOf } from '../kit/failure.ts';
import { endpointName, endpointOf } from '../kit/fhir.ts';
import { identityOf } from '../kit/identity.ts';
import { deliveryOf, inDoubt } from '../kit/patient-in-doubt.ts';
import { definitionName, registerNode, type NodeHandle } from '../kit/register.ts';
import { refuseSharedName, SOURCES } from '../kit/unique-name.ts';
import { fhirSubscriptionIn, type FhirSubscriptionInProperties } from './config.ts';

/** `msg.fhir` of a change. */
export interface FhirChanged {
  readonly change: 'created' | 'updated' | 'deleted' | 'unknown';
  readonly id: string;
  /** `Encounter/12`. */
  readonly reference: string;
  readonly versionId: string | null;
  /** As the server holds it now; `null`: it was deleted. */
  readonly resource: FhirResource | null;
  /** What its references lead to, by element; `null`: it is not there. */
  readonly included: Readonly<Record<string, FhirResource | null>>;
}

const SECOND = 1000;
const DAY = 24 * 3600 * SECOND;
/** Repeats of a server come within minutes; polls reach back for hours. */
const RESEND_WINDOW_MS = 7 * DAY;
const OVERLAP_MS = 120 * SECOND;

export default function fhirSubscriptionInNode(RED: NodeAPI): void {
  registerNode(RED, fhirSubscriptionIn, (handle) => {
    const { node, config, services, status } = handle;
    const { engine } = services;
    const name = config.subscription.trim();
    const endpoint = endpointName(handle, config.endpoint);
    const definition = definitionName(handle);
    refuseSharedName(RED, node, SOURCES, name);
    const topic = config.topic.trim();
    services.registerEventFeed(node.id, {
      name,
      format: 'fhir',
      lane: config.lane,
      afterDead: config.afterDead,
      resendWindowMs: RESEND_WINDOW_MS,
      place: () => ({ ...engine.subscriptions.place(name), connections: 0 }),
    });
    services.registerSubscription(node.id, {
      name,
      definition,
      endpoint,
      resourceType: config.resourceType.trim(),
      criteria: config.criteria.trim(),
      topic: topic === '' ? null : topic,
      content: config.content,
      ordering: config.ordering,
      pollMs: config.pollMinutes * 60 * SECOND,
      overlapMs: OVERLAP_MS,
      heartbeatMs: config.heartbeatSeconds * SECOND,
      deletions: config.deletions,
      takesOwn: config.ownChanges === 'take',
    });
    services.registerSource({
      nodeId: node.id,
      id: `${definition}/${name}`,
      definition,
      capacity: config.capacity,
      leaseMs: config.deadlineSeconds * SECOND,
      subscription: { feed: name, filter: { types: [], senders: [] } },
      async emit(work, context) {
        const read = engine.subscriptions.read(name, work, (failure) => errorOf(failure));
        const found = await engine.dispatcher.holdLease(work, read);
        if (found.kind === 'nothing') {
          const nothing: WardflowMessage = { wardflow: context };
          services.note(nothing, found.note);
          return services.settle(nothing, { kind: 'done' });
        }
        const server = endpointOf(handle, endpoint, work.lane);
        const included = await engine.dispatcher.holdLease(work, includedOf(config, found, server));
        const told = await toldOf(handle, name, found, work, context);
        if (told === 'held') return services.settle({ wardflow: context }, { kind: 'done' });
        const notes = [found.note, told.note].filter((note) => note !== null).join(' ');
        if (notes !== '') services.note({ wardflow: context }, notes);
        for (const msg of messages(found, included, config.events === 'none' ? NO_EVENTS : told, context))
          node.send(msg);
      },
    });
    status.ready(name);
    return { close: () => services.unregister(node.id) };
  });
}

type Found = Extract<ReadChange, { readonly kind: 'change' }>;

const NO_EVENTS: ChangeEvents = { events: [], note: null };

/** Of patients it is taken note who they are, whether or not a flow wants events. */
async function toldOf(
  handle: NodeHandle<FhirSubscriptionInProperties>,
  name: string,
  found: Found,
  work: ClaimedWork,
  context: MessageContext,
): Promise<ChangeEvents | 'held'> {
  const { node, config, services } = handle;
  const { dispatcher, identities, subscriptions } = services.engine;
  const rules = services.definitionOf(node)?.identity;
  if (config.events === 'none' && !(rules && found.resource?.resourceType === 'Patient')) return NO_EVENTS;
  const { maps } = await services.pinnedDefinition(context);
  const authorities = authoritiesIn(maps.get('identifier-systems'));
  const derive = (how: TakeHow): Promise<ChangeEvents> =>
    dispatcher.holdLease(
      work,
      subscriptions.events(name, found, work, {
        authorities,
        mode: context.mode,
        failed: (failure) => errorOf(failure),
        ...(rules && { identify: (said: FhirPeople) => identities.ofFhir(work.messageId, said, rules, how) }),
      }),
    );
  const told = await derive({ delivery: deliveryOf(work) });
  const outcome = rules && told.identity ? await inDoubt(handle, work, rules, told.identity) : 'goes-on';
  if (outcome === 'held') return 'held';
  return outcome === 'again' ? derive({ again: true }) : told;
}

/**
 * One message for each canonical event, or one without. Each is sent by itself and has its own context and resource, as `hl7 in`
 * sends its own: Node-RED would clone all but the first of one `send`.
 */
function messages(
  { change, id, reference, versionId, resource }: Found,
  included: FhirChanged['included'],
  { events, identity }: ChangeEvents,
  context: MessageContext,
): readonly WardflowMessage[] {
  const made = (topic: string, told: CanonicalEvent | null): WardflowMessage => {
    const { formerly, ...event } = told ?? {};
    const own = structuredClone({ resource, included });
    const fhir: FhirChanged = { change, id, reference, versionId, ...own };
    return {
      topic,
      payload: own.resource,
      event: told && event,
      fhir,
      ...(identity && { identity: identityOf(identity, told, formerly) }),
      wardflow: { ...context },
    };
  };
  if (events.length === 0) return [made(`${reference.split('/')[0] ?? ''} ${change}`, null)];
  return events.map((event) => made(event.name, event));
}

const REFERENCE = /^([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9.-]{1,64})$/;

/** One after the other: at most five, of one server. What leads elsewhere is left out. */
async function includedOf(
  { include }: Pick<FhirSubscriptionInProperties, 'include'>,
  { resource }: Found,
  server: FhirEndpoint,
): Promise<FhirChanged['included']> {
  const included: Record<string, FhirResource | null> = {};
  for (const element of include) {
    const named: unknown = resource?.[element];
    const reference: unknown =
      typeof named === 'object' && named !== null && 'reference' in named ? named.reference : null;
    const [, type, id] = REFERENCE.exec(typeof reference === 'string' ? reference : '') ?? [];
    if (type === undefined || id === undefined) continue;
    const result = await server.read(type, id);
    if (result.ok) included[element] = result.answer.resource;
    else if (result.failure.code === 'fhir-not-found' || result.failure.code === 'fhir-gone') included[element] = null;
    else throw errorOf(result.failure);
  }
  return included;
}
