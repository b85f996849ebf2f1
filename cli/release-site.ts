/** Where a command carries out a release: the data folder of this machine, the runtime that runs from it, the console's audit. */
import { readRunInfo, readServiceToken } from '../engine/index.ts';
import {
  createReleaseRuntime,
  inForce,
  readReleaseLog,
  releaseFolderOf,
  type InForce,
  type Release,
  type Site,
} from '../governance/release/index.ts';
import { openAuditTrail } from '../governance/server/local-audit.ts';
import type { Io } from './io.ts';
import { environmentName, openTrust, type TrustOptions } from './trust-folder.ts';

export interface ReleaseSite extends Site {
  /** Oldest first, verified. */
  readonly log: readonly Release[];
  readonly running: InForce;
}

/** @throws WardflowError `trust-*`, `release-*` */
export async function withReleaseSite<T>(
  io: Io,
  options: TrustOptions,
  work: (site: ReleaseSite) => Promise<T>,
): Promise<T> {
  const environment = environmentName(options.environment);
  const { dataFolder } = io.config();
  const log = await readReleaseLog(releaseFolderOf(dataFolder, environment), await openTrust(io, options));
  const here = (await readRunInfo(dataFolder))?.runtimes[environment] !== undefined;
  const { audit, close } = openAuditTrail(dataFolder);
  try {
    return await work({
      dataFolder,
      environment,
      log,
      running: inForce(log, io.now()),
      runtime: here
        ? createReleaseRuntime({ environment, actor: io.actor(), locate: () => locate(dataFolder, environment) })
        : 'elsewhere',
      now: () => io.now(),
      audit: (type, details, reason) => audit.append(type, io.actor(), details, reason === undefined ? {} : { reason }),
      ...(options.pin === undefined ? {} : { pin: options.pin }),
    });
  } finally {
    close();
  }
}

async function locate(
  dataFolder: string,
  environment: string,
): Promise<{ readonly url: string; readonly token: string } | undefined> {
  const running = (await readRunInfo(dataFolder))?.runtimes[environment];
  return running && { url: running.url, token: await readServiceToken(running.serviceTokenFile, environment) };
}
