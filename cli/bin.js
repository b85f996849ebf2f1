#!/usr/bin/env node
// Runs on Node 20, too: finds the Node 24 that came with the packages and hands over to it. Plain JavaScript for that reason.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { major, newerNode, NOT_FOUND, WANTED } from './newer-node.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

// A packed Wardflow is compiled: Node strips no types under node_modules.
const compiled = join(root, 'dist', 'cli', 'main.js');
const main = existsSync(compiled) ? compiled : join(root, 'cli', 'main.ts');

if (major(process.version) >= WANTED) {
  await import(main);
} else {
  const node = newerNode(root);
  if (node === undefined) {
    process.stderr.write(NOT_FOUND);
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
