/** What a claim asks for each source: everything, most urgent first, or shared among lanes where there is more than fits. */
import type { Millis } from '../base/clock.ts';
import { LANES, type ClaimedWork, type ClaimRequest, type Lane } from '../store/contract/index.ts';
import { LaneShares } from './lanes.ts';

interface Plan {
  readonly shares: LaneShares;
  asked: number;
  /** The last claim took all that it asked for: there may be more than fits. */
  contended: boolean;
}

export class LanePlan {
  readonly #isHeld: (lane: Lane) => boolean;
  readonly #plans = new Map<string, Plan>();

  constructor(isHeld: (lane: Lane) => boolean) {
    this.#isHeld = isHeld;
  }

  /** The parts of a claim for so many places of a source. */
  parts(sourceId: string, places: number): readonly Pick<ClaimRequest, 'limit' | 'lanes'>[] {
    const plan = this.#plan(sourceId);
    plan.asked = places;
    const open = LANES.filter((lane) => !this.#isHeld(lane));
    if (plan.contended) return plan.shares.share(places, open);
    return open.length === LANES.length ? [{ limit: places }] : [{ limit: places, lanes: open }];
  }

  learn(claimed: readonly ClaimedWork[], now: Millis): void {
    const got = new Map<string, number>();
    for (const { subscription, attempt, lane, createdAt } of claimed) {
      got.set(subscription, (got.get(subscription) ?? 0) + 1);
      // A retry has waited for other reasons.
      if (attempt === 1) this.#plan(subscription).shares.waited(lane, now - createdAt);
    }
    for (const [sourceId, plan] of this.#plans) {
      if (plan.asked === 0) continue;
      plan.contended = (got.get(sourceId) ?? 0) >= plan.asked;
      plan.asked = 0;
    }
  }

  forget(sourceId: string): void {
    this.#plans.delete(sourceId);
  }

  #plan(sourceId: string): Plan {
    let plan = this.#plans.get(sourceId);
    if (!plan) this.#plans.set(sourceId, (plan = { shares: new LaneShares(), asked: 0, contended: false }));
    return plan;
  }
}
