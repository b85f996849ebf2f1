/**
 * The end of the process at a step. Which one is read from a file at each step, so that a test arms it in a runtime that
 * already runs, in whichever thread the step comes.
 */
import { appendFileSync, readFileSync } from 'node:fs';

const FILE = process.env['KILL_AT_STEP'] ?? '';

let armed = '';
let passed = 0;

/** Ends the process, with SIGKILL and before anything else happens, where this step is armed: `<step>` or `<step>#<nth time>`. */
export function reach(step: string): void {
  const now = read();
  if (now !== armed) passed = 0;
  armed = now;
  const [name, nth = '1'] = armed.split('#');
  if (name !== step || ++passed < Number(nth)) return;
  appendFileSync(`${FILE}.reached`, `${armed}\n`);
  process.kill(process.pid, 'SIGKILL');
  // The kernel ends all threads; this one does nothing more meanwhile.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function read(): string {
  try {
    return readFileSync(FILE, 'utf8');
  } catch {
    return '';
  }
}
