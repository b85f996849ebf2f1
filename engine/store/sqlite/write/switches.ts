import type { AuditEntry, Switch } from '../../contract/index.ts';
import type { WriteContext } from './context.ts';

export function setSwitch(ctx: WriteContext, one: Switch, audit: AuditEntry): void {
  ctx.sql.run(
    'INSERT INTO operator_switch (id, kind, name, mode, reason, actor, set_at, from_at, until_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    one.id,
    one.kind,
    one.name,
    one.mode,
    one.reason,
    one.actor,
    one.setAt,
    one.from,
    one.until,
  );
  ctx.audit(audit);
}

export function clearSwitch(ctx: WriteContext, id: string, audit: AuditEntry): boolean {
  if (ctx.sql.run('DELETE FROM operator_switch WHERE id = ?', id) === 0) return false;
  ctx.audit(audit);
  return true;
}
