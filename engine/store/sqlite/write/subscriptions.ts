import type {
  AuditEntry,
  OwnVersion,
  SeenVersion,
  SubscriptionRecord,
  Taken,
  TakenVersion,
} from '../../contract/index.ts';
import { judgeTaken } from '../../taken-version.ts';
import { json } from '../sql.ts';
import type { WriteContext } from './context.ts';

/** Rows of one statement of `forget`: it stands between others that wait. */
const FORGOTTEN_AT_ONCE = 2000;

export function changeSubscription(
  ctx: WriteContext,
  seen: number,
  next: SubscriptionRecord,
  audit: AuditEntry | null,
): 'changed' | 'stale' {
  if (next.version !== seen + 1) throw new TypeError('a change of a subscription makes its next version');
  const row = ctx.sql.get('SELECT version FROM subscription WHERE name = ?', next.name) as
    { version: number } | undefined;
  if ((row?.version ?? 0) !== seen) return 'stale';
  ctx.sql.run(
    'INSERT INTO subscription (name, version, record) VALUES (?1, ?2, ?3) ' +
      'ON CONFLICT (name) DO UPDATE SET version = ?2, record = ?3',
    next.name,
    next.version,
    json(next) ?? '',
  );
  if (audit) ctx.audit(audit);
  return 'changed';
}

export function takeVersion(ctx: WriteContext, seen: SeenVersion): Taken {
  const { feed, reference, versionId, lastUpdated, workId, at } = seen;
  const kept = ctx.sql.get(
    'SELECT version_id AS versionId, last_updated AS lastUpdated, work_id AS workId, before_version AS before, at ' +
      'FROM taken_version WHERE feed = ? AND reference = ?',
    feed,
    reference,
  ) as (TakenVersion & Pick<SeenVersion, 'lastUpdated'>) | undefined;
  const { taken, isNew } = judgeTaken(kept, seen);
  if (taken.kind === 'repeat' || !isNew) return taken;
  ctx.sql.run(
    'INSERT INTO taken_version (feed, reference, version_id, last_updated, work_id, at, before_version) ' +
      'VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (feed, reference) DO UPDATE ' +
      'SET version_id = ?3, last_updated = coalesce(?4, last_updated), work_id = ?5, at = ?6, before_version = ?7',
    feed,
    reference,
    versionId,
    lastUpdated,
    workId,
    at,
    taken.before,
  );
  return taken;
}

export function noteWritten(
  ctx: WriteContext,
  endpoint: string,
  reference: string,
  versionId: string,
  { base, baseAt, at }: OwnVersion,
): void {
  ctx.sql.run(
    'INSERT INTO written_version (endpoint, reference, version_id, at, base_version, base_at) ' +
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET at = ?4, base_version = ?5, base_at = ?6 WHERE version_id = 'deleted'",
    endpoint,
    reference,
    versionId,
    at,
    base,
    baseAt,
  );
}

export function forgetVersions(ctx: WriteContext, before: number): number {
  return (
    ctx.sql.run(
      'DELETE FROM taken_version WHERE (feed, reference) IN ' +
        `(SELECT feed, reference FROM taken_version WHERE at < ? LIMIT ${FORGOTTEN_AT_ONCE})`,
      before,
    ) +
    ctx.sql.run(
      'DELETE FROM written_version WHERE (endpoint, reference, version_id) IN ' +
        `(SELECT endpoint, reference, version_id FROM written_version WHERE at < ? LIMIT ${FORGOTTEN_AT_ONCE})`,
      before,
    )
  );
}
