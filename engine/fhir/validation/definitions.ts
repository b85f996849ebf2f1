/** The types of FHIR R4 as the validator reads them: a type is taken from its line when it is first asked for. */
import { CONSTRAINTS } from './generated/constraints.ts';
import { TYPES } from './generated/types.ts';

export interface Constraint {
  readonly key: string;
  readonly severity: 'error' | 'warning';
  /** FHIRPath; what does not give `false` holds. */
  readonly expression: string;
  /** What it says, in the standard's words. */
  readonly human: string;
}

export interface ElementUse {
  readonly type: string;
  /** Types that a reference may point to; `null`: any. */
  readonly targets: readonly string[] | null;
  /** A quantity that may have no comparator (SimpleQuantity). */
  readonly simple: boolean;
}

export interface ElementRule {
  /** `value[x]` is `value`. */
  readonly name: string;
  readonly choice: boolean;
  readonly min: number;
  readonly repeats: boolean;
  readonly uses: readonly ElementUse[];
  /** URL of the value set its codes must be of; `''`: none. */
  readonly valueSet: string;
  readonly constraints: readonly Constraint[];
}

export interface TypeRule {
  /** `Patient`, `Period`, `Patient.contact`. */
  readonly name: string;
  readonly kind: 'resource' | 'complex' | 'part' | 'abstract';
  readonly elements: readonly ElementRule[];
  /** By JSON property: `valueQuantity` gives the element and the type that is meant. */
  readonly properties: ReadonlyMap<string, { readonly element: ElementRule; readonly use: ElementUse }>;
  readonly constraints: readonly Constraint[];
}

const KINDS: Readonly<Record<string, TypeRule['kind']>> = { r: 'resource', c: 'complex', b: 'part', a: 'abstract' };

export class Definitions {
  readonly #lines = new Map(
    TYPES.split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(0, line.indexOf('@')), line]),
  );
  readonly #types = new Map<string, TypeRule>();
  readonly #constraints = CONSTRAINTS.map(([key, severity, expression, human]): Constraint => {
    return { key, severity, expression, human };
  });

  type(name: string): TypeRule | undefined {
    const known = this.#types.get(name);
    if (known) return known;
    const line = this.#lines.get(name);
    if (line === undefined) return undefined;
    const made = this.#read(name, line);
    this.#types.set(name, made);
    return made;
  }

  isResource(name: string): boolean {
    return this.#lines.get(name)?.startsWith('r', name.length + 1) === true;
  }

  /** Of resources and data types, parts of them left out. */
  names(): readonly string[] {
    return [...this.#lines.keys()].filter((name) => !name.includes('.'));
  }

  #read(name: string, line: string): TypeRule {
    const [head = '', ...texts] = line.split('|');
    const [, kind = '', places = ''] = head.split(/[@#]/);
    const elements = texts.map((text) => this.#element(text));
    const properties = new Map<string, { readonly element: ElementRule; readonly use: ElementUse }>();
    for (const element of elements)
      for (const use of element.uses)
        properties.set(element.choice ? element.name + capital(use.type) : element.name, { element, use });
    return { name, kind: KINDS[kind] ?? 'complex', elements, properties, constraints: this.#at(places) };
  }

  #element(text: string): ElementRule {
    const [name = '', range = '', types = '', valueSet = '', places = ''] = text.split('~');
    const [min = '0', max = '1'] = range.split('..');
    const choice = name.endsWith('[x]');
    return {
      name: choice ? name.slice(0, -3) : name,
      choice,
      min: Number(min),
      repeats: max !== '1' && max !== '0',
      uses: types.split(',').map(readUse),
      valueSet,
      constraints: this.#at(places),
    };
  }

  #at(places: string): readonly Constraint[] {
    return places === '' ? [] : places.split('.').flatMap((place) => this.#constraints[Number(place)] ?? []);
  }
}

function readUse(text: string): ElementUse {
  const open = text.indexOf('(');
  const simple = text.endsWith('!');
  if (open >= 0) return { type: text.slice(0, open), targets: text.slice(open + 1, -1).split(' '), simple };
  return { type: simple ? text.slice(0, -1) : text, targets: null, simple };
}

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
