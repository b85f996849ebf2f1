import type { AuditEntry, NewWork } from '../../contract/index.ts';
import type { WriteContext } from './context.ts';
import type { Needs } from './needs.ts';

/**
 * One domain operation inside a batch: says what it has to see, then runs in memory. `apply` may throw: the batch is then
 * applied again without it. It may also run several times, when the transaction meets a write conflict.
 */
export interface Operation<R> {
  readonly name: string;
  /** How many sequence numbers it takes at most. */
  readonly sequences?: number;
  /** It reads before the others of its batch have run: it gets a transaction of its own. */
  readonly alone?: true;
  /** Roughly what it adds to the transaction. */
  readonly bytes?: number;
  needs(needs: Needs): void;
  /** More to see, once what it needs is there. */
  prepare?(ctx: WriteContext): Promise<void>;
  /** It was not kept. Called before anything that was asked later runs. */
  failed?(): void;
  apply(ctx: WriteContext): R;
}

export function needsChildren(needs: Needs, children: readonly NewWork[]): void {
  for (const { messageId, orderingKey, child } of children) {
    needs.messageIds.add(messageId);
    if (orderingKey !== null) needs.orderingKeys.add(orderingKey);
    if (child) needs.childKeys.add(child.key);
  }
}

export function needsAudit(needs: Needs, entries: readonly AuditEntry[]): void {
  if (entries.length > 0) needs.audit = true;
}
