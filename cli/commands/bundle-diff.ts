/** What changes from one bundle to another. */
import { readBundle, type Bundle } from '../../governance/bundle/index.ts';
import {
  diffDefinitions,
  isEmpty,
  readContent,
  type DefinitionDiff,
  type FileDiff,
} from '../../governance/diff/index.ts';
import type { Io } from '../io.ts';
import { readSiteFile } from '../site-file.ts';
import { json, safe } from '../terminal.ts';

/** Gives the exit code: 1 where they differ. */
export async function diffBundles(
  io: Io,
  before: string,
  after: string,
  options: { readonly json?: boolean },
): Promise<number> {
  const [a, b] = [await readBundle(await readSiteFile(before)), await readBundle(await readSiteFile(after))];
  const names = [...new Set([...a.definitions, ...b.definitions].map(({ name }) => name))].toSorted();
  const definitions = names.flatMap((name) => {
    const diff = diffDefinitions(contentOf(a, name), contentOf(b, name));
    return isEmpty(diff) ? [] : [{ name, before: versionIn(a, name), after: versionIn(b, name), diff }];
  });
  const follows = b.manifest.base === a.hash;
  if (options.json === true) io.out(json({ before: a.hash, after: b.hash, follows, definitions }));
  else {
    if (!follows) io.out('The second bundle is not based on the first.\n');
    for (const { name, before: from, after: to, diff } of definitions) {
      io.out(`${name}  ${from?.slice(0, 12) ?? 'new'} -> ${to?.slice(0, 12) ?? 'gone'}\n`);
      for (const line of inWords(diff)) io.out(`  ${safe(line)}\n`);
    }
    if (definitions.length === 0) io.out('Their definitions are the same.\n');
  }
  return definitions.length === 0 ? 0 : 1;
}

const versionIn = ({ definitions }: Bundle, name: string): string | null =>
  definitions.find((one) => one.name === name)?.version ?? null;

/** Its own files; those of `_shared` are compared once, as `_shared`. */
function contentOf({ definitions }: Bundle, name: string): ReturnType<typeof readContent> {
  const { files = {} } = definitions.find((one) => one.name === name) ?? {};
  return readContent(Object.fromEntries(Object.entries(files).filter(([path]) => !path.startsWith('_shared/'))));
}

const inWords = ({ files }: DefinitionDiff): readonly string[] =>
  files.map(({ path, diff }) => `${path}: ${inShort(diff)}`);

function inShort(diff: FileDiff): string {
  switch (diff.kind) {
    case 'flow':
      return `${diff.added.length} nodes added, ${diff.removed.length} removed, ${diff.nodes.length} changed or moved`;
    case 'rule-table': {
      const { rows } = diff;
      return `${rows?.added.length ?? 0} rows added, ${rows?.removed.length ?? 0} removed, ${rows?.changed.length ?? 0} changed`;
    }
    case 'added':
    case 'removed':
    case 'replaced':
      return diff.kind;
    case 'json':
    case 'text':
      return 'changed';
    default:
      return diff satisfies never;
  }
}
