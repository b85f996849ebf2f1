/**
 * Rules of the standard in code: those that stand at every element, where FHIRPath would cost most, and those whose
 * expression compares dates or quantities, or asks for descendants, which the FHIRPath at hand does as text or not at all.
 * By the standard's key.
 */
import { isLater } from './moments.ts';

export type Elements = Readonly<Record<string, unknown>>;
type Holds = (value: Elements) => boolean;

const has = (value: Elements, name: string): boolean => value[name] !== undefined || value[`_${name}`] !== undefined;

const byKey: Readonly<Record<string, Holds>> = {
  'per-1': ({ start, end }) => !isLater(start, end),
  'qty-3': (value) => !has(value, 'code') || has(value, 'system'),
  'att-1': (value) => !has(value, 'data') || has(value, 'contentType'),
  'cpt-2': (value) => !has(value, 'value') || has(value, 'system'),
  'rng-2': ({ low, high }) => !isMore(low, high),
  'que-2': ({ item }) => areDistinct(item, 'item', 'linkId'),
  'csd-1': ({ concept }) => areDistinct(concept, 'concept', 'code'),
  'mdd-1': ({ whenPrepared, whenHandedOver }) => !isLater(whenPrepared, whenHandedOver),
};

/** Several definitions have a rule `inv-1`. */
const byPlace: Readonly<Record<string, Holds>> = {
  'Task inv-1': ({ authoredOn, lastModified }) => !isLater(authoredOn, lastModified),
};

/**
 * Checked elsewhere (references, narratives, contained resources, bundles), or not at all: `que-7` and `ctm-1` ask what
 * FHIRPath cannot know here, `ig-1`, `ig-2` and `sdf-19` are wrong in R4's own words.
 */
const ELSEWHERE = new Set(
  'ref-1 txt-1 txt-2 sqty-1 dom-2 dom-3 dom-4 dom-5 bdl-7 obs-6 obs-7 dom-r4b que-7 ctm-1 ig-1 ig-2 sdf-19'.split(' '),
);

/** `null`: by its expression. */
export function holdsInCode(key: string, type: string, value: unknown): boolean | null {
  if (ELSEWHERE.has(key)) return true;
  const rule = byKey[key] ?? byPlace[`${type} ${key}`];
  return rule ? rule(value as Elements) : null;
}

/** Of a tree, its nodes under the name given. */
function areDistinct(tree: unknown, below: string, name: string): boolean {
  const seen = new Set<unknown>();
  const left: unknown[] = [tree];
  while (left.length > 0) {
    const next = left.pop();
    if (Array.isArray(next)) for (const one of next as readonly unknown[]) left.push(one);
    else if (typeof next === 'object' && next !== null) {
      const { [name]: own, [below]: nodes } = next as Elements;
      if (own !== undefined && seen.has(own)) return false;
      seen.add(own);
      left.push(nodes);
    }
  }
  return true;
}

/** Of the same unit, or both without; anything else cannot be compared. */
function isMore(low: unknown, high: unknown): boolean {
  if (!isQuantity(low) || !isQuantity(high)) return false;
  const [one, other] = [low.code ?? low.unit, high.code ?? high.unit];
  return one === other && low.system === high.system && low.value > high.value;
}

interface Quantity {
  readonly value: number;
  readonly unit?: unknown;
  readonly system?: unknown;
  readonly code?: unknown;
}

function isQuantity(value: unknown): value is Quantity {
  return typeof value === 'object' && value !== null && 'value' in value && typeof value.value === 'number';
}
