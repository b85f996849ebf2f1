import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { ClaimedWork, EffectSpec } from '../../engine/index.ts';
import { FallbackBench } from '../kit/fallback-bench.ts';
import { DONE, failedAs } from '../kit/recording-source.ts';

const BY = { actor: 'user:ben', reason: 'looked at' } as const;

describe('a flow whose fallback only recommends', () => {
  let bench: FallbackBench;
  beforeEach(async () => {
    bench = await FallbackBench.open();
  });
  afterEach(() => bench.close());

  const onlyTask = async () => {
    const { tasks } = await bench.engine.store.tasks.list({ order: 'newest-first' });
    assert.equal(tasks.length, 1);
    const [task] = tasks;
    assert.ok(task);
    return task;
  };

  const finish = (work: ClaimedWork, result = DONE) => bench.engine.dispatcher.finish(work, result);
  const writing = (work: ClaimedWork, over: Partial<EffectSpec> = {}): EffectSpec => ({
    work,
    name: 'write',
    target: 'ehr: create Task',
    discriminator: '',
    version: '1',
    onAmbiguous: 'look-first',
    ...over,
  });

  let acted: number;
  beforeEach(() => {
    acted = 0;
    bench.declare('recommend-only');
    bench.engine.start();
    bench.flow(async (work) => {
      const { effects } = bench.engine;
      const act = () => {
        acted++;
        return Promise.resolve({ kind: 'done', result: null, summary: 'done' } as const);
      };
      await effects.once(writing(work), act);
      await effects.once(writing(work, { name: 'page', target: 'alert: pager' }), act);
      await finish(work);
    });
  });

  it('runs the flow and keeps what it would have done outside as one task', async () => {
    await bench.enter();
    const id = await bench.accept({ controlId: 'A1' });
    await bench.stateIs(id, 'parked');
    assert.equal(acted, 0);
    const task = await onlyTask();
    assert.deepEqual(
      task.parts.map(({ text, state }) => [text, state]),
      [
        ['ehr: create Task (write)', 'open'],
        ['alert: pager (page)', 'open'],
      ],
    );
    assert.deepEqual(
      (await bench.held())[0]?.recommended,
      task.parts.map(({ text }) => text),
    );
    assert.deepEqual(await bench.engine.fallbacks.decide([id], 'process', BY), [
      { workId: id, outcome: 'still-recommending' },
    ]);
    await bench.leave();
    assert.deepEqual(await bench.engine.fallbacks.decide([id], 'process', BY), [{ workId: id, outcome: 'processed' }]);
    await bench.stateIs(id, 'done');
    assert.equal(acted, 2);
    assert.deepEqual(
      (await onlyTask()).parts.map(({ state }) => state),
      ['skipped', 'skipped'],
    );
  });

  it('repeats nothing that was done before, and recommends nothing twice after a crash', async () => {
    await bench.enter();
    const id = await bench.accept({ controlId: 'A1' });
    bench.flow(() => undefined);
    await bench.until('A1 is delivered', () => bench.source.taken.length >= 1);
    const first = bench.source.of('A1');
    await bench.engine.effects.once(writing(first), () => assert.fail('it acted'));
    bench.flow(async (work) => {
      await bench.engine.effects.once(writing(work), () => assert.fail('it acted'));
      await finish(work);
    });
    bench.clock.advance(61_000);
    await bench.stateIs(id, 'parked');
    assert.deepEqual((await onlyTask()).parts.length, 1);
  });

  it('holds with what it has where the flow cannot go on without an effect', async () => {
    bench.flow(async (work) => {
      await bench.engine.effects.once(writing(work), () => assert.fail('it acted'));
      await finish(work, failedAs('permanent'));
    });
    await bench.enter();
    const id = await bench.accept({ controlId: 'A1' });
    await bench.stateIs(id, 'parked');
    assert.match((await bench.held())[0]?.sentence ?? '', /could not be followed/);
  });

  it('lets nothing outside happen in a later stage of a new message either', async () => {
    await bench.enter();
    const later: string[] = [];
    bench.flow(async (work) => {
      if (work.child) {
        const result = await bench.engine.effects.once(writing(work), () => assert.fail('it acted'));
        later.push(result.kind);
        await finish(work);
        return;
      }
      const { id, messageId, correlationId, traceparent } = work;
      await bench.engine.dispatcher.finish(work, {
        ...DONE,
        children: [
          {
            id: 'stage-2',
            messageId,
            subscription: 'lab/results',
            definition: 'lab',
            lane: 'routine',
            orderingKey: null,
            afterDead: 'continue',
            correlationId,
            traceparent,
            createdAt: bench.clock.now(),
            child: { parentWorkId: id, key: 'stage/2', kind: 'queue', data: null },
          },
        ],
      });
    });
    await bench.accept({ controlId: 'A1' });
    await bench.stateIs('stage-2', 'parked');
    assert.deepEqual(later, ['recommended']);
    assert.deepEqual(
      (await bench.held()).map(({ workId }) => workId),
      ['stage-2'],
    );
  });

  it('ends as usual what would have done nothing outside', async () => {
    bench.flow(async (work) => void finish(work));
    await bench.enter();
    await bench.stateIs(await bench.accept({ controlId: 'A1' }), 'done');
    assert.deepEqual(await bench.held(), []);
  });
});
