/**
 * `npm run dev`: the demo, built anew and restarted when a source file changes. The data folder is kept, so messages and
 * the login survive a restart.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { watch } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const WATCHED = ['engine', 'runtime', 'nodes', 'governance', 'supervisor', 'cli', 'demo', 'editor-theme'];
/** Editors write a file in several steps; one restart is enough for all of them. */
const QUIET_MS = 300;

let running: ChildProcess | undefined;
let restarting = false;
let timer: NodeJS.Timeout | undefined;

function run(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
}

function ended(child: ChildProcess): Promise<number> {
  return new Promise((done) => child.once('exit', (code) => done(code ?? 1)));
}

async function restart(): Promise<void> {
  if (restarting) return;
  restarting = true;
  if (running?.exitCode === null) {
    const stopped = ended(running);
    running.kill('SIGTERM');
    await stopped;
  }
  if ((await ended(run(['scripts/build.ts']))) === 0) running = run(['cli/main.ts', 'up', '--demo']);
  else process.stdout.write('dev: the build failed; waiting for the next change\n');
  restarting = false;
}

for (const folder of WATCHED) {
  watch(resolve(ROOT, folder), { recursive: true }, (_event, file) => {
    if (!file || !/\.(ts|tsx|css|html|md|json|svg)$/.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void restart(), QUIET_MS);
  });
}

process.once('SIGINT', () => {
  // The terminal sends SIGINT to the child as well; this process waits for it to have drained.
  if (running?.exitCode === null) running.once('exit', (code) => process.exit(code ?? 0));
  else process.exit(0);
});

void restart();
