import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { openStore, silentLog, type GateFact } from '../../engine/index.ts';
import { migrate } from '../../engine/store/sqlite/connection.ts';
import { T0 } from '../kit/store-builders.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const fact = (key: string, messageId: string): GateFact => ({
  scope: 's',
  key,
  messageId,
  workId: '',
  contentHash: sha256('content'),
  statedAt: null,
  stage: null,
  correction: false,
  at: T0,
});

describe('hashes of the gate', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wardflow-hashes-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('that an older schema kept whole are known again after the migration', async () => {
    const db = new DatabaseSync(join(folder, 'wardflow.db'));
    migrate(db, 'x', 5);
    const insert = db.prepare(
      'INSERT INTO gate_fact (scope, key, message_id, content_hash, at, kind, because) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    for (const key of [sha256('fact'), 'written by hand']) {
      insert.run('s', key, 'm1', sha256('content'), T0, 'new', 'first-seen');
    }
    db.close();
    const store = await openStore({ folder, log: silentLog });
    try {
      assert.equal((await store.gate.admit(fact(sha256('fact'), 'm2'))).kind, 'repeat');
      assert.equal((await store.gate.admit(fact('written by hand', 'm2'))).kind, 'repeat');
      assert.equal((await store.gate.admit(fact(sha256('another'), 'm2'))).kind, 'new');
    } finally {
      await store.close();
    }
  });
});
