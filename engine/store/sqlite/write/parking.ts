import { W } from '../states.ts';
import type { WriteContext } from './context.ts';
import { refreshMessageState } from './message-state.ts';
import { refreshKey } from './ordering.ts';

export interface ParkedRow {
  readonly seq: number;
  readonly message_seq: number;
  readonly subscription: string;
  readonly ordering_key: string | null;
}

/** parked -> waiting. One with an ordering key joins it now, at its old place. */
export function endParking(ctx: WriteContext, row: ParkedRow, at: number): void {
  const keyed = row.ordering_key !== null;
  ctx.sql.run(
    'UPDATE work SET state = 0, not_before = NULL, ready = ?, blocks = ? WHERE seq = ?',
    keyed ? 0 : 1,
    keyed ? 1 : 0,
    row.seq,
  );
  if (row.ordering_key !== null) refreshKey(ctx, row.ordering_key);
  ctx.count('work', row.subscription, W.parked, -1);
  ctx.count('work', row.subscription, W.waiting, 1);
  refreshMessageState(ctx, row.message_seq, at);
}
