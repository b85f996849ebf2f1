/** The Subscription that is asked for (R4 criteria rest-hook, or R4 topic backport 1.1), and what of a stored one differs. Pure. */
import type { Millis } from '../../base/clock.ts';
import type { FhirResource } from '../endpoint.ts';
import { listOf, recordOf, textOf } from './parts.ts';
import type { SubscriptionSettings } from './settings.ts';

export interface Address {
  readonly url: string;
  /** Value of the header Authorization. */
  readonly authorization: string;
}

const BACKPORT = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition';

export const criteriaOf = ({
  resourceType,
  criteria,
}: Pick<SubscriptionSettings, 'resourceType' | 'criteria'>): string =>
  criteria === '' ? `${resourceType}?` : `${resourceType}?${criteria}`;

export function newSubscription(settings: SubscriptionSettings, address: Address, endsAt: Millis): FhirResource {
  const { topic, content, heartbeatMs, name } = settings;
  const common = {
    resourceType: 'Subscription',
    status: 'requested',
    reason: `Wardflow: ${name}`,
    end: new Date(endsAt).toISOString(),
  };
  const channel = { type: 'rest-hook', endpoint: address.url, header: [`Authorization: ${address.authorization}`] };
  if (topic === null)
    return {
      ...common,
      criteria: criteriaOf(settings),
      channel: content === 'none' ? channel : { ...channel, payload: 'application/fhir+json' },
    };
  const heartbeat = Math.round(heartbeatMs / 1000);
  return {
    ...common,
    meta: { profile: [`${BACKPORT}/backport-subscription`] },
    criteria: topic,
    _criteria: { extension: [{ url: `${BACKPORT}/backport-filter-criteria`, valueString: criteriaOf(settings) }] },
    channel: {
      ...channel,
      ...(heartbeat > 0 && {
        extension: [{ url: `${BACKPORT}/backport-heartbeat-period`, valueUnsignedInt: heartbeat }],
      }),
      payload: 'application/fhir+json',
      _payload: { extension: [{ url: `${BACKPORT}/backport-payload-content`, valueCode: CONTENT[content] }] },
    },
  };
}

const CONTENT = { resource: 'full-resource', id: 'id-only', none: 'empty' } as const;

export interface Stored {
  readonly id: string;
  readonly status: string;
  readonly endsAt: Millis | null;
  readonly criteria: string | null;
  readonly endpoint: string | null;
}

export function storedSubscription(resource: FhirResource | null): Stored | undefined {
  if (resource?.resourceType !== 'Subscription' || typeof resource.id !== 'string') return undefined;
  const end = Date.parse(textOf(resource['end']) ?? '');
  return {
    id: resource.id,
    status: textOf(resource['status']) ?? '',
    endsAt: Number.isNaN(end) ? null : end,
    criteria: textOf(resource['criteria']),
    endpoint: textOf(recordOf(resource['channel'])['endpoint']),
  };
}

/** The Subscriptions of a search's answer. */
export const subscriptionsIn = (bundle: FhirResource | null): readonly Stored[] =>
  listOf(bundle?.['entry'])
    .map((entry) => storedSubscription(recordOf(entry)['resource'] as FhirResource | null))
    .filter((one) => one !== undefined);

/** US Core: a server may store an adjusted Subscription, which its client has to review. Gives the element that differs. */
export function adjusted(stored: Stored, settings: SubscriptionSettings, address: Address): string | null {
  if (stored.endpoint !== address.url) return 'channel.endpoint';
  const asked = settings.topic ?? criteriaOf(settings);
  return stored.criteria === null || plain(stored.criteria) !== plain(asked) ? 'criteria' : null;
}

/** `Encounter?` and `Encounter` ask for the same; so do parameters in another order or with other escapes. */
function plain(criteria: string): string {
  const [type = '', query = ''] = criteria.split('?');
  const sorted = [...new URLSearchParams(query)].map(([name, value]) => `${name}=${value}`).toSorted();
  return [type, ...sorted].join('&');
}
