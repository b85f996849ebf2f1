import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ensureServiceToken,
  environmentFolder,
  inEnvironment,
  loadBindings,
  runtimePort,
  serviceTokenPath,
  writeRunInfo,
  type Config,
  type ProcessInfo,
  type RuntimeInfo,
} from '../engine/index.ts';
import { demandedOf } from '../governance/server/second-factor/demanded-of.ts';
import { readConsoleCertificate } from '../governance/server/tls/certificate.ts';
import { addressShown, listeningOf, reachedFromElsewhere } from '../governance/server/tls/listening.ts';
import { build } from './build.ts';
import { withDemoRoster } from './demo-roster.ts';
import { writeDemoBindings } from './demo-bindings.ts';
import { createChild, type Child, type ChildSpec } from './child.ts';
import { findPorts, type PortWish } from './ports.ts';
import {
  governanceSpec,
  hospitalSpec,
  missingParts,
  pullSpec,
  ROOT,
  runsProduction,
  runtimeSpec,
  sandboxSpec,
} from './processes.ts';
import { listeningFeeds } from './readiness.ts';
import { DEMO_KEYS, summary } from './summary.ts';

export interface StartOptions {
  readonly demo: boolean;
  readonly config: Config;
  readonly out: (line: string) => void;
  /** Filled as they are started, so that whoever stops everything knows them. */
  readonly children: Child[];
  readonly began: number;
  /** An earlier supervisor was killed; its children may still be ending. */
  readonly leftOver: boolean;
  /** Somebody has asked to stop: nothing more is started. */
  readonly stopping: () => boolean;
}

/** Starts every process, waits until all are ready, writes run.json and says what there is. Throws a catalogued error. */
export async function startAll(options: StartOptions): Promise<void> {
  const { demo, out, children, stopping } = options;
  const withSandbox = demo && options.config.fhirBase === null;
  // Said before anything starts: in the log of a child nobody would look for it.
  const listening = listeningOf(options.config);
  const { tls, publicUrl } = listening;
  demandedOf(options.config.totpRoles, reachedFromElsewhere(listening));
  const certificate = tls && readConsoleCertificate(tls.certFile, tls.keyFile);
  const runs = await runsProduction(options.config, demo);
  const production = runs === true;
  if (runs === 'demo-keys') for (const line of DEMO_KEYS) out(line);
  await recordRun(options, options.config, {});
  if (missingParts().length > 0) {
    out('Building nodes and pages (once, about 10 s) ...');
    await build(options.config.dataFolder);
    if (missingParts().includes('web')) out('The pages of the console are missing: "npm run build" says why.');
  }
  const config = await withPorts(options, { sandbox: withSandbox, production });
  const environments: readonly Environment[] = production ? ['staging', 'production'] : ['staging'];
  const tokens = new Map<Environment, string>();
  const bound = new Map<Environment, RuntimeInfo['feeds']>();
  for (const environment of environments) {
    tokens.set(environment, await ensureServiceToken(config.dataFolder, environment));
    const folder = environmentFolder(config.dataFolder, environment);
    if (demo) await withDemoRoster(folder);
    if (demo) await writeDemoBindings(config, environment);
    const { feeds } = await loadBindings(folder, inEnvironment(config, environment));
    bound.set(environment, Object.fromEntries(Object.entries(feeds).map(([name, { listen }]) => [name, listen])));
  }

  const running: Running = {};
  let firstLogin: { username: string; password: string } | null = null;
  const begin = async (spec: ChildSpec): Promise<Child> => {
    const child = createChild(spec, {
      onWord(word, { username, password }) {
        if (word === 'first-login') firstLogin = { username: String(username), password: String(password) };
      },
      onCrash: (how, wait) =>
        out(
          `${spec.name} ended unexpectedly (${how}); starting it again in ${wait / 1000} s. Its log: ${spec.logFile}`,
        ),
      onRecovered() {
        out(`${spec.name} runs again.`);
        recordRun(options, config, running).catch(() => out('run.json could not be written.'));
      },
    });
    if (stopping()) return child;
    children.push(child);
    await child.start();
    return child;
  };

  const runtimesNamed = production ? 'the staging and production runtimes' : 'the staging runtime';
  out(`Starting ${withSandbox ? 'the sandbox FHIR server, ' : ''}the console and ${runtimesNamed} ...`);
  const plan = { config, demo, production };
  const [governance, sandbox, ...started] = await Promise.all([
    begin(governanceSpec(plan)),
    withSandbox ? begin(sandboxSpec(config)) : null,
    ...environments.map((one) => begin(runtimeSpec(plan, one, tokens.get(one) ?? ''))),
  ]);
  if (stopping()) return;
  const runtimes = new Map<Environment, RunningRuntime>();
  for (const [index, environment] of environments.entries()) {
    const child = started[index];
    const { port } = runtimePort(inEnvironment(config, environment));
    if (child)
      runtimes.set(environment, { child, port, feeds: await listeningFeeds(port, tokens.get(environment) ?? '') });
  }
  Object.assign(running, { governance, sandbox, runtimes });
  await recordRun(options, config, running);
  const feedRuns = demo && config.demoFeed;
  if (production && config.releasesFrom !== null) await begin(pullSpec(config));
  if (feedRuns) await begin(hospitalSpec(plan));
  if (stopping()) return;
  const logins = join(config.dataFolder, 'demo-logins.txt');
  const lines = summary({
    consoleUrl: local(config.governancePort),
    httpsUrl: publicUrl?.origin ?? (tls && addressShown(tls.host, certificate?.firstName ?? null, config.httpsPort)),
    editorUrl: local(config.stagingPort),
    production: production ? local(config.productionPort) : null,
    feeds: runtimes.get('staging')?.feeds ?? {},
    // The demo's first release is carried out a moment later: its feeds are not open yet.
    productionFeeds: { ...bound.get('production'), ...runtimes.get('production')?.feeds },
    fhirBase: config.fhirBase,
    sandboxPage: sandbox ? `${local(config.demoFhirPort)}/` : null,
    feedRuns,
    demoLogins: demo && existsSync(logins) ? logins : null,
    firstLogin,
    passwordGiven: config.adminPassword !== null,
    seconds: (Date.now() - options.began) / 1000,
    logsFolder: join(config.dataFolder, 'logs'),
  });
  // At once: whoever waits for the first line, such as a script, finds the login too.
  out(lines.join('\n'));
}

type Environment = Config['environment'];

interface RunningRuntime {
  readonly child: Child;
  readonly port: number;
  readonly feeds: RuntimeInfo['feeds'];
}

interface Running {
  readonly governance?: Child;
  readonly sandbox?: Child | null;
  readonly runtimes?: ReadonlyMap<Environment, RunningRuntime>;
}

const local = (port: number): string => `http://127.0.0.1:${port}`;

async function recordRun({ began, demo }: StartOptions, config: Config, running: Running): Promise<void> {
  const info = (child: Child | null | undefined, port: number): ProcessInfo | null =>
    child ? { pid: child.pid() ?? 0, port, url: local(port) } : null;
  const runtimes = [...(running.runtimes ?? [])].flatMap(([environment, { child, port, feeds }]) => {
    const found = info(child, port);
    const serviceTokenFile = serviceTokenPath(config.dataFolder, environment);
    return found ? [[environment, { ...found, serviceTokenFile, feeds }] as const] : [];
  });
  await writeRunInfo(config.dataFolder, {
    format: 1,
    version: await version(),
    startedAt: began,
    supervisor: { pid: process.pid },
    demo,
    governance: info(running.governance, config.governancePort),
    runtimes: Object.fromEntries(runtimes),
    sandbox: info(running.sandbox, config.demoFhirPort),
  });
}

/** An earlier supervisor that was killed leaves children that end within this time. */
const LEFT_OVER_MS = 15_000;

/** The settings with real ports, kept over restarts of a process, and with the sandbox for `fhirBase` where it runs. */
async function withPorts(
  { config, leftOver, out }: StartOptions,
  { sandbox: withSandbox, production }: { readonly sandbox: boolean; readonly production: boolean },
): Promise<Config> {
  const wishes: Record<string, PortWish> = {
    governancePort: { what: 'the console', setting: 'WARDFLOW_GOVERNANCE_PORT', port: config.governancePort },
    stagingPort: { what: 'the staging runtime', setting: 'WARDFLOW_STAGING_PORT', port: config.stagingPort },
    ...(config.tlsCert !== null && {
      httpsPort: { what: 'the console over HTTPS', setting: 'WARDFLOW_HTTPS_PORT', port: config.httpsPort },
    }),
    mllpPort: { what: 'HL7 messages', setting: 'WARDFLOW_MLLP_PORT', port: config.mllpPort },
  };
  if (production) {
    wishes['productionPort'] = {
      what: 'the production runtime',
      setting: 'WARDFLOW_PRODUCTION_PORT',
      port: config.productionPort,
    };
    wishes['productionMllpPort'] = {
      what: 'HL7 messages for production',
      setting: 'WARDFLOW_PRODUCTION_MLLP_PORT',
      port: config.productionMllpPort,
    };
  }
  if (withSandbox) {
    wishes['demoFhirPort'] = {
      what: 'the sandbox FHIR server',
      setting: 'WARDFLOW_DEMO_FHIR_PORT',
      port: config.demoFhirPort,
    };
  }
  const until = Date.now() + (leftOver ? LEFT_OVER_MS : 0);
  for (let said = false; ; said = true) {
    try {
      const found: Config = { ...config, ...(await findPorts(wishes)) };
      return withSandbox ? { ...found, fhirBase: `${local(found.demoFhirPort)}/fhir` } : found;
    } catch (error) {
      if (Date.now() > until) throw error;
      if (!said) out('Waiting for what an earlier start left running ...');
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

async function version(): Promise<string> {
  const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}
