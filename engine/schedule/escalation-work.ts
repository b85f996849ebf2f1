/** What an escalation hands to its flow: child items, each with a key that makes it once only. */
import type { Ids } from '../base/ids.ts';
import type { Millis } from '../base/clock.ts';
import { LANES, type Escalation, type Lane, type LadderStep, type NewWork } from '../store/contract/index.ts';
import type { EscalationChildData } from './escalation-service.ts';

/** A ladder that repeats faster than this would only be a mistake: people cannot answer faster. */
export const SHORTEST_REPEAT_MS = 60_000;

/**
 * The child item of a step or of the end. It takes no ordering key: nothing of the patient's other work may hold up
 * telling somebody.
 */
export function escalationChild(
  escalation: Escalation,
  suffix: string,
  data: EscalationChildData,
  ids: Ids,
  now: Millis,
): NewWork {
  return {
    id: ids.next(),
    messageId: escalation.messageId,
    subscription: escalation.subscription,
    definition: escalation.definition,
    lane: laneOf(escalation.lane),
    orderingKey: null,
    afterDead: 'continue',
    correlationId: escalation.correlationId,
    traceparent: escalation.traceparent,
    createdAt: now,
    child: { parentWorkId: escalation.workId, key: `${escalation.id}/${suffix}`, kind: 'timer', data },
  };
}

/** The ladder's step for a step number; numbers beyond the ladder are repeats of its last step. */
export function stepOf(escalation: Pick<Escalation, 'steps'>, step: number): LadderStep | undefined {
  return escalation.steps[Math.min(step, escalation.steps.length - 1)];
}

/**
 * When the step after `step` is due, now that `step` fires. Steps of the ladder keep their own times, so that what was
 * missed while the process was down is told in order; of missed repeats only the next one is told.
 */
export function afterStep(escalation: Escalation, step: number, now: Millis): { readonly at: Millis } | 'exhausted' {
  const { steps, startedAt, exhausted, nextAt } = escalation;
  const next = steps[step + 1];
  if (next) return { at: startedAt + next.afterMs };
  if (exhausted === 'fallback') return 'exhausted';
  const interval = repeatEveryMs(steps.map(({ afterMs }) => afterMs));
  const due = nextAt ?? now;
  const missed = Math.max(0, Math.floor((now - due) / interval));
  return { at: due + (missed + 1) * interval };
}

/** After a ladder's last step, where that repeats. `afters`: of each step, after the start. */
export const repeatEveryMs = (afters: readonly Millis[]): Millis =>
  Math.max((afters.at(-1) ?? 0) - (afters.at(-2) ?? 0), SHORTEST_REPEAT_MS);

function laneOf(text: string): Lane {
  return LANES.find((lane) => lane === text) ?? 'urgent';
}
