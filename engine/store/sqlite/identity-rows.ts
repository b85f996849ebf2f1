import type { GroupRecord, IdentityTables, KeyRecord } from '../../identity/identity-tables.ts';
import type { AuditEntry, IdentityFinding, IdentityLink, IdentityQuestion } from '../contract/index.ts';
import { json, type Sql } from './sql.ts';

/** The rows of one transaction, or, for reading, of one moment. */
export function identityRows(sql: Sql, audit: (entry: AuditEntry) => void): IdentityTables {
  const get = (text: string, id: string): unknown => {
    const row = sql.get(text, id) as { readonly record: string } | undefined;
    return row && (JSON.parse(row.record) as unknown);
  };
  const put = (table: string, columns: string, ...values: readonly (string | number)[]): void =>
    void sql.run(
      `INSERT OR REPLACE INTO ${table} (${columns}) VALUES (${values.map(() => '?').join(', ')})`,
      ...values,
    );
  const text = (record: object): string => json(record) ?? '';
  return {
    key: (key) => get('SELECT record FROM identity_key WHERE key = ?', key) as KeyRecord | undefined,
    putKey: (record) => put('identity_key', 'key, message_id, record', record.key, record.messageId, text(record)),
    removeKey: (key) => void sql.run('DELETE FROM identity_key WHERE key = ?', key),
    group: (id) => get('SELECT record FROM identity_group WHERE id = ?', id) as GroupRecord | undefined,
    putGroup: (record) => put('identity_group', 'id, record', record.id, text(record)),
    removeGroup: (id) => void sql.run('DELETE FROM identity_group WHERE id = ?', id),
    alike: (mark) =>
      (get('SELECT keys AS record FROM identity_alike WHERE mark = ?', mark) as string[] | undefined) ?? [],
    putAlike(mark, keys) {
      if (keys.length === 0) sql.run('DELETE FROM identity_alike WHERE mark = ?', mark);
      else put('identity_alike', 'mark, keys', mark, text(keys));
    },
    link: (id) => get('SELECT record FROM identity_link WHERE id = ?', id) as IdentityLink | undefined,
    putLink: (link) =>
      put(
        'identity_link',
        'id, kind, message_id, recorded_at, record',
        link.id,
        link.kind,
        link.messageId,
        link.recordedAt,
        text(link),
      ),
    question: (id) => get('SELECT record FROM identity_question WHERE id = ?', id) as IdentityQuestion | undefined,
    putQuestion: (question) =>
      put(
        'identity_question',
        'id, state, message_id, since, record',
        question.id,
        question.state,
        question.messageId,
        question.since,
        text(question),
      ),
    finding: (messageId) =>
      get('SELECT record FROM identity_finding WHERE message_id = ?', messageId) as IdentityFinding | undefined,
    putFinding: (messageId, finding) => put('identity_finding', 'message_id, record', messageId, text(finding)),
    audit,
  };
}
