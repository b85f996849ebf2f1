import type { ClaimedWork, EffectIdentity } from '../../contract/index.ts';
import type { DecisionGroup } from '../decisions.ts';
import { storeErrors } from '../errors.ts';
import type { SettleArgs } from './settle.ts';

/** Far more than may be in flight. */
const MOST = 10_000;

/**
 * Decisions that could not be kept, by their work item. Callers do not wait for a decision: what follows from it comes
 * later through the same writer, and is refused here. The item's lease then runs out, or it is tried again, and the
 * decision is made anew.
 */
export class LostDecisions {
  readonly #items = new Map<string, true>();

  failed(operation: string, args: readonly unknown[]): void {
    if (operation !== 'decisions.record') return;
    for (const { workId } of args[0] as readonly DecisionGroup[]) this.#items.set(workId, true);
    while (this.#items.size > MOST) this.#items.delete(this.#items.keys().next().value ?? '');
  }

  /** Throws where the operation would act on a decision that is not there. */
  check(operation: string, args: readonly unknown[]): void {
    if (this.#items.size === 0) return;
    if (operation === 'effects.begin') this.#refuse((args[0] as EffectIdentity).workId);
    else if (operation === 'work.settle') {
      const { workId, settlement } = args[0] as SettleArgs;
      if (settlement.kind === 'done' || settlement.kind === 'held') this.#refuse(workId);
      else this.#items.delete(workId);
    }
  }

  /** A new delivery decides anew. */
  claimed(items: readonly Pick<ClaimedWork, 'id'>[]): void {
    if (this.#items.size > 0) for (const { id } of items) this.#items.delete(id);
  }

  #refuse(workId: string): void {
    if (this.#items.has(workId)) throw storeErrors.create('store-decision-lost');
  }
}
