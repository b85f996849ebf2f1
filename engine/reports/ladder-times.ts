import type { Millis } from '../base/clock.ts';
import { repeatEveryMs } from '../schedule/escalation-work.ts';
import type { EscalationSpan } from '../store/contract/spans.ts';

/**
 * When the steps that a ladder took in the time were due. Repeats of the last step that were left out while the process was
 * down move those behind them forward.
 */
export function* stepTimes(
  { startedAt, steps, taken, endedAt }: EscalationSpan,
  from: Millis,
  to: Millis,
): Generator<Millis> {
  const until = Math.min(to, endedAt ?? to);
  for (const after of steps.slice(0, taken)) {
    const at = startedAt + after;
    if (at >= from && at < to) yield at;
  }
  const last = startedAt + (steps.at(-1) ?? 0);
  const every = repeatEveryMs(steps);
  const first = Math.max(1, Math.ceil((from - last) / every));
  for (let n = first; n <= taken - steps.length && last + n * every < until; n++) yield last + n * every;
}

/** When it came to its end without an answer; `null`: it did not. Somebody may have answered afterwards. */
export const exhaustedAt = ({ startedAt, steps, taken, exhausted }: EscalationSpan): Millis | null =>
  exhausted === 'fallback' && steps.length > 0 && taken >= steps.length ? startedAt + (steps.at(-1) ?? 0) : null;
