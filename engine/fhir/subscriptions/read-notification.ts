/**
 * Reads what came to the address of a subscription: an empty POST, a bare resource (POST, or PUT and DELETE to
 * `endpoint/Type/id` as HAPI sends them), a bundle of resources, or a topic's bundle with its status first, as the R4 backport
 * (Parameters), R4B and R5 (SubscriptionStatus) have it. Pure, and never throws: what it reads is hostile.
 */
import { isTooDeep } from '../../base/json-depth.ts';
import type { FhirResource } from '../endpoint.ts';
import { subscriptionErrors } from './errors.ts';
import type { Change, Notification } from './notification.ts';
import { isResource, listOf, metaOf, recordOf, referenceIn } from './parts.ts';
import { statusIn, topicEvents } from './topic-bundle.ts';

export interface Arrived {
  readonly method: string;
  /** Behind the subscription's own address, without a slash at its begin: `Encounter/12`, or ''. */
  readonly path: string;
  readonly body: Uint8Array;
}

export interface Expected {
  readonly resourceType: string;
  /** Of the server: absolute references are taken below it only. */
  readonly base: string;
}

/** Resources or events of one bundle. */
export const MOST_IN_BUNDLE = 1000;

export function readNotification({ method, path, body }: Arrived, expected: Expected): Notification {
  const target = path === '' ? null : referenceIn(path, expected.base);
  if (path !== '' && !target) return unreadable('subscription-other-resource');
  if (method === 'DELETE') {
    if (!target || target.type !== expected.resourceType) return unreadable('subscription-other-resource');
    return changes([{ kind: 'deleted', ...target, versionId: null, lastUpdated: null, resource: null }]);
  }
  if (isBlank(body)) return { kind: 'hint' };
  const resource = parsed(body);
  if (!resource) return unreadable('subscription-unreadable');
  if (resource.resourceType === 'Bundle') return ofBundle(resource, expected);
  const change = ofResource(resource, expected);
  if (!change || (target && (target.type !== change.type || target.id !== change.id)))
    return unreadable('subscription-other-resource');
  return changes([change], true);
}

function ofBundle(bundle: FhirResource, expected: Expected): Notification {
  const entries = listOf(bundle['entry']).map(recordOf);
  if (entries.length > MOST_IN_BUNDLE) return unreadable('subscription-unreadable');
  const status = statusIn(entries[0]?.['resource']);
  if (status) {
    const { type, total, failed } = status;
    if (status.events.length > MOST_IN_BUNDLE) return unreadable('subscription-unreadable');
    // `query-event` is the answer of $events.
    if (type !== 'event-notification' && (type !== 'query-event' || status.events.length === 0))
      return type === 'handshake' || type === 'heartbeat'
        ? { kind: type, total, failed }
        : { kind: 'query', total, failed };
    const events = topicEvents(status, entries.slice(1), expected);
    if (events === 'elsewhere') return unreadable('subscription-focus-elsewhere');
    return events.length > 0 ? { kind: 'events', total, events } : { kind: 'hint' };
  }
  // Included resources come along; they are not what was watched.
  const found = entries
    .map(({ resource }) => (isResource(resource) ? ofResource(resource, expected) : undefined))
    .filter((one) => one !== undefined);
  return found.length > 0 ? changes(found) : unreadable('subscription-other-resource');
}

export function ofResource(
  resource: FhirResource,
  { resourceType }: Pick<Expected, 'resourceType'>,
): Change | undefined {
  const { id } = resource;
  if (resource.resourceType !== resourceType || typeof id !== 'string' || !/^[A-Za-z0-9.-]{1,64}$/.test(id))
    return undefined;
  const { versionId, lastUpdated } = metaOf(resource);
  const kind = versionId === null ? 'unknown' : versionId === '1' ? 'created' : 'updated';
  return { kind, type: resourceType, id, versionId, lastUpdated, resource };
}

const changes = (all: readonly Change[], isBare = false): Notification => ({ kind: 'changes', changes: all, isBare });

function unreadable(code: Parameters<typeof subscriptionErrors.create>[0]): Notification {
  return { kind: 'unreadable', code, text: subscriptionErrors.create(code).message };
}

const isBlank = (body: Uint8Array): boolean => body.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));

function parsed(body: Uint8Array): FhirResource | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return isResource(value) && !isTooDeep(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
