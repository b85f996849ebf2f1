import type { AlertRecord, AuditEntry, HeldBackAlert, NewWork } from '../../contract/index.ts';
import { countedUp, whatIsRaised, type Raised } from '../../alert-changes.ts';
import { json } from '../sql.ts';
import type { WriteContext } from './context.ts';
import { addChild } from './children.ts';

interface Row {
  seq: number;
  record: string;
}

export function raiseAlert(
  ctx: WriteContext,
  alert: AlertRecord,
  child: NewWork,
  audit: AuditEntry,
): { kind: Raised; alert: AlertRecord } {
  const row = ctx.sql.get('SELECT seq, record FROM alert WHERE grp = ? ORDER BY seq DESC LIMIT 1', alert.group) as
    Row | undefined;
  const newest = row && (JSON.parse(row.record) as AlertRecord);
  const counted =
    row !== undefined &&
    ctx.sql.get('SELECT 1 FROM alert_counted WHERE message_id = ? AND alert_seq = ?', alert.messageId, row.seq) !==
      undefined;
  const kind = whatIsRaised(newest, counted, alert);
  if (!row || !newest || kind === 'started') {
    const seq = insert(ctx, alert);
    count(ctx, alert.messageId, seq);
    addChild(ctx, child);
    ctx.audit(audit);
    return { kind: 'started', alert };
  }
  if (kind !== 'joined') return { kind, alert: newest };
  const next = countedUp(newest, alert.startedAt);
  write(ctx, row.seq, next);
  count(ctx, alert.messageId, row.seq);
  return { kind, alert: next };
}

export function changeAlert(
  ctx: WriteContext,
  id: string,
  seen: number,
  next: AlertRecord,
  child: NewWork | null,
  audit: AuditEntry,
): { kind: 'changed' | 'stale'; alert: AlertRecord } | { kind: 'unknown' } {
  if (next.id !== id || next.version !== seen + 1) throw new TypeError('a change of an alert makes its next version');
  const row = ctx.sql.get('SELECT seq, record FROM alert WHERE id = ?', id) as Row | undefined;
  if (!row) return { kind: 'unknown' };
  const now = JSON.parse(row.record) as AlertRecord;
  if (now.version !== seen) return { kind: 'stale', alert: now };
  write(ctx, row.seq, next);
  if (child) addChild(ctx, child);
  ctx.audit(audit);
  return { kind: 'changed', alert: next };
}

export function keepHeldBack(ctx: WriteContext, one: HeldBackAlert): void {
  ctx.sql.run(
    'INSERT INTO alert_held (at, policy, definition, message_id, record) VALUES (?, ?, ?, ?, ?)',
    one.at,
    one.policy,
    one.definition,
    one.messageId,
    json(one) ?? '',
  );
}

function insert(ctx: WriteContext, alert: AlertRecord): number {
  return ctx.sql.insert(
    'INSERT INTO alert (id, grp, version, policy, definition, message_id, state, started_at, record) ' +
      'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    alert.id,
    alert.group,
    alert.version,
    alert.policy,
    alert.definition,
    alert.messageId,
    alert.state,
    alert.startedAt,
    json(alert) ?? '',
  );
}

function write(ctx: WriteContext, seq: number, { version, state, ...rest }: AlertRecord): void {
  const record = json({ version, state, ...rest }) ?? '';
  ctx.sql.run('UPDATE alert SET version = ?, state = ?, record = ? WHERE seq = ?', version, state, record, seq);
}

function count(ctx: WriteContext, messageId: string, seq: number): void {
  ctx.sql.run('INSERT OR IGNORE INTO alert_counted (message_id, alert_seq) VALUES (?, ?)', messageId, seq);
}
