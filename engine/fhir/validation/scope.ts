/** What the rules of a resource may look at beside the element: the resource, what contains it, the bundle around it. */
import type { ExpressionContext } from './expressions.ts';
import type { Elements } from './invariants.ts';
import type { Within } from './references.ts';

export interface Scope extends Within {
  /** The resource around this one: a bundle, or what contains it. */
  readonly isContained: boolean;
  readonly variables: ExpressionContext;
}

type Typed = Elements & { readonly resourceType: string };

export function enter(resource: Typed, around: Scope | null): Scope {
  const isContained = around !== null && around.rootType !== 'Bundle' && around.rootType !== 'Parameters';
  const self = { type: resource.resourceType, value: resource };
  const entries = resource.resourceType === 'Bundle' ? entriesOf(resource) : (around?.entries ?? null);
  if (isContained) return { ...around, entries, isContained, variables: { ...around.variables, resource: self } };
  return {
    isContained,
    rootType: resource.resourceType,
    contained: containedOf(resource),
    entries,
    variables: { resource: self, root: self },
  };
}

function containedOf({ contained }: Elements): ReadonlyMap<string, string> {
  return new Map(
    resourcesOf(contained).flatMap(({ id, resourceType }) => (typeof id === 'string' ? [[id, resourceType]] : [])),
  );
}

function entriesOf({ entry }: Elements): ReadonlyMap<string, string> {
  const entries: readonly unknown[] = Array.isArray(entry) ? entry : [];
  return new Map(
    entries.flatMap((one) => {
      if (typeof one !== 'object' || one === null) return [];
      const { fullUrl, resource } = one as { fullUrl?: unknown; resource?: unknown };
      const [found] = resourcesOf([resource]);
      return typeof fullUrl === 'string' && found ? [[fullUrl, found.resourceType] as const] : [];
    }),
  );
}

export function resourcesOf(value: unknown): readonly Typed[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [];
  return all.filter(
    (one): one is Typed =>
      typeof one === 'object' && one !== null && 'resourceType' in one && typeof one.resourceType === 'string',
  );
}
