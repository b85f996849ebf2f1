/**
 * The poll: what has changed since the watermark, in the order of its time, each version once. It brings what no notification
 * told of, and is all there is for a server without subscriptions. The watermark is the server's time, so that clocks that
 * differ lose nothing.
 */
import type { Millis } from '../../base/clock.ts';
import type { Failure } from '../../store/contract/index.ts';
import type { FhirEndpoint, FhirResource } from '../endpoint.ts';
import { instantOf } from '../instant.ts';
import type { Change } from './notification.ts';
import { isResource, listOf, metaOf, recordOf, referenceIn, textOf } from './parts.ts';
import { ofResource } from './read-notification.ts';
import type { SubscriptionSettings } from './settings.ts';

export interface Reconciling {
  readonly endpoint: Pick<FhirEndpoint, 'search' | 'history'>;
  readonly base: string;
  readonly settings: SubscriptionSettings;
  /** Keeps what was not kept before; `withheld`: the feed takes none at present. */
  readonly keep: (changes: readonly Change[]) => Promise<{ readonly kept: number } | { readonly withheld: string }>;
  /** Whether a resource was processed before: others are not ours to report as deleted. */
  readonly isKnown: (references: readonly string[]) => Promise<ReadonlySet<string>>;
}

export type Reconciled = { readonly kind: 'done'; readonly watermark: Millis | null; readonly kept: number } | Cut;

/** As far as it came; where deletions are asked for as well, which is done last, not at all. */
interface Cut {
  readonly kind: 'cut';
  readonly watermark: Millis | null;
  readonly kept: number;
  readonly because: { readonly failure: Failure } | { readonly withheld: string } | 'stuck' | 'deletions';
}

const PAGE = '100';
const PAGES = 10;
const MOST_PAGES = 50;
/** Of one poll: then it goes on with the next. */
const MOST_ROUNDS = 20;

/** The server's newest time of a change; `null`: it holds none, or does not say. */
export async function newestChange({
  endpoint,
  settings,
}: Pick<Reconciling, 'endpoint' | 'settings'>): Promise<Millis | null | { readonly failure: Failure }> {
  const how = { ...criteriaParams(settings.criteria), _sort: '-_lastUpdated', _count: '1' };
  const result = await endpoint.search(settings.resourceType, how, 1);
  if (!result.ok) return { failure: result.failure };
  return latest(resourcesIn(result.answer.resource, settings.resourceType));
}

export async function reconcile(given: Reconciling, watermark: Millis | null): Promise<Reconciled> {
  const { settings } = given;
  let mark = watermark;
  let kept = 0;
  let from = watermark === null ? null : watermark - settings.overlapMs;
  let pages = PAGES;
  const since = from;
  // Deletions are asked for at the end, from where this poll began.
  const cut = (because: Cut['because']): Cut => {
    const isOwed = settings.deletions && since !== null;
    return { kind: 'cut', watermark: isOwed ? watermark : mark, kept, because };
  };
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const result = await search(given, from, pages);
    if (!result.ok) return cut({ failure: result.failure });
    const bundle = result.answer.resource;
    const found = resourcesIn(bundle, settings.resourceType);
    const isWhole = !hasNext(bundle);
    // A part of what has changed moves the mark only where it is the earliest part.
    if (!isWhole && !isSorted(found)) return cut('stuck');
    const changes = found.map((one) => ofResource(one, settings)).filter((one) => one !== undefined);
    const outcome = await given.keep(changes);
    if ('withheld' in outcome) return cut(outcome);
    kept += outcome.kept;
    const newest = latest(found);
    if (newest !== null) mark = Math.max(mark ?? newest, newest);
    if (isWhole) return deleted(given, since, { before: watermark, mark, kept });
    if (newest === null || (from !== null && newest <= from)) {
      if (pages === MOST_PAGES) return cut('stuck');
      pages = MOST_PAGES;
    } else {
      from = newest;
      pages = PAGES;
    }
  }
  return deleted(given, since, { before: watermark, mark, kept });
}

/** A search does not see what is not there any more. */
async function deleted(
  given: Reconciling,
  from: Millis | null,
  { before, mark, kept }: { readonly before: Millis | null; readonly mark: Millis | null; readonly kept: number },
): Promise<Reconciled> {
  const { settings, endpoint, base } = given;
  const done: Reconciled = { kind: 'done', watermark: mark, kept };
  if (!settings.deletions || from === null) return done;
  const result = await endpoint.history(settings.resourceType, null, { since: iso(from), maxPages: MOST_PAGES });
  if (!result.ok) {
    // Asked again from there; but what a server never answers must not hold up all that changes.
    const at = result.failure.class === 'permanent' ? mark : before;
    return { ...done, kind: 'cut', watermark: at, because: { failure: result.failure } };
  }
  const changes = listOf(result.answer.resource?.['entry']).flatMap((entry): readonly Change[] => {
    const { request, response } = recordOf(entry);
    const { method, url } = recordOf(request);
    const reference = method === 'DELETE' ? referenceIn(textOf(url) ?? '', base) : undefined;
    if (!reference || reference.type !== settings.resourceType) return [];
    const { etag, lastModified } = recordOf(response);
    const stated = /"([A-Za-z0-9.-]{1,64})"/.exec(textOf(etag) ?? '')?.[1];
    const { type, id } = reference;
    const lastUpdated = instantOf(lastModified);
    return [
      {
        kind: 'deleted',
        type,
        id,
        versionId: stated ?? (lastUpdated === null ? null : `d${lastUpdated}`),
        lastUpdated,
        resource: null,
      },
    ];
  });
  const known = await given.isKnown(changes.map(({ type, id }) => `${type}/${id}`));
  const outcome = await given.keep(changes.filter(({ type, id }) => known.has(`${type}/${id}`)));
  if ('withheld' in outcome) return { ...done, kind: 'cut', watermark: before, because: outcome };
  // Newest first: what is cut off is the oldest, and no later asking would bring it.
  if (hasNext(result.answer.resource)) return { ...done, kept: kept + outcome.kept, kind: 'cut', because: 'deletions' };
  return { ...done, kept: kept + outcome.kept };
}

function search(
  { endpoint, settings }: Reconciling,
  from: Millis | null,
  pages: number,
): ReturnType<FhirEndpoint['search']> {
  const since: Readonly<Record<string, string>> = from === null ? {} : { _lastUpdated: `ge${iso(from)}` };
  const how = { ...criteriaParams(settings.criteria), ...since, _sort: '_lastUpdated', _count: PAGE };
  return endpoint.search(settings.resourceType, how, pages);
}

export const criteriaParams = (criteria: string): Readonly<Record<string, string>> =>
  Object.fromEntries(new URLSearchParams(criteria));

const iso = (at: Millis): string => new Date(at).toISOString();

const resourcesIn = (bundle: FhirResource | null, type: string): readonly FhirResource[] =>
  listOf(bundle?.['entry'])
    .map((entry) => recordOf(entry)['resource'])
    .filter((one): one is FhirResource => isResource(one) && one.resourceType === type);

const hasNext = (bundle: FhirResource | null): boolean =>
  listOf(bundle?.['link']).some((link) => recordOf(link)['relation'] === 'next');

function latest(resources: readonly FhirResource[]): Millis | null {
  let newest: Millis | null = null;
  for (const one of resources) {
    const { lastUpdated } = metaOf(one);
    if (lastUpdated !== null && (newest === null || lastUpdated > newest)) newest = lastUpdated;
  }
  return newest;
}

function isSorted(resources: readonly FhirResource[]): boolean {
  let before = -Infinity;
  for (const one of resources) {
    const { lastUpdated } = metaOf(one);
    if (lastUpdated === null || lastUpdated < before) return false;
    before = lastUpdated;
  }
  return true;
}
