import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Reconciler } from '../../reconcile/reconciler.ts';
import type { Retention, WorkQueue } from '../../store/contract/index.ts';
import type { ScheduledJob } from './create-schedules.ts';
import { retentionJob, type RetentionSettings } from './retention-job.ts';

export interface EngineJobsOptions {
  readonly work: Pick<WorkQueue, 'expireLeases'>;
  readonly retention: Retention;
  readonly keep: RetentionSettings;
  readonly clock: Clock;
  readonly log: Log;
  /** Work may have become claimable. */
  readonly onWork: () => void;
  readonly reconciler: Pick<Reconciler, 'round'>;
  /** Escalations should be looked at again. */
  readonly onDue: () => void;
}

const SWEEP_EVERY_MS = 60_000;
const RECONCILE_EVERY_MS = 10 * 60_000;

/** What the engine does now and then. The sweeps are nets: timers of the dispatcher and the escalations come first. */
export function engineJobs(options: EngineJobsOptions): readonly ScheduledJob[] {
  const { work, retention, keep, clock, log, onWork, onDue, reconciler } = options;
  const sweeps: ScheduledJob[] = [
    {
      name: 'sweep leases',
      everyMs: SWEEP_EVERY_MS,
      async run() {
        const count = await work.expireLeases(clock.now());
        if (count === 0) return;
        log.warn('Leases that nobody had looked after have run out.', { part: 'schedules', count });
        onWork();
      },
    },
    { name: 'sweep escalations', everyMs: SWEEP_EVERY_MS, run: () => Promise.resolve(onDue()) },
    { name: 'reconcile', everyMs: RECONCILE_EVERY_MS, run: async () => void (await reconciler.round()) },
  ];
  const removal = retentionJob({ retention, clock, log, ...keep });
  return removal ? [...sweeps, removal] : sweeps;
}
