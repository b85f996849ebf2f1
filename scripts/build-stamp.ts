/** Tells whether a part must be built again: a hash over its sources' paths, sizes and times, kept beside the output. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export interface Part {
  readonly name: string;
  /** Files and folders that the output is made of, from the checkout's root. */
  readonly sources: readonly string[];
  /** Built only where this file is there. */
  readonly needs?: string;
  readonly output: string;
  readonly build: (root: string, output: string) => Promise<void>;
}

export function upToDate(root: string, part: Part): { readonly fresh: boolean; readonly write: () => void } {
  const file = resolve(root, `${part.output}.stamp`);
  const now = hashOf(root, part.sources);
  const fresh = existsSync(resolve(root, part.output)) && existsSync(file) && readFileSync(file, 'utf8') === now;
  return {
    fresh,
    write() {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, now);
    },
  };
}

function hashOf(root: string, sources: readonly string[]): string {
  const hash = createHash('sha256');
  for (const source of sources) for (const line of linesOf(resolve(root, source), source)) hash.update(line);
  return hash.digest('hex');
}

function* linesOf(path: string, name: string): Generator<string> {
  if (!existsSync(path)) return;
  const stat = statSync(path);
  if (!stat.isDirectory()) {
    yield `${name}\0${stat.size}\0${stat.mtimeMs}\n`;
    return;
  }
  for (const entry of readdirSync(path).toSorted()) {
    if (entry !== 'node_modules') yield* linesOf(join(path, entry), `${name}/${entry}`);
  }
}
