/** Looks everywhere where something may differ from what was approved. */
import type { WardflowError } from '../../engine/index.ts';
import type { TrustStore } from '../../governance/bundle/index.ts';
import { BundleFiles } from './bundle-files.ts';
import type { Candidate } from './candidate.ts';
import { driftInside, finding, type Finding } from './drift.ts';
import { known } from './errors.ts';
import type { GateOptions } from './gate.ts';
import { isUntouched, judgeLog, judgeTrust } from './judge.ts';
import type { GateMemory } from './memory.ts';

export class DriftLook {
  readonly #options: Pick<GateOptions, 'folders' | 'host' | 'clock'>;
  readonly #memory: GateMemory;
  readonly #files = new BundleFiles();

  constructor(options: Pick<GateOptions, 'folders' | 'host' | 'clock'>, memory: GateMemory) {
    this.#options = options;
    this.#memory = memory;
  }

  /** @param problem why what the log says does not run */
  async look(running: Candidate | null, problem: WardflowError | null): Promise<readonly Finding[]> {
    const { folders, host } = this.#options;
    const memory = await this.#memory.read();
    const found: Finding[] = [];
    let trust: TrustStore | null = null;
    if (!(await isUntouched(folders, memory))) {
      trust = await judgeTrust(folders, memory).catch((error: unknown) => {
        found.push(finding('trust-store-differs', 'trust store', known(error)));
        return null;
      });
      if (trust) found.push(...(await this.#lookAtLog(trust)));
    }
    if (running) found.push(...driftInside(running, host, trust));
    if (problem && found.every(({ text }) => text !== problem.message))
      found.push(finding('running-differs', folders.environment, problem));
    return found;
  }

  async #lookAtLog(trust: TrustStore): Promise<readonly Finding[]> {
    const { folders, clock } = this.#options;
    try {
      const { releases } = await judgeLog(folders, trust, await this.#memory.read(), clock.now());
      return await this.#files.look(folders, releases, trust);
    } catch (error) {
      return [finding('log-differs', 'log', known(error))];
    }
  }
}
