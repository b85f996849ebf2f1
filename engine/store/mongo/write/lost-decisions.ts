import type { ClaimedWork, SettleRequest } from '../../contract/index.ts';
import { storeErrors } from '../../sqlite/errors.ts';
import type { Operation } from './operation.ts';

/** Far more than may be in flight. */
const MOST = 10_000;

/**
 * Items whose decision could not be kept. Callers do not wait for a decision: what follows from it comes later through
 * the same batches, and is refused here. The item is then tried again, and the decision is made anew.
 */
export class LostDecisions {
  readonly #items = new Set<string>();

  add(workId: string): void {
    this.#items.add(workId);
    if (this.#items.size > MOST) this.#items.delete(this.#items.values().next().value ?? '');
  }

  /** A new delivery decides anew. */
  claimed(items: readonly Pick<ClaimedWork, 'id'>[]): void {
    if (this.#items.size > 0) for (const { id } of items) this.#items.delete(id);
  }

  guard<R>(operation: Operation<R>, workId: string): Operation<R> {
    return {
      ...operation,
      apply: (ctx) => {
        if (this.#items.has(workId)) throw storeErrors.create('store-decision-lost');
        return operation.apply(ctx);
      },
    };
  }

  guardSettle<R>(operation: Operation<R>, { workId, settlement }: SettleRequest): Operation<R> {
    return settlement.kind === 'done' || settlement.kind === 'held' ? this.guard(operation, workId) : operation;
  }
}
