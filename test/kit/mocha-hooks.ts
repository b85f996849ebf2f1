/** Root hooks: the run ends with what was skipped and why; before it, once, what all starts of runtimes share is made. */
import { flushCompileCache } from 'node:module';
import { fillCompileCache, useCompileCache } from './compile-cache.ts';
import { reportSkipped } from './requires.ts';

useCompileCache();

export const mochaHooks = {
  afterAll(): void {
    flushCompileCache();
    reportSkipped();
  },
};

export async function mochaGlobalSetup(): Promise<void> {
  try {
    await fillCompileCache();
  } catch {
    // Runtimes start without it; one that cannot start at all is what its tests tell.
  }
}
