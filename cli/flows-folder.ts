import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readRunInfo } from '../engine/index.ts';
import { demoFlowsFolder } from '../supervisor/demo-flows.ts';
import type { Io } from './io.ts';

/**
 * Where a command looks for definitions: the folder given, else that of the settings. While the demo runs that is the copy
 * which its staging runs and the editor changes, and it is said so.
 */
export async function flowsFolderFor(io: Io, given: string | undefined): Promise<string> {
  if (given !== undefined) return resolve(given);
  const config = io.config();
  const copy = demoFlowsFolder(config);
  if (copy === config.flowsFolder || !existsSync(copy)) return config.flowsFolder;
  const running = await readRunInfo(config.dataFolder).catch(() => null);
  if (running?.demo !== true) return config.flowsFolder;
  io.err(`These are the flows that the demo runs, in ${copy}.\n`);
  return copy;
}
