/** `roster.json` of an environment as a command reads and writes it. */
import { readFile } from 'node:fs/promises';
import {
  createRoster,
  environmentFolder,
  errorName,
  parseRoster,
  replaceFile,
  rosterPath,
  type Config,
  type Roster,
  type RosterEntry,
} from '../../engine/index.ts';
import { cliErrors } from '../errors.ts';

export interface RosterFile {
  readonly file: string;
  /** As it was read; `null`: there is none. */
  readonly text: string | null;
  readonly roster: Roster;
}

/** @throws WardflowError `roster-file-broken` */
export async function readRosterFile({ dataFolder }: Config, environment: string): Promise<RosterFile> {
  const file = rosterPath(environmentFolder(dataFolder, environment));
  const text = await textOf(file);
  const roster = text === null ? createRoster([]) : parseRoster(text);
  if (typeof roster === 'string') throw cliErrors.create('roster-file-broken', { file, reason: roster });
  return { file, text, roster };
}

/** @throws WardflowError `roster-file-changed`: somebody else has written it since; `file-unwritable` */
export async function writeRosterFile({ file, text }: RosterFile, entries: readonly RosterEntry[]): Promise<void> {
  if ((await textOf(file)) !== text) throw cliErrors.create('roster-file-changed', { file });
  const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
  const shown = entries.map((one) => ({ ...one, from: iso(one.from), to: iso(one.to) }));
  try {
    await replaceFile(file, `${JSON.stringify({ kind: 'roster', format: 1, entries: shown }, null, 2)}\n`, 0o600);
  } catch (error) {
    throw cliErrors.create('file-unwritable', { file, reason: errorName(error) }, { cause: error });
  }
}

async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw cliErrors.create('roster-file-broken', { file, reason: errorName(error) }, { cause: error });
  }
}
