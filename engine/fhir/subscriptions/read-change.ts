/**
 * Read-after-notify: what a notification is about is read when its work begins. Of several that tell of one resource the first
 * that reads its newest version processes it; the others find it done. Work that is delivered again reads what it read before.
 */
import { hash } from 'node:crypto';
import type { Clock, Millis } from '../../base/clock.ts';
import type { ClaimedWork, Failure, Store, TakenVersion } from '../../store/contract/index.ts';
import type { FhirEndpoint, FhirResource } from '../endpoint.ts';
import { subscriptionErrors } from './errors.ts';
import { hidesChange } from './hidden-change.ts';
import { changeIn } from './kept-notification.ts';
import type { Change, ChangeKind } from './notification.ts';
import { isOwnDeletion } from './own-deletion.ts';
import type { OwnWrites } from './own-writes.ts';
import { isResource, metaOf, numbered } from './parts.ts';
import { ofResource } from './read-notification.ts';
import type { SubscriptionSettings } from './settings.ts';
import { DELETED } from './versions-made.ts';

/** What a work item of a subscription is about, as it is now. */
export type ReadChange =
  | {
      readonly kind: 'change';
      readonly change: ChangeKind;
      /** `Encounter/12`. */
      readonly reference: string;
      readonly id: string;
      readonly versionId: string | null;
      /** `null`: it was deleted. */
      readonly resource: FhirResource | null;
      /** The version that was processed before this one; `null`: none that is known. */
      readonly before: string | null;
      /** For the trace: what is not known of it. */
      readonly note: string | null;
    }
  /** Nothing is left to do: our own write, done by other work, or something that only had us ask. */
  | { readonly kind: 'nothing'; readonly note: string };

export interface ReadChangeOptions {
  readonly store: Pick<Store, 'subscriptions'>;
  readonly clock: Clock;
  readonly ownWrites: Pick<OwnWrites, 'version'>;
  readonly endpoint: Pick<FhirEndpoint, 'read' | 'vread'>;
  readonly settings: SubscriptionSettings;
  /** Somebody else's change and our own alike. */
  readonly takesOwn: boolean;
  /** What changed before it was polled for already. */
  readonly since: Millis | null;
  /** Asks the server for what has changed; gives how many changes were new. */
  readonly poll: () => Promise<number>;
}

/** A replica is behind for moments. Longer would hold up all that waits behind this in its order. */
const VISIBLE_WITHIN_MS: Millis = 60_000;

const OURS: ReadChange = { kind: 'nothing', note: 'It is what we wrote ourselves.' };
const DONE: ReadChange = { kind: 'nothing', note: 'This version, or a later one, was processed already.' };
const NEVER_SEEN: ReadChange = {
  kind: 'nothing',
  note: 'The server does not hold it: it was deleted before it could be read, or is hidden from us.',
};

/** @throws WardflowError: `subscription-not-yet` (tried again), or the failure of the endpoint by `failed` */
export async function readChange(
  options: ReadChangeOptions,
  work: ClaimedWork,
  failed: (failure: Failure) => Error,
): Promise<ReadChange> {
  const { settings, store, clock } = options;
  const told = changeIn(work.message.bytes, (json) => (isResource(json) ? ofResource(json, settings) : undefined));
  if (told === undefined) throw subscriptionErrors.create('subscription-unreadable');
  if (told === null) {
    const count = await options.poll();
    return { kind: 'nothing', note: `The server was asked: ${count} new.` };
  }
  const reference = `${told.type}/${told.id}`;
  const taken = (await store.subscriptions.taken(settings.name, [reference])).get(reference);
  const isAgain = taken?.workId === work.id;
  const isPatient = clock.now() - work.firstDeliveredAt < VISIBLE_WITHIN_MS;
  const { resource, isHidden } = await readTold(options, told, isAgain ? taken : undefined, failed);
  if (isHidden && !isAgain) {
    if (isPatient) throw subscriptionErrors.create('subscription-not-yet');
    if (!taken || taken.versionId === DELETED) return NEVER_SEEN;
  }
  const { versionId, lastUpdated } = resource ? metaOf(resource) : { versionId: null, lastUpdated: told.lastUpdated };
  const version = versionId ?? (resource ? hashOf(resource) : DELETED);
  if (resource && isPatient && !isAgain) {
    const isUndeleted = told.kind === 'deleted' && taken?.versionId === version;
    if (isBehind(told, { versionId, lastUpdated }) || isUndeleted)
      throw subscriptionErrors.create('subscription-not-yet');
  }
  if (!options.takesOwn && !isAgain && (await isOurs(options, { reference, version, resource, told: told.versionId })))
    return OURS;
  const seen = { feed: settings.name, reference, versionId: version, lastUpdated, workId: work.id, at: clock.now() };
  const outcome = await store.subscriptions.take(seen);
  if (outcome.kind === 'repeat') return DONE;
  return {
    kind: 'change',
    change: kindOf(told, resource, versionId),
    reference,
    id: told.id,
    versionId,
    resource,
    before: outcome.before,
    note: isHidden ? 'The server does not show it any more, and did not say that it was deleted.' : null,
  };
}

interface Read {
  /** `null`: it is not there. */
  readonly resource: FhirResource | null;
  /** Not there, and nobody said that it was deleted. */
  readonly isHidden: boolean;
}

/** `again`: what this work has taken before; the same is read once more where the server keeps versions. */
async function readTold(
  { endpoint }: ReadChangeOptions,
  told: Change,
  again: TakenVersion | undefined,
  failed: (failure: Failure) => Error,
): Promise<Read> {
  if (again?.versionId === DELETED) return { resource: null, isHidden: false };
  if (again) {
    const kept = await endpoint.vread(told.type, told.id, again.versionId);
    if (kept.ok) return { resource: kept.answer.resource, isHidden: false };
    if (kept.failure.class !== 'permanent') throw failed(kept.failure);
  }
  const result = await endpoint.read(told.type, told.id);
  if (result.ok) return { resource: result.answer.resource, isHidden: false };
  const { code } = result.failure;
  if (code !== 'fhir-not-found' && code !== 'fhir-gone') throw failed(result.failure);
  return { resource: null, isHidden: code === 'fhir-not-found' && told.kind !== 'deleted' };
}

async function isOurs(
  options: ReadChangeOptions,
  {
    reference,
    version,
    resource,
    told,
  }: {
    readonly reference: string;
    readonly version: string;
    readonly resource: FhirResource | null;
    readonly told: string | null;
  },
): Promise<boolean> {
  if (!resource) return isOwnDeletion(options, reference);
  if (!(await options.ownWrites.version(options.settings.endpoint, reference, version))) return false;
  return !(await hidesChange(options, reference, { versionId: version, told, since: options.since }));
}

const hashOf = (resource: FhirResource): string => hash('sha256', JSON.stringify(resource)).slice(0, 32);

/** The server answers from a replica that has not got it yet. */
function isBehind(told: Change, read: Pick<Change, 'versionId' | 'lastUpdated'>): boolean {
  if (told.kind === 'deleted')
    return told.lastUpdated !== null && read.lastUpdated !== null && read.lastUpdated < told.lastUpdated;
  if (told.lastUpdated !== null && read.lastUpdated !== null) return read.lastUpdated < told.lastUpdated;
  const [is, was] = [numbered(read.versionId), numbered(told.versionId)];
  return is !== null && was !== null && is < was;
}

function kindOf(told: Change, resource: FhirResource | null, versionId: string | null): ChangeKind {
  if (!resource) return 'deleted';
  if (versionId === '1') return 'created';
  return versionId === null ? (told.kind === 'deleted' ? 'unknown' : told.kind) : 'updated';
}
