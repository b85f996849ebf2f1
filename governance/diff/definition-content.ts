/** A definition as its diff reads it: the files, each as what it is. */
import { isList, parseJson, type Json } from './base/json.ts';
import { nodesOf, type FlowNode } from './flow/flow-node.ts';
import { tableOf, type TableContent } from './table/table-shape.ts';

export type FileContent =
  | { readonly kind: 'flow'; readonly nodes: readonly FlowNode[] }
  | { readonly kind: 'rule-table'; readonly table: TableContent }
  | { readonly kind: 'json'; readonly value: Json }
  | { readonly kind: 'text'; readonly text: string };

/** Path in the definition's folder -> content. With `_shared/` in front, also what it uses (`Definition.files`). */
export type DefinitionContent = ReadonlyMap<string, FileContent>;

/** Path -> text, as on disk or in a bundle. */
export type DefinitionFiles = Readonly<Record<string, string>>;

/** Never fails: a file that is not what its place asks for is compared as the JSON or the text that it is. */
export function readContent(files: DefinitionFiles): DefinitionContent {
  return new Map(
    Object.keys(files)
      .toSorted()
      .map((path) => [path, readFile(path, files[path] ?? '')] as const),
  );
}

function readFile(path: string, text: string): FileContent {
  // A sample is what a sender sent: its very text counts.
  const value = path.endsWith('.json') && !/(?:^|\/)samples\//.test(path) ? parseJson(text) : undefined;
  if (value === undefined) return { kind: 'text', text };
  const nodes = /(?:^|\/)flow\.json$/.test(path) ? nodesOf(value) : null;
  if (nodes) return { kind: 'flow', nodes };
  const table = tableOf(value);
  return table ? { kind: 'rule-table', table } : { kind: 'json', value };
}

/** The JSON of a file; `undefined` for text. */
export function jsonOf(content: FileContent | undefined): Json | undefined {
  if (content === undefined || content.kind === 'text') return undefined;
  return content.kind === 'flow' ? content.nodes : content.kind === 'rule-table' ? content.table : content.value;
}

/** The files as texts, JSON with an indent of two and a newline at the end. */
export function filesOf(content: DefinitionContent): DefinitionFiles {
  return Object.fromEntries(
    [...content].map(([path, file]) => [
      path,
      file.kind === 'text' ? file.text : `${JSON.stringify(jsonOf(file), null, 2)}\n`,
    ]),
  );
}

/** All nodes of all flows in it, those of `_shared` too. */
export const nodesIn = (content: DefinitionContent): readonly FlowNode[] =>
  [...content.values()].flatMap((file) => (file.kind === 'flow' && isList(file.nodes) ? file.nodes : []));
