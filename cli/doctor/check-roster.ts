import { existsSync } from 'node:fs';
import { environmentFolder, rosterPath, type Config } from '../../engine/index.ts';
import { findingsOf } from '../commands/roster.ts';
import type { Finding } from './finding.ts';

/** Of each environment of this machine that has a roster; without one, accounts alone say who works on tasks. */
export async function checkRosters(config: Config, now: number): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const environment of ['staging', 'production'])
    if (existsSync(rosterPath(environmentFolder(config.dataFolder, environment))))
      findings.push(...(await findingsOf(config, environment, now)));
  return findings;
}
