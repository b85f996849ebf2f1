/** JSONata or FHIRPath that cannot be parsed would fail with the first message that comes to its node. */
import jsonata from 'jsonata';
import { FhirPathProblem, prepareFhirPath, type FlowNode } from '../../engine/index.ts';
import { finding, type Finding } from './finding.ts';
import type { NodeCatalogue } from './node-catalogue.ts';
import { isRecord, textOf, type Subject } from './subject.ts';

export function checkExpressions({ name, nodes, catalogue }: Subject): Finding[] {
  return nodes.flatMap((node) =>
    [...expressionsOf(node, catalogue)].flatMap(({ field, text, language = 'jsonata' }) => {
      const reason = text === '' ? null : WHY_NOT[language](text);
      const code = language === 'jsonata' ? 'expression-invalid' : 'fhirpath-invalid';
      return reason === null ? [] : [finding(code, { definition: name, file: 'flow.json', node }, { field, reason })];
    }),
  );
}

interface Expression {
  readonly field: string;
  readonly text: string;
  /** Default: jsonata. */
  readonly language?: 'jsonata' | 'fhirpath';
}

function* expressionsOf(node: FlowNode, catalogue: NodeCatalogue): Iterable<Expression> {
  const declared = catalogue.ownNode(node.type)?.declaration.properties ?? {};
  for (const [field, { expression, rowExpressions = [] }] of Object.entries(declared)) {
    // Saved before the setting existed, it is read as at first.
    const kind = expression === undefined ? undefined : (node[expression] ?? declared[expression]?.value);
    if (expression === 'always' || kind === 'jsonata') yield { field, text: textOf(node[field]) };
    if (kind === 'fhirpath') yield { field, text: textOf(node[field]), language: 'fhirpath' };
    // Lists of named values say for each how it is read.
    yield* typedIn(node[field], field);
    yield* writtenIn(node[field], field, rowExpressions);
  }
  if (node.type === 'switch' && node['propertyType'] === 'jsonata')
    yield { field: 'property', text: textOf(node['property']) };
  if (node.type === 'switch' || node.type === 'change') yield* typedIn(node['rules'], 'rules');
}

/** Value -> its kind, in the rows of our nodes, of `change` and of `switch`. */
const TYPED = { value: 'kind', to: 'tot', from: 'fromt', v: 'vt', v2: 'v2t' } as const;

function* typedIn(list: unknown, field: string): Iterable<Expression> {
  if (!Array.isArray(list)) return;
  for (const [i, row] of list.entries())
    for (const [value, kind] of Object.entries(TYPED))
      if (isRecord(row) && row[kind] === 'jsonata')
        yield { field: `${field}[${i}].${value}`, text: textOf(row[value]) };
      else if (isRecord(row) && kind === 'kind' && row[kind] === 'fhirpath')
        yield { field: `${field}[${i}].${value}`, text: textOf(row[value]), language: 'fhirpath' };
}

function* writtenIn(list: unknown, field: string, names: readonly string[]): Iterable<Expression> {
  if (!Array.isArray(list)) return;
  for (const [i, row] of list.entries())
    for (const name of names) if (isRecord(row)) yield { field: `${field}[${i}].${name}`, text: textOf(row[name]) };
}

const WHY_NOT: Readonly<Record<NonNullable<Expression['language']>, (text: string) => string | null>> = {
  jsonata: whyNot,
  fhirpath: (text) => {
    try {
      prepareFhirPath(text);
      return null;
    } catch (error) {
      if (!(error instanceof FhirPathProblem)) return 'it is too long';
      if (error.kind === 'function') return `${error.at} is no function that is supported here`;
      return error.at === '' ? 'it has no end, or more than one' : `at ${error.at}`;
    }
  },
};

function whyNot(text: string): string | null {
  try {
    jsonata(text);
    return null;
  } catch (error) {
    const { code, position } = error as { readonly code?: unknown; readonly position?: unknown };
    return `${typeof code === 'string' ? code : 'error'}${typeof position === 'number' ? ` at character ${position}` : ''}`;
  }
}
