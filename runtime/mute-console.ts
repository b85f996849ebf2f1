/**
 * `console` is within reach of every function node, and standard output ends in a log file: what a flow writes there may
 * quote a message. Once flows run, only the fact that something was written is kept, and that at most once a minute.
 */
import type { Log } from '../engine/index.ts';

const METHODS = ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table'] as const;
const QUIET_MS = 60_000;

export function muteConsole(log: Log, target: Partial<Record<string, unknown>> = console as never): void {
  let told = -QUIET_MS;
  let count = 0;
  const write = (): void => {
    count++;
    if (performance.now() - told < QUIET_MS) return;
    told = performance.now();
    log.info('Something wrote to the console; its text is not kept.', { count });
    count = 0;
  };
  for (const method of METHODS) target[method] = write;
}
