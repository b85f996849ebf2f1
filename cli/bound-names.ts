import { readFile } from 'node:fs/promises';
import { bindingsPath, environmentFolder, parseBindings, type Config } from '../engine/index.ts';
import type { BoundNames } from '../governance/checks/subject.ts';

/** Of the environments that have bindings on this machine; a remote one is asked when something is promoted to it. */
export async function boundNames(config: Config): Promise<readonly BoundNames[]> {
  const bound: BoundNames[] = [];
  for (const environment of ['staging', 'production']) {
    const file = bindingsPath(environmentFolder(config.dataFolder, environment));
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch {
      continue;
    }
    const { feeds, endpoints, channels, unresolved } = parseBindings(text, config, file);
    const named = (kind: 'feed' | 'endpoint' | 'channel'): string[] =>
      unresolved.filter((one) => one.kind === kind).map(({ name }) => name);
    // What rests on a setting is bound where that is set: the demo's addresses are found at its start.
    bound.push({
      environment,
      feeds: [...Object.keys(feeds), ...named('feed')],
      channels: [...Object.keys(channels), ...named('channel')],
      endpoints: {
        ...Object.fromEntries(named('endpoint').map((name) => [name, null])),
        ...Object.fromEntries(Object.entries(endpoints).map(([name, { kind }]) => [name, kind])),
      },
    });
  }
  return bound;
}
