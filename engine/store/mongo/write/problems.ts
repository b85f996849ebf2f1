import type { AuditEntry, ProblemReport } from '../../contract/index.ts';
import type { ProblemDoc } from '../documents.ts';
import { millis } from '../values.ts';
import type { Operation } from './operation.ts';

export function createProblem(report: ProblemReport, audit: AuditEntry): Operation<void> {
  return {
    name: 'problems.create',
    sequences: 1,
    needs(needs) {
      needs.problemIds.add(report.id);
      needs.audit = true;
    },
    apply(ctx) {
      if (ctx.table('problems').get(report.id)) return;
      ctx.table('problems').insert({ _id: report.id, seq: ctx.sequence(), ...membersOf(report) });
      ctx.audit(audit);
    },
  };
}

export function changeProblem(
  seen: number,
  next: ProblemReport,
  audit: AuditEntry,
): Operation<{ readonly kind: 'changed' | 'stale'; readonly report: ProblemReport } | { readonly kind: 'unknown' }> {
  if (next.version !== seen + 1) throw new TypeError('a change of a report makes its next version');
  return {
    name: 'problems.change',
    needs(needs) {
      needs.problemIds.add(next.id);
      needs.audit = true;
    },
    apply(ctx) {
      const known = ctx.table('problems').get(next.id);
      if (!known) return { kind: 'unknown' };
      if (known.version !== seen) return { kind: 'stale', report: JSON.parse(known.record) as ProblemReport };
      ctx.table('problems').set(next.id, membersOf(next));
      ctx.audit(audit);
      return { kind: 'changed', report: next };
    },
  };
}

function membersOf(report: ProblemReport): Omit<ProblemDoc, '_id' | 'seq'> {
  const { version, kind, state, definition, messageId, by, at } = report;
  return { version, kind, state, definition, messageId, by, at: millis(at), record: JSON.stringify(report) };
}
