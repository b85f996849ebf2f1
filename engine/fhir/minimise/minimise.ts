/**
 * Takes out of what is sent whatever was not reviewed for it: two lists (`sends` of the definition, `allow` of the binding),
 * both of which must permit. Pure. `id`, `meta` and our own identifiers always stay: a repeat is recognised by them.
 */
import type { Failure } from '../../store/contract/index.ts';
import { failureOf } from '../classify.ts';
import type { FhirResource, FhirResult } from '../endpoint.ts';
import { fhirErrors } from '../errors.ts';
import { isOurs } from '../identifier.ts';
import { elementRules } from './element-rules.ts';
import { both, isFormOf, permittedIn, permittedOf, type Permitted, type SendList } from './send-list.ts';

/** `undefined`: it permits everything. */
export interface SendLists {
  /** Of the definition. */
  readonly sends: SendList | undefined;
  /** Of the endpoint's binding. */
  readonly allow: SendList | undefined;
}

export type Minimised<T = FhirResource> =
  /** `removed`: paths such as `Patient.name.given`; never a value. */
  | { readonly kind: 'minimised'; readonly value: T; readonly removed: readonly string[] }
  | { readonly kind: 'refused'; readonly failure: Failure };

const ALWAYS = new Set(['resourceType', 'id', 'meta']);
/** Whatever else stands there may be a value. */
const ELEMENT = /^_?[A-Za-z][A-Za-z0-9]{0,63}$/;

/** What both lists permit of the type; or why it is not sent at all. */
export function permittedFor({ sends, allow }: SendLists, type: string): Permitted | Failure {
  const ours = sends ? permittedOf(sends, type) : 'all';
  if (ours === undefined) return failureOf(fhirErrors.create('fhir-not-in-sends', { type }));
  const theirs = allow ? permittedOf(allow, type) : 'all';
  if (theirs === undefined) return failureOf(fhirErrors.create('fhir-not-in-allow', { type }));
  return both(ours, theirs);
}

/**
 * The resource as it may be sent. `current`: as the server has it. What is not permitted is sent as it is there then, since
 * leaving it out of a replacement would delete it; and it counts as removed only where it differs.
 */
export function minimise(resource: FhirResource, lists: SendLists, current?: FhirResource): Minimised {
  const type = resource.resourceType;
  const permitted = permittedFor(lists, type);
  if (isFailure(permitted)) return { kind: 'refused', failure: permitted };
  if (permitted === 'all') return { kind: 'minimised', value: resource, removed: [] };
  const removed = new Set<string>();
  const kept = within(resource, current, withAlways(permitted), type, removed);
  const value = { ...kept, ...identifiersIn(resource, kept), resourceType: type };
  const missing = missingAfter(resource, value);
  if (missing) return { kind: 'refused', failure: missing };
  return { kind: 'minimised', value, removed: [...removed].toSorted() };
}

/** The answer to what was sent, with what was not. */
export function withRemoved(result: FhirResult, removed: readonly string[]): FhirResult {
  return result.ok && removed.length > 0 ? { ok: true, answer: { ...result.answer, removed } } : result;
}

export const isFailure = (value: Permitted | Failure): value is Failure => value !== 'all' && 'code' in value;

/** Top-level names that every list permits. */
function withAlways(permitted: ReadonlyMap<string, Permitted>): Permitted {
  return new Map([...permitted, ...[...ALWAYS].map((name) => [name, 'all'] as const)]);
}

/** `value` with only what is permitted; what is not is taken from `current`. */
export function within(
  value: Readonly<Record<string, unknown>>,
  current: Readonly<Record<string, unknown>> | undefined,
  permitted: Permitted,
  path: string,
  removed: Set<string>,
): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  const note = (name: string): void => void removed.add(`${path}.${ELEMENT.test(name) ? name : '(no element)'}`);
  for (const [name, one] of Object.entries(value)) {
    if (name === '__proto__') continue;
    const inner = permittedIn(permitted, name);
    const there = current && Object.hasOwn(current, name) ? current[name] : undefined;
    if (inner === undefined) {
      if (!isSame(one, there)) note(name);
      if (there !== undefined) kept[name] = there;
    } else kept[name] = inner === 'all' ? one : inside(one, there, inner, `${path}.${name}`, removed);
  }
  // An element that may not be sent may not be deleted either.
  for (const [name, there] of Object.entries(current ?? {})) {
    if (name === '__proto__' || Object.hasOwn(value, name) || permittedIn(permitted, name) !== undefined) continue;
    note(name);
    kept[name] = there;
  }
  return kept;
}

function inside(one: unknown, there: unknown, permitted: Permitted, path: string, removed: Set<string>): unknown {
  if (Array.isArray(one)) {
    const partners = partnersOf(one, Array.isArray(there) ? there : [], permitted);
    return one.map((entry: unknown, i) => inside(entry, partners[i], permitted, path, removed));
  }
  return isRecord(one) ? within(one, isRecord(there) ? there : undefined, permitted, path, removed) : one;
}

/**
 * Which entry of the list on the server each entry stands for: the one that says the same in what is permitted; else the one
 * at its place, where no entry came or went. A wrong partner would give one name the rest of another.
 */
function partnersOf(list: readonly unknown[], there: readonly unknown[], permitted: Permitted): readonly unknown[] {
  const seen = (entry: unknown): string | undefined =>
    JSON.stringify(inside(entry, undefined, permitted, '', new Set()));
  const free = new Map(there.map((entry, i) => [i, { entry, says: seen(entry) }]));
  const take = (i: number): unknown => {
    const taken = free.get(i)?.entry;
    free.delete(i);
    return taken;
  };
  const partners = list.map((entry, i) => {
    const says = seen(entry);
    const at = free.get(i)?.says === says ? i : [...free].find(([, other]) => other.says === says)?.[0];
    return at === undefined ? undefined : take(at);
  });
  if (list.length !== there.length) return partners;
  return partners.map((partner, i) => partner ?? take(i));
}

/** Our own identifiers stay whatever the lists say. */
function identifiersIn(resource: FhirResource, kept: Readonly<Record<string, unknown>>): { identifier?: unknown } {
  const { identifier } = resource;
  if (!Array.isArray(identifier)) return isOurs(identifier) ? { identifier } : {};
  const ours = identifier.filter(isOurs);
  if (ours.length === 0) return {};
  const others = Array.isArray(kept['identifier']) ? kept['identifier'].filter((one) => !isOurs(one)) : [];
  return { identifier: [...others, ...ours] };
}

/** That a server would refuse it, or take it for something else, is said before it is sent. */
function missingAfter(before: FhirResource, after: FhirResource): Failure | undefined {
  const type = before.resourceType;
  const { mandatory, modifiers } = elementRules(type);
  for (const element of mandatory) {
    if (holds(before, element) && !holds(after, element))
      return failureOf(fhirErrors.create('fhir-mandatory-not-permitted', { type, element }));
  }
  for (const element of modifiers) {
    if (holds(before, element) && !holds(after, element))
      return failureOf(fhirErrors.create('fhir-modifier-not-permitted', { type, element }));
  }
  return undefined;
}

function holds(resource: FhirResource, element: string): boolean {
  if (!element.endsWith('[x]')) return resource[element] !== undefined;
  return Object.keys(resource).some((name) => isFormOf(element.slice(0, -3), name));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Compared as they would be written. */
export function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
