import { readFile } from 'node:fs/promises';
import {
  bindingsPath,
  environmentFolder,
  parseBindings,
  readCredential,
  type Bindings,
  type ChannelBinding,
  type Config,
} from '../../engine/index.ts';
import { ok, warning, wrong, type Finding } from './finding.ts';

/** By what alerts reach people: whether the secrets of each channel are there, and for Wardflow's eyes only. */
export async function checkChannels(config: Config): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const environment of ['staging', 'production']) {
    const folder = environmentFolder(config.dataFolder, environment);
    for (const [name, channel] of Object.entries((await bindingsIn(folder, config))?.channels ?? {})) {
      const about = `alert channel ${name} (${environment})`;
      const wanted = secretsOf(channel);
      const found = await Promise.all(wanted.map((secret) => findingOf(about, folder, secret)));
      findings.push(...(wanted.length === 0 ? [ok(about, `of the kind ${channel.kind}`)] : found));
    }
  }
  return findings;
}

/** `null`: there are none, or what is wrong with them is said where bindings are checked. */
async function bindingsIn(folder: string, config: Config): Promise<Bindings | null> {
  try {
    return parseBindings(await readFile(bindingsPath(folder), 'utf8'), config);
  } catch {
    return null;
  }
}

function secretsOf(channel: ChannelBinding): readonly string[] {
  if (channel.kind === 'email') return channel.login ? [channel.login.credential] : [];
  if (channel.kind === 'webhook') return [channel.secret, channel.token].filter((name) => name !== null);
  return [];
}

async function findingOf(about: string, folder: string, name: string): Promise<Finding> {
  const credential = await readCredential(folder, name);
  if (!credential)
    return wrong(
      about,
      `the credential "${name}" is not there or cannot be used`,
      'Put it into that file in the folder "credentials" of the environment, in one line.',
    );
  if (credential.isOpen)
    return warning(
      about,
      `other users of this machine may read or change the credential "${name}"`,
      'Run chmod 600 on it, as its owner.',
    );
  return ok(about, `the credential "${name}" is there`);
}
