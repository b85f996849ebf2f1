import { createServer } from 'node:net';
import { readFile } from 'node:fs/promises';
import {
  bindingsPath,
  environmentFolder,
  errorName,
  isGated,
  parseBindings,
  WardflowError,
  type Config,
  type RunInfo,
} from '../../engine/index.ts';
import { hasTrust, trustFolderOf } from '../../governance/trust/trust-folder.ts';
import type { RuntimeStatus } from '../../runtime/api/contract.ts';
import type { RuntimeRelease } from '../../runtime/api/release-contract.ts';
import { checkRelease } from './check-release.ts';
import type { Io } from '../io.ts';
import { findRuntime } from '../runtime-client.ts';
import { note, ok, warning, wrong, type Finding } from './finding.ts';

/** `run`: what runs here, if anything does. The sandbox of `--demo` is bound in the runtime only, so it is looked up there. */
export async function checkBindings(config: Config, run: RunInfo | null): Promise<readonly Finding[]> {
  const sandbox = config.fhirBase === null && run && alive(run.supervisor.pid) ? run.sandbox : null;
  const file = bindingsPath(environmentFolder(config.dataFolder, config.environment));
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errorName(error) === 'ENOENT') return [note('bindings', 'none yet; the first start writes them')];
    return [wrong('bindings', `${file} cannot be read (${errorName(error)})`, 'Make it readable for this user.')];
  }
  const { feeds, endpoints, channels, subscriptions, events, unresolved } = parseBindings(
    text,
    sandbox ? { ...config, fhirBase: `${sandbox.url}/fhir` } : config,
    file,
  );
  const bound = [
    ...Object.keys(feeds).map((one) => `feed ${one}`),
    ...Object.keys(endpoints).map((one) => `endpoint ${one}`),
    ...Object.keys(channels).map((one) => `channel ${one}`),
    ...Object.keys(subscriptions).map((one) => `subscription ${one}`),
    ...Object.keys(events).map((one) => `HTTP events ${one}`),
  ];
  return [
    ok('bindings', bound.length === 0 ? 'nothing is bound' : bound.join(', ')),
    ...(sandbox ? [note('bindings', `WARDFLOW_FHIR_BASE is the sandbox of the demo, ${sandbox.url}/fhir`)] : []),
    ...unresolved.map(({ kind, name, setting }) =>
      note(
        'bindings',
        `${kind} ${name} rests on ${setting}, which is not set (with --demo the sandbox takes its place)`,
      ),
    ),
  ];
}

/** Nothing runs: could it start? */
export async function checkPorts(config: Config): Promise<readonly Finding[]> {
  const wanted = [
    ['WARDFLOW_GOVERNANCE_PORT', config.governancePort],
    ['WARDFLOW_STAGING_PORT', config.stagingPort],
    ['WARDFLOW_MLLP_PORT', config.mllpPort],
    ...((await hasTrust(trustFolderOf(config.dataFolder, 'production')))
      ? ([
          ['WARDFLOW_PRODUCTION_PORT', config.productionPort],
          ['WARDFLOW_PRODUCTION_MLLP_PORT', config.productionMllpPort],
        ] as const)
      : []),
  ] as const;
  const findings: Finding[] = [note('processes', `nothing runs from ${config.dataFolder}`)];
  for (const [setting, port] of wanted) {
    if (port === 0) continue;
    const refusal = await portRefusal(port);
    findings.push(
      refusal === null
        ? ok('ports', `${port} is free`)
        : wrong(
            'ports',
            `${port} cannot be used (${refusal})`,
            `Stop the program that has it, or set ${setting} to another.`,
          ),
    );
  }
  return findings;
}

function portRefusal(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(errorName(error)));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(null)));
  });
}

export async function checkRunning(io: Io, run: RunInfo, config: Config): Promise<readonly Finding[]> {
  if (!alive(run.supervisor.pid))
    return [
      warning(
        'processes',
        `run.json is from a Wardflow that ended without taking its leave (pid ${run.supervisor.pid})`,
        'Start it again: nothing accepted is lost, and the file is replaced.',
      ),
      ...(await checkPorts(config)),
    ];
  const findings: Finding[] = [ok('processes', `Wardflow ${run.version} runs (pid ${run.supervisor.pid})`)];
  for (const environment of Object.keys(run.runtimes)) findings.push(...(await checkRuntime(io, environment)));
  if (Object.keys(run.runtimes).length === 0)
    findings.push(warning('processes', 'no runtime has started yet', 'Wait a few seconds and ask again.'));
  if (run.governance) findings.push(await checkConsole(run.governance.url));
  return findings;
}

async function checkConsole(url: string): Promise<Finding> {
  try {
    const { ok: fine, status } = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) });
    if (fine) return ok('console', url);
    return wrong('console', `${url} answers with status ${status}`, 'Look into its log in the data folder.');
  } catch {
    return wrong(
      'console',
      `${url} does not answer`,
      'Look into its log in the data folder; it is restarted by itself.',
    );
  }
}

async function checkRuntime(io: Io, environment: string): Promise<readonly Finding[]> {
  let status: RuntimeStatus;
  let release: readonly Finding[] = [];
  try {
    const runtime = await findRuntime(io, environment);
    status = await runtime.get<RuntimeStatus>('/status');
    if (isGated(environment)) release = checkRelease(await runtime.get<RuntimeRelease>('/release'));
  } catch (error) {
    if (!(error instanceof WardflowError)) throw error;
    return [
      wrong(
        `${environment} runtime`,
        error.message,
        'Look into its log in the data folder; it is restarted by itself.',
      ),
    ];
  }
  const findings: Finding[] = [
    ok(`${environment} runtime`, `answers, ${status.inFlight} in flight`),
    durability(status),
    status.confined
      ? ok('confinement', `${environment} runs under Node's permission model`)
      : warning(
          'confinement',
          `${environment} was started without Node's permission model: a function node may use every file of this user`,
          'Start it with "wardflow up"; supervisor/runtime-flags.ts says which flags a runtime takes.',
        ),
    ...(status.storeTrouble === null
      ? []
      : [wrong('store', status.storeTrouble.text, 'No message is acknowledged until then; it recovers by itself.')]),
    ...(status.rosterTrouble === null
      ? []
      : [
          wrong(
            'roster in force',
            `${environment} cannot use its roster (${status.rosterTrouble.reason}); in force is ${status.rosterTrouble.inForce ?? 'none, so that roles are told by their own channels'}`,
            'Mend roster.json, or import it again with "wardflow roster import"; it is taken up at once.',
          ),
        ]),
    ...release,
  ];
  const polled = new Set((status.subscriptions ?? []).map(({ name }) => name));
  for (const { name, state, host, port, error } of status.feeds) {
    const about = `feed ${name}`;
    if (state === 'listening')
      findings.push(ok(about, port === null ? 'takes what comes' : `listens on ${host}:${port}`));
    else if (state === 'unbound' && polled.has(name)) findings.push(note(about, 'is not bound: its server is polled'));
    else if (state === 'unbound')
      findings.push(warning(about, 'is not bound', 'Add it under "feeds" in bindings.json.'));
    else if (state === 'starting') findings.push(note(about, 'is starting'));
    else findings.push(wrong(about, error?.text ?? 'does not listen', 'Free its port or bind it to another.'));
  }
  for (const { name, state, watches, trouble } of status.subscriptions ?? []) {
    const about = `subscription ${name}`;
    // Said of the feed already, and no trouble: a poll alone is a choice.
    if (trouble === null || trouble.code === 'subscription-unbound')
      findings.push(ok(about, `${state === 'active' ? 'is told of' : 'finds'} changes of ${watches}`));
    else findings.push(warning(about, trouble.text, 'See "Subscriptions" in the console, and the guide to them.'));
  }
  for (const { name, state, lastFailureCode } of status.endpoints)
    findings.push(
      state === 'down'
        ? warning(
            `endpoint ${name}`,
            `does not answer (${lastFailureCode ?? 'no reason known'}); work for it waits and is tried again`,
            'Tell its operators, or correct its address in bindings.json.',
          )
        : ok(`endpoint ${name}`, state === 'up' ? 'answers' : 'not asked yet'),
    );
  if (status.work.dead > 0)
    findings.push(
      warning(
        'dead letters',
        `${status.work.dead} work ${status.work.dead === 1 ? 'item needs' : 'items need'} a person`,
        'See "npx wardflow messages list --state dead" or the console; mend the cause, then redrive.',
      ),
    );
  if (status.openIdentityQuestions > 0)
    findings.push(
      note(
        'identity questions',
        `${status.openIdentityQuestions} of "is this the same patient?" ${status.openIdentityQuestions === 1 ? 'waits' : 'wait'} for a person: see "Patient IDs" in the console, or "npx wardflow identities list"`,
      ),
    );
  for (const { subscription, count } of status.stranded)
    findings.push(
      warning(
        'stranded work',
        `${count} work ${count === 1 ? 'item waits' : 'items wait'} for ${subscription}, which no flow has`,
        'Give a node that name again and deploy, or discard the messages in the console.',
      ),
    );
  return findings;
}

/** What makes an acknowledgement a promise; the store reads it back from the database at every start. */
function durability({ durability: { adapter, settings } }: RuntimeStatus): Finding {
  const told = Object.entries(settings)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  const safe = adapter !== 'sqlite' || (settings['journal_mode'] === 'wal' && settings['synchronous'] === 'FULL');
  return safe
    ? ok('store', `${adapter}: ${told}`)
    : wrong(
        'store',
        `${adapter} is not set to keep what was acknowledged: ${told}`,
        'Stop Wardflow and tell its maintainers.',
      );
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorName(error) === 'EPERM';
  }
}
