import { readRunInfo, readServiceToken, serviceTokenPath } from '../../engine/index.ts';

/** Where a runtime's API is and what opens it. */
export interface RuntimeTarget {
  readonly url: string;
  readonly token: string;
}

export interface RuntimeDirectory {
  readonly names: readonly string[];
  /** Looked up anew each time: a runtime that was started again may have another port. `undefined`: not started. */
  locate(name: string): Promise<RuntimeTarget | undefined>;
}

/** The runtimes started from this data folder, by `run.json`; until it is written, by the ports of the settings. */
export function runtimesOf(dataFolder: string, ports: Readonly<Record<string, number>>): RuntimeDirectory {
  return {
    names: Object.keys(ports),
    async locate(name) {
      try {
        const running = (await readRunInfo(dataFolder))?.runtimes[name];
        const port = ports[name] ?? 0;
        if (!running && port === 0) return undefined;
        const token = await readServiceToken(running?.serviceTokenFile ?? serviceTokenPath(dataFolder, name), name);
        return { url: running?.url ?? `http://127.0.0.1:${port}`, token };
      } catch {
        // Half-started: no token file yet. The caller says "does not answer" and asks again.
        return undefined;
      }
    },
  };
}
