/** What `wardflow up` runs, in words that the supervisor understands. Which of them run, and when, is in up.ts. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment, inEnvironment, runtimePort, type Config } from '../engine/index.ts';
import { demoPeopleIn } from '../governance/trust/demo-trust.ts';
import { hasTrust, readTrustFolder, trustFolderOf } from '../governance/trust/trust-folder.ts';
import type { ChildSpec } from './child.ts';
import { runtimeAnswers } from './readiness.ts';
import { runtimeFlags } from './runtime-flags.ts';

export const ROOT = join(import.meta.dirname, '..');

export interface ProcessPlan {
  /** With the ports and addresses that were found, no 0 left. */
  readonly config: Config;
  readonly demo: boolean;
  /** Whether production runs, too. */
  readonly production: boolean;
}

const logFile = (config: Config, name: string): string => join(config.dataFolder, 'logs', `${name}.log`);

/** A smaller young generation: these processes do little, and every megabyte of an idle one is wasted. */
const SMALL = ['--max-semi-space-size=2'];

export function sandboxSpec(config: Config): ChildSpec {
  return {
    name: 'sandbox',
    args: [...SMALL, 'demo/sandbox-fhir/main.ts'],
    env: childEnvironment(config),
    cwd: ROOT,
    logFile: logFile(config, 'sandbox'),
    ready: 'says-so',
    readyWithinMs: 20_000,
    stopWithinMs: 5_000,
  };
}

export function hospitalSpec({ config, production }: ProcessPlan): ChildSpec {
  return {
    name: 'hospital',
    args: [...SMALL, 'demo/hospital/main.ts', ...(production ? ['--production'] : [])],
    env: childEnvironment(config),
    cwd: ROOT,
    logFile: logFile(config, 'hospital'),
    ready: 'says-so',
    readyWithinMs: 20_000,
    stopWithinMs: 3_000,
  };
}

export function governanceSpec({ config, demo, production }: ProcessPlan): ChildSpec {
  return {
    name: 'console',
    args: [...SMALL, 'governance/server/main.ts', ...(demo ? ['--demo'] : []), ...(production ? ['--production'] : [])],
    env: childEnvironment(config, ['adminPassword']),
    cwd: ROOT,
    logFile: logFile(config, 'console'),
    ready: 'says-so',
    readyWithinMs: 30_000,
    stopWithinMs: 5_000,
  };
}

/** Fetches production's releases from another host. */
export function pullSpec(config: Config): ChildSpec {
  return {
    name: 'pull',
    args: [...SMALL, 'governance/server/pull-main.ts'],
    env: childEnvironment(config),
    cwd: ROOT,
    logFile: logFile(config, 'pull'),
    ready: 'says-so',
    readyWithinMs: 20_000,
    // A bundle that is being fetched is fetched again at the next start.
    stopWithinMs: 3_000,
  };
}

/**
 * Ready when its API answers and every feed that it has listens: the hospital's first message must not find a closed door.
 * A production to which nothing was promoted yet has none.
 * @param serviceToken opens its API
 */
export function runtimeSpec(plan: ProcessPlan, environment: Config['environment'], serviceToken: string): ChildSpec {
  const config = inEnvironment(plan.config, environment);
  const { port } = runtimePort(config);
  return {
    name: environment,
    args: [...runtimeFlags(config), join('node_modules', 'node-red', 'red.js'), '-s', 'settings.ts'],
    env: childEnvironment(config, ['mongodbUrl']),
    cwd: ROOT,
    logFile: logFile(config, environment),
    ready: { probe: (signal) => runtimeAnswers(port, serviceToken, signal) },
    readyWithinMs: 60_000,
    stopWithinMs: 20_000,
  };
}

/**
 * In the demo, and wherever somebody has said who may approve: production runs from then on. `demo-keys`: it does not, since
 * whom it trusts are people of the demo, and this is none.
 */
export async function runsProduction(config: Config, demo: boolean): Promise<boolean | 'demo-keys'> {
  const folder = trustFolderOf(config.dataFolder, 'production');
  if (demo) return true;
  if (!(await hasTrust(folder))) return false;
  try {
    return (await demoPeopleIn(await readTrustFolder(folder, 'production'))).length === 0 || 'demo-keys';
  } catch {
    // It is started, verifies the store, runs nothing and says why.
    return true;
  }
}

/** Web app and palette: `npm ci` builds them; a checkout that was cleaned gets them at start. */
export function missingParts(): readonly ('palette' | 'web')[] {
  return (['palette', 'web'] as const).filter((part) => !existsSync(join(ROOT, 'dist', part)));
}
