/** A diff in clinical words: what a reviewer reads first. */
import { jsonOf, type DefinitionContent } from './definition-content.ts';
import type { DefinitionDiff, FileDiff } from './diff-definitions.ts';
import { byWeight, type ChangeLine } from './words/change-line.ts';
import { jsonLines, textLine, wholeFileLine } from './words/file-words.ts';
import { flowLines } from './words/flow-words.ts';
import { nodeNames, type PropertyLabels } from './words/node-sense.ts';
import type { PathNames } from './words/step-words.ts';
import { tableLines } from './words/table-words.ts';

export interface DescribeOptions {
  readonly before: DefinitionContent;
  readonly after: DefinitionContent;
  /** What forms call the properties of nodes; without it the properties' own names are used. */
  readonly labels?: PropertyLabels;
  /** Other definitions whose nodes are named in these: `_shared` for the names of endpoints and feeds. */
  readonly others?: readonly DefinitionContent[];
  /** What the places of a message are called; without it they have their paths alone. */
  readonly pathNames?: PathNames;
}

/** One line for each change, weightiest first; changes of equal weight in the order of the files. */
export function describeChange(diff: DefinitionDiff, options: DescribeOptions): readonly ChangeLine[] {
  return diff.files.flatMap(({ path, diff: file }) => fileLines(path, file, options)).toSorted(byWeight);
}

function fileLines(
  path: string,
  diff: FileDiff,
  { before, after, labels = {}, others = [], pathNames = () => [] }: DescribeOptions,
): readonly ChangeLine[] {
  const [old, now] = [before.get(path), after.get(path)];
  switch (diff.kind) {
    case 'added':
    case 'replaced':
      return [wholeFileLine(path, diff.kind, diff.after)];
    case 'removed':
      return [wholeFileLine(path, diff.kind, diff.before)];
    case 'flow': {
      if (old?.kind !== 'flow' || now?.kind !== 'flow') break;
      const names = nodeNames(after, before, ...others);
      return flowLines(diff, old.nodes, now.nodes, { file: path, names, labels, pathNames });
    }
    case 'rule-table':
      if (old?.kind === 'rule-table' && now?.kind === 'rule-table') return tableLines(path, diff, old.table, now.table);
      break;
    case 'json': {
      const [a, b] = [jsonOf(old), jsonOf(now)];
      if (a !== undefined && b !== undefined) return jsonLines(path, diff.change, a, b);
      break;
    }
    case 'text':
      return [textLine(path, diff.edits)];
    default:
      return diff satisfies never;
  }
  throw new TypeError('the diff is of other definitions than those given');
}
