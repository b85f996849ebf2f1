import type { AuditEntry, Switch } from '../../contract/index.ts';
import type { Operation } from './operation.ts';

export function setSwitch(one: Switch, audit: AuditEntry): Operation<void> {
  const { id, kind, name, mode, reason, actor, setAt, from, until } = one;
  return {
    name: 'switches.set',
    sequences: 1,
    needs: (needs) => void (needs.audit = true),
    apply(ctx) {
      const seq = ctx.sequence();
      ctx.table('switches').insert({ _id: id, seq, kind, name, mode, reason, actor, setAt, from, until });
      ctx.audit(audit);
    },
  };
}

export function clearSwitch(id: string, audit: AuditEntry): Operation<boolean> {
  return {
    name: 'switches.clear',
    needs(needs) {
      needs.switchIds.add(id);
      needs.audit = true;
    },
    apply(ctx) {
      if (!ctx.table('switches').get(id)) return false;
      ctx.table('switches').remove(id);
      ctx.audit(audit);
      return true;
    },
  };
}
