/**
 * Which copies have changed on their server, in as few requests as the server allows: a thousand open copies are not read one by one.
 *
 *   changes   one search for what was changed since the last look, by our identifier. All copies by id now and then, since
 *             what was removed is in no search.
 *   ids       searches for 50 copies by their ids.
 *   single    each by itself, a few at a time.
 *
 * No server is believed to do what it says: a look for changes begins with the newest change that is known, by the time of the server
 * itself, so an answer without any copy shows that it cannot be trusted; an id that is not in an answer is read by itself. Searches of
 * all changes of Task (`_history`) were rejected: they would be of the whole hospital.
 */
import type { Clock, Millis } from '../base/clock.ts';
import type { FhirEndpoint, FhirResource, FhirResult } from '../fhir/endpoint.ts';
import { instantOf } from '../fhir/instant.ts';
import type { Failure, KnownCopy } from '../store/contract/index.ts';
import { TASK_IDENTIFIER_SYSTEM, statusOf, versionOf } from './fhir-task.ts';

/** `changed`: what has to be compared with its task; ids of tasks. */
export type Look =
  | { readonly kind: 'looked'; readonly changed: readonly string[] }
  /** Whatever else is asked of this endpoint now will fare the same. */
  | { readonly kind: 'unreachable'; readonly failure: Failure };

export interface CopyLooks {
  /** Copies that have a reference. Never rejects. */
  look(endpoint: Pick<FhirEndpoint, 'name' | 'search'>, copies: readonly KnownCopy[]): Promise<Look>;
  /** A read by itself has found one that was said to have changed. */
  foundAlone(endpoint: string): void;
}

type Way = 'changes' | 'ids' | 'single';

interface Place {
  way: Way;
  /** When a better way is tried again. */
  until: Millis;
  /** Time of the server at which the newest change that is known was made. */
  newest: Millis | null;
  /** When all copies were last asked for by their ids. */
  sweptAt: Millis | null;
  /** The last look for changes had none at all, or more than are read. */
  doubted: boolean;
  /** Tells a look from the one before: servers keep answers of one address for a minute (HAPI). */
  looks: number;
  /** Where the next turn of ids or single reads begins. */
  next: number;
  /** Looks by ids, one after the other, in which there was none of those that were asked for. */
  blanks: number;
}

/** What was removed shows after this long at most, where changes are searched for. */
const SWEEP_MS = 5 * 60_000;
/** Changes that a server gives a time before they can be found: they are looked for again. */
const OVERLAP_MS = 60_000;
/** No clock is so wrong: one Task with a time of next year would hide all changes until then. */
const CLOCKS_DIFFER_MS = 5 * 60_000;
/** Until a server that could not is asked again. */
const CANNOT_MS: Readonly<Record<'ids' | 'single', Millis>> = { ids: 10 * 60_000, single: 3_600_000 };
const PAGE = 50;
/** Of one look by ids: 2,000 copies. The rest is looked at in the next. */
const MOST_PAGES = 40;
const CHANGES_PAGE = '200';
const MOST_CHANGES_PAGES = 5;
const SINGLE = 40;
const ELEMENTS = 'status';

export function copyLooks(clock: Clock): CopyLooks {
  const places = new Map<string, Place>();

  function placeOf(name: string): Place {
    let place = places.get(name);
    if (!place) {
      place = {
        way: 'changes',
        until: 0,
        newest: null,
        sweptAt: null,
        doubted: false,
        looks: 0,
        next: 0,
        blanks: 0,
      };
      places.set(name, place);
    }
    if (place.way !== 'changes' && clock.now() >= place.until) {
      place.way = 'changes';
      place.newest = null;
    }
    return place;
  }

  function cannot(place: Place, way: 'ids' | 'single'): void {
    place.way = way;
    place.until = clock.now() + CANNOT_MS[way];
    place.doubted = false;
  }

  async function changes(
    endpoint: Pick<FhirEndpoint, 'search'>,
    place: Place,
    copies: readonly KnownCopy[],
    since: Millis,
  ): Promise<Look> {
    const from = new Date(since - OVERLAP_MS - (place.looks % 1000)).toISOString();
    const result = await endpoint.search(
      'Task',
      {
        identifier: `${TASK_IDENTIFIER_SYSTEM}|`,
        _lastUpdated: `ge${from}`,
        _sort: '_lastUpdated',
        _elements: ELEMENTS,
        _count: CHANGES_PAGE,
      },
      MOST_CHANGES_PAGES,
    );
    if (!result.ok) return refused(result.failure, () => cannot(place, 'ids'));
    const found = tasksIn(result);
    const changed = compared(place, copies, found);
    const isOdd = found.size === 0 || hasMore(result);
    if (isOdd && place.doubted) cannot(place, 'ids');
    else place.doubted = isOdd;
    // The newest may have been removed, and what does not fit is not passed over: all are asked for.
    if (isOdd) [place.sweptAt, place.newest] = [null, null];
    return { kind: 'looked', changed };
  }

  async function byIds(
    endpoint: Pick<FhirEndpoint, 'search'>,
    place: Place,
    copies: readonly KnownCopy[],
  ): Promise<Look> {
    const changed: string[] = [];
    let had = 0;
    for (let i = 0; i < copies.length; i += PAGE) {
      const some = copies.slice(i, i + PAGE);
      // Turned, so that two searches for the same have not the same address.
      const first = place.looks % some.length;
      const ids = [...some.slice(first), ...some.slice(0, first)].map(logicalId);
      const params = { _id: ids.join(','), _elements: ELEMENTS, _count: String(PAGE) };
      const result = await endpoint.search('Task', params, 2);
      if (!result.ok) return refused(result.failure, () => cannot(place, 'single'));
      const found = tasksIn(result);
      changed.push(...compared(place, some, found));
      const missing = some.filter((copy) => !found.has(logicalId(copy)));
      had += some.length - missing.length;
      // Of what is known to be gone nothing new is learnt.
      changed.push(...missing.filter(({ trouble }) => trouble !== 'ehr-gone').map(({ id }) => id));
    }
    place.blanks = had === 0 ? place.blanks + 1 : 0;
    return { kind: 'looked', changed };
  }

  /** The next so many in turn. */
  function turnOf(place: Place, copies: readonly KnownCopy[], most: number): readonly KnownCopy[] {
    if (copies.length <= most) return copies;
    const begin = place.next % copies.length;
    place.next = begin + most;
    return [...copies.slice(begin, begin + most), ...copies.slice(0, Math.max(0, begin + most - copies.length))];
  }

  return {
    async look(endpoint, copies) {
      const place = placeOf(endpoint.name);
      place.looks++;
      if (copies.length === 0) return { kind: 'looked', changed: [] };
      const changed: string[] = [];
      if (place.way === 'changes' && place.newest !== null) {
        const now = clock.now();
        const since = place.newest > now + CLOCKS_DIFFER_MS ? now - CLOCKS_DIFFER_MS : place.newest;
        const look = await changes(endpoint, place, copies, since);
        if (look.kind === 'unreachable') return look;
        changed.push(...look.changed);
      }
      const swept = place.sweptAt !== null && clock.now() - place.sweptAt < SWEEP_MS;
      if (place.way === 'changes' && swept && place.newest !== null) return { kind: 'looked', changed };
      if (place.way !== 'single') {
        const some = place.way === 'ids' ? turnOf(place, copies, MOST_PAGES * PAGE) : copies;
        const look = await byIds(endpoint, place, some);
        if (look.kind === 'unreachable') return look;
        changed.push(...look.changed);
        if (place.way === 'changes') place.sweptAt = clock.now();
        // Its answers say no times.
        if (place.way === 'changes' && place.newest === null && place.blanks === 0) cannot(place, 'ids');
      }
      if (place.way === 'single') changed.push(...turnOf(place, copies, SINGLE).map(({ id }) => id));
      return { kind: 'looked', changed: [...new Set(changed)] };
    },
    foundAlone(endpoint) {
      const place = places.get(endpoint);
      if (place && place.way !== 'single' && place.blanks >= 2) cannot(place, 'single');
    },
  };
}

/** What is not as it was last seen. Their times are noted. */
function compared(
  place: Place,
  copies: readonly KnownCopy[],
  found: ReadonlyMap<string, FhirResource>,
): readonly string[] {
  for (const resource of found.values()) {
    const at = updatedAt(resource);
    if (at !== null && at > (place.newest ?? -Infinity)) place.newest = at;
  }
  return copies
    .filter((copy) => {
      const resource = found.get(logicalId(copy));
      if (!resource) return false;
      const version = versionOf(resource);
      const isNewVersion = version !== null && copy.versionId !== null && version !== copy.versionId;
      return isNewVersion || statusOf(resource) !== copy.status || copy.trouble === 'ehr-gone';
    })
    .map(({ id }) => id);
}

/** By logical id. */
function tasksIn(result: FhirResult & { readonly ok: true }): ReadonlyMap<string, FhirResource> {
  const entries: unknown = result.answer.resource?.['entry'];
  const found = new Map<string, FhirResource>();
  for (const entry of Array.isArray(entries) ? (entries as unknown[]) : []) {
    const resource = (entry as { readonly resource?: unknown } | null)?.resource;
    if (isTask(resource)) found.set(resource.id, resource);
  }
  return found;
}

function isTask(resource: unknown): resource is FhirResource & { readonly id: string } {
  if (typeof resource !== 'object' || resource === null) return false;
  const { resourceType, id } = resource as Partial<FhirResource>;
  return resourceType === 'Task' && typeof id === 'string';
}

const hasMore = (result: FhirResult & { readonly ok: true }): boolean => {
  const links: unknown = result.answer.resource?.['link'];
  return (
    Array.isArray(links) && links.some((link: { readonly relation?: unknown } | null) => link?.relation === 'next')
  );
};

function updatedAt(resource: FhirResource): Millis | null {
  const meta = resource['meta'];
  if (typeof meta !== 'object' || meta === null || !('lastUpdated' in meta)) return null;
  return instantOf(meta.lastUpdated);
}

const logicalId = ({ reference }: KnownCopy): string => reference?.slice('Task/'.length) ?? '';

/** What a server does not know or allow, it will not in ten seconds either. */
function refused(failure: Failure, cannot: () => void): Look {
  if (failure.class !== 'permanent' || failure.code.startsWith('endpoint-')) return { kind: 'unreachable', failure };
  cannot();
  return { kind: 'looked', changed: [] };
}
