/** Literal references (R4 2.3.0.1): their form, the type they point to, and whether what they name within is there. */
import type { Definitions } from './definitions.ts';

export interface Within {
  /** Types of the resources contained in the outermost, by id. */
  readonly contained: ReadonlyMap<string, string>;
  /** Type of the outermost resource. */
  readonly rootType: string;
  /** Types of a bundle's entries by `fullUrl`; `null`: in no bundle. */
  readonly entries: ReadonlyMap<string, string> | null;
}

export interface ReferenceFault {
  readonly code: 'not-found' | 'structure' | 'value';
  readonly severity: 'error' | 'warning';
  readonly text: string;
  /** The fault is of the whole reference, not of its `reference`. */
  readonly whole: boolean;
}

const RELATIVE = /^([A-Z][A-Za-z]{1,63})\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?(?:#.*)?$/;
const ABSOLUTE =
  /^https?:\/\/.{0,2000}?\/([A-Z][A-Za-z]{1,63})\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;
/** Resolved by the server that processes the transaction. */
const CONDITIONAL = /^([A-Z][A-Za-z]{1,63})\?./;

export function referenceFault(
  value: { readonly reference?: unknown; readonly type?: unknown },
  targets: readonly string[] | null,
  within: Within,
  definitions: Definitions,
): ReferenceFault | null {
  const { reference, type } = value;
  if (typeof type === 'string' && definitions.isResource(type) && !isTarget(type, targets)) return WRONG_TARGET;
  if (typeof reference !== 'string' || reference === '') return null;
  if (reference.startsWith('#') && reference !== '#' && !within.contained.has(reference.slice(1))) return NOT_CONTAINED;
  const found = targetOf(reference, within);
  if (found === undefined) return shapeFault(reference, within);
  if (!definitions.isResource(found)) return NO_TYPE;
  if (!isTarget(found, targets)) return WRONG_TARGET;
  return typeof type === 'string' && definitions.isResource(type) && type !== found ? OTHER_TYPE : null;
}

function targetOf(reference: string, { contained, rootType, entries }: Within): string | undefined {
  if (reference === '#') return rootType;
  if (reference.startsWith('#')) return contained.get(reference.slice(1));
  const entry = entries?.get(reference);
  if (entry !== undefined) return entry;
  const named = RELATIVE.exec(reference) ?? CONDITIONAL.exec(reference) ?? ABSOLUTE.exec(reference);
  return named?.[1];
}

function shapeFault(reference: string, { entries }: Within): ReferenceFault | null {
  if (/^urn:(?:uuid|oid):/.test(reference)) return entries ? NOT_IN_BUNDLE : null;
  return /^[A-Za-z][A-Za-z0-9+.-]*:/.test(reference) ? null : NO_FORM;
}

function isTarget(type: string, targets: readonly string[] | null): boolean {
  return targets === null || targets.includes(type);
}

const NOT_CONTAINED: ReferenceFault = {
  code: 'not-found',
  severity: 'error',
  text: 'The resource that is referred to is not contained.',
  whole: false,
};
const NOT_IN_BUNDLE: ReferenceFault = {
  code: 'not-found',
  severity: 'warning',
  text: 'No entry of the bundle has this full URL.',
  whole: false,
};
const WRONG_TARGET: ReferenceFault = {
  code: 'structure',
  severity: 'error',
  text: 'A resource of this type may not be referred to here.',
  whole: true,
};
const OTHER_TYPE: ReferenceFault = {
  code: 'structure',
  severity: 'error',
  text: 'The type that is given is not that of the resource referred to.',
  whole: true,
};
const NO_TYPE: ReferenceFault = {
  code: 'value',
  severity: 'error',
  text: 'The reference names a type that is no resource of R4.',
  whole: false,
};
const NO_FORM: ReferenceFault = {
  code: 'value',
  severity: 'error',
  text: 'A relative reference is a resource type and an id.',
  whole: false,
};
