/** Root hooks: the run ends with what was skipped and why. */
import { reportSkipped } from './requires.ts';

export const mochaHooks = {
  afterAll(): void {
    reportSkipped();
  },
};
