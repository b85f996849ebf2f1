import type { AuditEntry, DecisionRecord, Escalation, NewWork } from '../../contract/index.ts';
import type { EscalationDoc } from '../documents.ts';
import { escalationFrom } from '../read/records.ts';
import { restated } from '../../restated.ts';
import { json, millis } from '../values.ts';
import { needsChildren, type Operation } from './operation.ts';
import { addChildNow } from './children.ts';

/** `lost` hears of it where the decision could not be kept. */
export function recordDecision(decision: DecisionRecord, lost: () => void): Operation<void> {
  const { id, messageId } = decision;
  return {
    failed: lost,
    name: 'decisions.record',
    sequences: 1,
    needs: () => undefined,
    apply: (ctx) =>
      ctx.keep('decisions', { _id: id, seq: ctx.sequence(), messageId, record: JSON.stringify(decision) }),
  };
}

export function putDefinition(
  name: string,
  version: string,
  files: Readonly<Record<string, string>>,
  at: number,
): Operation<void> {
  return {
    name: 'definitions.put',
    needs: () => undefined,
    apply(ctx) {
      ctx.keep('definitions', { _id: version, name, files: JSON.stringify(files), at: millis(at) });
      const { definitions } = ctx.writer.collections;
      ctx.later(async () => {
        await definitions.updateOne({ _id: version }, { $set: { at: millis(at) } }, { session: ctx.session });
      });
    },
  };
}

export function startEscalation(
  escalation: Escalation,
): Operation<{ readonly kind: 'started' | 'exists'; readonly escalation: Escalation }> {
  return {
    name: 'escalations.start',
    sequences: 1,
    needs: (needs) => void needs.escalationKeys.add(escalation.key),
    apply(ctx) {
      const known = ctx.escalationByKey(escalation.key);
      if (known) return { kind: 'exists', escalation: escalationFrom(known) };
      ctx.insertEscalation(documentOf(escalation, ctx.sequence()));
      return { kind: 'started', escalation };
    },
  };
}

function documentOf(escalation: Escalation, seq: number): EscalationDoc {
  const { id, key, messageId, subscription, state, startedAt, nextStep, nextAt, endedAt, endedBy, fact, task } =
    escalation;
  const by = json(endedBy);
  return {
    _id: id,
    key,
    seq,
    messageId,
    subscription,
    state,
    startedAt: millis(startedAt),
    nextStep,
    ...(nextAt === null ? {} : { nextAt: millis(nextAt) }),
    ...(endedAt === null ? {} : { endedAt: millis(endedAt) }),
    ...(by === undefined ? {} : { endedBy: by }),
    ...(fact === undefined ? {} : { fact: fact.id }),
    ...(task === undefined ? {} : { task }),
    record: JSON.stringify(escalation),
  };
}

export function fireEscalation(
  id: string,
  step: number,
  child: NewWork,
  next: { readonly at: number } | 'exhausted',
  audit: AuditEntry,
): Operation<boolean> {
  return {
    name: 'escalations.fire',
    sequences: 1,
    needs(needs) {
      needs.escalationIds.add(id);
      needsChildren(needs, [child]);
      needs.audit = true;
    },
    apply(ctx) {
      const known = ctx.table('escalations').get(id);
      if (known?.state !== 'open' || known.nextStep !== step) return false;
      ctx.table('escalations').set(id, {
        nextStep: step + 1,
        nextAt: next === 'exhausted' ? undefined : millis(next.at),
        state: next === 'exhausted' ? 'exhausted' : 'open',
      });
      addChildNow(ctx, child);
      ctx.audit(audit);
      return true;
    },
  };
}

export function restateEscalation(id: string, messageId: string): Operation<boolean> {
  return {
    name: 'escalations.restate',
    needs: (needs) => void needs.escalationIds.add(id),
    apply(ctx) {
      const known = ctx.table('escalations').get(id);
      if (!known || known.messageId === messageId) return false;
      const record = JSON.parse(known.record) as Escalation;
      const restatedBy = restated(escalationFrom(known), messageId);
      ctx.table('escalations').set(id, { record: JSON.stringify({ ...record, restatedBy } satisfies Escalation) });
      return true;
    },
  };
}

export function endEscalation(
  id: string,
  state: 'acknowledged' | 'cancelled',
  by: { readonly actor: string; readonly via: string; readonly reason?: string },
  at: number,
  child: NewWork | null,
  audit: AuditEntry,
): Operation<boolean> {
  return {
    name: 'escalations.end',
    sequences: 1,
    needs(needs) {
      needs.escalationIds.add(id);
      if (child) needsChildren(needs, [child]);
      needs.audit = true;
    },
    apply(ctx) {
      const known = ctx.table('escalations').get(id);
      if (known?.state !== 'open' && known?.state !== 'exhausted') return false;
      const ended = { state, nextAt: undefined, endedAt: millis(at), endedBy: JSON.stringify(by) };
      ctx.table('escalations').set(id, ended);
      if (child) addChildNow(ctx, child);
      ctx.audit(audit);
      return true;
    },
  };
}
