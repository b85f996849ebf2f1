import type { AuditEntry, Difference } from '../../contract/index.ts';
import { json } from '../sql.ts';
import type { WriteContext } from './context.ts';

export function putDifference(
  ctx: WriteContext,
  seen: number,
  next: Difference,
  audit: AuditEntry | null,
): 'kept' | 'stale' {
  if (next.version !== seen + 1) throw new TypeError('a change of a difference makes its next version');
  const row = ctx.sql.get('SELECT version FROM difference WHERE id = ?', next.id) as { version: number } | undefined;
  if ((row?.version ?? 0) !== seen) return 'stale';
  const { id, version, state, endpoint, definition, messageId, since } = next;
  const text = json(next) ?? '';
  if (row)
    ctx.sql.run(
      'UPDATE difference SET version = ?, state = ?, since = ?, record = ? WHERE id = ?',
      version,
      state,
      since,
      text,
      id,
    );
  else
    ctx.sql.insert(
      'INSERT INTO difference (id, version, state, endpoint, definition, message_id, since, record) ' +
        'VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      id,
      version,
      state,
      endpoint,
      definition,
      messageId,
      since,
      text,
    );
  if (audit) ctx.audit(audit);
  return 'kept';
}
