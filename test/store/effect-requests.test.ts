import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'mocha';
import { migrate } from '../../engine/store/sqlite/connection.ts';
import { Sql } from '../../engine/store/sqlite/sql.ts';
import { WriteContext } from '../../engine/store/sqlite/write/context.ts';
import { beginEffect, finishEffect } from '../../engine/store/sqlite/write/effects.ts';
import type { EffectIdentity } from '../../engine/index.ts';
import { FAILURE, T0 } from '../kit/store-builders.ts';

/** Notes what is asked of the tables. */
class Noting extends Sql {
  readonly asked: string[] = [];

  override run(text: string, ...values: Parameters<Sql['run']> extends [string, ...infer V] ? V : never): number {
    this.asked.push(text);
    return super.run(text, ...values);
  }
}

describe('the request of an effect', () => {
  const identityOf = (key: string): EffectIdentity => ({
    key,
    messageId: 'm1',
    workId: 'w1',
    name: 'send',
    definition: 'd',
    target: 'lab: HL7',
    discriminator: '',
    version: '1',
  });
  const opened = (): { sql: Noting; ctx: WriteContext; kept: () => unknown } => {
    const db = new DatabaseSync(':memory:');
    migrate(db, ':memory:');
    const sql = new Noting(db);
    const ctx = new WriteContext(sql);
    ctx.incoming = new Uint8Array(Buffer.from('MSH|what is sent'));
    const kept = (): unknown => (sql.get('SELECT count(*) AS n FROM effect_request') as { n: number }).n;
    return { sql, ctx, kept };
  };

  it('goes when the effect is done, and stays while it is not', () => {
    const { ctx, kept } = opened();
    for (const key of ['a', 'b']) beginEffect(ctx, identityOf(key), 'life', T0, [0, 16]);
    finishEffect(ctx, 'a', { state: 'ambiguous', failure: FAILURE }, T0);
    finishEffect(ctx, 'b', { state: 'failed', failure: FAILURE }, T0);
    assert.equal(kept(), 2);
    finishEffect(ctx, 'a', { state: 'done', result: null, summary: 's' }, T0);
    assert.equal(kept(), 1);
    finishEffect(ctx, 'a', { state: 'failed', failure: FAILURE }, T0);
    finishEffect(ctx, 'b', { state: 'done', result: null, summary: 's' }, T0);
    assert.equal(kept(), 0);
  });

  it('costs an effect without one no statement', () => {
    const { ctx, sql } = opened();
    beginEffect(ctx, identityOf('a'), 'life', T0);
    finishEffect(ctx, 'a', { state: 'done', result: null, summary: 's' }, T0);
    assert.deepEqual(
      sql.asked.filter((text) => text.includes('effect_request')),
      [],
    );
  });
});
