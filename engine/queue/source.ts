/** What the dispatcher asks of whoever processes work: the Node-RED runtime, a test, a scenario runner. */
import type { Millis } from '../base/clock.ts';
import type { ClaimedWork, Failure, NewWork, TraceStep } from '../store/contract/index.ts';
import type { AuditEntry } from '../store/contract/index.ts';

export interface WorkSource {
  /** `<definition>/<name>`; for a subscription the name is the `hl7 in` node's subscription name. */
  readonly id: string;
  readonly definition: string;
  /** The feed that it takes messages of; absent for sources of child items. */
  readonly feed?: string;
  /** Items in flight at once. */
  readonly capacity: number;
  /** Processing deadline (feed setting): the lease. */
  readonly leaseMs: number;
  /** Version of the definition that runs now; pinned to an item with its first claim. */
  version?(): string | undefined;
  /** Where in the flow the item is still open; told when its lease has run out. */
  openAt?(work: ClaimedWork): Failure['node'] | undefined;
  /** Takes one item. It must end in `dispatcher.finish` under the same fence; a throw is a permanent failure. */
  deliver(work: ClaimedWork): void;
}

export interface WorkResult {
  readonly outcome: { readonly kind: 'done' } | { readonly kind: 'failed'; readonly failure: Failure };
  readonly trace: readonly TraceStep[];
  readonly version: string | null;
  readonly children?: readonly NewWork[];
  readonly audit?: readonly AuditEntry[];
}

export interface Dispatcher {
  /** Registers or replaces a source (same id). Takes effect at the next pump. Returns the function that removes it. */
  addSource(source: WorkSource): () => void;
  /** Whether a source of this id is there: without one, its items wait. */
  serves(sourceId: string): boolean;
  /** Says that work may be claimable now. Cheap; call it freely. */
  wake(): void;
  finish(work: ClaimedWork, result: WorkResult): Promise<'settled' | 'lost-lease'>;
  /** Keeps the lease alive while `until` is pending (a managed effect in flight). */
  holdLease<T>(work: Pick<ClaimedWork, 'id' | 'fence'>, until: Promise<T>): Promise<T>;
  /**
   * Who is told of items that go dead: the child items that `make` gives begin in the same commit as the death. Replaces
   * what was set before.
   */
  tellOfDeaths(
    make: (work: ClaimedWork, failure: Failure, at: Millis) => readonly NewWork[] | Promise<readonly NewWork[]>,
  ): void;
  /** Items delivered and not yet finished. */
  inFlight(): number;
  start(): void;
  /** Stops claiming, waits for what is in flight up to `withinMs`, releases the rest. */
  drain(withinMs: number): Promise<void>;
}
