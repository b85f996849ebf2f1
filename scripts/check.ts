/**
 * `npm run check`: all that CI runs, in the order that fails soonest. Prints a line per step with its time, the whole
 * output of a step that failed, and exits with 1 if any did.
 */
import { spawnSync } from 'node:child_process';

const STEPS: readonly { readonly name: string; readonly script: string; readonly loud?: boolean }[] = [
  { name: 'format', script: 'format:check' },
  { name: 'lint', script: 'lint' },
  { name: 'types', script: 'typecheck' },
  { name: 'build', script: 'build' },
  { name: 'tests', script: 'test', loud: true },
];

let failed = 0;
for (const step of STEPS) {
  const started = performance.now();
  const run = spawnSync('npm', ['run', '--silent', step.script], {
    stdio: step.loud ? 'inherit' : 'pipe',
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const ok = run.status === 0;
  if (!ok) failed++;
  if (!ok && !step.loud) process.stdout.write(`${run.stdout}${run.stderr}\n`);
  process.stdout.write(`check: ${step.name} ${ok ? 'ok' : 'FAILED'} (${seconds} s)\n`);
}
process.stdout.write(failed === 0 ? 'check: all green\n' : `check: ${failed} of ${STEPS.length} steps failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
