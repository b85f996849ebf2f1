/** The repository's own Markdown files, by path from its root. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../engine/index.ts';

export const ROOT = packageRoot();
const FOLDERS = ['docs', 'nodes', 'flows', 'demo'];

/** All sources of a folder that are not made by a build. */
export function filesUnder(folder: string, ends: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ends))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .filter((path) => !path.includes('node_modules/') && !path.startsWith('dist/'))
    .toSorted();
}

export function markdownFiles(): ReadonlyMap<string, string> {
  const top = readdirSync(ROOT).filter((name) => name.endsWith('.md'));
  const paths = [...top, ...FOLDERS.flatMap((folder) => filesUnder(folder, '.md'))];
  return new Map(paths.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));
}
