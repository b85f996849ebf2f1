import type { AlertRecord, AuditEntry, HeldBackAlert, NewWork } from '../../contract/index.ts';
import { countedUp, whatIsRaised, type Raised } from '../../alert-changes.ts';
import type { AlertDoc } from '../alert-documents.ts';
import { millis } from '../values.ts';
import { addChildNow } from './children.ts';
import type { WriteContext } from './context.ts';
import { needsChildren, type Operation } from './operation.ts';

/** Every start writes the group's own document, so that two racing ones meet there. */
export function raiseAlert(
  alert: AlertRecord,
  child: NewWork,
  audit: AuditEntry,
): Operation<{ readonly kind: Raised; readonly alert: AlertRecord }> {
  return {
    name: 'alerts.raise',
    sequences: 2,
    needs(needs) {
      needs.alertGroups.add(alert.group);
      needsChildren(needs, [child]);
      needs.audit = true;
    },
    async prepare(ctx) {
      const newest = ctx.table('alertGroups').get(alert.group)?.newest;
      if (newest === undefined) return;
      await ctx.table('alerts').load([newest]);
      await ctx.table('alertCounted').load([countedId(newest, alert.messageId)]);
    },
    apply(ctx) {
      const newest = newestOf(ctx, alert.group);
      const counted =
        newest !== undefined && ctx.table('alertCounted').get(countedId(newest.id, alert.messageId)) !== undefined;
      const kind = whatIsRaised(newest, counted, alert);
      if (!newest || kind === 'started') {
        ctx.table('alerts').insert({ _id: alert.id, seq: ctx.sequence(), ...membersOf(alert) });
        if (newest) ctx.table('alertGroups').set(alert.group, { newest: alert.id });
        else ctx.table('alertGroups').insert({ _id: alert.group, newest: alert.id });
        count(ctx, alert.id, alert.messageId);
        addChildNow(ctx, child);
        ctx.audit(audit);
        return { kind: 'started', alert };
      }
      if (kind !== 'joined') return { kind, alert: newest };
      const next = countedUp(newest, alert.startedAt);
      ctx.table('alerts').set(next.id, membersOf(next));
      count(ctx, next.id, alert.messageId);
      return { kind, alert: next };
    },
  };
}

export function changeAlert(
  id: string,
  seen: number,
  next: AlertRecord,
  child: NewWork | null,
  audit: AuditEntry,
): Operation<{ readonly kind: 'changed' | 'stale'; readonly alert: AlertRecord } | { readonly kind: 'unknown' }> {
  if (next.id !== id || next.version !== seen + 1) throw new TypeError('a change of an alert makes its next version');
  return {
    name: 'alerts.change',
    sequences: 1,
    needs(needs) {
      needs.alertIds.add(id);
      if (child) needsChildren(needs, [child]);
      needs.audit = true;
    },
    apply(ctx) {
      const known = ctx.table('alerts').get(id);
      if (!known) return { kind: 'unknown' };
      const now = JSON.parse(known.record) as AlertRecord;
      if (now.version !== seen) return { kind: 'stale', alert: now };
      ctx.table('alerts').set(id, membersOf(next));
      if (child) addChildNow(ctx, child);
      ctx.audit(audit);
      return { kind: 'changed', alert: next };
    },
  };
}

export function keepHeldBack(one: HeldBackAlert): Operation<void> {
  return {
    name: 'alerts.heldBack',
    sequences: 1,
    needs: () => undefined,
    apply(ctx) {
      const seq = ctx.sequence();
      const { group, policy, definition, messageId } = one;
      const record = JSON.stringify(one);
      ctx.table('alertHeld').insert({ _id: seq, at: millis(one.at), group, policy, definition, messageId, record });
    },
  };
}

function newestOf(ctx: WriteContext, group: string): AlertRecord | undefined {
  const id = ctx.table('alertGroups').get(group)?.newest;
  const known = id === undefined ? undefined : ctx.table('alerts').get(id);
  return known && (JSON.parse(known.record) as AlertRecord);
}

function membersOf(alert: AlertRecord): Omit<AlertDoc, '_id' | 'seq'> {
  const { group, policy, definition, messageId, state, startedAt, ended } = alert;
  const record = JSON.stringify(alert);
  const endedAt = ended === null ? undefined : millis(ended.at);
  return { group, policy, definition, messageId, state, startedAt: millis(startedAt), endedAt, record };
}

const countedId = (alert: string, messageId: string): string => `${alert}/${messageId}`;

function count(ctx: WriteContext, alert: string, messageId: string): void {
  ctx.table('alertCounted').insert({ _id: countedId(alert, messageId), alert, messageId });
}
