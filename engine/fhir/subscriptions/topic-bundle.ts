/** The status that a topic's bundle begins with, and its events. Pure. */
import type { Change, TopicEvent } from './notification.ts';
import { countOf, isResource, listOf, metaOf, recordOf, referenceIn, textOf } from './parts.ts';

type Part = Readonly<Record<string, unknown>>;

export interface TopicStatus {
  readonly type: string;
  readonly total: number | null;
  /** The server says that the subscription is in error or off. */
  readonly failed: boolean;
  readonly events: readonly {
    readonly number: number | null;
    readonly at: string | null;
    readonly focus: string | null;
  }[];
}

/** `undefined`: it is none. */
export function statusIn(resource: unknown): TopicStatus | undefined {
  const { resourceType, ...rest } = recordOf(resource);
  if (resourceType === 'SubscriptionStatus') return ofStatus(rest);
  if (resourceType !== 'Parameters') return undefined;
  const parts = listOf(rest['parameter']).map(recordOf);
  return parts.some(({ name }) => name === 'type' || name === 'notification-event') ? ofParameters(parts) : undefined;
}

/** R4B and R5. */
function ofStatus(status: Part): TopicStatus {
  return {
    type: textOf(status['type']) ?? '',
    total: countOf(status['eventsSinceSubscriptionStart']),
    failed: isOver(status['status']),
    events: listOf(status['notificationEvent'])
      .map(recordOf)
      .map((event) => ({
        number: countOf(event['eventNumber']),
        at: textOf(event['timestamp']),
        focus: textOf(recordOf(event['focus'])['reference']),
      })),
  };
}

/** R4: backport-subscription-status-r4. Servers differ in the type of values; names are the same. */
function ofParameters(parts: readonly Part[]): TopicStatus {
  const valueOf = (all: readonly Part[], name: string): unknown => {
    const part = all.find((one) => one['name'] === name) ?? {};
    return Object.entries(part).find(([key]) => key.startsWith('value'))?.[1];
  };
  return {
    type: textOf(valueOf(parts, 'type')) ?? '',
    total: countOf(valueOf(parts, 'events-since-subscription-start')),
    failed: isOver(valueOf(parts, 'status')),
    events: parts
      .filter(({ name }) => name === 'notification-event')
      .map(({ part }) => listOf(part).map(recordOf))
      .map((event) => ({
        number: countOf(valueOf(event, 'event-number')),
        at: textOf(valueOf(event, 'timestamp')),
        focus: textOf(recordOf(valueOf(event, 'focus'))['reference']),
      })),
  };
}

const isOver = (status: unknown): boolean => status === 'error' || status === 'off' || status === 'entered-in-error';

/** With what the other entries of the bundle say of the focus. `elsewhere`: one is not of this server. */
export function topicEvents(
  { events }: TopicStatus,
  entries: readonly Part[],
  { base, resourceType }: { readonly base: string; readonly resourceType: string },
): readonly TopicEvent[] | 'elsewhere' {
  const byFocus = new Map<string, Part>();
  for (const entry of entries) {
    const name = nameOf(entry, base);
    if (name !== undefined) byFocus.set(name, entry);
  }
  const found: TopicEvent[] = [];
  for (const { number, at, focus } of events) {
    if (focus === null) {
      // Content `empty`: which resource it is about is not said.
      found.push({ number, at, change: null });
      continue;
    }
    const reference = referenceIn(focus, base);
    if (!reference) return 'elsewhere';
    const change = changeOf(reference, byFocus.get(`${reference.type}/${reference.id}`) ?? {});
    found.push({ number, at, change: reference.type === resourceType ? change : null });
  }
  return found;
}

function nameOf(entry: Part, base: string): string | undefined {
  const { resource, fullUrl, request } = entry;
  if (isResource(resource) && typeof resource.id === 'string') return `${resource.resourceType}/${resource.id}`;
  const stated = textOf(fullUrl) ?? textOf(recordOf(request)['url']) ?? '';
  const reference = referenceIn(stated, base);
  return reference && `${reference.type}/${reference.id}`;
}

function changeOf(
  { type, id, versionId }: { readonly type: string; readonly id: string; readonly versionId: string | null },
  entry: Part,
): Change {
  const { method } = recordOf(entry['request']);
  const kind =
    method === 'POST'
      ? 'created'
      : method === 'PUT' || method === 'PATCH'
        ? 'updated'
        : method === 'DELETE'
          ? 'deleted'
          : 'unknown';
  const { resource } = entry;
  const own = isResource(resource) && resource.resourceType === type && resource.id === id ? resource : null;
  const meta = own ? metaOf(own) : { versionId: null, lastUpdated: null };
  return { kind, type, id, versionId: meta.versionId ?? versionId, lastUpdated: meta.lastUpdated, resource: own };
}
