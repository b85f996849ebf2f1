/** Waits for what other threads and the event loop bring about; time of the clock under test is moved, never waited for. */
import { setImmediate as turn } from 'node:timers/promises';

export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = 30_000,
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`did not happen within ${withinMs} ms: ${what}`);
    await turn();
  }
}
