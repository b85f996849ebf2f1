import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'mocha';
import { migrate } from '../../engine/store/sqlite/connection.ts';
import { queueDepth } from '../../engine/store/sqlite/read/figures.ts';
import { backlog } from '../../engine/store/sqlite/read/work.ts';
import { Sql } from '../../engine/store/sqlite/sql.ts';

/** Notes how SQLite would go about each query. */
class Explaining extends Sql {
  readonly plans: string[] = [];

  override all(text: string): unknown[] {
    const steps = this.db.prepare(`EXPLAIN QUERY PLAN ${text}`).all();
    this.plans.push(...steps.map(({ detail }) => String(detail)));
    return [];
  }
}

describe('the oldest item of a state', () => {
  const plansOf = (ask: (sql: Sql) => unknown): readonly string[] => {
    const db = new DatabaseSync(':memory:');
    migrate(db, ':memory:');
    const sql = new Explaining(db);
    ask(sql);
    db.close();
    return sql.plans;
  };

  it('is found without walking past dead letters, parked items or what is done', () => {
    const plans = plansOf(backlog);
    assert.ok(plans.includes('SEARCH w USING INDEX work_active (state=? AND subscription=?)'), plans.join('; '));
    assert.ok(plans.includes('SEARCH w USING INDEX work_resting (subscription=? AND state=?)'), plans.join('; '));
    assert.ok(!plans.some((plan) => plan.startsWith('SCAN')), plans.join('; '));
  });

  it('is counted by lane without reading what is done', () => {
    const walks = plansOf(queueDepth).filter((plan) => / w USING /.test(plan));
    assert.deepEqual(walks, ['SEARCH w USING INDEX work_active (state=?)', 'SCAN w USING INDEX work_resting']);
  });
});
