/**
 * The Subscription on the server: found or made, looked at, renewed before its end, asked to go on where the server has
 * stopped it, and told to stop when nobody wants it any more. The server does none of this by itself.
 */
import type { Millis } from '../../base/clock.ts';
import type { Failure } from '../../store/contract/index.ts';
import type { FhirEndpoint, FhirResult } from '../endpoint.ts';
import type { SubscriptionSettings } from './settings.ts';
import {
  adjusted,
  newSubscription,
  storedSubscription,
  subscriptionsIn,
  type Address,
  type Stored,
} from './subscription-resource.ts';

export type ServerSide =
  | {
      readonly kind: 'active' | 'requested';
      readonly id: string;
      readonly endsAt: Millis | null;
      readonly isNew: boolean;
    }
  /** The server had stopped it, and was asked to go on. */
  | { readonly kind: 'asked-again'; readonly id: string; readonly endsAt: Millis | null; readonly status: string }
  | { readonly kind: 'adjusted'; readonly id: string; readonly what: string }
  /** The server takes none of this kind. */
  | { readonly kind: 'not-taken'; readonly code: string }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface ServerSideOptions {
  readonly endpoint: FhirEndpoint;
  readonly settings: SubscriptionSettings;
  readonly address: Address;
  readonly environment: string;
  readonly now: Millis;
}

/** Asked of a new one; renewed when half of it is over. */
export const LIFETIME_MS: Millis = 7 * 24 * 3_600_000;
const IDENTIFIER_SYSTEM = 'urn:wardflow:subscription';

export async function lookAtServer(options: ServerSideOptions, serverId: string | null): Promise<ServerSide> {
  const known = serverId === null ? undefined : await options.endpoint.read('Subscription', serverId);
  if (known && !known.ok && !isGone(known.failure)) return { kind: 'failed', failure: known.failure };
  const stored = known?.ok ? storedSubscription(known.answer.resource) : undefined;
  return stored ? reviewed(options, stored, false) : found(options);
}

/** One that is there already, of an earlier life, is the one. */
async function found(options: ServerSideOptions): Promise<ServerSide> {
  const { endpoint, settings, address, now, environment } = options;
  const search = await endpoint.search('Subscription', { url: address.url }, 1);
  if (!search.ok && search.failure.code === 'fhir-type-unsupported') return notTaken(search.failure);
  if (!search.ok && search.failure.class !== 'permanent') return { kind: 'failed', failure: search.failure };
  // A server may not know the parameter: what is not at our address is nobody's business here.
  const here = search.ok ? subscriptionsIn(search.answer.resource).filter((one) => one.endpoint === address.url) : [];
  const ours = here.find((one) => adjusted(one, settings, address) === null);
  // Of other criteria, from before they were changed.
  for (const other of here) if (other !== ours) await stopOnServer(endpoint, other.id);
  if (ours) return reviewed(options, ours, true);
  const resource = newSubscription(settings, address, now + LIFETIME_MS);
  const value = `${environment}/${settings.name}/${address.url.slice(-12)}`;
  const made = await endpoint.createOnce(resource, { system: IDENTIFIER_SYSTEM, value });
  if (!made.ok) return isRefusal(made.failure) ? notTaken(made.failure) : { kind: 'failed', failure: made.failure };
  const id = idOf(made);
  const read = id === undefined ? undefined : await endpoint.read('Subscription', id);
  const stored = read?.ok ? storedSubscription(read.answer.resource) : storedSubscription(made.answer.resource);
  if (!stored) return { kind: 'not-taken', code: 'fhir-not-found' };
  return reviewed(options, stored, true);
}

async function reviewed(options: ServerSideOptions, stored: Stored, isNew: boolean): Promise<ServerSide> {
  const { endpoint, settings, address, now } = options;
  const { id, status, endsAt } = stored;
  const what = adjusted(stored, settings, address);
  if (what !== null) return { kind: 'adjusted', id, what };
  const isStopped = status === 'error' || status === 'off';
  const ends = endsAt !== null && endsAt - now < LIFETIME_MS / 2;
  if (!isStopped && !ends) return { kind: status === 'active' ? 'active' : 'requested', id, endsAt, isNew };
  const next = now + LIFETIME_MS;
  const result = await endpoint.update('Subscription', id, (current) => {
    const asked = isStopped ? { status: 'requested', error: undefined } : {};
    return { ...current, ...asked, end: new Date(next).toISOString() };
  });
  if (!result.ok) return { kind: 'failed', failure: result.failure };
  if (isStopped) return { kind: 'asked-again', id, endsAt: next, status };
  return { kind: status === 'active' ? 'active' : 'requested', id, endsAt: next, isNew };
}

/** Asks for what was stopped, or never heard of again, to go on. */
export async function askAgain({ endpoint, now }: ServerSideOptions, serverId: string): Promise<Failure | null> {
  const end = new Date(now + LIFETIME_MS).toISOString();
  const again = { status: 'requested', end, error: undefined };
  const result = await endpoint.update('Subscription', serverId, (current) => ({ ...current, ...again }));
  return result.ok ? null : result.failure;
}

export async function stopOnServer(endpoint: FhirEndpoint, serverId: string): Promise<Failure | null> {
  const result = await endpoint.update('Subscription', serverId, (current) =>
    current['status'] === 'off' ? null : { ...current, status: 'off' },
  );
  return result.ok || isGone(result.failure) ? null : result.failure;
}

const isGone = ({ code }: Failure): boolean => code === 'fhir-not-found' || code === 'fhir-gone';
/** It will never take it as it is; a login that failed is no answer to that. */
const isRefusal = ({ class: kind, code }: Failure): boolean =>
  kind === 'permanent' && code.startsWith('fhir-') && !code.includes('auth') && code !== 'fhir-forbidden';
const notTaken = ({ code }: Failure): ServerSide => ({ kind: 'not-taken', code });

function idOf(result: Extract<FhirResult, { ok: true }>): string | undefined {
  const { resource, location } = result.answer;
  return resource?.id ?? /(?:^|\/)Subscription\/([A-Za-z0-9.-]{1,64})(?:\/|$)/.exec(location ?? '')?.[1];
}
