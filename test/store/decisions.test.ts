import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { openStore, silentLog, type DecisionRecord, type Store } from '../../engine/index.ts';
import { migrate } from '../../engine/store/sqlite/connection.ts';
import { pack } from '../../engine/store/sqlite/packed.ts';
import { T0 } from '../kit/store-builders.ts';

const decision = (id: string, table = 'potassium'): DecisionRecord => ({
  id,
  messageId: 'm1',
  workId: 'w1',
  definition: 'criticals',
  node: { id: `node of ${table}`, name: 'rule table' },
  table,
  version: 'f'.repeat(64),
  at: T0,
  inputs: { code: '2823-3', value: 6.9 },
  matched: ['row-1'],
  outputs: { lane: 'stat' },
  missing: [],
  deterministic: true,
  error: null,
  sentence: 'Row 1 matches.',
});

describe('kept decisions', () => {
  let folder: string;
  let store: Store | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wardflow-decisions-'));
  });
  afterEach(async () => {
    await store?.close();
    rmSync(folder, { recursive: true });
  });

  it('that an older schema kept as records are read, and not kept again', async () => {
    const db = new DatabaseSync(join(folder, 'wardflow.db'));
    migrate(db, 'x', 7);
    db.prepare('INSERT INTO decision_set (message_id, n, packed) VALUES (?, ?, ?)').run(
      'm1',
      0,
      pack(JSON.stringify([decision('d1'), decision('d2')])),
    );
    db.close();
    store = await openStore({ folder, log: silentLog });
    const again = [store.decisions.record(decision('d2')), store.decisions.record(decision('d3'))];
    await Promise.all(again);
    assert.deepEqual(await store.decisions.ofMessage('m1'), [decision('d1'), decision('d2'), decision('d3')]);
  });

  it('of two tables in one turn come back whole and in their order, each once', async () => {
    const opened = (store = await openStore({ folder, log: silentLog }));
    const made = [decision('d1'), decision('d2', 'sodium'), decision('d1'), decision('d3')];
    await Promise.all(made.map((one) => opened.decisions.record(one)));
    assert.deepEqual(await store.decisions.ofMessage('m1'), [decision('d1'), decision('d2', 'sodium'), decision('d3')]);
  });
});
