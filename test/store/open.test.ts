import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { openStore, silentLog, verifyAudit, WardflowError, type Store } from '../../engine/index.ts';
import { migrate } from '../../engine/store/sqlite/connection.ts';
import { MIGRATIONS } from '../../engine/store/sqlite/migrations/index.ts';
import { sentError } from '../../engine/store/sqlite/sent-error.ts';
import { auditEntry, newMessage, WINDOW } from '../kit/store-builders.ts';

describe('opening the SQLite store', () => {
  let folder: string;
  let file: string;
  let store: Store | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wardflow-open-'));
    file = join(folder, 'wardflow.db');
  });
  afterEach(async () => {
    await store?.close();
    store = undefined;
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true });
  });

  const open = async (at = folder): Promise<Store> => (store = await openStore({ folder: at, log: silentLog }));
  const refused = async (code: string, path: string, at = folder): Promise<void> => {
    await assert.rejects(open(at), (error: unknown) => {
      assert.ok(error instanceof WardflowError);
      assert.equal(error.code, code);
      assert.ok(`${error.message} ${error.remedy}`.includes(path), 'names the path');
      assert.doesNotMatch(`${error.message} ${error.remedy}`, /\{\w+\}/, 'leaves nothing unfilled');
      return true;
    });
  };

  it('makes the folder and shows the settings read back from the database', async () => {
    await open(join(folder, 'new', 'deep'));
    const { settings, adapter } = (store as Store).durability;
    assert.equal(adapter, 'sqlite');
    assert.equal(settings['journal_mode'], 'wal');
    assert.equal(settings['synchronous'], 'FULL');
    assert.equal(settings['foreign_keys'], 'on');
    assert.equal(settings['page_size'], '4096');
    assert.notEqual(settings['busy_timeout_ms'], '0');
  });

  it('folds the write-ahead log into the database when it closes', async () => {
    await open();
    await store?.journal.accept(newMessage(), [], WINDOW);
    assert.equal(existsSync(`${file}-wal`), true);
    await store?.close();
    assert.equal(existsSync(`${file}-wal`), false);
  });

  it('refuses a folder whose name is taken by a file', async () => {
    writeFileSync(join(folder, 'taken'), '');
    await refused('store-folder-unwritable', 'taken', join(folder, 'taken'));
  });

  it('refuses a folder that it cannot write', async () => {
    // Nothing is unwritable for root, except what is no place to write at all.
    if (process.getuid?.() === 0) return refused('store-folder-unwritable', '/dev/null', '/dev/null/wardflow');
    chmodSync(folder, 0o500);
    return refused('store-folder-unwritable', folder);
  });

  it('refuses a file that is no database, and leaves it as it is', async () => {
    writeFileSync(file, 'this is not a database, it is a note of some length that fills the header of one');
    await refused('store-file-corrupt', file);
  });

  it('calls a disk full that has no room for the index of its log, as after a crash', () => {
    const noRoom = Object.assign(new Error('disk I/O error'), { errcode: 4874 });
    assert.equal(sentError(noRoom, 'open', 'x.db').code, 'store-disk-full');
    const broken = Object.assign(new Error('disk I/O error'), { errcode: 266 });
    assert.equal(sentError(broken, 'open', 'x.db').code, 'store-io-failed');
  });

  it('refuses a database that a newer version wrote', async () => {
    const db = new DatabaseSync(file);
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    db.close();
    await refused('store-schema-newer', file);
  });

  it('refuses to run when the database does not take the setting that flushes each commit', () => {
    const program = resolve(import.meta.dirname, 'accept-some.ts');
    const weakener = resolve(import.meta.dirname, 'weaken-store.ts');
    const run = spawnSync(process.execPath, ['--import', weakener, program, folder], {
      env: { ...process.env, WEAKEN: 'setting' },
      encoding: 'utf8',
    });
    assert.notEqual(run.status, 0);
    assert.match(run.stderr, /store-not-durable/);
    assert.doesNotMatch(run.stdout, /acknowledged/);
  });

  it('brings a database of each older schema up to date', async () => {
    const at = join(folder, 'older');
    await open(at);
    await store?.close();
    for (let from = 0; from <= MIGRATIONS.length; from++) {
      for (const name of readdirSync(at)) if (name.startsWith('wardflow.db')) rmSync(join(at, name));
      const db = new DatabaseSync(join(at, 'wardflow.db'));
      migrate(db, 'x', from);
      db.close();
      await open(at);
      assert.equal((await store?.journal.accept(newMessage(), [], WINDOW))?.kind, 'unrouted');
      await store?.close();
    }
  }).timeout(180_000);

  it('changes nothing when a migration fails half-way', () => {
    const db = new DatabaseSync(file);
    db.exec('CREATE TABLE audit (x)');
    assert.throws(() => migrate(db, file));
    assert.equal(db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE type = 'table'").get()?.['n'], 1);
    db.close();
  });

  it('refuses calls after it was closed, and closes twice without harm', async () => {
    await open();
    await store?.close();
    await assert.rejects((store as Store).journal.accept(newMessage(), [], WINDOW), { code: 'store-closed' });
    await store?.close();
  });

  it('finishes what was begun before it closes', async () => {
    await open();
    const begun = Array.from({ length: 20 }, () => store?.journal.accept(newMessage(), [], WINDOW));
    await store?.close();
    for (const call of begun) await call;
    await open();
    assert.equal((await store?.journal.counts())?.total, 20);
  });

  describe('an audit chain that somebody edited', () => {
    const changes: readonly [string, string, number, RegExp][] = [
      ['a changed record', "UPDATE audit SET actor = 'user:other' WHERE seq = 3", 3, /content/],
      ['changed details', 'UPDATE audit SET details = \'{"n":9}\' WHERE seq = 2', 2, /content/],
      ['details that are no JSON', "UPDATE audit SET details = '{' WHERE seq = 2", 2, /content/],
      ['a removed record', 'DELETE FROM audit WHERE seq = 4', 5, /missing/],
      ['a record put in its place', "UPDATE audit SET hash = printf('%064d', 1) WHERE seq = 3", 3, /content/],
    ];
    for (const [title, sql, seq, why] of changes) {
      it(`shows ${title}`, async () => {
        await open();
        for (let n = 0; n < 5; n++) await store?.audit.append([auditEntry('flow.noted', { details: { n } })]);
        await store?.close();
        const db = new DatabaseSync(file);
        db.exec(sql);
        db.close();
        const verdict = await verifyAudit((await open()).audit);
        assert.equal(verdict.intact, false);
        assert.equal(verdict.firstBroken?.seq, seq);
        assert.match(verdict.firstBroken.why, why);
      });
    }

    it('shows two records that were exchanged', async () => {
      await open();
      for (let n = 0; n < 5; n++) await store?.audit.append([auditEntry('flow.noted', { details: { n } })]);
      await store?.close();
      const db = new DatabaseSync(file);
      db.exec(
        'UPDATE audit SET seq = 99 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 99',
      );
      db.close();
      assert.equal((await verifyAudit((await open()).audit)).firstBroken?.seq, 2);
    });
  });
});
