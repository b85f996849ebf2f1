import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, it } from 'mocha';
import { systemClock } from '../../engine/index.ts';
import { auditTrailIn } from '../../governance/server/audit-trail.ts';
import { openDatabase } from '../../governance/server/store/database.ts';
import { MIGRATIONS } from '../../governance/server/store/migrations.ts';

describe("the console's audit chain of an earlier version", () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  /** Three records as the first schema hashed them; `change` alters the second afterwards. */
  function earlier(change: boolean): string {
    const folder = mkdtempSync(join(tmpdir(), 'wardflow-rechain-'));
    folders.push(folder);
    mkdirSync(join(folder, 'governance'));
    const database = new DatabaseSync(join(folder, 'governance', 'console.sqlite'));
    database.exec(MIGRATIONS[0] as string);
    database.exec('PRAGMA user_version = 1');
    let previous = '0'.repeat(64);
    for (const [seq, type] of [
      [1, 'account.created'],
      [2, 'session.login-refused'],
      [3, 'session.logged-in'],
    ] as const) {
      const hash = createHash('sha256')
        .update(JSON.stringify([seq, seq * 1000, type, 'user:ana', '{"n":1}', previous]))
        .digest('hex');
      database
        .prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)')
        .run(seq, seq * 1000, type, 'user:ana', '{"n":1}', previous, hash);
      previous = hash;
    }
    if (change) database.exec("UPDATE audit SET actor = 'user:eve' WHERE seq = 2");
    database.close();
    return folder;
  }

  it("is hashed as the runtime's, and goes on", async () => {
    const database = openDatabase(earlier(false));
    const trail = auditTrailIn(database, systemClock);
    trail.append('session.logged-out', 'user:ana', { session: 's' });
    const verdict = await trail.verify();
    database.close();
    assert.deepEqual([verdict.intact, verdict.records, verdict.headSeq], [true, 4, 4]);
  });

  it('that was changed stays as it is, and shows it', async () => {
    const database = openDatabase(earlier(true));
    const verdict = await auditTrailIn(database, systemClock).verify();
    database.close();
    assert.equal(verdict.intact, false);
    assert.equal(verdict.firstBroken?.seq, 1);
  });
});

describe('an administrator of an earlier version', () => {
  it('keeps what the role allowed, by roles that say so, and the audit tells', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wardflow-roles-'));
    try {
      mkdirSync(join(folder, 'governance'));
      const old = new DatabaseSync(join(folder, 'governance', 'console.sqlite'));
      old.exec(MIGRATIONS[0] as string);
      old.exec('PRAGMA user_version = 2');
      const insert = old.prepare("INSERT INTO accounts VALUES (?, 'A', ?, 'x', 0, 0, 1)");
      insert.run('admin', 'administrator');
      insert.run('ana', 'analyst');
      old.close();
      const database = openDatabase(folder);
      const roles = database.prepare('SELECT roles FROM accounts ORDER BY username').all();
      const trail = auditTrailIn(database, systemClock);
      const told = trail.list({}).map(({ type, details }) => [type, details['account']]);
      const { intact } = await trail.verify();
      database.close();
      assert.deepEqual(
        roles.map((row) => row['roles']),
        ['administrator,engineer,operator', 'analyst'],
      );
      assert.deepEqual([told, intact], [[['account.roles-changed', 'admin']], true]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
