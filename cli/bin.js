#!/usr/bin/env node
// Runs on Node 20, too: finds the Node 24 that came with the packages and hands over to it. Plain JavaScript for that reason.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const WANTED = 24;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const major = (version) => Number(/^v?(\d+)/.exec(version)?.[1] ?? 0);

/** The package's own `node`, or the one of the project that it is installed in. */
function newerNode() {
  for (let folder = root; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', '.bin', 'node');
    if (existsSync(candidate)) {
      const { stdout } = spawnSync(candidate, ['--version'], { encoding: 'utf8' });
      if (major(stdout ?? '') >= WANTED) return candidate;
    }
    if (dirname(folder) === folder) return undefined;
  }
}

// A packed Wardflow is compiled: Node strips no types under node_modules.
const compiled = join(root, 'dist', 'cli', 'main.js');
const main = existsSync(compiled) ? compiled : join(root, 'cli', 'main.ts');

if (major(process.version) >= WANTED) {
  await import(main);
} else {
  const node = newerNode();
  if (node === undefined) {
    process.stderr.write(
      `Wardflow needs Node.js ${WANTED} or newer and this is ${process.version}: ` +
        'install the packages with "npm ci" (they bring it for Linux), or install a newer Node.js.\n',
    );
    process.exitCode = 1;
  } else handOver(node);
}

function handOver(node) {
  // A process group of its own: Ctrl-C then reaches it once, through here, and not a second time from the terminal
  // (a second one means "stop at once").
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit', detached: true });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`Wardflow could not be started with ${node}: ${error.message}.\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}
