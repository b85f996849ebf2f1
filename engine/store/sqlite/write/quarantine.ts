import type { AuditEntry } from '../../contract/index.ts';
import { M } from '../states.ts';
import type { WriteContext } from './context.ts';

export function discardQuarantined(
  ctx: WriteContext,
  id: string,
  at: number,
  audit: AuditEntry,
): 'discarded' | 'not-quarantined' | 'unknown' {
  const row = ctx.sql.get(
    'SELECT s.seq, s.state, s.feed FROM message m JOIN message_state s ON s.seq = m.seq WHERE m.id = ?',
    id,
  ) as { seq: number; state: number; feed: string } | undefined;
  if (!row) return 'unknown';
  if (row.state !== M.quarantined) return 'not-quarantined';
  ctx.sql.run('UPDATE message_state SET state = ?, since = ? WHERE seq = ?', M.discarded, at, row.seq);
  ctx.count('message', row.feed, M.quarantined, -1);
  ctx.count('message', row.feed, M.discarded, 1);
  ctx.audit(audit);
  return 'discarded';
}
