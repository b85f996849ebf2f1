/** `roster.json` of an environment: read again when it has changed; a broken one leaves the last good one in force. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../base/error-code.ts';
import { describeProblems, schemaCheck } from '../base/json-schema.ts';
import type { Log } from '../base/log.ts';
import { createRoster, type Roster } from './roster.ts';

export const rosterPath = (environmentFolder: string): string => join(environmentFolder, 'roster.json');

export interface RosterReader {
  /** The one in force: of the file as it is now. Never rejects. */
  current(): Promise<Roster>;
}

interface RosterFile {
  readonly entries: readonly {
    readonly role: string;
    readonly unit?: string | null;
    readonly person: string;
    readonly from?: string | null;
    readonly to?: string | null;
  }[];
}

const WHO = { type: 'string', pattern: '^[\\w][\\w .@-]{0,99}$', description: 'a name' };
const WHEN = { type: ['string', 'null'], format: 'date-time' };

const check = schemaCheck<RosterFile>({
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'format', 'entries'],
  properties: {
    kind: { const: 'roster' },
    format: { const: 1 },
    entries: {
      type: 'array',
      maxItems: 50_000,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['role', 'person'],
        properties: { role: WHO, unit: { ...WHO, type: ['string', 'null'] }, person: WHO, from: WHEN, to: WHEN },
      },
    },
  },
});

const MOST_BYTES = 16 * 1024 * 1024;

/** Gives the roster, or what is wrong with the text, as half a sentence. */
export function parseRoster(text: string): Roster | string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  if (!check.accepts(json)) return describeProblems(check.problems(json));
  const at = (time: string | null | undefined): number | null => (time ? Date.parse(time) : null);
  const backwards = json.entries.findIndex(({ from, to }) => (at(from) ?? -Infinity) >= (at(to) ?? Infinity));
  if (backwards >= 0) return `entries[${backwards}] ends before it begins`;
  return createRoster(
    json.entries.map(({ role, unit = null, person, from, to }) => ({ role, unit, person, from: at(from), to: at(to) })),
  );
}

export function rosterReader(environmentFolder: string, log: Log): RosterReader {
  const file = rosterPath(environmentFolder);
  let roster = createRoster([]);
  let seen = '';

  async function look(): Promise<void> {
    let version: string;
    try {
      const { mtimeMs, size, ino } = await stat(file);
      version = `${mtimeMs} ${size} ${ino}`;
      if (version === seen) return;
      if (size > MOST_BYTES) throw Object.assign(new Error('too large'), { code: 'EFBIG' });
      const read = parseRoster(await readFile(file, 'utf8'));
      if (typeof read === 'string')
        log.error(`The roster cannot be used, and the last good one holds: ${read.slice(0, 500)}.`);
      else roster = read;
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOENT') {
        roster = createRoster([]);
        seen = '';
        return;
      }
      version = code;
      if (version !== seen) log.error('The roster cannot be read; the last good one holds.', { code });
    }
    seen = version;
  }

  return {
    async current() {
      await look();
      return roster;
    },
  };
}
