import { randomUUID } from 'node:crypto';
import {
  computeJobState,
  toJobId,
  type JobParameters,
  type JobRepository,
  type JobRepositoryOptions,
  type JobsOverview,
  type JobsQueryOptions,
  type JobsResult,
  type JobWithState,
  type RemoveJobsOptions,
} from 'agenda';
import type { Bindable, Sql } from '../../store/sqlite/sql.ts';
import { filterOf, holds } from './job-filter.ts';
import { jobOf, millis, rowOf, type JobRow } from './job-rows.ts';

export const JOB_SCHEMA = `
CREATE TABLE IF NOT EXISTS job (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  priority INTEGER NOT NULL,
  next_run_at INTEGER,
  locked_at INTEGER,
  disabled INTEGER NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS job_single ON job (name) WHERE type = 'single';
CREATE INDEX IF NOT EXISTS job_next ON job (name, next_run_at);
`;

const SORTABLE = { nextRunAt: 'next_run_at', name: 'name', priority: 'priority' } as const;

/**
 * Agenda's jobs in SQLite, as its MongoDB repository keeps them. Low-rate: each call is one short statement or transaction
 * on the caller's thread. `unique` and `debounce` are not used by Wardflow's jobs and not kept.
 */
export class SqliteJobRepository implements JobRepository {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  connect(): Promise<void> {
    return Promise.resolve();
  }

  queryJobs(options: JobsQueryOptions = {}): Promise<JobsResult> {
    const { name, names, id, ids, search, data, state, includeDisabled = true, sort, skip = 0, limit = 0 } = options;
    const filter = filterOf({
      ...(id === undefined ? {} : { id }),
      ...(ids === undefined ? {} : { ids }),
      ...(name === undefined ? {} : { name }),
      ...(names === undefined ? {} : { names }),
    });
    const by = Object.entries(sort ?? { nextRunAt: 'desc' }).flatMap(([field, direction]) =>
      field in SORTABLE ? [`${SORTABLE[field as keyof typeof SORTABLE]} ${direction === 'asc' ? 'ASC' : 'DESC'}`] : [],
    );
    const order = [...by, 'id'].join(', ');
    const now = new Date();
    const jobs = this.#rows(`WHERE ${filter?.where ?? '1'} ORDER BY ${order}`, filter?.values ?? [])
      .map(jobOf)
      .filter((job) => search === undefined || job.name.toLowerCase().includes(search.toLowerCase()))
      .filter((job) => data === undefined || holds(job.data, data))
      .filter((job) => includeDisabled || !job.disabled)
      .map((job) => ({ ...job, _id: job._id ?? toJobId(''), state: computeJobState(job, now) }) satisfies JobWithState)
      .filter((job) => state === undefined || (state === 'paused' ? job.disabled === true : job.state === state));
    return Promise.resolve({ jobs: jobs.slice(skip, limit > 0 ? skip + limit : undefined), total: jobs.length });
  }

  async getJobsOverview(): Promise<JobsOverview[]> {
    const now = new Date();
    const byName = Map.groupBy(this.#rows('ORDER BY name', []).map(jobOf), (job) => job.name);
    return Promise.resolve(
      [...byName].map(([name, jobs]) => {
        const none = { running: 0, scheduled: 0, queued: 0, completed: 0, failed: 0, repeating: 0, paused: 0 };
        const overview = { name, total: jobs.length, ...none };
        for (const job of jobs) {
          overview[computeJobState(job, now)]++;
          if (job.disabled) overview.paused++;
        }
        return overview;
      }),
    );
  }

  getDistinctJobNames(): Promise<string[]> {
    const rows = this.#sql.all('SELECT DISTINCT name FROM job ORDER BY name') as { name: string }[];
    return Promise.resolve(rows.map((row) => row.name));
  }

  getJobById(id: string): Promise<JobParameters | null> {
    const [row] = this.#rows('WHERE id = ?', [id]);
    return Promise.resolve(row ? jobOf(row) : null);
  }

  getQueueSize(): Promise<number> {
    const row = this.#sql.get('SELECT count(*) AS n FROM job WHERE next_run_at < ?', Date.now()) as { n: number };
    return Promise.resolve(row.n);
  }

  removeJobs(options: RemoveJobsOptions): Promise<number> {
    return Promise.resolve(this.#eachOf(options, (id) => this.#sql.run('DELETE FROM job WHERE id = ?', id)));
  }

  disableJobs(options: RemoveJobsOptions): Promise<number> {
    return Promise.resolve(this.#able(options, 1));
  }

  enableJobs(options: RemoveJobsOptions): Promise<number> {
    return Promise.resolve(this.#able(options, 0));
  }

  purgeAllJobs(): Promise<number> {
    return Promise.resolve(this.#sql.run('DELETE FROM job'));
  }

  unlockJob(job: JobParameters): Promise<void> {
    // One that runs has no next moment: it keeps its lock.
    if (job._id !== undefined)
      this.#sql.run('UPDATE job SET locked_at = NULL WHERE id = ? AND next_run_at IS NOT NULL', String(job._id));
    return Promise.resolve();
  }

  unlockJobs(jobIds: readonly string[]): Promise<void> {
    for (const id of jobIds) this.#sql.run('UPDATE job SET locked_at = NULL WHERE id = ?', id);
    return Promise.resolve();
  }

  lockJob(job: JobParameters, options: JobRepositoryOptions | undefined): Promise<JobParameters | undefined> {
    const where =
      'id = ?1 AND name = ?2 AND locked_at IS NULL AND next_run_at IS ?3 AND disabled = 0 ORDER BY next_run_at LIMIT 1';
    return Promise.resolve(this.#lock(where, [String(job._id), job.name, millis(job.nextRunAt)], new Date(), options));
  }

  getNextJobToRun(
    jobName: string,
    nextScanAt: Date,
    lockDeadline: Date,
    now: Date | undefined,
    options: JobRepositoryOptions | undefined,
  ): Promise<JobParameters | undefined> {
    const where =
      'name = ?1 AND disabled = 0 AND ((locked_at IS NULL AND next_run_at <= ?2) OR locked_at <= ?3) ' +
      'ORDER BY next_run_at, priority DESC LIMIT 1';
    const values = [jobName, nextScanAt.getTime(), lockDeadline.getTime()];
    return Promise.resolve(this.#lock(where, values, now ?? new Date(), options));
  }

  saveJobState(job: JobParameters, options: JobRepositoryOptions | undefined): Promise<void> {
    return this.#transaction(() => {
      const [row] = this.#rows('WHERE id = ? AND name = ?', [String(job._id), job.name]);
      if (!row) throw new Error(`the job ${job.name} is not there any more`);
      const { lockedAt, nextRunAt, lastRunAt, progress, failReason, failCount, failedAt, lastFinishedAt } = job;
      const { lockedAt: _, ...kept } = jobOf(row);
      this.#write(row.id, {
        ...kept,
        ...strip({ lockedAt, lastRunAt, progress, failReason, failCount, failedAt, lastFinishedAt }),
        nextRunAt,
        ...modifiedBy(options),
      });
    });
  }

  saveJob<DATA = unknown>(
    job: JobParameters<DATA>,
    options: JobRepositoryOptions | undefined,
  ): Promise<JobParameters<DATA>> {
    return this.#transaction(() => {
      const wanted: JobParameters = { ...job, ...modifiedBy(options) };
      const [known] =
        job._id !== undefined
          ? this.#rows('WHERE id = ? AND name = ?', [String(job._id), job.name])
          : job.type === 'single'
            ? this.#rows("WHERE name = ? AND type = 'single'", [job.name])
            : [];
      // Removed meanwhile: as it was given.
      if (job._id !== undefined && !known) return job;
      const now = Date.now();
      // A job that is declared again at every start keeps the moment it was waiting for.
      const keepsMoment = job._id === undefined && known && (millis(job.nextRunAt) ?? Infinity) <= now;
      const nextRunAt = keepsMoment ? jobOf(known).nextRunAt : job.nextRunAt;
      const id = known?.id ?? randomUUID();
      this.#write(id, { ...wanted, nextRunAt });
      const [row] = this.#rows('WHERE id = ?', [id]);
      return (row ? jobOf(row) : wanted) as JobParameters<DATA>;
    });
  }

  #lock(
    where: string,
    values: readonly Bindable[],
    at: Date,
    options: JobRepositoryOptions | undefined,
  ): JobParameters | undefined {
    const row = this.#sql.get(
      `UPDATE job SET locked_at = ${at.getTime()} WHERE id = (SELECT id FROM job WHERE ${where}) RETURNING *`,
      ...values,
    ) as JobRow | undefined;
    return row && { ...jobOf(row), ...modifiedBy(options) };
  }

  #able(options: RemoveJobsOptions, disabled: 0 | 1): number {
    return this.#eachOf(options, (id) =>
      this.#sql.run('UPDATE job SET disabled = ?1 WHERE id = ?2 AND disabled <> ?1', disabled, id),
    );
  }

  #eachOf(options: RemoveJobsOptions, change: (id: string) => number): number {
    const filter = filterOf(options);
    if (!filter) return 0;
    return this.#rows(`WHERE ${filter.where}`, filter.values)
      .filter((row) => filter.matches(row))
      .reduce((changed, row) => changed + change(row.id), 0);
  }

  #rows(condition: string, values: readonly Bindable[]): JobRow[] {
    return this.#sql.all(`SELECT * FROM job ${condition}`, ...values) as JobRow[];
  }

  #write(id: string, job: JobParameters): void {
    const row = rowOf(id, job);
    this.#sql.run(
      'INSERT OR REPLACE INTO job (id, name, type, priority, next_run_at, locked_at, disabled, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      row.id,
      row.name,
      row.type,
      row.priority,
      row.next_run_at,
      row.locked_at,
      row.disabled,
      row.record,
    );
  }

  /** Another process may hold the file for a moment: what is read and written together stays together. */
  async #transaction<T>(work: () => T): Promise<T> {
    this.#sql.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#sql.exec('COMMIT');
      return await Promise.resolve(result);
    } catch (error) {
      this.#sql.exec('ROLLBACK');
      throw error;
    }
  }
}

function modifiedBy(options: JobRepositoryOptions | undefined): { readonly lastModifiedBy?: string } {
  return options?.lastModifiedBy === undefined ? {} : { lastModifiedBy: options.lastModifiedBy };
}

function strip<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, member ?? undefined])) as Partial<T>;
}
