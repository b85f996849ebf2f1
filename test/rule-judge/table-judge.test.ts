import assert from 'node:assert/strict';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as turn } from 'node:timers/promises';
import { afterEach, describe, it } from 'mocha';
import { WardflowError } from '../../engine/index.ts';
import { createTableJudge, type JudgeLimits, type TableJudge } from '../../engine/rule-judge/table-judge.ts';
import { NOW, row, tableFile } from '../rules/build-table.ts';

const LIMITS: JudgeLimits = { timeMs: 20_000, memory: 256, waiting: 16, staysMs: 60_000, reserve: 0 };
const job = (content: unknown) => ({
  content,
  now: NOW.getTime(),
  onlyVersion: null,
  samples: [],
  events: 'stated' as const,
  trial: null,
});
const isError =
  (code: string) =>
  (error: unknown): true => {
    assert.ok(error instanceof WardflowError);
    assert.equal(error.code, code);
    return true;
  };

/** Its tests evaluate an expression that takes the longer the more loops it has. */
const slow = (loops: number): object =>
  tableFile({
    rows: [row('slow', [`= $sum([1..${loops}].($sum([1..1000]))) > 0`, '-'], ['stat'])],
    tests: Array.from({ length: 50 }, (_, i) => ({ name: `t${i}`, input: { code: 'K', value: i }, row: 'slow' })),
  });

const many = tableFile({
  rows: Array.from({ length: 40_000 }, (_, i) => row(`r${i}`, [`"C${i}"`, `[${i}..${i + 2})`], ['stat'])),
});

describe('judging rule tables beside the event loop', () => {
  let judge: TableJudge;
  const open = (limits: Partial<JudgeLimits> = {}): void => void (judge = createTableJudge({ ...LIMITS, ...limits }));
  afterEach(() => judge.close());

  it('judges a table of 10,000 rows while the event loop answers others', async function () {
    this.timeout(60_000);
    open();
    const large = tableFile({
      hitPolicy: 'UNIQUE',
      rows: Array.from({ length: 10_000 }, (_, i) => row(`r${i}`, [`"C${i % 400}"`, `[${i}..${i + 2})`], ['stat'])),
      tests: Array.from({ length: 500 }, (_, i) => ({ name: `t${i}`, input: { code: 'none', value: i }, row: null })),
    });
    const delays = monitorEventLoopDelay({ resolution: 5 });
    let turns = 0;
    const beat = setInterval(() => turns++, 5);
    await judge.judge(job(tableFile()));
    delays.enable();
    // It counts from its own first turn.
    await turn(20);
    const began = performance.now();
    const judgement = await judge.judge(job(large));
    const took = performance.now() - began;
    delays.disable();
    clearInterval(beat);
    assert.equal(judgement?.tests.length, 500);
    assert.ok(judgement.tests.every(({ ok }) => ok));
    assert.ok(turns > 10, `the loop had ${turns} turns`);
    assert.ok(delays.max / 1e6 < took / 2, `stalled for ${Math.round(delays.max / 1e6)} of ${Math.round(took)} ms`);
  });

  it('gives up what takes too long, and judges the next table', async () => {
    // The first table has less time than its tests take; the one after it has what a busy machine needs to start a thread.
    const times = [1_000];
    judge = createTableJudge({
      ...LIMITS,
      get timeMs() {
        return times.shift() ?? LIMITS.timeMs;
      },
    });
    const given = judge.judge(job(slow(20_000)));
    const next = judge.judge(job(tableFile()));
    await assert.rejects(given, isError('rule-check-too-long'));
    assert.deepEqual((await next)?.problems, []);
  });

  it('gives up what needs too much memory, and judges the next table', async () => {
    open({ memory: 16 });
    await assert.rejects(judge.judge(job(many)), isError('rule-check-failed'));
    assert.deepEqual((await judge.judge(job(tableFile())))?.problems, []);
  });

  it('refuses more tables than may wait, and whatever waits when it is closed', async () => {
    open({ waiting: 1 });
    const [first, second, third] = [1, 2, 3].map(() => judge.judge(job(tableFile())));
    await assert.rejects(third ?? Promise.resolve(), isError('rule-check-busy'));
    const left = Promise.all(
      [first, second].map((one) => assert.rejects(one ?? Promise.resolve(), isError('rule-check-busy'))),
    );
    judge.close();
    await left;
  });

  it('begins again after its worker was sent away for want of work', async () => {
    open({ staysMs: 1 });
    await judge.judge(job(tableFile()));
    await turn(20);
    assert.deepEqual((await judge.judge(job(tableFile())))?.problems, []);
  });

  it('evaluates nothing of a version that it may not judge', async () => {
    open();
    assert.equal(await judge.judge({ ...job(tableFile()), onlyVersion: 'another' }), null);
  });

  it('keeps a thread that it was told to start before it is needed', async () => {
    open({ staysMs: 1 });
    judge.keep();
    assert.deepEqual((await judge.judge(job(tableFile())))?.problems, []);
    await turn(20);
    const began = performance.now();
    await judge.judge(job(tableFile()));
    assert.ok(performance.now() - began < 15_000);
  });

  /** As in a runtime that is confined. */
  async function confined(act: () => Promise<void>): Promise<void> {
    const require = createRequire(import.meta.url);
    const threads = require('node:worker_threads') as { Worker: unknown };
    const { Worker } = threads;
    threads.Worker = function (): never {
      throw new Error('confined');
    };
    syncBuiltinESMExports();
    try {
      await act();
    } finally {
      threads.Worker = Worker;
      syncBuiltinESMExports();
    }
  }

  it('takes a thread from its reserve where none may be started, and refuses when none is left', async () => {
    open({ timeMs: 1_500, reserve: 1 });
    judge.keep();
    await confined(async () => {
      const given = [judge.judge(job(slow(20_000))), judge.judge(job(slow(20_000)))];
      const after = judge.judge(job(tableFile()));
      const refused = assert.rejects(after, isError('rule-check-no-thread'));
      for (const one of given) await assert.rejects(one, isError('rule-check-too-long'));
      await refused;
    });
  });

  it('goes on with its reserve after a table that was given up', async () => {
    open({ memory: 16, reserve: 1 });
    judge.keep();
    await confined(async () => {
      await assert.rejects(judge.judge(job(many)), isError('rule-check-failed'));
      assert.deepEqual((await judge.judge(job(tableFile())))?.problems, []);
    });
  });

  it('refuses where no thread may be started and it has none, and never judges in the event loop', async () => {
    open();
    await confined(async () => {
      const judged = judge.judge(job(slow(200)));
      await assert.rejects(judged, isError('rule-check-no-thread'));
    });
  });
});
