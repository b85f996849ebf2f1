import type { AuditEntry } from '../../contract/index.ts';
import { millis } from '../values.ts';
import { needsAudit, type Operation } from './operation.ts';

export function appendAudit(entries: readonly AuditEntry[]): Operation<void> {
  return {
    name: 'audit.append',
    needs: (needs) => needsAudit(needs, entries),
    apply(ctx) {
      for (const entry of entries) ctx.audit(entry);
    },
  };
}

export function noteAnswers(notes: readonly (readonly [id: string, at: number])[]): Operation<void> {
  return {
    name: 'journal.answered',
    needs: () => undefined,
    apply(ctx) {
      for (const [id, at] of notes) ctx.noteAnswer(id, millis(at));
    },
  };
}
