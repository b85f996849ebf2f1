/** Which jobs are meant, as conditions for SQL. */
import type { RemoveJobsOptions } from 'agenda';
import { isDeepStrictEqual } from 'node:util';
import type { Bindable } from '../../store/sqlite/sql.ts';
import { jobOf, type JobRow } from './job-rows.ts';

export interface JobFilter {
  readonly where: string;
  readonly values: readonly Bindable[];
  /** What SQL does not look at. */
  matches(row: JobRow): boolean;
}

/** `null`: nothing was asked for, which must not mean everything. */
export function filterOf(options: RemoveJobsOptions): JobFilter | null {
  const where: string[] = [];
  const values: Bindable[] = [];
  const list = (column: string, not: '' | 'NOT ', of: readonly string[]): void => {
    where.push(`${column} ${not}IN (${of.map(() => '?').join(', ')})`);
    values.push(...of);
  };
  if (options.id !== undefined) list('id', '', [String(options.id)]);
  else if (options.ids && options.ids.length > 0) list('id', '', options.ids.map(String));
  if (options.name !== undefined) list('name', '', [options.name]);
  else if (options.names && options.names.length > 0) list('name', '', options.names);
  else if (options.notNames && options.notNames.length > 0) list('name', 'NOT ', options.notNames);
  if (where.length === 0 && options.data === undefined) return null;
  return {
    where: where.length > 0 ? where.join(' AND ') : '1',
    values,
    matches: (row) => options.data === undefined || holds(jobOf(row).data, options.data),
  };
}

/** All that is asked of an object's members is so; anything else must be the same. */
export function holds(data: unknown, wanted: unknown): boolean {
  if (!isObject(wanted)) return isDeepStrictEqual(data, wanted);
  return isObject(data) && Object.entries(wanted).every(([name, value]) => holds(data[name], value));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
