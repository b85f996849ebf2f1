/**
 * What the events of a change have to know of other resources: whom it is about, which visit, which order, which place. Asked for
 * once each, and only what deriving asks for; what is not there, or not to be seen, is left open.
 */
import type { Failure } from '../../store/contract/index.ts';
import type { FhirEndpoint, FhirResource } from '../endpoint.ts';
import { isResource, listOf, referenceIn } from './parts.ts';

export interface Referring {
  readonly endpoint: Pick<FhirEndpoint, 'read'>;
  /** Of the server: what leads elsewhere is not followed. */
  readonly base: string;
  /** Known already, and asked for by nobody. */
  readonly own: FhirResource;
  readonly failed: (failure: Failure) => Error;
}

export interface Referenced<T> {
  readonly found: T;
  /** References that could not be followed. */
  readonly open: number;
}

/** A bed stands in a room, in a ward, in a building. */
const MOST_ROUNDS = 6;
const MOST_READ = 40;

/** `derive` is asked again with each round of what it asked for. */
export async function withReferenced<T>(
  { endpoint, base, own, failed }: Referring,
  derive: (resolve: (reference: string) => FhirResource | undefined) => T,
): Promise<Referenced<T>> {
  const known = new Map<string, FhirResource | undefined>([[`${own.resourceType}/${own.id ?? ''}`, own]]);
  for (let round = 0; ; round++) {
    const wanted = new Set<string>();
    const found = derive((reference) => {
      if (!known.has(reference)) wanted.add(reference);
      return known.get(reference);
    });
    const isOver = round === MOST_ROUNDS || known.size > MOST_READ;
    if (wanted.size === 0 || isOver)
      return { found, open: wanted.size + [...known.values()].filter((one) => one === undefined).length };
    await Promise.all(
      [...wanted].slice(0, MOST_READ).map(async (reference) => known.set(reference, await read(reference))),
    );
  }

  async function read(reference: string): Promise<FhirResource | undefined> {
    if (reference.startsWith('#')) return contained(own, reference.slice(1));
    const target = referenceIn(reference, base);
    if (!target) return undefined;
    const result = await endpoint.read(target.type, target.id);
    if (result.ok) return result.answer.resource ?? undefined;
    // Gone, not to be seen by us, or of a type that the server has not: the event says what it can without it.
    if (result.failure.class === 'permanent') return undefined;
    throw failed(result.failure);
  }
}

const contained = ({ contained: all }: FhirResource, id: string): FhirResource | undefined =>
  listOf(all).find((one): one is FhirResource => isResource(one) && one.id === id);
