/**
 * The new version from the old one and the diff. A reviewer's proof that the diff hides nothing: what comes out has the
 * hash of what is to be approved.
 */
import { applyJson } from './base/json-diff.ts';
import { applyLines } from './base/line-diff.ts';
import type { DefinitionContent, FileContent } from './definition-content.ts';
import type { DefinitionDiff, FileDiff } from './diff-definitions.ts';
import { applyFlow } from './flow/apply-flow.ts';
import { applyTable } from './table/apply-table.ts';

/** @throws TypeError where `before` is not what the diff was made from (as far as it shows) */
export function applyDiff(before: DefinitionContent, diff: DefinitionDiff): DefinitionContent {
  const after = new Map(before);
  for (const { path, diff: file } of diff.files) {
    const content = applyFile(before.get(path), file);
    if (content) after.set(path, content);
    else after.delete(path);
  }
  return new Map([...after].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function applyFile(before: FileContent | undefined, diff: FileDiff): FileContent | null {
  switch (diff.kind) {
    case 'added':
    case 'replaced':
      return diff.after;
    case 'removed':
      return null;
    case 'flow':
      if (before?.kind === 'flow') return { kind: 'flow', nodes: applyFlow(before.nodes, diff) };
      break;
    case 'rule-table':
      if (before?.kind === 'rule-table') return { kind: 'rule-table', table: applyTable(before.table, diff) };
      break;
    case 'json':
      if (before?.kind === 'json') return { kind: 'json', value: applyJson(before.value, diff.change) };
      break;
    case 'text':
      if (before?.kind === 'text') return { kind: 'text', text: applyLines(before.text, diff.edits) };
      break;
    default:
      return diff satisfies never;
  }
  throw new TypeError('the diff is of another definition');
}
