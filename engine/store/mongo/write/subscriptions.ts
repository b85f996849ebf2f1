import type { AuditEntry, OwnVersion, SeenVersion, SubscriptionRecord, Taken } from '../../contract/index.ts';
import { judgeTaken } from '../../taken-version.ts';
import { millis } from '../values.ts';
import type { Operation } from './operation.ts';

export function changeSubscription(
  seen: number,
  next: SubscriptionRecord,
  audit: AuditEntry | null,
): Operation<'changed' | 'stale'> {
  if (next.version !== seen + 1) throw new TypeError('a change of a subscription makes its next version');
  return {
    name: 'subscriptions.change',
    needs(needs) {
      needs.subscriptions.add(next.name);
      if (audit) needs.audit = true;
    },
    apply(ctx) {
      const table = ctx.table('subscriptions');
      const known = table.get(next.name);
      if ((known?.version ?? 0) !== seen) return 'stale';
      const record = JSON.stringify(next);
      if (known) table.set(next.name, { version: next.version, record });
      else table.insert({ _id: next.name, version: next.version, record });
      if (audit) ctx.audit(audit);
      return 'changed';
    },
  };
}

export const takenId = (feed: string, reference: string): string => `${feed}\n${reference}`;
export const writtenId = (endpoint: string, reference: string, versionId: string): string =>
  `${endpoint}\n${reference}\n${versionId}`;

export function takeVersion(seen: SeenVersion): Operation<Taken> {
  const { feed, reference, versionId, lastUpdated, workId, at } = seen;
  const id = takenId(feed, reference);
  return {
    name: 'subscriptions.take',
    needs: (needs) => void needs.takenVersions.add(id),
    apply(ctx) {
      const table = ctx.table('takenVersions');
      const kept = table.get(id);
      const { taken, isNew } = judgeTaken(kept && { ...kept, before: kept.before ?? null }, seen);
      if (taken.kind === 'repeat' || !isNew) return taken;
      const { before } = taken;
      const time = lastUpdated ?? kept?.lastUpdated ?? null;
      const members = { versionId, lastUpdated: time, workId, at: millis(at), before };
      if (kept) table.set(id, members);
      else table.insert({ _id: id, ...members });
      return taken;
    },
  };
}

export function noteWritten(
  endpoint: string,
  reference: string,
  versionId: string,
  { base, baseAt, at }: OwnVersion,
): Operation<void> {
  const id = writtenId(endpoint, reference, versionId);
  return {
    name: 'subscriptions.noteWritten',
    needs: (needs) => void needs.writtenVersions.add(id),
    apply(ctx) {
      const table = ctx.table('writtenVersions');
      const members = { at: millis(at), base, baseAt };
      if (!table.get(id)) table.insert({ _id: id, ...members });
      else if (versionId === 'deleted') table.set(id, members);
    },
  };
}
