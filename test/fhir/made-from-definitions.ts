/** A resource of any type, with required elements only or with all of one level: every value has the form of its type. */
import type { Definitions, ElementRule, TypeRule } from '../../engine/fhir/validation/definitions.ts';
import { VALUE_SETS } from '../../engine/fhir/validation/generated/value-sets.ts';

const CODES = new Map(
  VALUE_SETS.split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [url = '', listed = ''] = line.split('|');
      const [system = '', code = ''] = listed.split(' ');
      return [url, { system, code }];
    }),
);

const PRIMITIVES: Readonly<Record<string, unknown>> = {
  boolean: true,
  integer: 1,
  unsignedInt: 1,
  positiveInt: 1,
  decimal: 1.5,
  string: 'x',
  markdown: 'x',
  xhtml: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>',
  code: 'x',
  id: 'x',
  uri: 'https://example.org/x',
  url: 'https://example.org/x',
  canonical: 'https://example.org/x',
  oid: 'urn:oid:1.2.3',
  uuid: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520',
  base64Binary: 'QUJD',
  date: '2026-01-05',
  dateTime: '2026-01-05T08:00:00Z',
  instant: '2026-01-05T08:00:00Z',
  time: '08:00:00',
};
const NOT_FILLED = new Set(['extension', 'modifierExtension', 'contained', 'id']);

/** `fill`: levels below the resource on which optional elements are given, too. */
export function makeResource(definitions: Definitions, type: string, fill: number): Record<string, unknown> {
  return { resourceType: type, ...elementsOf(definitions, definitions.type(type)!, fill, 0) };
}

function elementsOf(all: Definitions, rule: TypeRule, fill: number, depth: number): Record<string, unknown> {
  const wanted = rule.elements.filter(({ name, min }) => min > 0 || (depth < fill && !NOT_FILLED.has(name)));
  const some = wanted.length > 0 || rule.kind === 'resource' ? wanted : rule.elements.filter(isSimple).slice(0, 1);
  return Object.fromEntries(
    some.map((element) => {
      const use = element.uses[0]!;
      const name = element.choice ? element.name + use.type[0]!.toUpperCase() + use.type.slice(1) : element.name;
      const value = valueOf(all, element, use.type, fill, depth);
      return [name, element.repeats ? [value] : value];
    }),
  );
}

function isSimple({ name, uses }: ElementRule): boolean {
  return !NOT_FILLED.has(name) && Object.hasOwn(PRIMITIVES, uses[0]?.type ?? '');
}

function valueOf(all: Definitions, element: ElementRule, type: string, fill: number, depth: number): unknown {
  const coding = CODES.get(element.valueSet);
  if (coding && type === 'Coding') return coding;
  if (coding && type === 'CodeableConcept') return { coding: [coding] };
  if (coding) return coding.code;
  if (Object.hasOwn(PRIMITIVES, type)) return PRIMITIVES[type];
  if (type === 'Resource') return { resourceType: 'Basic', code: { text: 'x' } };
  if (type === 'Reference') return { display: 'x' };
  if (type === 'Narrative') return { status: 'generated', div: PRIMITIVES['xhtml'] };
  const rule = all.type(type)!;
  // Types hold themselves.
  return depth > 4
    ? { id: 'x', extension: [{ url: 'https://example.org/x', valueString: 'x' }] }
    : elementsOf(all, rule, fill, depth + 1);
}
