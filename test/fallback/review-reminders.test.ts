/** By when somebody has to have taken over a held message, and who is told until then. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Doubt } from '../../engine/index.ts';
import { FallbackBench } from '../kit/fallback-bench.ts';
import { DONE } from '../kit/recording-source.ts';

const BY = { actor: 'user:ben', reason: 'looked at' } as const;
const DOUBT: Doubt = { trigger: 'incomplete-data', node: { id: 'n1', name: 'Triage' }, sentence: 'It misses a value.' };

describe('the task of a held message', () => {
  const MINUTE = 60_000;
  let bench: FallbackBench;
  beforeEach(async () => {
    bench = await FallbackBench.open();
    bench.declare('manual-review');
    bench.engine.start();
    await bench.enter();
  });
  afterEach(() => bench.close());
  const onlyTask = async () => {
    const { tasks } = await bench.engine.store.tasks.list({});
    assert.equal(tasks.length, 1);
    const [task] = tasks;
    assert.ok(task);
    return task;
  };
  const notices = async () =>
    (await bench.engine.store.audit.list({ type: 'notice.shown', order: 'oldest-first' })).map(({ details }) => [
      details?.['to'],
      String(details?.['text']).startsWith('Overdue'),
    ]);
  /** Lets the time pass as far as the reminders look, and what they began come to its end. */
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 10_000) {
      bench.clock.advance(Math.min(left, 10_000));
      for (let turn = 0; turn < 4; turn++) await bench.engine.store.work.counts();
    }
    await bench.until('all is told', async () => {
      const { waiting, claimed } = await bench.engine.store.work.counts();
      return waiting + claimed === 0;
    });
  };
  const toldTimes = (times: number) =>
    bench.until(`told ${times} times`, async () => (await notices()).length === times);

  it('is as urgent as the message, and due by that', async () => {
    for (const [controlId, lane] of [
      ['A1', 'stat'],
      ['A2', 'urgent'],
      ['A3', 'routine'],
      ['A4', 'bulk'],
    ] as const)
      await bench.stateIs(await bench.accept({ controlId, lane }), 'parked');
    const { tasks } = await bench.engine.store.tasks.list({ order: 'newest-first' });
    assert.deepEqual(
      tasks.toReversed().map(({ priority, dueAt, createdAt }) => [priority, ((dueAt ?? 0) - createdAt) / MINUTE]),
      [
        ['stat', 10],
        ['urgent', 30],
        ['routine', 240],
        ['routine', 240],
      ],
    );
  });

  it('has its queue told again each period while nobody takes it over, across restarts', async () => {
    await bench.stateIs(await bench.accept({ controlId: 'A1', lane: 'urgent' }), 'parked');
    await pass(29 * MINUTE);
    assert.deepEqual(await notices(), [], 'not before it is due');
    await pass(2 * MINUTE);
    await toldTimes(1);
    assert.deepEqual(await notices(), [['coordinator', true]]);
    await bench.restart();
    bench.declare('manual-review');
    bench.engine.start();
    await pass(20 * MINUTE);
    assert.equal((await notices()).length, 1, 'a restart tells nothing twice');
    await pass(10 * MINUTE);
    await toldTimes(3);
    assert.deepEqual((await notices()).slice(1), [
      ['coordinator', true],
      ['operations', true],
    ]);
    const task = await onlyTask();
    await bench.engine.tasks.claim(task.id, task.version, 'ben', { actor: 'user:ben', via: 'console' });
    await pass(90 * MINUTE);
    assert.equal((await notices()).length, 3, 'somebody has it');
    assert.equal(bench.paged.length, 0, 'the channels are for alert-and-task');
  });

  it('goes on being told where somebody refused it, and no more once it is decided', async () => {
    const id = await bench.accept({ controlId: 'A1', lane: 'urgent' });
    await bench.stateIs(id, 'parked');
    const task = await onlyTask();
    const by = { actor: 'user:ben', via: 'console' } as const;
    await bench.engine.tasks.take(task.id, task.version, 'reject', by, { code: 'not-mine', text: null });
    await pass(31 * MINUTE);
    await toldTimes(1);
    await bench.engine.fallbacks.decide([id], 'put-aside', BY);
    await pass(90 * MINUTE);
    assert.equal((await notices()).length, 1);
  });

  it('reaches a person for a stat message whatever the mode, while the flow is paused and while it only recommends', async () => {
    await bench.leave();
    bench.declare('recommend-only', ['incomplete-data']);
    await bench.engine.fallbacks.enter({ definition: 'lab', seen: 0, actor: 'user:ana', reason: 'a test' });
    bench.flow(async (work) => {
      await bench.engine.fallbacks.doubt(work, DOUBT);
      await bench.engine.dispatcher.finish(work, DONE);
    });
    const id = await bench.accept({ controlId: 'A1', lane: 'stat' });
    await bench.stateIs(id, 'parked');
    await toldTimes(1);
    await bench.until('the pager is told', () => bench.paged.length === 1);
    assert.deepEqual(await notices(), [['coordinator', false]]);
    await bench.engine.controls.set({ kind: 'definition', name: 'lab', actor: 'user:ana', reason: 'a test' });
    await pass(11 * MINUTE);
    await toldTimes(3);
    assert.deepEqual((await notices()).slice(1), [
      ['coordinator', true],
      ['operations', true],
    ]);
    await bench.until('the pager is told again', () => bench.paged.length === 2);
    assert.notEqual(bench.paged[0]?.id, bench.paged[1]?.id);
  });

  it('is told once for the time in which nothing ran', async () => {
    await bench.stateIs(await bench.accept({ controlId: 'A1', lane: 'urgent' }), 'parked');
    await bench.engine.stop(0);
    bench.clock.advance(200 * MINUTE);
    await bench.start();
    bench.engine.start();
    await toldTimes(2);
    await pass(MINUTE);
    assert.deepEqual(await notices(), [
      ['coordinator', true],
      ['operations', true],
    ]);
  });

  it('is told of once with all others of its queue, with their count, and those that follow in the next one', async () => {
    const texts = async () =>
      (await bench.engine.store.audit.list({ type: 'notice.shown', order: 'oldest-first' })).map(({ details }) =>
        String(details?.['text']).replace(/one of them.*|over: .*/, '…'),
      );
    for (let i = 0; i < 25; i++)
      await bench.stateIs(await bench.accept({ controlId: `A${i}`, lane: 'urgent' }), 'parked');
    await pass(5 * MINUTE);
    for (let i = 0; i < 5; i++)
      await bench.stateIs(await bench.accept({ controlId: `B${i}`, lane: 'urgent' }), 'parked');
    await pass(26 * MINUTE);
    await toldTimes(1);
    assert.deepEqual(await texts(), ['Overdue, nobody has taken over 25 held messages; …']);
    await pass(28 * MINUTE);
    assert.equal((await texts()).length, 1, 'what follows waits for the next one');
    await pass(3 * MINUTE);
    await toldTimes(3);
    const again = 'Overdue, nobody has taken over 30 held messages; …';
    assert.deepEqual((await texts()).slice(1), [again, again], 'the queue and, after a whole period, operations');
    const { tasks } = await bench.engine.store.tasks.list({ limit: 100 });
    for (const { id, version } of tasks.slice(1))
      await bench.engine.tasks.claim(id, version, 'ben', { actor: 'user:ben', via: 'console' });
    await pass(30 * MINUTE);
    await toldTimes(5);
    assert.deepEqual(
      (await texts()).slice(3),
      Array.from({ length: 2 }, () => 'Overdue, nobody has taken it …'),
    );
  });
});
