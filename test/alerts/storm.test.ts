import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { AlertMessage, AlertOutcome } from '../../engine/index.ts';
import { AlertBench, alertPolicyOf } from '../kit/alert-bench.ts';
import { eventually } from '../kit/eventually.ts';

const LONG = process.env['WARDFLOW_TEST_LONG'] === '1';
const [RESULTS, PATIENTS] = LONG ? [50_000, 500] : [5_000, 50];
const CONDITIONS = ['K', 'NA'];
const AT_ONCE = 100;
const COOL_DOWN_MS = 30 * 60_000;

/** All pages, newest first; of one moment there are fewer than a page. */
async function all<T>(
  page: (before: number) => Promise<readonly T[]>,
  keyOf: (one: T) => readonly [string, number],
): Promise<readonly T[]> {
  const found = new Map<string, T>();
  for (let before = Number.MAX_SAFE_INTEGER, fresh = true; fresh;) {
    fresh = false;
    for (const one of await page(before)) {
      const [key, at] = keyOf(one);
      fresh ||= !found.has(key);
      found.set(key, one);
      before = at + 1;
    }
  }
  return [...found.values()];
}

describe('a storm of critical results', () => {
  it(`of ${RESULTS} for ${PATIENTS} patients makes one page per patient, condition and cool-down, and nothing is silent`, async () => {
    const pages: AlertMessage[] = [];
    const pager = {
      name: 'pager',
      send: (message: AlertMessage) => {
        pages.push(message);
        return Promise.resolve({ ok: true, state: 'sent' } as const);
      },
    };
    const bench = await AlertBench.open({ channels: new Map([['pager', pager]]) });
    try {
      const policy = alertPolicyOf();
      const outcomes = new Map<AlertOutcome, number>();
      const half = RESULTS / 2;
      const storm = async (from: number, to: number): Promise<void> => {
        for (let i = from; i < to; i += AT_ONCE)
          await Promise.all(
            Array.from({ length: Math.min(AT_ONCE, to - i) }, async (_, j) => {
              const n = i + j;
              const event = { patient: `p${n % PATIENTS}`, code: CONDITIONS[Math.floor(n / PATIENTS) % 2], value: 7 };
              const { outcome } = await bench.consider(await bench.accept(), event, policy);
              outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
            }),
          ).then(() => bench.clock.advance(1));
      };
      const groups = PATIENTS * CONDITIONS.length;
      await storm(0, half);
      await eventually('each is told', () => bench.told.length >= groups);
      bench.clock.advance(COOL_DOWN_MS);
      await storm(half, RESULTS);
      await eventually('each is told again', () => bench.told.length >= 2 * groups);

      assert.equal(pages.length, 2 * groups);
      assert.equal(new Set(pages.map(({ id }) => id)).size, 2 * groups);
      assert.ok(pages.every(({ repeat }) => !repeat));
      assert.deepEqual(Object.fromEntries(outcomes), { started: 2 * groups, joined: RESULTS - 2 * groups });
      const { alerts } = bench.engine.store;
      const held = await all(
        (before) => alerts.heldBackList({ limit: 1000, before }),
        ({ messageId, at }) => [messageId, at],
      );
      const kept = await all(
        (before) => alerts.list({ limit: 1000, before }),
        ({ id, startedAt }) => [id, startedAt],
      );
      assert.equal(held.length, RESULTS - 2 * groups, 'each that was held back is recorded');
      assert.equal(
        kept.reduce((sum, { count }) => sum + count, 0),
        RESULTS,
        'each is counted',
      );
    } finally {
      await bench.close();
    }
  }).timeout(LONG ? 600_000 : 120_000);
});
