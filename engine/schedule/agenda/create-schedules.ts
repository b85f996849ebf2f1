/**
 * Low-rate schedules over Agenda: retention, sweeps, reconciliation. Jobs are declared as data. With several runtimes on
 * one database each job runs on one of them at a time. Not for messages or timers: those have the work queue.
 */
import type { AgendaBackend, Job } from 'agenda';
import type { Millis } from '../../base/clock.ts';
import { errorName, type Log } from '../../base/log.ts';

export interface ScheduledJob {
  readonly name: string;
  readonly everyMs: Millis;
  /** After this an unfinished run counts as that of a process that has ended; default 2 min. */
  readonly lockMs?: Millis;
  run(): Promise<void>;
}

export interface Schedules {
  /** Resolves when the jobs are declared. Never rejects: storage that is away is tried again. */
  start(): Promise<void>;
  /** Waits for what runs, at most so long. */
  stop(withinMs: Millis): Promise<void>;
}

export interface SchedulesOptions {
  /** Opens the storage; called by `start`, again after a failure. */
  readonly backend: () => Promise<AgendaBackend>;
  readonly jobs: readonly ScheduledJob[];
  readonly log: Log;
  /** How often the storage is asked what is due; default 15 s. */
  readonly lookEveryMs?: Millis;
}

const LOCK_MS = 2 * 60_000;
const LOOK_EVERY_MS = 15_000;
const TRY_AGAIN_MS = 30_000;

export function createSchedules(options: SchedulesOptions): Schedules {
  const { backend, jobs, log, lookEveryMs = LOOK_EVERY_MS } = options;
  let stopped = false;
  let retry: NodeJS.Timeout | undefined;
  let drain: ((withinMs: Millis) => Promise<void>) | undefined;
  let starting: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    let opened: AgendaBackend | undefined;
    try {
      const { Agenda } = await import('agenda');
      opened = await backend();
      // Agenda leaves a refused connection unhandled: it gets a backend that is connected already.
      await opened.connect();
      const agenda = new Agenda({
        backend: connected(opened),
        processEvery: lookEveryMs,
        defaultConcurrency: 1,
        defaultLockLimit: 1,
      });
      agenda.on('error', (error: unknown) => log.warn('A schedule failed.', { part: 'schedules', error }));
      for (const job of jobs) {
        const run = (_: Job, ended: () => void): void => void guarded(job).then(ended);
        agenda.define(job.name, run, { lockLifetime: job.lockMs ?? LOCK_MS, concurrency: 1 });
      }
      await agenda.ready;
      for (const { name, everyMs } of jobs) {
        const { jobs: known } = await opened.repository.queryJobs({ name });
        // Declaring it again would take the lock from a runtime that has it running.
        if (known.some((one) => Number(one.repeatInterval) === everyMs)) continue;
        await agenda.every(everyMs, name, undefined, { skipImmediate: true });
      }
      await agenda.start();
      const open = opened;
      drain = async (withinMs) => {
        await agenda.drain({ timeout: withinMs, closeConnection: false });
        await open.disconnect();
      };
    } catch (error) {
      await opened?.disconnect().catch(() => undefined);
      log.warn('Schedules could not be started; they are tried again.', { part: 'schedules', error });
      if (!stopped) retry = setTimeout(again, TRY_AGAIN_MS).unref();
    }
  }

  function again(): void {
    starting = run();
  }

  async function guarded(job: ScheduledJob): Promise<void> {
    try {
      await job.run();
    } catch (error) {
      // Said here and not to Agenda, whose records would keep the text of an error.
      const said = { part: `schedule ${job.name}`, code: errorName(error) };
      log.warn('A schedule failed; it runs again at its next time.', said);
    }
  }

  return {
    start: () => (starting = run()),
    async stop(withinMs) {
      stopped = true;
      clearTimeout(retry);
      await starting;
      await drain?.(withinMs);
      drain = undefined;
    },
  };
}

function connected(backend: AgendaBackend): AgendaBackend {
  return {
    name: backend.name,
    repository: backend.repository,
    ownsConnection: false,
    connect: () => Promise.resolve(),
    disconnect: () => Promise.resolve(),
  };
}
