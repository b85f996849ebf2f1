/**
 * The demo's staging runs a copy of the shipped flows: what a newcomer changes in the editor changes no file of the program,
 * and the demo's analyst can change something, too.
 */
import { existsSync } from 'node:fs';
import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot, type Config } from '../engine/index.ts';

const shippedFlows = (): string => join(packageRoot(), 'flows');

/** What staging of the demo runs: the copy, unless somebody has chosen a folder. */
export const demoFlowsFolder = ({ flowsFolder, dataFolder }: Config): string =>
  flowsFolder === shippedFlows() ? join(dataFolder, 'flows') : flowsFolder;

/** The settings with the copy as folder of definitions; a folder that somebody has chosen is left to them. */
export async function withDemoFlows(config: Config): Promise<Config> {
  const flowsFolder = demoFlowsFolder(config);
  if (flowsFolder === config.flowsFolder) return config;
  if (!existsSync(flowsFolder)) {
    // Under another name first: a copy that was cut short is made again.
    const draft = `${flowsFolder}.new`;
    await rm(draft, { recursive: true, force: true });
    await cp(shippedFlows(), draft, { recursive: true });
    await rename(draft, flowsFolder);
  }
  return Object.freeze({ ...config, flowsFolder });
}
