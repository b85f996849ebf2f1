// Runs after `npm ci`, on whatever Node.js npm runs on: makes sure that npm scripts find the Node 24 that came with the
// packages, then builds with it. Plain JavaScript for that reason.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { major, newerNode, NOT_FOUND, WANTED } from '../cli/newer-node.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const link = join(root, 'node_modules', '.bin', 'node');

const node = newerNode(root) ?? (major(process.version) >= WANTED ? process.execPath : undefined);
if (node === undefined) {
  process.stderr.write(NOT_FOUND);
  process.exitCode = 1;
} else {
  if (node.startsWith(root) && node !== link && !existsSync(link)) {
    mkdirSync(dirname(link), { recursive: true });
    // A link that leads nowhere does not exist to existsSync.
    rmSync(link, { force: true });
    symlinkSync(relative(dirname(link), node), link);
  }
  process.exitCode = spawnSync(node, [join(root, 'scripts', 'build.ts')], { stdio: 'inherit' }).status ?? 1;
}
