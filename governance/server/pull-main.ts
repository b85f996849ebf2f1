/**
 * Fetches production's releases from another host, as a process of its own: `node governance/server/pull-main.ts`. Says
 * `ready {}` once it has begun; logs go to standard error. It ends with its parent's IPC channel, on SIGTERM or SIGINT.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLog, readConfig, readRunInfo, readServiceToken, WardflowError } from '../../engine/index.ts';
import { createReleaseRuntime, releaseErrors } from '../release/index.ts';
import { startPuller } from '../release/pull.ts';
import { openAuditTrail } from './local-audit.ts';

const ENVIRONMENT = 'production';
const ACTOR = 'service:pull';

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const { dataFolder, releasesFrom: from, releasesTokenFile: file } = config;
  if (from === null || file === null) throw releaseErrors.create('pull-settings-missing');
  const log = createLog(config.logLevel).with({ part: 'pull' });
  const { audit, close } = openAuditTrail(dataFolder);
  const puller = startPuller({
    dataFolder,
    environment: ENVIRONMENT,
    from,
    token: () => tokenIn(file),
    now: () => Date.now(),
    runtime: createReleaseRuntime({
      environment: ENVIRONMENT,
      actor: ACTOR,
      async locate() {
        const running = (await readRunInfo(dataFolder))?.runtimes[ENVIRONMENT];
        if (!running) return undefined;
        return { url: running.url, token: await readServiceToken(running.serviceTokenFile, ENVIRONMENT) };
      },
    }),
    audit: (type, details, reason) => audit.append(type, ACTOR, details, reason === undefined ? {} : { reason }),
    wait: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
    onError: ({ code, message }, again) => log.warn(message, { code, ms: again }),
  });
  process.stdout.write('ready {}\n');

  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    void puller.stop().then(
      () => {
        close();
        process.exit(0);
      },
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('disconnect', stop);
}

/** @throws `pull-token-unreadable` */
async function tokenIn(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const token = text.trim();
  if (!/^[\w-]{20,200}$/.test(token)) throw releaseErrors.create('pull-token-unreadable', { file });
  return token;
}

main().catch((error: unknown) => {
  const text = error instanceof WardflowError ? `${error.message} ${error.remedy}` : 'The puller could not start.';
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
