/**
 * Fires the steps of escalations when they are due. The store holds all of them; in memory there is one alarm for the
 * next moment, so a hundred thousand open escalations cost nothing, and after a restart the first look catches up.
 */
import type { Clock, Millis } from '../base/clock.ts';
import type { Ids } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { ConsoleNotice, LiveFeed } from '../engine.ts';
import { noticeRecord } from '../live/tell-console.ts';
import type { AuditLog, Escalation, Escalations } from '../store/contract/index.ts';
import { Alarm } from './alarm.ts';
import { aboutEscalation } from './create-escalation-service.ts';
import { afterStep, escalationChild, stepOf } from './escalation-work.ts';

export interface EscalationRunnerOptions {
  readonly escalations: Escalations;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly live: Pick<LiveFeed, 'publish'>;
  /** Whether a flow takes this source's items. */
  readonly serves: (sourceId: string) => boolean;
  /** A child item was made. */
  readonly onWork: () => void;
  readonly onStoreFailure: (error: unknown) => void;
}

export interface EscalationRunner {
  start(): void;
  /** A step is due at this moment. */
  expect(at: Millis): void;
  /** Resolves when nothing is being fired. */
  stop(): Promise<void>;
}

/** Fired together: one commit for many, and between two batches others get their turn at the store. */
const BATCH = 100;
/** Another process may have started one; also the net under a clock that was set. */
const SAFETY_POLL_MS = 60_000;
const RECHECK_MS = 1000;
/** After the store could not be asked (disk full, locked). */
const STORE_RETRY_MS = 5000;

export function createEscalationRunner(options: EscalationRunnerOptions): EscalationRunner {
  const { escalations, audit, clock, ids, log, live } = options;
  let running = false;
  let firing: Promise<void> | null = null;
  /** Rung while firing: look once more. */
  let again = false;
  const alarm = new Alarm(clock, fireDue);

  function fireDue(): void {
    if (!running) return;
    if (firing) {
      again = true;
      return;
    }
    firing = run().finally(() => {
      firing = null;
      if (again) {
        again = false;
        fireDue();
      }
    });
  }

  async function run(): Promise<void> {
    let now = clock.now();
    try {
      for (;;) {
        const due = await escalations.due(now, BATCH);
        const fired = await Promise.all(due.map((escalation) => fire(escalation, now)));
        if (!running || !fired.includes(true)) break;
        options.onWork();
        now = clock.now();
      }
      const next = await escalations.nextDue();
      // What was due and could not be fired was taken by another process: looked at again, but not in a tight loop.
      const soon = next !== null && next <= now ? now + RECHECK_MS : (next ?? Infinity);
      if (running) alarm.ring(Math.min(soon, now + SAFETY_POLL_MS));
    } catch (error) {
      options.onStoreFailure(error);
      if (running) alarm.ring(clock.now() + STORE_RETRY_MS);
    }
  }

  async function fire(escalation: Escalation, now: Millis): Promise<boolean> {
    const { id, nextStep: step } = escalation;
    const next = afterStep(escalation, step, now);
    const child = escalationChild(escalation, `step/${step}`, { kind: 'step', escalationId: id, step }, ids, now);
    const ladderStep = stepOf(escalation, step);
    // Before the move to the next step: told twice is one notice to people, told never is none.
    if (!options.serves(escalation.subscription)) await tellOurselves(escalation, step, now);
    const fired = await escalations.fire(id, step, child, next, {
      ...aboutEscalation(escalation, now),
      type: 'escalation.step',
      actor: 'system',
      details: {
        escalation: id,
        name: escalation.name,
        ladder: escalation.ladder,
        step: step + 1,
        to: ladderStep?.to ?? null,
        channel: ladderStep?.channel ?? null,
        late: Math.max(0, now - (escalation.nextAt ?? now)),
        last: next === 'exhausted',
      },
    });
    if (!fired) return false;
    if (next === 'exhausted')
      log.warn('An escalation is exhausted: nobody has answered.', { messageId: escalation.messageId });
    live.publish({ kind: 'escalation', id });
    live.publish({ kind: 'message', id: escalation.messageId });
    return true;
  }

  /** The flow that should tell people is not there (its node was renamed or removed): nobody would be told. */
  async function tellOurselves(escalation: Escalation, step: number, now: Millis): Promise<void> {
    const { id, messageId, definition, lane } = escalation;
    log.error('A step of an escalation has no flow to run it; the console is told directly.', {
      messageId,
      definition,
    });
    const { to, text } = stepOf(escalation, step) ?? { to: 'everybody', text: escalation.title };
    const notice: ConsoleNotice = {
      id: `${id}/step/${step}`,
      at: now,
      escalationId: id,
      messageId,
      definition,
      lane,
      to,
      text: `${text} (Its flow is not running.)`,
    };
    await audit.append([noticeRecord(notice)]);
    live.publish({ kind: 'notice', notice });
  }

  return {
    start() {
      running = true;
      fireDue();
    },
    expect(at) {
      if (running) alarm.ring(at);
    },
    async stop() {
      running = false;
      again = false;
      alarm.off();
      await firing;
    },
  };
}
