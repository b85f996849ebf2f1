/** Pieces of resources as canonical events have them. What a server leaves out or garbles is `null` or empty; nothing throws. */
import type { FhirResource } from '../../fhir/endpoint.ts';
import type { Coding } from '../clinical-event.ts';

export type Element = Readonly<Record<string, unknown>>;

const MOST = 100;
const LONGEST = 1000;
const NO_CODING: Coding = { system: null, code: null, display: null };

export const isElement = (value: unknown): value is Element =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const element = (value: unknown): Element => (isElement(value) ? value : {});

export function elements(value: unknown): readonly Element[] {
  return Array.isArray(value) ? value.slice(0, MOST).filter(isElement) : [];
}

export function stringIn(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return null;
  const text = value.trim().slice(0, LONGEST).toWellFormed();
  return text === '' ? null : text;
}

/** A FHIR date, dateTime or instant; anything else is no time. */
export function timeIn(value: unknown): string | null {
  const text = stringIn(value);
  return text !== null && /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/.test(text)
    ? text
    : null;
}

export const codingIn = (value: unknown): Coding => {
  const { system, code, display } = element(value);
  return { system: stringIn(system), code: stringIn(code), display: stringIn(display) };
};

/** The coding of a CodeableConcept: LOINC where there is one, else the first; its text where it has no coding. */
export function conceptIn(value: unknown): Coding {
  const { coding, text } = element(value);
  const found = elements(coding).map(codingIn);
  const first = found.find(({ system }) => system === 'http://loinc.org') ?? found[0];
  if (!first) return text === undefined ? NO_CODING : { ...NO_CODING, display: stringIn(text) };
  return { ...first, display: first.display ?? stringIn(text) };
}

export const hasCode = (value: unknown, ...codes: readonly string[]): boolean =>
  elements(element(value)['coding']).some(({ code }) => codes.includes(stringIn(code) ?? ''));

/** Type codes of HL7 table 0203: PLAC, FILL, VN, MR. */
export function identifierOf(resource: FhirResource | undefined, ...types: readonly string[]): string | null {
  const found = elements(resource?.['identifier']);
  for (const type of types) {
    const one = found.find((identifier) => hasCode(identifier['type'], type));
    if (one) return stringIn(one['value']);
  }
  return null;
}

export const anyIdentifierOf = (resource: FhirResource | undefined): string | null =>
  stringIn(elements(resource?.['identifier'])[0]?.['value']);

export const referenceIn = (value: unknown): string | null => stringIn(element(value)['reference']);

/** Equal as JSON with members in any order. */
export function isSame(one: unknown, other: unknown): boolean {
  return sorted(one, 0) === sorted(other, 0);
}

const DEEPEST = 20;
function sorted(value: unknown, depth: number): string {
  if (depth > DEEPEST) return '…';
  if (Array.isArray(value)) return `[${value.map((item) => sorted(item, depth + 1)).join(',')}]`;
  if (!isElement(value)) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, item]) => `${JSON.stringify(name)}:${sorted(item, depth + 1)}`).join(',')}}`;
}
