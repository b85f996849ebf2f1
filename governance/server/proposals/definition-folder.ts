/** Files of definitions in a folder that is gone afterwards: what loads and checks definitions takes a folder. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Name -> path in its folder -> text, without what it has of `_shared`. */
export type OwnFiles = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** @param files of a bundle or a loaded folder: their names and paths are safe */
export async function inFolder<T>(files: OwnFiles, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'wardflow-proposal-'));
  try {
    for (const [name, own] of files)
      for (const [path, text] of Object.entries(own)) {
        const file = join(folder, name, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, text);
      }
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const SHARED = '_shared/';

/** A definition carries what it uses of `_shared`; here each has its own. */
export function ownFilesOf(
  definitions: readonly { readonly name: string; readonly files: Readonly<Record<string, string>> }[],
): OwnFiles {
  return new Map(
    definitions.map(({ name, files }) => [
      name,
      Object.fromEntries(
        Object.entries(files)
          .filter(([path]) => !path.startsWith(SHARED))
          .toSorted(([a], [b]) => (a < b ? -1 : 1)),
      ),
    ]),
  );
}
