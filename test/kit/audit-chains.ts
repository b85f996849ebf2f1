/** A console and a runtime with audit chains in real files, and what an attacker would do to those files. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  chainAudit,
  environmentFolder,
  GENESIS,
  ManualClock,
  silentLog,
  type AuditEntry,
  type AuditRecord,
  type Store,
} from '../../engine/index.ts';
import { openSqliteStore } from '../../engine/store/sqlite/open.ts';
import { consoleChain, storedChain, type ChainReader } from '../../governance/audit/chain-reader.ts';
import { auditErrors } from '../../governance/audit/errors.ts';
import { headsFolder } from '../../governance/audit/heads/head-key.ts';
import { createHeadSigner, type HeadSigner } from '../../governance/audit/heads/head-signer.ts';
import { auditTrailIn, type AuditTrail } from '../../governance/server/audit-trail.ts';
import { openDatabase } from '../../governance/server/store/database.ts';
import { auditEntry } from './store-builders.ts';

export interface AuditChains {
  readonly folder: string;
  readonly clock: ManualClock;
  readonly trail: AuditTrail;
  readonly store: Store;
  readonly chains: readonly ChainReader[];
  signer(): HeadSigner;
  /** `count` records of the runtime. */
  happen(count: number): Promise<void>;
  /** From now on the runtime answers, or does not. */
  reachable(yes: boolean): void;
  /** Changes the records of a chain behind everybody's back; `change` gives what the chain is to be, unhashed. */
  tamper(chain: 'console' | 'staging', change: (records: AuditRecord[]) => readonly AuditEntry[], from?: number): void;
  /** One statement, past all hashes. */
  edit(chain: 'console' | 'staging', sql: string): void;
  close(): Promise<void>;
}

export async function auditChains(): Promise<AuditChains> {
  const folder = await mkdtemp(join(tmpdir(), 'wardflow-audit-'));
  const clock = new ManualClock();
  const database = openDatabase(folder);
  const trail = auditTrailIn(database, clock);
  const store = await openSqliteStore({ folder: environmentFolder(folder, 'staging'), log: silentLog });
  let answers = true;
  const unread = () => Promise.reject(auditErrors.create('audit-chain-unread', { chain: 'staging' }));
  const runtime: ChainReader = {
    chain: 'staging',
    head: () => (answers ? store.audit.head() : unread()),
    list: (query) => (answers ? store.audit.list({ ...query, order: 'oldest-first' }) : unread()),
  };
  const chains = [consoleChain(trail), runtime];
  const files = {
    console: join(folder, 'governance', 'console.sqlite'),
    staging: join(environmentFolder(folder, 'staging'), 'wardflow.db'),
  };
  const signers: HeadSigner[] = [];
  return {
    folder,
    clock,
    trail,
    store,
    chains,
    signer() {
      const signer = createHeadSigner({
        folder: headsFolder(folder),
        clock,
        log: silentLog,
        chains,
        audit: trail,
        stored: (chain) => (chain === 'staging' ? storedChain(folder, chain) : undefined),
      });
      signers.push(signer);
      return signer;
    },
    async happen(count) {
      await store.audit.append(
        Array.from({ length: count }, (_, n) =>
          auditEntry('flow.noted', { at: clock.now(), details: { text: `n${n}` } }),
        ),
      );
    },
    reachable: (yes) => void (answers = yes),
    tamper(chain, change, from = 0) {
      const file = new DatabaseSync(files[chain], { timeout: 5000 });
      const rows = file.prepare('SELECT * FROM audit ORDER BY seq').all();
      const records = rows.map(recordOf);
      let previous = GENESIS;
      const next = change(records.map((record) => ({ ...record })));
      file.exec('BEGIN IMMEDIATE; DELETE FROM audit;');
      for (const [index, entry] of next.entries()) {
        const old = records[index];
        // Records before `from` stay as they are, with the hashes they have.
        const record = index < from && old ? old : chainAudit(entry, index + 1, previous);
        previous = record.hash;
        file
          .prepare(
            'INSERT INTO audit (seq, at, type, actor, message_id, definition, version, details, reason, previous, hash) ' +
              'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
          )
          .run(
            record.seq,
            record.at,
            record.type,
            record.actor,
            record.messageId ?? null,
            record.definition ?? null,
            record.version ?? null,
            JSON.stringify(record.details),
            record.reason ?? null,
            record.previous,
            record.hash,
          );
      }
      file.exec('COMMIT');
      file.close();
    },
    edit(chain, sql) {
      const file = new DatabaseSync(files[chain], { timeout: 5000 });
      assert.equal(Number(file.prepare(sql).run().changes), 1);
      file.close();
    },
    async close() {
      for (const signer of signers) await signer.stop();
      await store.close();
      database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function recordOf(row: Readonly<Record<string, unknown>>): AuditRecord {
  const member = (column: string, name: string) => (typeof row[column] === 'string' ? { [name]: row[column] } : {});
  return {
    seq: Number(row['seq']),
    at: Number(row['at']),
    type: String(row['type']),
    actor: String(row['actor']),
    ...member('message_id', 'messageId'),
    ...member('definition', 'definition'),
    ...member('version', 'version'),
    details: JSON.parse(String(row['details'])) as AuditEntry['details'],
    ...member('reason', 'reason'),
    previous: String(row['previous']),
    hash: String(row['hash']),
  };
}
