import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { chainAudit, GENESIS, type AuditEntry } from '../../../engine/index.ts';

/**
 * The first schema hashed console records in a way of its own; now they are hashed as the runtime's. A chain that is not
 * intact stays as it is: hashed anew, it would look as if nothing had been changed.
 */
export function rechain(database: DatabaseSync): void {
  const rows = database.prepare('SELECT * FROM audit ORDER BY seq').all();
  let old = GENESIS;
  let hash = GENESIS;
  const update = database.prepare('UPDATE audit SET previous = ?, hash = ? WHERE seq = ?');
  const changes: (readonly [string, string, number])[] = [];
  for (const row of rows) {
    const [seq, at] = [Number(row['seq']), Number(row['at'])];
    const [type, actor, details] = [String(row['type']), String(row['actor']), String(row['details'])];
    const text = JSON.stringify([seq, at, type, actor, details, old]);
    const stated = createHash('sha256').update(text).digest('hex');
    if (stated !== row['hash']) return;
    old = stated;
    const entry: AuditEntry = { at, type, actor, details: JSON.parse(details) as AuditEntry['details'] };
    const previous = hash;
    hash = chainAudit(entry, seq, previous).hash;
    changes.push([previous, hash, seq]);
  }
  for (const change of changes) update.run(...change);
}
