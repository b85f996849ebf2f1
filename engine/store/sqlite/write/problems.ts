import type { AuditEntry, ProblemReport } from '../../contract/index.ts';
import { json } from '../sql.ts';
import type { WriteContext } from './context.ts';

export function createProblem(ctx: WriteContext, report: ProblemReport, audit: AuditEntry): void {
  if (ctx.sql.get('SELECT 1 FROM problem WHERE id = ?', report.id) !== undefined) return;
  const { id, version, kind, state, definition, messageId, by, at } = report;
  ctx.sql.insert(
    'INSERT INTO problem (id, version, kind, state, definition, message_id, by_whom, at, record) ' +
      'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    id,
    version,
    kind,
    state,
    definition,
    messageId,
    by,
    at,
    json(report) ?? '',
  );
  ctx.audit(audit);
}

export function changeProblem(
  ctx: WriteContext,
  seen: number,
  next: ProblemReport,
  audit: AuditEntry,
): { kind: 'changed' | 'stale'; report: ProblemReport } | { kind: 'unknown' } {
  if (next.version !== seen + 1) throw new TypeError('a change of a report makes its next version');
  const row = ctx.sql.get('SELECT seq, version, record FROM problem WHERE id = ?', next.id) as
    { seq: number; version: number; record: string } | undefined;
  if (!row) return { kind: 'unknown' };
  if (row.version !== seen) return { kind: 'stale', report: JSON.parse(row.record) as ProblemReport };
  const { version, kind, state } = next;
  const text = json(next) ?? '';
  ctx.sql.run(
    'UPDATE problem SET version = ?, kind = ?, state = ?, record = ? WHERE seq = ?',
    version,
    kind,
    state,
    text,
    row.seq,
  );
  ctx.audit(audit);
  return { kind: 'changed', report: next };
}
