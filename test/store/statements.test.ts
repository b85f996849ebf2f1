import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { Sql } from '../../engine/store/sqlite/sql.ts';

describe('Statements', () => {
  const sql = new Sql(new DatabaseSync(':memory:'));
  after(() => sql.db.close());

  it('refuse a limit that SQLite would plan anew for each time', () => {
    assert.throws(() => sql.all('SELECT 1 LIMIT ?', 1), /LIMIT \? \+ 0/);
    assert.throws(() => sql.all('SELECT 1 LIMIT ?1', 1), /LIMIT \? \+ 0/);
    assert.deepEqual(
      sql.all('SELECT 1 AS one LIMIT ? + 0', 1).map((row) => ({ ...(row as object) })),
      [{ one: 1 }],
    );
  });

  it('refuse an object and `undefined` where a value is bound', () => {
    for (const value of [new Date(0), undefined] as unknown[])
      assert.throws(() => sql.get('SELECT ? AS value', value as string), /parameter 1 is/);
  });
});
