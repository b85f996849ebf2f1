/**
 * A fact that HL7 v2 and a FHIR server both tell has one event id, but each side says it in its own words: their contents always
 * differ, and compared as contents the second would come out as a correction of the first. So ids are compared across sides.
 */
import type { Engine, GateFact, GateVerdict } from '../../engine/index.ts';
import { sha256 } from '../kit/sha256.ts';

type Side = 'fhir' | 'hl7v2';

/** What both sides say in the same words; where it differs they do not tell the same. */
interface Comparable {
  readonly id: string;
  readonly source: string;
  readonly data?: { readonly value?: unknown; readonly unit?: unknown; readonly possibleDuplicateOf?: unknown } | null;
}

/** A repeat of what the other side told. */
export type ToldBefore = Exclude<GateVerdict, { readonly kind: 'new' }>;

/**
 * The message of the other side that told the same before, and whose work did not fail; `undefined`: none did, or this side has
 * told it already, and contents can be compared.
 */
export async function toldByOtherSide(
  { store, subscriptions }: Pick<Engine, 'store' | 'subscriptions'>,
  event: unknown,
  fact: GateFact,
): Promise<ToldBefore | undefined> {
  // Who watches no FHIR server pays nothing.
  if (!isComparable(event) || subscriptions.status().length === 0) return undefined;
  const side: Side = event.source.startsWith('/fhir/') ? 'fhir' : 'hl7v2';
  const { value = null, unit = null } = event.data ?? {};
  const verdict = await store.gate.admit({
    ...fact,
    scope: `${fact.scope}#sides`,
    key: sha256(`sides\0${event.id}\0${JSON.stringify([value, unit])}`),
    contentHash: sha256(side),
    // Of two sides neither corrects the other.
    statedAt: null,
    stage: null,
    correction: false,
  });
  if (verdict.kind !== 'conflict') return undefined;
  const { first, firstAt } = verdict;
  return { kind: 'repeat', because: 'same-content', first, firstAt };
}

/** One that says itself that nothing names it for both sides is compared with nothing. */
function isComparable(event: unknown): event is Comparable {
  if (typeof event !== 'object' || event === null) return false;
  const { id, source, data } = event as Partial<Comparable>;
  return typeof id === 'string' && typeof source === 'string' && data?.possibleDuplicateOf === undefined;
}
