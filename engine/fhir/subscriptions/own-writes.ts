/**
 * Our own writes come back as notifications. Every version that a call of an endpoint has made is remembered, with the version
 * that it lies upon; a write that is still under way is waited for, since its notification may be faster than its answer.
 */
import type { Clock, Millis } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { OwnVersion, Store } from '../../store/contract/index.ts';
import type { FhirAnswer, FhirEndpoint, FhirResource, FhirResult } from '../endpoint.ts';
import { metaOf } from './parts.ts';
import { DELETED, versionsMade, type Base, type Written } from './versions-made.ts';

export interface OwnWrites {
  /** The endpoint, with the versions that it writes remembered. */
  watching(endpoint: FhirEndpoint): FhirEndpoint;
  /** What is known of a version that we wrote, or of our deletion (`deleted`). */
  version(endpoint: string, reference: string, versionId: string): Promise<OwnVersion | undefined>;
}

export interface OwnWritesOptions {
  readonly store: Pick<Store, 'subscriptions'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Of the endpoint somebody watches changes: only then is anything remembered. */
  readonly isWatched: (endpoint: string) => boolean;
}

const LONGEST_WAIT_MS: Millis = 5_000;

export function createOwnWrites({ store, clock, log, isWatched }: OwnWritesOptions): OwnWrites {
  const underWay = new Map<string, Set<Promise<unknown>>>();

  const noting = async (
    endpoint: string,
    call: () => Promise<FhirResult>,
    made: (answer: FhirAnswer) => readonly Written[],
  ): Promise<FhirResult> => {
    if (!isWatched(endpoint)) return call();
    const noted = (async () => {
      const result = await call();
      if (result.ok) await note(endpoint, made(result.answer));
      return result;
    })();
    const calls = underWay.get(endpoint) ?? new Set();
    underWay.set(endpoint, calls.add(noted));
    try {
      return await noted;
    } finally {
      calls.delete(noted);
    }
  };

  async function note(endpoint: string, made: readonly Written[]): Promise<void> {
    try {
      for (const { reference, versionId, base } of made)
        await store.subscriptions.noteWritten(endpoint, reference, versionId, {
          base: base?.versionId ?? null,
          baseAt: base?.lastUpdated ?? null,
          at: clock.now(),
        });
    } catch (error) {
      // It is then processed as somebody else's change, once.
      log.warn('A write of ours could not be remembered.', { endpoint, error });
    }
  }

  const settled = async (endpoint: string): Promise<void> => {
    const calls = [...(underWay.get(endpoint) ?? [])];
    if (calls.length === 0) return;
    await new Promise<void>((resolve) => {
      const cancel = clock.at(clock.now() + LONGEST_WAIT_MS, resolve);
      void Promise.allSettled(calls).then(() => {
        cancel();
        resolve();
      });
    });
  };

  /** Notes what a change was made over, each time that it is decided. */
  const changing = <T>(
    { name }: FhirEndpoint,
    decide: (current: FhirResource) => T | null,
    call: (decide: (current: FhirResource) => T | null) => Promise<FhirResult>,
  ): Promise<FhirResult> => {
    const bases: Base[] = [];
    const seen = (current: FhirResource): T | null => {
      const decided = decide(current);
      if (decided !== null) bases.push(metaOf(current));
      return decided;
    };
    return noting(
      name,
      () => call(seen),
      (answer) => versionsMade({ kind: 'change', bases }, answer),
    );
  };

  return {
    watching: (endpoint) => ({
      ...endpoint,
      createOnce: (...call) =>
        noting(
          endpoint.name,
          () => endpoint.createOnce(...call),
          (answer) => versionsMade({ kind: 'create' }, answer),
        ),
      update: (type, id, change) => changing(endpoint, change, (seen) => endpoint.update(type, id, seen)),
      patch: (type, id, make) => changing(endpoint, make, (seen) => endpoint.patch(type, id, seen)),
      transaction: (bundle, ...how) =>
        noting(
          endpoint.name,
          () => endpoint.transaction(bundle, ...how),
          (answer) => versionsMade({ kind: 'transaction', bundle }, answer),
        ),
      remove: (type, id, version) =>
        noting(
          endpoint.name,
          () => endpoint.remove(type, id, version),
          () => {
            const base = version === undefined ? null : { versionId: version, lastUpdated: null };
            return [{ reference: `${type}/${id}`, versionId: DELETED, base }];
          },
        ),
    }),
    async version(endpoint, reference, versionId) {
      const known = await store.subscriptions.written(endpoint, reference, versionId);
      if (known || (underWay.get(endpoint)?.size ?? 0) === 0) return known;
      await settled(endpoint);
      return store.subscriptions.written(endpoint, reference, versionId);
    },
  };
}
