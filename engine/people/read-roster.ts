/**
 * `roster.json` of an environment: read again when it has changed. A broken one leaves the last good one in force, over
 * restarts as well: what was good is kept beside it.
 */
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Millis } from '../base/clock.ts';
import { codeOf } from '../base/error-code.ts';
import { describeProblems, schemaCheck } from '../base/json-schema.ts';
import type { Log } from '../base/log.ts';
import { createRoster, type Roster } from './roster.ts';

export const rosterPath = (environmentFolder: string): string => join(environmentFolder, 'roster.json');

/** What was good last; written by the runtime alone. */
export const goodRosterPath = (environmentFolder: string): string => join(environmentFolder, 'roster.good.json');

/** The file cannot be used. */
export interface RosterTrouble {
  /** Half a sentence; names the field. */
  readonly reason: string;
  /** `null`: no roster is, so that roles are told by their own names. */
  readonly inForce: 'the last good one' | null;
  readonly since: Millis;
}

export interface RosterReader {
  /** The one in force: of the file as it is now. Never rejects. */
  current(): Promise<Roster>;
  /** As of the last time that it was asked for. */
  trouble(): RosterTrouble | null;
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

/** As long as the file is not there, the last good roster holds. */
const MISSING_MS = 60_000;
/** What was seen then: it is looked at each time. */
const MISSING = 'missing';

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

/** What has become of the file: it cannot be used, it can again, or it is gone and none is in force. */
export type RosterChange = RosterTrouble | 'usable' | 'gone';

/** @param onChange told when the file has become unusable, usable again or is gone after that, and when what is wrong with it has changed */
export function rosterReader(
  environmentFolder: string,
  log: Log,
  clock: Clock,
  onChange: (change: RosterChange) => void = () => undefined,
): RosterReader {
  const file = rosterPath(environmentFolder);
  const good = goodRosterPath(environmentFolder);
  let roster = createRoster([]);
  let seen: string | null = null;
  let trouble: RosterTrouble | null = null;
  let hasGood = false;
  let looking: Promise<void> | null = null;
  let missingSince: Millis | null = null;

  async function look(): Promise<void> {
    let version: string;
    try {
      version = await versionOf(file);
    } catch (error) {
      version = codeOf(error);
    }
    if (version === seen) return;
    if (version !== 'ENOENT') missingSince = null;
    if (version === 'ENOENT') {
      missingSince ??= clock.now();
      if (seen === null) await recall();
      // Some editors save by taking a file away and putting another in its place.
      if (hasGood && clock.now() - missingSince < MISSING_MS) {
        seen = MISSING;
        const reason = 'it is not there any more; after a minute that counts as meant';
        if (trouble?.reason !== reason)
          log.warn('The roster is not there any more: the last good one holds for a minute.');
        became({ reason, inForce: 'the last good one', since: missingSince });
        return;
      }
      // Taken away on purpose: what was good before must not come back.
      await rm(good, { force: true }).catch(() => undefined);
      roster = createRoster([]);
      hasGood = false;
      if (trouble !== null) log.warn('The roster is gone, and none is in force: roles are reached by their own names.');
      became('gone');
    } else await take();
    seen = version;
  }

  async function take(): Promise<void> {
    const text = await readBounded(file);
    const read = 'failed' in text ? text.failed : parseRoster(text.text);
    if (typeof read !== 'string') {
      roster = read;
      hasGood = true;
      became('usable');
      if ('text' in text) await keep(text.text);
      return;
    }
    if (seen === null) await recall();
    const reason = read.slice(0, 500);
    log.error(`The roster cannot be used, and ${hasGood ? 'the last good one holds' : 'none is in force'}: ${reason}.`);
    became({ reason, inForce: hasGood ? 'the last good one' : null, since: trouble?.since ?? clock.now() });
  }

  async function keep(text: string): Promise<void> {
    try {
      if ((await readFile(good, 'utf8').catch(() => null)) === text) return;
      await writeFile(`${good}.new`, text, { mode: 0o600 });
      await rename(`${good}.new`, good);
    } catch (error) {
      log.warn('The roster could not be kept for a restart with a broken one.', { code: codeOf(error) });
    }
  }

  async function recall(): Promise<void> {
    const text = await readBounded(good);
    const kept = 'text' in text ? parseRoster(text.text) : '';
    if (typeof kept === 'string') return;
    roster = kept;
    hasGood = true;
  }

  function became(next: RosterChange): void {
    const before = trouble;
    trouble = typeof next === 'string' ? null : next;
    if (trouble?.reason !== before?.reason) onChange(next);
  }

  return {
    async current() {
      looking ??= look().finally(() => (looking = null));
      await looking;
      return roster;
    },
    trouble: () => trouble,
  };
}

async function versionOf(file: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(file);
  return `${mtimeMs} ${size} ${ino}`;
}

async function readBounded(file: string): Promise<{ readonly text: string } | { readonly failed: string }> {
  try {
    if ((await stat(file)).size > MOST_BYTES) return { failed: 'it is larger than 16 MiB' };
    return { text: await readFile(file, 'utf8') };
  } catch (error) {
    return { failed: `it cannot be read (${codeOf(error)})` };
  }
}
