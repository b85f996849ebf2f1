import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createShiftReports, ManualClock } from '../../engine/index.ts';
import type { SpanPage, SpanQuery, Spans, TaskSpan } from '../../engine/index.ts';

const NONE = { rows: [], next: null };
const task = (n: number): TaskSpan => ({
  id: `t${n}`,
  definition: 'lab',
  state: 'requested',
  role: 'nurse',
  serviceLine: null,
  createdAt: n,
  stateSince: n,
  dueAt: null,
  acknowledgedAt: null,
  endedAt: null,
  overridden: 0,
});

/** So many tasks, in pages of the size that is asked for. */
function paged(count: number, asked: SpanQuery[], onPage: () => void = () => undefined): Spans {
  return {
    tasks: async (query): Promise<SpanPage<TaskSpan>> => {
      asked.push(query);
      onPage();
      const from = Number(query.after ?? 0);
      const rows = Array.from({ length: Math.min(query.limit ?? 100, count - from) }, (_, i) => task(from + i));
      const next = from + rows.length;
      return { rows, next: next < count ? String(next) : null };
    },
    alerts: async () => NONE,
    escalations: async () => NONE,
    heldBack: async () => [],
  };
}

describe('Reading a shift report', () => {
  const clock = new ManualClock(1_000_000);
  const request = { from: 0, to: 3_600_000, zone: 'UTC', serviceLine: null };
  const over = (spans: Spans, more = {}) =>
    createShiftReports({ spans, clock, serviceLineOf: () => null, elapsed: () => clock.now(), ...more });

  it('reads all pages, of the definitions that were asked for', async () => {
    const asked: SpanQuery[] = [];
    const { all, cut, asOf } = await over(paged(2500, asked)).read(request, ['lab']);
    assert.deepEqual([all.created, cut, asOf], [2500, false, clock.now()]);
    assert.equal(asked.length, 3);
    assert.deepEqual(asked[1], { since: 0, until: 3_600_000, limit: 1000, definitions: ['lab'], after: '1000' });
  });

  it('stops at 100,000 of a kind, and when its time is over, and says so', async () => {
    const most = await over(paged(150_000, [])).read(request);
    assert.deepEqual([most.all.created, most.cut], [100_000, true]);
    const slow = paged(5000, [], () => clock.advance(60));
    const late = await over(slow, { budgetMs: 100 }).read(request);
    assert.deepEqual([late.all.created, late.cut], [2000, true]);
  });

  it('makes one for all who ask the same within seconds, and one after the other', async () => {
    const asked: SpanQuery[] = [];
    let inside = 0;
    let most = 0;
    const spans: Spans = {
      ...paged(1, asked),
      alerts: async () => {
        most = Math.max(most, ++inside);
        await new Promise((resolve) => void setImmediate(resolve));
        inside--;
        return NONE;
      },
    };
    const reports = over(spans);
    const [a, b] = await Promise.all([reports.read(request), reports.read(request), reports.read(request, ['x'])]);
    assert.equal(a, b);
    assert.deepEqual([asked.length, most], [2, 1]);
    clock.advance(6000);
    assert.notEqual(await reports.read(request), a);
    await assert.rejects(Promise.all(Array.from({ length: 30 }, (_, i) => reports.read({ ...request, to: 100 + i }))), {
      code: 'report-busy',
    });
  });

  it('asks again after a failure', async () => {
    let fails = true;
    const spans: Spans = {
      ...paged(1, []),
      heldBack: async () => {
        if (fails) throw new Error('away');
        return [];
      },
    };
    const reports = over(spans);
    await assert.rejects(reports.read(request), /away/);
    fails = false;
    assert.equal((await reports.read(request)).all.created, 1);
  });

  it('refuses times that are none, too long or out of every calendar, and unknown zones', async () => {
    const reports = over(paged(0, []));
    const day = 86_400_000;
    for (const [from, to] of [
      [1, 1],
      [2, 1],
      [0, 32 * day],
      [-1, 1],
      [0.5, 1],
      [Number.NaN, 1],
      [9e15, 9e15 + 1],
    ] as const)
      await assert.rejects(reports.read({ ...request, from, to }), { code: 'report-time' }, `${from} ${to}`);
    for (const zone of ['', 'local', 'Mars/Olympus', 'x'.repeat(1000)])
      await assert.rejects(reports.read({ ...request, zone }), { code: 'report-zone' }, zone.slice(0, 10));
    assert.equal((await reports.read({ ...request, to: 31 * day })).buckets.length, 31);
  });
});
