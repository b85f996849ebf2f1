import { removeRunInfo, WardflowError, type Config } from '../engine/index.ts';
import type { Child } from './child.ts';
import { takeDataFolder } from './data-folder.ts';
import { withDemoFlows } from './demo-flows.ts';
import { startAll } from './start-all.ts';
import { stopSignals } from './stop-signals.ts';

export interface UpOptions {
  /** Also a sandbox FHIR server (unless `config.fhirBase` names a server) and a synthetic hospital. */
  readonly demo: boolean;
  readonly config: Config;
  /** Writes one line for people. */
  readonly out: (line: string) => void;
}

/**
 * Starts everything, stays until it is told to stop, and gives the exit code: 0 after an orderly stop, 1 when it could
 * not start (said in one sentence with its remedy; whatever had been started is stopped).
 */
export async function up(options: UpOptions): Promise<number> {
  const { out } = options;
  const signals = stopSignals();
  // Node would open its debugger, and with it this process, to whoever may send signals: a runtime's flows may.
  const ignored = (): void => undefined;
  process.on('SIGUSR1', ignored);
  const children: Child[] = [];
  const began = Date.now();
  let mine = false;
  try {
    const { leftOver } = await takeDataFolder(options.config.dataFolder);
    mine = true;
    const config = options.demo ? await withDemoFlows(options.config) : options.config;
    const running = startAll({ ...options, config, children, began, leftOver, stopping: () => signals.asked() });
    await Promise.race([running, signals.first]);
    if (!signals.asked()) await signals.first;
    out('Stopping: messages in work are finished, everything accepted is kept.');
    running.catch(() => undefined);
    const stopped = await Promise.race([stopAll(children).then(() => true), signals.second.then(() => false)]);
    if (!stopped) for (const child of children) child.kill();
    out(stopped ? 'Stopped.' : 'Stopped at once; work that was cut short is taken up at the next start.');
    return 0;
  } catch (error) {
    await stopAll(children);
    out(sentence(error));
    return 1;
  } finally {
    if (mine) await removeRunInfo(options.config.dataFolder);
    signals.release();
    process.off('SIGUSR1', ignored);
  }
}

/** The sender first, so that nothing new arrives; then what processes; last what it writes to. */
async function stopAll(children: readonly Child[]): Promise<void> {
  const order = [['hospital', 'pull'], ['staging', 'production'], ['console'], ['sandbox']];
  for (const names of order) {
    await Promise.all(children.filter((child) => names.includes(child.name)).map((child) => child.stop()));
  }
}

function sentence(error: unknown): string {
  if (error instanceof WardflowError) return `${error.message} ${error.remedy}`;
  return `Wardflow could not start: ${error instanceof Error ? error.message : 'an unknown error'}.`;
}
