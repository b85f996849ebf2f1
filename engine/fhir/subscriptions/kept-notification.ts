/**
 * What the journal keeps of a notification, and how the work reads it again. A bare resource stands as it came; a topic's event
 * stands in the bundle that it came in, alone where that held several; what has no body is written down.
 */
import { hash } from 'node:crypto';
import type { EventDescription } from '../../intake/feed.ts';
import { describeChange } from './describe-change.ts';
import type { Change, TopicEvent } from './notification.ts';
import { isResource, recordOf, textOf } from './parts.ts';
import type { SubscriptionSettings } from './settings.ts';

export interface Kept extends EventDescription {
  readonly bytes: Uint8Array;
}

/** An entry of the journal that is not a resource as it was sent. */
interface Noted {
  readonly wardflow: 'change' | 'hint';
  readonly change?: Omit<Change, 'resource'>;
  readonly resource?: unknown;
  readonly event?: number;
}

const bytesOf = (noted: Noted): Uint8Array => Buffer.from(JSON.stringify(noted));

/** @param body as it came, where it is the resource and nothing else */
export function keptChange(change: Change, settings: SubscriptionSettings, arrival: string, body?: Uint8Array): Kept {
  const { resource, ...bare } = change;
  const bytes = resource && body ? body : bytesOf({ wardflow: 'change', change: bare, ...(resource && { resource }) });
  return { ...describeChange(change, settings, arrival), bytes };
}

/** `serverId`: of the Subscription; numbers are its own. */
export function keptEvent(
  event: TopicEvent & { readonly number: number },
  serverId: string | null,
  settings: SubscriptionSettings,
): Kept {
  const { number, at, change } = event;
  const controlId = `event ${number}`;
  const about = change ? `${change.type}/${change.id}` : '';
  // A counter that begins anew gives the number to another event.
  const sameAs = `${settings.endpoint}\n${serverId ?? ''}\n${number}\n${about}\n${at ?? ''}`;
  if (!change)
    return { ...nothingKnown(settings), controlId, sameAs, bytes: bytesOf({ wardflow: 'hint', event: number }) };
  const { resource, ...bare } = change;
  const noted: Noted = { wardflow: 'change', change: bare, event: number, ...(resource && { resource }) };
  return { ...describeChange(change, settings, sameAs), controlId, sameAs, bytes: bytesOf(noted) };
}

/** `id`: of this very arrival; two hints are never the same. */
export function keptHint(settings: SubscriptionSettings, id: string): Kept {
  return { ...nothingKnown(settings), sameAs: id, controlId: id, bytes: bytesOf({ wardflow: 'hint' }) };
}

export function keptUnreadable(
  body: Uint8Array,
  settings: SubscriptionSettings,
  quarantine: { readonly code: string; readonly text: string },
): Kept {
  const sameAs = hash('sha256', body);
  return { ...nothingKnown(settings), type: null, controlId: null, sameAs, bytes: body, quarantine };
}

const nothingKnown = ({ endpoint, resourceType }: SubscriptionSettings): EventDescription => ({
  controlId: null,
  type: resourceType,
  sender: endpoint,
  messageTime: null,
  keys: [],
  patientHint: null,
  orderingValue: null,
});

/** `null`: it says only that something changed. */
export function changeIn(
  bytes: Uint8Array,
  read: (resource: unknown) => Change | undefined,
): Change | null | undefined {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
  const { wardflow, change, resource } = recordOf(json);
  if (wardflow === 'hint') return null;
  if (wardflow !== 'change') return read(json);
  const { kind, type, id, versionId, lastUpdated } = recordOf(change);
  const [ofType, ofId] = [textOf(type), textOf(id)];
  if (ofType === null || ofId === null) return undefined;
  return {
    kind: kind === 'created' || kind === 'updated' || kind === 'deleted' ? kind : 'unknown',
    type: ofType,
    id: ofId,
    versionId: textOf(versionId),
    lastUpdated: typeof lastUpdated === 'number' ? lastUpdated : null,
    resource: isResource(resource) ? resource : null,
  };
}
