/** The structural diff of two versions of a definition: enough to make the new version from the old one. */
import { diffJson, type JsonDiff } from './base/json-diff.ts';
import { diffLines, type LineEdit } from './base/line-diff.ts';
import type { DefinitionContent, FileContent } from './definition-content.ts';
import { diffFlows, type FlowDiff } from './flow/flow-diff.ts';
import { diffTables, type TableDiff } from './table/table-diff.ts';

export type FileDiff =
  | { readonly kind: 'added'; readonly after: FileContent }
  | { readonly kind: 'removed'; readonly before: FileContent }
  /** What kind of file it is has changed: JSON that is none any more, a table that has lost its shape. */
  | { readonly kind: 'replaced'; readonly before: FileContent; readonly after: FileContent }
  | FlowDiff
  | TableDiff
  | { readonly kind: 'json'; readonly change: JsonDiff }
  | { readonly kind: 'text'; readonly edits: readonly LineEdit[] };

/** Survives JSON: absent `before` and `after` are absent there, too. */
export interface DefinitionDiff {
  /** In the order of the paths; files that mean the same are not listed. */
  readonly files: readonly { readonly path: string; readonly diff: FileDiff }[];
}

/**
 * Spaces, the order of keys and the order of nodes are no changes. (The order of nodes is kept in `FlowDiff.order`, so that
 * `applyDiff` gives the new version exactly; `isEmpty` does not count it.)
 */
export function diffDefinitions(before: DefinitionContent, after: DefinitionContent): DefinitionDiff {
  const paths = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return {
    files: paths.flatMap((path) => {
      const diff = diffFile(before.get(path), after.get(path));
      return diff ? [{ path, diff }] : [];
    }),
  };
}

function diffFile(before: FileContent | undefined, after: FileContent | undefined): FileDiff | null {
  if (!before) return after ? { kind: 'added', after } : null;
  if (!after) return { kind: 'removed', before };
  if (before.kind === 'flow' && after.kind === 'flow') return diffFlows(before.nodes, after.nodes);
  if (before.kind === 'rule-table' && after.kind === 'rule-table') return diffTables(before.table, after.table);
  if (before.kind === 'json' && after.kind === 'json') {
    const change = diffJson(before.value, after.value);
    return change && { kind: 'json', change };
  }
  if (before.kind === 'text' && after.kind === 'text') {
    if (before.text === after.text) return null;
    return { kind: 'text', edits: diffLines(before.text, after.text) };
  }
  return { kind: 'replaced', before, after };
}

/** Nothing that a person would have to look at: at most the order of nodes in a file is another. */
export const isEmpty = (diff: DefinitionDiff): boolean =>
  diff.files.every(
    ({ diff: file }) =>
      file.kind === 'flow' && file.added.length + file.removed.length + file.nodes.length + file.newIds.length === 0,
  );
