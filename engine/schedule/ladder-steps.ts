/** The moments of a ladder for an escalation that begins now: repeats written out, working time worked out. Pure. */
import type { Millis } from '../base/clock.ts';
import type { LadderPlan, LadderStep } from '../store/contract/index.ts';
import { afterWorkingTime } from './working-time.ts';

/** What an escalation may have; repeats beyond it are left out, steps never. */
export const MOST_STEPS = 100;

/**
 * `afterMs` of each is real time since `startedAt`. Repeats of a step end where the next step begins; the last one is repeated by what
 * the ladder says of its end.
 */
export function ladderSteps({ clock, steps }: LadderPlan, startedAt: Millis): readonly LadderStep[] {
  const repeats = Math.max(0, MOST_STEPS - steps.length);
  let written = 0;
  return steps.flatMap(({ afterMs, to, channel, text, repeatMs }, i) => {
    const until = steps[i + 1]?.afterMs ?? afterMs;
    const moments = [afterMs];
    for (let at = afterMs + (repeatMs ?? until); at < until && written < repeats; at += repeatMs ?? until) {
      moments.push(at);
      written++;
    }
    return moments.map((working) => ({ afterMs: realTime(clock, startedAt, working), to, channel, text }));
  });
}

/** A clock that was checked when it was loaded gives a moment; if one ever gave none, people are told by real time. */
function realTime(clock: LadderPlan['clock'], startedAt: Millis, working: Millis): Millis {
  const at = clock && afterWorkingTime(clock, startedAt, working);
  return at === null ? working : at - startedAt;
}
