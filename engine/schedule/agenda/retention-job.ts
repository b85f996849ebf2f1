import { setTimeout as pause } from 'node:timers/promises';
import type { Clock, Millis } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Retention } from '../../store/contract/index.ts';
import type { ScheduledJob } from './create-schedules.ts';

export interface RetentionSettings {
  /** Bodies of finished messages are kept so many days; `null`: for ever. */
  readonly bodiesDays: number | null;
  /** Finished messages with all that belongs to them. */
  readonly messagesDays: number | null;
}

const EVERY_MS = 15 * 60_000;
const DAY_MS = 24 * 3_600_000;
/** Messages in one step, and the pause between two steps: traffic goes first. */
const STEP = 100;
const PAUSE_MS = 20;
/** One run ends here; the next goes on where it ended. */
const LONGEST_RUN_MS = 60_000;

export interface RetentionJobOptions extends RetentionSettings {
  readonly retention: Retention;
  readonly clock: Clock;
  readonly log: Log;
  /** Between two runs; default 15 min. */
  readonly everyMs?: Millis;
}

/** `null`: everything is kept, so there is nothing to do. */
export function retentionJob(options: RetentionJobOptions): ScheduledJob | null {
  const { retention, clock, log, bodiesDays, messagesDays, everyMs = EVERY_MS } = options;
  if (bodiesDays === null && messagesDays === null) return null;
  const before = (days: number | null): Millis | null => (days === null ? null : clock.now() - days * DAY_MS);
  return {
    name: 'retention',
    everyMs,
    async run() {
      const started = performance.now();
      const gone = { bodies: 0, messages: 0 };
      for (let more = true; more && performance.now() - started < LONGEST_RUN_MS;) {
        const step = await retention.purge({
          bodiesBefore: before(bodiesDays),
          messagesBefore: before(messagesDays),
          limit: STEP,
        });
        gone.bodies += step.bodies;
        gone.messages += step.messages;
        more = step.more;
        if (more) await pause(PAUSE_MS);
      }
      if (gone.bodies + gone.messages > 0) {
        log.info('What has outlived its retention is gone.', { part: 'schedules', count: gone.bodies + gone.messages });
      }
    },
  };
}
