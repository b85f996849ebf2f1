/**
 * What the demo binds at its first start: all that its definitions name, so that each of them can be tried to the end. Alerts
 * become Communications in the sandbox; answers to other systems come back in at the feed, where they can be looked at.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  bindingsPath,
  BOUND_BY,
  environmentFolder,
  inEnvironment,
  readDefinitions,
  type Config,
  type Definition,
} from '../engine/index.ts';

/** Where the environment's own feed finds no port of its own before it listens. */
const ANY_PORT = 2575;

/** Leaves bindings alone that are there, whoever wrote them. */
export async function writeDemoBindings(config: Config, environment: Config['environment']): Promise<void> {
  const file = bindingsPath(environmentFolder(config.dataFolder, environment));
  if (existsSync(file)) return;
  const { definitions } = await readDefinitions(config.flowsFolder);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const bindings = demoBindings(definitions, inEnvironment(config, environment).mllpPort);
  await writeFile(file, `${JSON.stringify(bindings, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
}

export function demoBindings(definitions: readonly Definition[], mllpPort: number): object {
  const nodes = definitions.flatMap(({ flow }) => flow);
  const receivers = nodes.flatMap(({ type, name = '' }) => (BOUND_BY[type] === 'mllp' && name !== '' ? [name] : []));
  const own = mllpPort > 0 ? '${WARDFLOW_MLLP_PORT}' : ANY_PORT;
  return {
    kind: 'bindings',
    format: 1,
    feeds: { hospital: { listen: { host: '127.0.0.1', port: '${WARDFLOW_MLLP_PORT}', tls: null, allow: [] } } },
    endpoints: {
      ehr: { base: '${WARDFLOW_FHIR_BASE}', auth: { kind: 'none' } },
      ...Object.fromEntries(receivers.map((name) => [name, { kind: 'mllp', host: '127.0.0.1', port: own }])),
    },
    channels: channelsOf(definitions),
  };
}

function channelsOf(definitions: readonly Definition[]): Readonly<Record<string, object>> {
  const roles = new Map<string, Set<string>>();
  for (const { alerts } of definitions)
    for (const { channels, to } of [...alerts.values()].flatMap(({ tiers }) => tiers))
      for (const channel of channels.filter((one) => one !== 'console'))
        roles.set(channel, (roles.get(channel) ?? new Set()).add(to));
  return Object.fromEntries(
    [...roles].map(([channel, told]) => [
      channel,
      {
        kind: 'fhir',
        endpoint: 'ehr',
        recipients: Object.fromEntries([...told].map((role) => [role, [`Group/${idOf(role)}`]])),
      },
    ]),
  );
}

const idOf = (role: string): string =>
  role
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 64);
