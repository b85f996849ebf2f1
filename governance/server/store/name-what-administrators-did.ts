import type { DatabaseSync } from 'node:sqlite';
import { chainAudit, GENESIS, systemClock, type AuditEntry } from '../../../engine/index.ts';

/** What the role of administrators allowed before it was about accounts only. */
const ALSO = ['engineer', 'operator'];

/**
 * Administrators could redrive messages and change flows by being administrators. Whoever is one at the upgrade keeps that,
 * by the roles which say so, and can give them up; the audit says how they came by them.
 */
export function nameWhatAdministratorsDid(database: DatabaseSync): void {
  const update = database.prepare('UPDATE accounts SET roles = ? WHERE username = ?');
  const last = database.prepare('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1');
  const insert = database.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)');
  for (const row of database.prepare('SELECT username, roles FROM accounts ORDER BY username').all()) {
    const [username, before] = [String(row['username']), String(row['roles'])];
    const roles = before.split(',');
    if (!roles.includes('administrator')) continue;
    const next = [...new Set([...roles, ...ALSO])].join(',');
    if (next === before) continue;
    update.run(next, username);
    const details = { account: username, before: before.replaceAll(',', ', '), roles: next.replaceAll(',', ', ') };
    const entry: AuditEntry = { at: systemClock.now(), type: 'account.roles-changed', actor: 'system', details };
    const head = last.get();
    const { seq, at, type, actor, previous, hash } = chainAudit(
      entry,
      Number(head?.['seq'] ?? 0) + 1,
      String(head?.['hash'] ?? GENESIS),
    );
    insert.run(seq, at, type, actor, JSON.stringify(details), previous, hash);
  }
}
