/** The two versions of a proposal's definitions, compared in the browser. */
import type { ProposalFiles } from '../../api/proposal-contract.ts';
import {
  diffDefinitions,
  diffFlows,
  readContent,
  type DefinitionContent,
  type DefinitionDiff,
  type FileDiff,
  type FlowDiff,
  type FlowNode,
  type TableContent,
  type TableDiff,
} from '../../diff/index.ts';

export interface Compared {
  readonly name: string;
  readonly title: string;
  readonly isNew: boolean;
  readonly isGone: boolean;
  readonly before: DefinitionContent;
  readonly after: DefinitionContent;
  readonly diff: DefinitionDiff;
}

export const compare = ({ definitions }: ProposalFiles): readonly Compared[] =>
  definitions.map(({ name, title, before, after }) => {
    const versions = { before: readContent(before ?? {}), after: readContent(after ?? {}) };
    return {
      name,
      title,
      isNew: before === null,
      isGone: after === null,
      ...versions,
      diff: diffDefinitions(versions.before, versions.after),
    };
  });

/** A flow with something to see in it; `diff` is `null` where both versions are the same. */
export interface ComparedFlow {
  readonly definition: string;
  readonly title: string;
  readonly file: string;
  readonly before: readonly FlowNode[];
  readonly after: readonly FlowNode[];
  readonly diff: FlowDiff | null;
}

/** Changed flows first. */
export function flowsOf(all: readonly Compared[]): readonly ComparedFlow[] {
  return all
    .flatMap(({ name, title, before, after, diff }) =>
      [...new Set([...before.keys(), ...after.keys()])].flatMap((file): ComparedFlow[] => {
        const [old, now] = [nodesOf(before, file), nodesOf(after, file)];
        if (!old && !now) return [];
        const known = diff.files.find(({ path }) => path === file)?.diff;
        const flow = known?.kind === 'flow' ? known : known ? diffFlows(old ?? [], now ?? []) : null;
        return [{ definition: name, title, file, before: old ?? [], after: now ?? [], diff: flow }];
      }),
    )
    .toSorted((a, b) => Number(b.diff !== null) - Number(a.diff !== null));
}

function nodesOf(content: DefinitionContent, file: string): readonly FlowNode[] | null {
  const found = content.get(file);
  return found?.kind === 'flow' ? found.nodes : null;
}

export interface ComparedTable {
  readonly definition: string;
  readonly file: string;
  readonly before: TableContent | null;
  readonly after: TableContent | null;
  /** `null`: the whole table is new or gone. */
  readonly diff: TableDiff | null;
}

/** Tables that differ. */
export const tablesOf = (all: readonly Compared[]): readonly ComparedTable[] =>
  all.flatMap(({ name, before, after, diff }) =>
    diff.files.flatMap(({ path, diff: file }): ComparedTable[] => {
      const [old, now] = [before.get(path), after.get(path)];
      const tables = {
        before: old?.kind === 'rule-table' ? old.table : null,
        after: now?.kind === 'rule-table' ? now.table : null,
      };
      if (!tables.before && !tables.after) return [];
      return [{ definition: name, file: path, ...tables, diff: file.kind === 'rule-table' ? file : null }];
    }),
  );

export interface ComparedFile {
  readonly definition: string;
  readonly file: string;
  readonly diff: FileDiff;
}

/** Everything that differs, tables too: in whole, for whoever wants to see it as it is written. */
export const filesOfAll = (all: readonly Compared[]): readonly ComparedFile[] =>
  all.flatMap(({ name, diff }) =>
    diff.files.map(({ path, diff: file }) => ({ definition: name, file: path, diff: file })),
  );

/** Whether anything but the place of nodes differs: how often a flow's nodes changed. */
export const changeCount = (diff: FlowDiff | null): number =>
  diff ? diff.added.length + diff.removed.length + diff.nodes.length + diff.newIds.length : 0;
