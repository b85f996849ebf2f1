import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ensureServiceToken,
  environmentFolder,
  loadBindings,
  removeRunInfo,
  serviceTokenPath,
  WardflowError,
  writeRunInfo,
  type Config,
  type RunInfo,
} from '../engine/index.ts';
import { build } from './build.ts';
import { createChild, type Child, type ChildSpec } from './child.ts';
import { takeDataFolder } from './data-folder.ts';
import { findPorts } from './ports.ts';
import { governanceSpec, hospitalSpec, missingParts, ROOT, sandboxSpec, stagingSpec } from './processes.ts';
import { stopSignals } from './stop-signals.ts';
import { summary } from './summary.ts';

export interface UpOptions {
  /** Also a sandbox FHIR server (unless `config.fhirBase` names a server) and a synthetic hospital. */
  readonly demo: boolean;
  readonly config: Config;
  /** Writes one line for people. */
  readonly out: (line: string) => void;
}

/** An earlier supervisor that was killed leaves children that end within this time. */
const LEFT_OVER_MS = 15_000;

/**
 * Starts everything, stays until it is told to stop, and gives the exit code: 0 after an orderly stop, 1 when it could
 * not start (said in one sentence with its remedy; whatever had been started is stopped).
 */
export async function up(options: UpOptions): Promise<number> {
  const { out, config } = options;
  const signals = stopSignals();
  const children: Child[] = [];
  const began = Date.now();
  let mine = false;
  try {
    const { leftOver } = await takeDataFolder(config.dataFolder);
    mine = true;
    const running = start(options, children, began, leftOver, () => signals.asked());
    await Promise.race([running, signals.first]);
    if (!signals.asked()) await signals.first;
    out('Stopping: messages in work are finished, everything accepted is kept.');
    running.catch(() => undefined);
    const stopped = await Promise.race([stopAll(children).then(() => true), signals.second.then(() => false)]);
    if (!stopped) for (const child of children) child.kill();
    out(stopped ? 'Stopped.' : 'Stopped at once; work that was cut short is taken up at the next start.');
    return 0;
  } catch (error) {
    await stopAll(children);
    out(sentence(error));
    return 1;
  } finally {
    if (mine) await removeRunInfo(config.dataFolder);
    signals.release();
  }
}

async function start(
  { demo, config: wished, out }: UpOptions,
  children: Child[],
  began: number,
  leftOver: boolean,
  stopping: () => boolean,
): Promise<void> {
  const base: RunInfo = {
    format: 1,
    version: await version(),
    startedAt: began,
    supervisor: { pid: process.pid },
    demo,
    governance: null,
    runtimes: {},
    sandbox: null,
  };
  await writeRunInfo(wished.dataFolder, base);
  if (missingParts().length > 0) {
    out('Building nodes and pages (once, about 10 s) ...');
    await build(wished.dataFolder);
    if (missingParts().includes('web')) out('The pages of the console are missing: "npm run build" says why.');
  }
  const ports = await portsFor(wished, leftOver, out);
  let config: Config = { ...wished, ...ports };
  const serviceToken = await ensureServiceToken(config.dataFolder, 'staging');
  let firstLogin: { username: string; password: string } | null = null;

  const begin = async (spec: ChildSpec, again: () => void = () => undefined): Promise<Child> => {
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
        again();
      },
    });
    if (stopping()) return child;
    children.push(child);
    await child.start();
    return child;
  };

  let sandbox: Child | null = null;
  if (demo && config.fhirBase === null) {
    out('Starting the sandbox FHIR server ...');
    sandbox = await begin(sandboxSpec(config), () => void record());
    config = { ...config, fhirBase: String(sandbox.said()['url']), demoFhirPort: Number(sandbox.said()['port']) };
  }
  await loadBindings(environmentFolder(config.dataFolder, 'staging'), config);

  out('Starting the console and the staging runtime ...');
  const plan = { config, serviceToken };
  const both = [governanceSpec(plan), stagingSpec(plan)].map((spec) => begin(spec, () => void record()));
  const [governance, staging] = await Promise.all(both);
  if (!governance || !staging || stopping()) return;

  const record = async (): Promise<void> => {
    const local = (port: number): string => `http://127.0.0.1:${port}`;
    await writeRunInfo(config.dataFolder, {
      ...base,
      governance: { pid: governance.pid() ?? 0, port: config.governancePort, url: local(config.governancePort) },
      runtimes: {
        staging: {
          pid: staging.pid() ?? 0,
          port: config.stagingPort,
          url: local(config.stagingPort),
          serviceTokenFile: serviceTokenPath(config.dataFolder, 'staging'),
          feeds: { hospital: { host: '127.0.0.1', port: config.mllpPort } },
        },
      },
      sandbox: sandbox && { pid: sandbox.pid() ?? 0, port: config.demoFhirPort, url: local(config.demoFhirPort) },
    });
  };
  await record();
  const feedRuns = demo && config.demoFeed;
  if (feedRuns) await begin(hospitalSpec(config));
  if (stopping()) return;
  const lines = summary({
    consoleUrl: `http://127.0.0.1:${config.governancePort}`,
    editorUrl: `http://127.0.0.1:${config.stagingPort}`,
    mllpPort: config.mllpPort,
    fhirBase: config.fhirBase,
    sandboxPage: sandbox ? String(sandbox.said()['page']) : null,
    feedRuns,
    firstLogin,
    seconds: (Date.now() - began) / 1000,
    logsFolder: join(config.dataFolder, 'logs'),
  });
  for (const line of lines) out(line);
}

type PortSettings = Pick<Config, 'governancePort' | 'stagingPort' | 'mllpPort'>;

async function portsFor(config: Config, leftOver: boolean, out: (line: string) => void): Promise<PortSettings> {
  const wishes = {
    governancePort: { what: 'the console', setting: 'WARDFLOW_GOVERNANCE_PORT', port: config.governancePort },
    stagingPort: { what: 'the staging runtime', setting: 'WARDFLOW_STAGING_PORT', port: config.stagingPort },
    mllpPort: { what: 'HL7 messages', setting: 'WARDFLOW_MLLP_PORT', port: config.mllpPort },
  };
  const until = Date.now() + (leftOver ? LEFT_OVER_MS : 0);
  for (let said = false; ; said = true) {
    try {
      return await findPorts(wishes);
    } catch (error) {
      if (Date.now() > until) throw error;
      if (!said) out('Waiting for what an earlier start left running ...');
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

/** The sender first, so that nothing new arrives; then what processes; last what it writes to. */
async function stopAll(children: readonly Child[]): Promise<void> {
  const order = ['hospital', 'staging', 'console', 'sandbox'];
  for (const name of order) {
    await Promise.all(children.filter((child) => child.name === name).map((child) => child.stop()));
  }
}

async function version(): Promise<string> {
  const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

function sentence(error: unknown): string {
  if (error instanceof WardflowError) return `${error.message} ${error.remedy}`;
  return `Wardflow could not start: ${error instanceof Error ? error.message : 'an unknown error'}.`;
}
