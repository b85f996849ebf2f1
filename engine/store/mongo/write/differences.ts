import type { AuditEntry, Difference } from '../../contract/index.ts';
import type { DifferenceDoc } from '../documents.ts';
import { millis } from '../values.ts';
import type { Operation } from './operation.ts';

export function putDifference(seen: number, next: Difference, audit: AuditEntry | null): Operation<'kept' | 'stale'> {
  if (next.version !== seen + 1) throw new TypeError('a change of a difference makes its next version');
  return {
    name: 'differences.put',
    sequences: 1,
    needs(needs) {
      needs.differenceIds.add(next.id);
      if (audit) needs.audit = true;
    },
    apply(ctx) {
      const differences = ctx.table('differences');
      const known = differences.get(next.id);
      if ((known?.version ?? 0) !== seen) return 'stale';
      if (known) differences.set(next.id, membersOf(next));
      else differences.insert({ _id: next.id, seq: ctx.sequence(), ...membersOf(next) });
      if (audit) ctx.audit(audit);
      return 'kept';
    },
  };
}

function membersOf(difference: Difference): Omit<DifferenceDoc, '_id' | 'seq'> {
  const { version, state, endpoint, definition, messageId, since } = difference;
  return { version, state, endpoint, definition, messageId, since: millis(since), record: JSON.stringify(difference) };
}
