/**
 * `npm run check`: all that CI runs, in the order that fails soonest; what only reads runs side by side. Prints a line per step
 * with its time, the whole output of a step that failed, and exits with 1 if any did.
 */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

interface Step {
  readonly name: string;
  readonly script: string;
  readonly loud?: boolean;
}

const STAGES: readonly (readonly Step[])[] = [
  [
    { name: 'format', script: 'format:check' },
    { name: 'lint', script: 'lint' },
    { name: 'types', script: 'typecheck' },
  ],
  [{ name: 'build', script: 'build' }],
  [{ name: 'tests', script: 'test', loud: true }],
];

async function run({ name, script, loud = false }: Step): Promise<boolean> {
  const started = performance.now();
  const child = spawn('npm', ['run', '--silent', script], { stdio: loud ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
  const said = Promise.all([child.stdout, child.stderr].map(async (stream) => (stream ? text(stream) : '')));
  const status = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const ok = status === 0;
  if (!ok && !loud) process.stdout.write(`${(await said).join('')}\n`);
  process.stdout.write(`check: ${name} ${ok ? 'ok' : 'FAILED'} (${seconds} s)\n`);
  return ok;
}

const results: boolean[] = [];
for (const stage of STAGES) results.push(...(await Promise.all(stage.map(run))));
const failed = results.filter((ok) => !ok).length;
process.stdout.write(failed === 0 ? 'check: all green\n' : `check: ${failed} of ${results.length} steps failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
