/** Agenda's jobs as rows: what is searched by is a column, all the rest is JSON with moments as milliseconds. */
import { datefields, toJobId, type JobParameters } from 'agenda';

export interface JobRow {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly priority: number;
  readonly next_run_at: number | null;
  readonly locked_at: number | null;
  readonly disabled: number;
  readonly record: string;
}

const MOMENTS: ReadonlySet<string> = new Set(datefields);
/** Kept in columns, or not kept. */
const ELSEWHERE: ReadonlySet<string> = new Set(['_id', 'unique', 'uniqueOpts', 'nextRunAt', 'lockedAt', 'disabled']);

export function rowOf(id: string, job: JobParameters): JobRow {
  const record: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(job)) {
    if (ELSEWHERE.has(name) || value === undefined || value === null) continue;
    record[name] = MOMENTS.has(name) ? millis(value as Date) : value;
  }
  return {
    id,
    name: job.name,
    type: job.type,
    priority: job.priority,
    next_run_at: millis(job.nextRunAt),
    locked_at: millis(job.lockedAt),
    disabled: job.disabled ? 1 : 0,
    record: JSON.stringify(record),
  };
}

export function jobOf(row: JobRow): JobParameters {
  const job: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(JSON.parse(row.record) as Record<string, unknown>)) {
    job[name] = MOMENTS.has(name) ? new Date(value as number) : value;
  }
  return {
    ...(job as unknown as JobParameters),
    _id: toJobId(row.id),
    name: row.name,
    type: row.type === 'single' ? 'single' : 'normal',
    priority: row.priority,
    nextRunAt: row.next_run_at === null ? null : new Date(row.next_run_at),
    ...(row.locked_at === null ? {} : { lockedAt: new Date(row.locked_at) }),
    ...(row.disabled === 1 ? { disabled: true } : {}),
  };
}

export function millis(moment: Date | null | undefined): number | null {
  return moment ? new Date(moment).getTime() : null;
}
