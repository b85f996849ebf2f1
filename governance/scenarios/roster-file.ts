import { durationMs } from '../../engine/index.ts';
import type { RosterLine } from './people.ts';

/** `roster.json` of the environment that a scenario runs in: durations count from its beginning. */
export function rosterFile(lines: readonly RosterLine[], startedAt: number): string {
  const moment = (given: string | null | undefined): string | null => {
    const after = given?.startsWith('P') ? durationMs(given) : undefined;
    return after === undefined ? (given ?? null) : new Date(startedAt + after).toISOString();
  };
  const entries = lines.map(({ role, unit = null, person, from, to }) => ({
    role,
    unit,
    person,
    from: moment(from),
    to: moment(to),
  }));
  return JSON.stringify({ kind: 'roster', format: 1, entries });
}
