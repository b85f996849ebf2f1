import { FIGURES_KEPT_MS, MINUTE_MS, TALLIES } from '../../contract/index.ts';
import type { Tally } from '../../contract/index.ts';
import type { Sql } from '../sql.ts';

/** Minutes as names of counters: as text they sort as they follow one another (eight digits until the year 2160). */
export const minuteName = (at: number): string => String(Math.floor(at / MINUTE_MS)).padStart(8, '0');

export const tallyNumber = (tally: Tally): number => TALLIES.indexOf(tally);

/** Minutes older than are kept go when a new one begins: a range of a few rows. */
export function forgetMinutes(sql: Sql, newest: string): void {
  const oldest = minuteName(Number(newest) * MINUTE_MS - FIGURES_KEPT_MS);
  sql.run("DELETE FROM counter WHERE kind = 'minute' AND name < ?", oldest);
}
