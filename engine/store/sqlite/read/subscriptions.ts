import type { OwnVersion, SubscriptionRecord, TakenVersion } from '../../contract/index.ts';
import type { Sql } from '../sql.ts';

interface Row {
  record: string;
}

const from = ({ record }: Row): SubscriptionRecord => JSON.parse(record) as SubscriptionRecord;

export function getSubscription(sql: Sql, name: string): SubscriptionRecord | undefined {
  const row = sql.get('SELECT record FROM subscription WHERE name = ?', name) as Row | undefined;
  return row && from(row);
}

export function listSubscriptions(sql: Sql): SubscriptionRecord[] {
  return (sql.all('SELECT record FROM subscription ORDER BY name') as Row[]).map(from);
}

export function takenVersions(sql: Sql, feed: string, references: readonly string[]): [string, TakenVersion][] {
  const rows = sql.all(
    'SELECT t.reference, t.version_id AS versionId, t.work_id AS workId, t.at, t.before_version AS before ' +
      'FROM json_each(?1) j JOIN taken_version t ON t.feed = ?2 AND t.reference = j.value',
    JSON.stringify(references),
    feed,
  ) as (TakenVersion & { reference: string })[];
  return rows.map(({ reference, ...taken }) => [reference, { ...taken }]);
}

export function writtenVersion(
  sql: Sql,
  endpoint: string,
  reference: string,
  versionId: string,
): OwnVersion | undefined {
  const found = sql.get(
    'SELECT base_version AS base, base_at AS baseAt, at FROM written_version ' +
      'WHERE endpoint = ? AND reference = ? AND version_id = ?',
    endpoint,
    reference,
    versionId,
  ) as OwnVersion | undefined;
  return found && { ...found };
}
