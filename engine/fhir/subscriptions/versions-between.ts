/**
 * The versions that a resource went through since it was last processed, each with the one before it: what happened in between
 * is told by each of them, and the difference of the first and the last alone would lose it.
 */
import type { Millis } from '../../base/clock.ts';
import type { Failure } from '../../store/contract/index.ts';
import type { FhirEndpoint, FhirResource } from '../endpoint.ts';
import { isResource, listOf, metaOf, numbered, recordOf, textOf } from './parts.ts';
import { DELETED } from './versions-made.ts';

export interface VersionStep {
  readonly current: FhirResource;
  /** `null`: it was made, or what was before is not known. */
  readonly before: FhirResource | null;
}

export interface VersionsAsked {
  readonly endpoint: Pick<FhirEndpoint, 'vread' | 'history'>;
  readonly current: FhirResource;
  readonly id: string;
  /** That was processed before. */
  readonly before: string | null;
  /** Where none was processed: versions of before are no news; `null`: the current one alone is. */
  readonly since: Millis | null;
  /** Whether the step to this version is somebody else's. */
  readonly isTheirs: (versionId: string) => Promise<boolean>;
  readonly failed: (failure: Failure) => Error;
}

export interface VersionsFound {
  /** Oldest first; none where all of them are our own. */
  readonly steps: readonly VersionStep[];
  /** What could not be known. */
  readonly note: string | null;
}

/** Of more only the first and the last are compared. */
const MOST_STEPS = 50;
const MOST_PAGES = 5;

const NO_VERSIONS = 'The server states no versions: what was before is not known.';
const NOT_KEPT = 'The server does not give the version before: what was before is not known.';

export async function versionsBetween(asked: VersionsAsked): Promise<VersionsFound> {
  const { current, since } = asked;
  const before = asked.before === DELETED ? null : asked.before;
  const version = metaOf(current).versionId;
  if (version === null) return { steps: [{ current, before: null }], note: NO_VERSIONS };
  if (version === '1') return { steps: [{ current, before: null }], note: null };
  const [is, was] = [numbered(version), numbered(before)];
  if (before !== null && is !== null && was === is - 1) return one(asked, before);
  const history = await historyOf(asked);
  const at = history.findIndex((entry) => entry.version === version);
  if (at < 0) return before === null ? { steps: [{ current, before: null }], note: NOT_KEPT } : one(asked, before);
  const states = history.slice(at);
  const count = before === null ? countSince(states, since) : states.findIndex((entry) => entry.version === before);
  if (count < 0 && before !== null) return one(asked, before);
  const base = states[count]?.resource ?? null;
  if (count > MOST_STEPS) return { steps: [{ current, before: base }], note: 'It changed too often to tell of each.' };
  const steps: VersionStep[] = [];
  let previous = base;
  for (const { version: stated, resource } of states.slice(0, count).toReversed()) {
    if (resource && (await asked.isTheirs(stated))) steps.push({ current: resource, before: previous });
    previous = resource;
  }
  return { steps, note: null };
}

async function one({ endpoint, current, id, failed }: VersionsAsked, before: string): Promise<VersionsFound> {
  const result = await endpoint.vread(current.resourceType, id, before);
  if (result.ok && result.answer.resource) return { steps: [{ current, before: result.answer.resource }], note: null };
  if (!result.ok && result.failure.class !== 'permanent') throw failed(result.failure);
  return { steps: [{ current, before: null }], note: NOT_KEPT };
}

interface State {
  readonly version: string;
  readonly at: Millis | null;
  /** `null`: it was deleted. */
  readonly resource: FhirResource | null;
}

/** Newest first. Servers without history answer with a refusal, which is no failure of this work. */
async function historyOf({ endpoint, current, id, failed }: VersionsAsked): Promise<readonly State[]> {
  const { resourceType } = current;
  const result = await endpoint.history(resourceType, id, { maxPages: MOST_PAGES });
  if (!result.ok && result.failure.class !== 'permanent') throw failed(result.failure);
  if (!result.ok) return [];
  return listOf(result.answer.resource?.['entry']).flatMap((entry): readonly State[] => {
    const { resource, request, response } = recordOf(entry);
    if (isResource(resource) && resource.resourceType === resourceType && resource.id === id) {
      const { versionId, lastUpdated } = metaOf(resource);
      return versionId === null ? [] : [{ version: versionId, at: lastUpdated, resource }];
    }
    if (recordOf(request)['method'] !== 'DELETE') return [];
    const stated = /"([A-Za-z0-9.-]{1,64})"/.exec(textOf(recordOf(response)['etag']) ?? '')?.[1];
    return [{ version: stated ?? DELETED, at: null, resource: null }];
  });
}

/** How many of them, newest first, are news: the current one is. */
function countSince(states: readonly State[], since: Millis | null): number {
  const known = states.findIndex(({ at }, n) => n > 0 && (since === null || (at !== null && at <= since)));
  return known < 0 ? states.length : known;
}
