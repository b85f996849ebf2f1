import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../engine/index.ts';
import type { ConsoleAuditRecord } from '../api/contract.ts';
import { inTransaction } from './store/database.ts';

type Details = ConsoleAuditRecord['details'];

/**
 * What happened at the console itself (logins, refusals, sessions); what is done to messages is in the runtime's audit.
 * Each record carries the hash of the one before, as the runtime's chain does.
 */
export interface AuditTrail {
  append(type: string, actor: string, details?: Details): void;
  list(query: { readonly before?: number; readonly limit?: number }): readonly ConsoleAuditRecord[];
  verify(): { readonly intact: boolean; readonly records: number; readonly firstBroken: number | null };
}

const START = '0'.repeat(64);

export function auditTrailIn(database: DatabaseSync, clock: Clock): AuditTrail {
  const last = database.prepare('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1');
  const insert = database.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)');
  const page = database.prepare(
    'SELECT seq, at, type, actor, details FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?',
  );
  const all = database.prepare('SELECT * FROM audit ORDER BY seq');
  return {
    append(type, actor, details = {}) {
      inTransaction(database, () => {
        const head = last.get();
        const seq = Number(head?.['seq'] ?? 0) + 1;
        const previous = String(head?.['hash'] ?? START);
        const at = clock.now();
        const text = JSON.stringify(details);
        insert.run(seq, at, type, actor, text, previous, hashOf(seq, at, type, actor, text, previous));
      });
    },
    list({ before = Number.MAX_SAFE_INTEGER, limit = 100 }) {
      return page.all(before, limit).map((row) => ({
        seq: Number(row['seq']),
        at: Number(row['at']),
        type: String(row['type']),
        actor: String(row['actor']),
        details: JSON.parse(String(row['details'])) as Details,
      }));
    },
    verify() {
      let records = 0;
      let previous = START;
      for (const row of all.iterate()) {
        records++;
        const stated = String(row['hash']);
        const parts = [row['type'], row['actor'], row['details']].map(String) as [string, string, string];
        const actual = hashOf(Number(row['seq']), Number(row['at']), ...parts, previous);
        if (stated !== actual || Number(row['seq']) !== records)
          return { intact: false, records, firstBroken: Number(row['seq']) };
        previous = stated;
      }
      return { intact: true, records, firstBroken: null };
    },
  };
}

function hashOf(seq: number, at: number, type: string, actor: string, details: string, previous: string): string {
  return createHash('sha256')
    .update(JSON.stringify([seq, at, type, actor, details, previous]))
    .digest('hex');
}
