/** JSONata that cannot be parsed would fail with the first message that comes to its node. */
import jsonata from 'jsonata';
import type { FlowNode } from '../../engine/index.ts';
import { finding, type Finding } from './finding.ts';
import type { NodeCatalogue } from './node-catalogue.ts';
import { isRecord, textOf, type Subject } from './subject.ts';

export function checkExpressions({ name, nodes, catalogue }: Subject): Finding[] {
  return nodes.flatMap((node) =>
    [...expressionsOf(node, catalogue)].flatMap(({ field, text }) => {
      const reason = text === '' ? null : whyNot(text);
      return reason === null
        ? []
        : [finding('expression-invalid', { definition: name, file: 'flow.json', node }, { field, reason })];
    }),
  );
}

interface Expression {
  readonly field: string;
  readonly text: string;
}

function* expressionsOf(node: FlowNode, catalogue: NodeCatalogue): Iterable<Expression> {
  const declared = catalogue.ownNode(node.type)?.declaration.properties ?? {};
  for (const [field, { expression, rowExpressions = [] }] of Object.entries(declared)) {
    if (expression === 'always' || (expression !== undefined && node[expression] === 'jsonata'))
      yield { field, text: textOf(node[field]) };
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
}

function* writtenIn(list: unknown, field: string, names: readonly string[]): Iterable<Expression> {
  if (!Array.isArray(list)) return;
  for (const [i, row] of list.entries())
    for (const name of names) if (isRecord(row)) yield { field: `${field}[${i}].${name}`, text: textOf(row[name]) };
}

function whyNot(text: string): string | null {
  try {
    jsonata(text);
    return null;
  } catch (error) {
    const { code, position } = error as { readonly code?: unknown; readonly position?: unknown };
    return `${typeof code === 'string' ? code : 'error'}${typeof position === 'number' ? ` at character ${position}` : ''}`;
  }
}
