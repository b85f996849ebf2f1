import type { Failure } from '../store/contract/index.ts';
import { underBase, type ResolvedBinding } from './binding.ts';
import { failureOf } from './classify.ts';
import type { FhirAnswer, FhirResource, FhirResult } from './endpoint.ts';
import { fhirErrors } from './errors.ts';

const MOST_PAGES = 100;
const MOST_ENTRIES = 5_000;

/**
 * Follows `next` links below the endpoint's own base, at most `maxPages`, into one Bundle. Where pages are left, the
 * Bundle keeps its `next` link, so that nobody takes it for complete.
 */
export async function searchPages(
  binding: ResolvedBinding,
  type: string,
  first: string,
  maxPages: number,
  get: (path: string) => Promise<FhirResult>,
): Promise<FhirResult> {
  const endpoint = binding.name;
  const fail = (failure: Failure): FhirResult => ({ ok: false, failure });
  const entries: unknown[] = [];
  let path = first;
  for (let page = 1; ; page++) {
    const result = await get(path);
    if (!result.ok) return result;
    const bundle = result.answer.resource;
    if (bundle?.resourceType !== 'Bundle') {
      return fail(failureOf(fhirErrors.create('fhir-answer-not-fhir', { endpoint, status: result.answer.status })));
    }
    if (Array.isArray(bundle['entry'])) entries.push(...bundle['entry']);
    if (entries.length > MOST_ENTRIES) {
      return fail(failureOf(fhirErrors.create('fhir-too-many', { endpoint, limit: MOST_ENTRIES })));
    }
    const next = nextLink(bundle);
    if (next === undefined || page >= Math.min(maxPages, MOST_PAGES)) {
      return { ok: true, answer: merged(result.answer, bundle, entries) };
    }
    const url = underBase(binding.base, next);
    if (!url) return fail(failureOf(fhirErrors.create('fhir-link-elsewhere', { endpoint, type })));
    path = url.href.slice(binding.base.length);
  }
}

function nextLink(bundle: FhirResource): string | undefined {
  const links: unknown[] = Array.isArray(bundle['link']) ? bundle['link'] : [];
  for (const link of links) {
    if (typeof link !== 'object' || link === null) continue;
    const { relation, url } = link as { relation?: unknown; url?: unknown };
    if (relation === 'next' && typeof url === 'string') return url;
  }
  return undefined;
}

function merged(answer: FhirAnswer, last: FhirResource, entry: readonly unknown[]): FhirAnswer {
  return { ...answer, resource: { ...last, entry } };
}
