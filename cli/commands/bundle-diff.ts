/** What changes from one bundle to another. */
import { namesAlong } from '../../engine/index.ts';
import { readBundle, type Bundle } from '../../governance/bundle/index.ts';
import { describeChange, diffDefinitions, isEmpty, readContent } from '../../governance/diff/index.ts';
import type { Io } from '../io.ts';
import { readSiteFile } from '../site-file.ts';
import { json, safe } from '../terminal.ts';

const SHARED = '_shared';
/** What it means for safety: somebody may be told later or not at all; sooner or of more; cannot be said. */
const MARKS = { loosens: '-', tightens: '+', unknown: ' ' } as const;

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
    const contents = { before: contentOf(a, name), after: contentOf(b, name) };
    const diff = diffDefinitions(contents.before, contents.after);
    if (isEmpty(diff)) return [];
    const changes = describeChange(diff, {
      ...contents,
      others: [contentOf(a, SHARED), contentOf(b, SHARED)],
      pathNames: namesAlong,
    });
    return [{ name, before: versionIn(a, name), after: versionIn(b, name), changes, diff }];
  });
  const follows = b.manifest.base === a.hash;
  const modules = modulesOf(a, b);
  if (options.json === true) io.out(json({ before: a.hash, after: b.hash, follows, modules, definitions }));
  else {
    if (!follows) io.out('The second bundle is not based on the first.\n');
    for (const { name, before: from, after: to, changes } of definitions) {
      io.out(`${name}  ${from?.slice(0, 12) ?? 'new'} -> ${to?.slice(0, 12) ?? 'gone'}\n`);
      for (const { text, safety } of changes) io.out(`  ${MARKS[safety ?? 'unknown']} ${safe(text)}\n`);
    }
    for (const { name, before: from, after: to } of modules)
      io.out(`${safe(name)}  ${from ?? 'new'} -> ${to ?? 'gone'}\n`);
    if (definitions.length === 0) io.out('Their definitions are the same.\n');
  }
  return definitions.length + modules.length === 0 ? 0 : 1;
}

interface ModuleChange {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Modules that bring nodes, and Wardflow itself. */
function modulesOf({ manifest: a }: Bundle, { manifest: b }: Bundle): readonly ModuleChange[] {
  const [old, now] = [
    new Map([...Object.entries(a.modules), ['wardflow', a.engine]]),
    new Map([...Object.entries(b.modules), ['wardflow', b.engine]]),
  ] as const;
  return [...new Set([...old.keys(), ...now.keys()])]
    .toSorted()
    .map((name) => ({ name, before: old.get(name) ?? null, after: now.get(name) ?? null }))
    .filter(({ before, after }) => before !== after);
}

const versionIn = ({ definitions }: Bundle, name: string): string | null =>
  definitions.find((one) => one.name === name)?.version ?? null;

/** Its own files; those of `_shared` are compared once, as `_shared`. */
function contentOf({ definitions }: Bundle, name: string): ReturnType<typeof readContent> {
  const { files = {} } = definitions.find((one) => one.name === name) ?? {};
  return readContent(Object.fromEntries(Object.entries(files).filter(([path]) => !path.startsWith(`${SHARED}/`))));
}
