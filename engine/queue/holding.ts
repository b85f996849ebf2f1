/** What the dispatcher asks of fallbacks: whether an item goes to a person instead of to its source, or of where it ended. */
import type { AuditEntry, ClaimedWork, NewReview, NewWork } from '../store/contract/index.ts';
import type { WorkResult } from './source.ts';

export interface Held {
  readonly held: NewReview;
  readonly audit: readonly AuditEntry[];
  readonly children: readonly NewWork[];
}

export interface Holding {
  /** `undefined`: to its source, at once. `null`: to its source. Rejects where the store cannot be asked. */
  before(work: ClaimedWork): Promise<Held | null> | undefined;
  /** `undefined`: it ends as its source says. */
  after(work: ClaimedWork, result: WorkResult): Promise<Held> | undefined;
  /** It will not come to an end: its lease was lost. */
  forget(work: Pick<ClaimedWork, 'id' | 'fence'>): void;
}
