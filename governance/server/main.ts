/**
 * The governance app as a process of its own: `node governance/server/main.ts [--demo] [--production]`. Standard output carries at most two
 * lines, for whoever started it: `first-login {"username","password"}` once in a data folder's life, and
 * `ready {"port","url"}`. Logs go to standard error. It ends with its parent's IPC channel, on SIGTERM or SIGINT.
 */
import { createLog, readConfig, WardflowError } from '../../engine/index.ts';
import { startConsole } from './console.ts';
import { demandedOf } from './second-factor/demanded-of.ts';
import { runtimesOf } from './runtimes.ts';
import { listeningOf, reachedFromElsewhere } from './tls/listening.ts';
import { webFolder } from './web-folder.ts';

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog(config.logLevel).with({ part: 'governance' });
  const listening = listeningOf(config);
  const console = await startConsole({
    dataFolder: config.dataFolder,
    port: config.governancePort,
    runtimes: runtimesOf(config.dataFolder, {
      staging: config.stagingPort,
      ...(process.argv.includes('--production') && { production: config.productionPort }),
    }),
    webFolder: webFolder(),
    flowsFolder: config.flowsFolder,
    adminPassword: config.adminPassword,
    onFirstPassword: (username, password) => say('first-login', { username, password }),
    listening,
    secondFactorOf: demandedOf(config.totpRoles, reachedFromElsewhere(listening)),
    demo: process.argv.includes('--demo'),
    log,
  });
  say('ready', { port: console.port, url: console.url });
  if (listening.tls) process.on('SIGHUP', () => console.reloadCertificate());

  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    void console.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('disconnect', stop);
}

function say(what: string, more: Readonly<Record<string, string | number>>): void {
  process.stdout.write(`${what} ${JSON.stringify(more)}\n`);
}

main().catch((error: unknown) => {
  const text = error instanceof WardflowError ? `${error.message} ${error.remedy}` : 'The console could not start.';
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
