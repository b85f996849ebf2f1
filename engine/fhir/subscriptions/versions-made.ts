/**
 * Which versions a call has made, by its answer. What was there before and was only found, or found as it was to be, is nobody's
 * new version: taken for ours it would hide somebody else's change. Pure.
 */
import type { FhirAnswer, FhirResource } from '../endpoint.ts';
import { isResource, listOf, metaOf, numbered, recordOf, textOf, type Meta } from './parts.ts';

export type Base = Meta;

export interface Written {
  readonly reference: string;
  readonly versionId: string;
  /** The version that it lies upon; `null`: none, or it is not known. */
  readonly base: Base | null;
}

export type WriteCall =
  | { readonly kind: 'create' }
  /** `bases`: what each of its tries was made over. */
  | { readonly kind: 'change'; readonly bases: readonly Base[] }
  | { readonly kind: 'transaction'; readonly bundle: FhirResource };

/** Stands for a version where a deletion of ours is noted. */
export const DELETED = 'deleted';
const FIRST = '1';

export function versionsMade(call: WriteCall, answer: FhirAnswer): readonly Written[] {
  switch (call.kind) {
    case 'create':
      return writtenIn(answer).flatMap((one) => (isNew(answer.status, one.versionId) ? { ...one, base: null } : []));
    case 'change': {
      const base = call.bases.at(-1) ?? null;
      return writtenIn(answer).flatMap((one) => {
        // After a lost answer our own version is found there: ours is the very next of the one that it was made over.
        const [is, was] = [numbered(one.versionId), numbered(base?.versionId ?? null)];
        if (answer.unchanged && (is === null || was === null || is !== was + 1)) return [];
        // HAPI makes no version of a write that changes nothing.
        return base?.versionId === one.versionId ? [] : { ...one, base };
      });
    }
    case 'transaction': {
      const entries = listOf(call.bundle['entry']).map((entry) => recordOf(recordOf(entry)['request']));
      return listOf(answer.resource?.['entry']).flatMap((entry, n) =>
        ofEntry(entries[n] ?? {}, recordOf(recordOf(entry)['response'])),
      );
    }
    default:
      return call satisfies never;
  }
}

type Part = Readonly<Record<string, unknown>>;

function ofEntry({ method, url, ifMatch }: Part, { status, location, etag }: Part): readonly Written[] {
  const over = versionIn(textOf(ifMatch));
  const base = over === undefined ? null : { versionId: over, lastUpdated: null };
  if (method === 'DELETE') {
    const reference = /^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/.exec(textOf(url) ?? '')?.[0];
    return reference === undefined ? [] : [{ reference, versionId: DELETED, base }];
  }
  const made = writtenAt(textOf(location), textOf(etag));
  if (method === 'POST')
    return made.flatMap((one) =>
      isNew(Number.parseInt(textOf(status) ?? '', 10), one.versionId) ? { ...one, base: null } : [],
    );
  return made.flatMap((one) => (one.versionId === over ? [] : { ...one, base }));
}

/** A create with If-None-Exist answers 200 with what is there already; after a lost answer that may be our first version. */
const isNew = (status: number, versionId: string): boolean => status === 201 || versionId === FIRST;

type Named = Pick<Written, 'reference' | 'versionId'>;

function writtenIn({ resource, location, etag }: FhirAnswer): readonly Named[] {
  const stated = isResource(resource) ? metaOf(resource).versionId : null;
  if (resource && typeof resource.id === 'string' && stated !== null)
    return [{ reference: `${resource.resourceType}/${resource.id}`, versionId: stated }];
  if (resource && typeof resource.id === 'string') return writtenAt(`${resource.resourceType}/${resource.id}`, etag);
  return writtenAt(location, etag);
}

/** `…/Task/12/_history/3`, or the reference with the version in an ETag. */
function writtenAt(location: string | null, etag: string | null): readonly Named[] {
  const [, reference, inLocation] =
    /(?:^|\/)([A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64})(?:\/_history\/([A-Za-z0-9.-]{1,64}))?$/.exec(location ?? '') ?? [];
  const versionId = inLocation ?? versionIn(etag);
  return reference !== undefined && versionId !== undefined ? [{ reference, versionId }] : [];
}

const versionIn = (etag: string | null): string | undefined =>
  /^(?:W\/)?"([A-Za-z0-9.-]{1,64})"$/.exec(etag ?? '')?.[1];
