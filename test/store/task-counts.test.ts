import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'mocha';
import type { TaskQuery } from '../../engine/index.ts';
import { migrate } from '../../engine/store/sqlite/connection.ts';
import { countTasks, listTasks } from '../../engine/store/sqlite/read/tasks.ts';
import { Sql, type Bindable } from '../../engine/store/sqlite/sql.ts';

/** Notes how SQLite would go about each query. */
class Explaining extends Sql {
  readonly plans: string[] = [];

  override all(text: string, ...values: Bindable[]): unknown[] {
    const steps = this.db.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...values);
    this.plans.push(...steps.map(({ detail }) => String(detail)));
    return [];
  }
}

const MINE: TaskQuery = { mine: { person: 'ana', roles: [{ role: 'nurse', units: ['Ward 3'] }] } };
const UNIT: TaskQuery = { area: { units: ['Ward 3'], roles: [{ role: 'nurse', everywhere: false }] } };
const PART: TaskQuery = { definitions: ['critical-lab-result'] };

describe('the list of what was done lately', () => {
  it('reads a page of each state, and sorts no year of tasks', () => {
    const db = new DatabaseSync(':memory:');
    migrate(db, ':memory:');
    const sql = new Explaining(db);
    const states = ['completed', 'cancelled', 'entered-in-error'] as const;
    listTasks(sql, { states, order: 'newest-first', limit: 100 });
    db.close();
    const walks = sql.plans.filter((plan) => / task\b/.test(plan));
    assert.deepEqual(
      walks,
      states.map(() => 'SEARCH task USING INDEX task_state (state=?)'),
    );
  });
});

describe('the counts of tasks', () => {
  for (const [name, query] of Object.entries({ all: {}, mine: MINE, unit: UNIT, part: PART }))
    it(`of the view "${name}" are made from an index, and read no record`, () => {
      const db = new DatabaseSync(':memory:');
      migrate(db, ':memory:');
      const sql = new Explaining(db);
      countTasks(sql, query, 0);
      db.close();
      const walks = sql.plans.filter((plan) => / task\b/.test(plan));
      assert.ok(
        walks.length > 0 && walks.every((plan) => plan.includes('COVERING INDEX task_counts')),
        walks.join('; '),
      );
    });
});
