/** Checks that several nodes share. Each takes what was saved, however wrong, and names a sentence of the kit's locale. */
import type { Problem } from './properties.ts';

/**
 * How a value typed into a form is read: as it stands, as a property of the message, as JSONata over the message, or as FHIRPath
 * over the FHIR resource that it carries (kit/fhir-root.ts).
 */
export type ValueKind = (typeof VALUE_KINDS)[number];
export const VALUE_KINDS = ['str', 'msg', 'jsonata', 'fhirpath'] as const;

export const isValueKind = (kind: unknown): kind is ValueKind => VALUE_KINDS.some((one) => one === kind);

/** A named value with its kind: a row of a details or search list. */
export interface NamedValue {
  readonly name: string;
  readonly value: string;
  readonly kind: ValueKind;
}

/** Names that identify something for years: part of effect keys, source ids and links to bindings. */
const IDENTITY = /^[a-z][a-z0-9-]{0,62}$/;
const PROPERTY = /^[A-Za-z_$][\w$]*$/;
const RESOURCE_TYPE = /^[A-Z][A-Za-z]{1,63}$/;

export const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

export const identity = (value: unknown): Problem => {
  if (text(value) === '') return 'kit.problem.identity-missing';
  return IDENTITY.test(text(value)) ? null : 'kit.problem.identity-form';
};

/** A label such as `Page the ward` as an identity: `page-the-ward`. Empty where nothing usable is left. */
export function identityFrom(label: string): string {
  return label
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 63)
    .replace(/-+$/, '');
}

export const needed = (value: unknown): Problem => (text(value) === '' ? 'kit.problem.needed' : null);

export const oneOf =
  (...allowed: readonly string[]) =>
  (value: unknown): Problem =>
    allowed.includes(String(value)) ? null : 'kit.problem.one-of';

export const wholeNumber =
  (least: number, most: number) =>
  (value: unknown): Problem => {
    const number = typeof value === 'number' ? value : Number(text(value) || Number.NaN);
    return Number.isInteger(number) && number >= least && number <= most ? null : 'kit.problem.number';
  };

export const resourceType = (value: unknown): Problem =>
  RESOURCE_TYPE.test(text(value)) ? null : 'kit.problem.resource-type';

export const listOf =
  (form: RegExp, most = 50) =>
  (value: unknown): Problem => {
    if (!Array.isArray(value) || value.length > most) return 'kit.problem.list';
    return value.every((item) => typeof item === 'string' && form.test(item)) ? null : 'kit.problem.list-item';
  };

export const propertyNames = listOf(PROPERTY, 20);

export const namedValues =
  (form: RegExp, most = 20) =>
  (value: unknown): Problem => {
    if (!Array.isArray(value) || value.length > most) return 'kit.problem.list';
    const right = (item: Partial<NamedValue> | null): boolean =>
      form.test(text(item?.name)) && isValueKind(item?.kind) && typeof item?.value === 'string';
    return value.every(right) ? null : 'kit.problem.list-item';
  };

export const valueKind = oneOf(...VALUE_KINDS);
