import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { ClaimedWork, Doubt } from '../../engine/index.ts';
import { FallbackBench } from '../kit/fallback-bench.ts';
import { DONE, failedAs } from '../kit/recording-source.ts';

const BY = { actor: 'user:ben', reason: 'looked at' } as const;
const MISSING: Doubt = {
  trigger: 'incomplete-data',
  node: { id: 'n1', name: 'Triage' },
  sentence: 'The rule table triage misses event.status.',
};
const code = (expected: string) => (error: unknown) => (error as { code?: string }).code === expected;

describe('a flow with a declared fallback', () => {
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

  describe('manual-review', () => {
    beforeEach(() => {
      bench.declare('manual-review');
      bench.engine.start();
    });

    it('holds new messages with a task for its queue, and lets what began before end', async () => {
      bench.flow(() => undefined);
      const before = await bench.accept({ controlId: 'A1' });
      await bench.until('A1 is delivered', () => bench.source.taken.length === 1);
      bench.clock.advance(1000);
      await bench.enter();
      await finish(bench.source.of('A1'), failedAs('transient'));
      const after = await bench.accept({ controlId: 'A2' });
      await bench.stateIs(after, 'parked');
      bench.clock.advance(1_000);
      await bench.until('A1 is delivered again', () => bench.source.timesDelivered('A1') === 2);
      await finish(bench.source.of('A1'));
      await bench.stateIs(before, 'done');
      assert.deepEqual(bench.source.order(), ['A1', 'A1']);
      const task = await onlyTask();
      assert.deepEqual(
        [task.workId, task.code, task.assigned.role, task.serviceLine, task.state],
        [after, 'review-message', 'coordinator', 'lab', 'requested'],
      );
      const [held] = await bench.held();
      assert.deepEqual(
        [held?.workId, held?.because, held?.taskId, held?.doneSince],
        [after, 'manual-review', task.id, 0],
      );
      assert.ok(bench.changes.some((change) => change.kind === 'fallback' && change.name === 'lab'));
    });

    it('holds on after a restart, until somebody leaves it with what they saw', async () => {
      await bench.enter();
      await assert.rejects(bench.enter(), code('fallback-stale'));
      await bench.restart();
      bench.declare('manual-review');
      bench.engine.start();
      const held = await bench.accept({ controlId: 'A1' });
      await bench.stateIs(held, 'parked');
      const { fallbacks } = bench.engine;
      assert.deepEqual(fallbacks.list()[0], {
        definition: 'lab',
        version: 1,
        mode: 'manual-review',
        trigger: 'operator',
        about: null,
        since: bench.clock.now(),
        by: 'user:ana',
        reason: 'the EHR is upgraded',
      });
      await assert.rejects(fallbacks.leave({ definition: 'lab', seen: 7, ...BY }), code('fallback-stale'));
      await assert.rejects(fallbacks.leave({ definition: 'lab', seen: 1, actor: 'a', reason: ' ' }));
      await bench.leave();
      await assert.rejects(bench.leave(), code('fallback-not-in-force'));
      const next = await bench.accept({ controlId: 'A2' });
      await bench.stateIs(next, 'done');
      assert.equal((await bench.engine.store.work.get(held))?.state, 'parked', 'what waited is not sent by itself');
      assert.deepEqual([await bench.audited('fallback.entered'), await bench.audited('fallback.left')], [1, 1]);
    });

    it('processes one that a person decides about, in force or not, and asks first where newer ones were done', async () => {
      await bench.enter();
      const first = await bench.accept({ controlId: 'A1', key: 'k' });
      const second = await bench.accept({ controlId: 'A2', key: 'k' });
      await bench.stateIs(first, 'parked');
      await bench.stateIs(second, 'parked');
      const decide = (ids: readonly string[], newerKnown = false) =>
        bench.engine.fallbacks.decide(ids, 'process', { ...BY, newerKnown });
      assert.deepEqual(await decide([second]), [{ workId: second, outcome: 'processed' }]);
      await bench.stateIs(second, 'done');
      assert.deepEqual(
        (await bench.held()).map(({ workId, doneSince }) => [workId, doneSince]),
        [[first, 1]],
      );
      assert.deepEqual(await decide([first]), [{ workId: first, outcome: 'newer-done' }]);
      assert.equal(bench.source.timesDelivered('A1'), 0);
      assert.deepEqual(await decide([first], true), [{ workId: first, outcome: 'processed' }]);
      await bench.stateIs(first, 'done');
      assert.deepEqual(await decide([first, 'nothing']), [
        { workId: first, outcome: 'decided-before' },
        { workId: 'nothing', outcome: 'unknown' },
      ]);
      const { tasks } = await bench.engine.store.tasks.list({});
      assert.deepEqual(
        tasks.map(({ state, reason }) => [state, reason?.code]),
        [
          ['completed', 'process'],
          ['completed', 'process'],
        ],
      );
    });

    it('processes many in the order in which they came, however they are named', async () => {
      await bench.enter();
      const ids: string[] = [];
      for (const controlId of ['A1', 'A2', 'A3']) ids.push(await bench.accept({ controlId, key: 'k' }));
      for (const id of ids) await bench.stateIs(id, 'parked');
      await bench.leave();
      await bench.engine.fallbacks.decide(ids.toReversed(), 'process', BY);
      for (const id of ids) await bench.stateIs(id, 'done');
      assert.deepEqual(bench.source.order(), ['A1', 'A2', 'A3']);
    });

    it('is decided at the task as well: with the choice, in one commit, and never by a plain end', async () => {
      await bench.enter();
      const id = await bench.accept({ controlId: 'A1' });
      await bench.stateIs(id, 'parked');
      const { tasks } = bench.engine;
      const by = { actor: 'user:ben', via: 'console' } as const;
      let task = await tasks.claim((await onlyTask()).id, 1, 'ben', by);
      task = await tasks.take(task.id, task.version, 'start', by);
      await assert.rejects(tasks.take(task.id, task.version, 'complete', by), code('review-choice-missing'));
      const cancelling = tasks.take(task.id, task.version, 'cancel', by, { code: 'other', text: null });
      await assert.rejects(cancelling, code('review-choice-missing'));
      await assert.rejects(
        tasks.take(task.id, task.version - 1, 'complete', by, { code: 'put-aside', text: null }),
        code('task-stale'),
      );
      const ended = await tasks.take(task.id, task.version, 'complete', by, {
        code: 'put-aside',
        text: 'done by phone',
      });
      assert.deepEqual([ended.state, ended.reason?.code], ['completed', 'put-aside']);
      await bench.stateIs(id, 'discarded');
      assert.deepEqual(await bench.held(), []);
      assert.deepEqual(await bench.engine.fallbacks.decide([id], 'process', BY), [
        { workId: id, outcome: 'decided-before' },
      ]);
      assert.equal((await bench.engine.store.work.counts()).waiting, 0, 'no flow is told of such a task');
    });

    it('lets child items of older messages go on', async () => {
      bench.flow(() => undefined);
      await bench.accept({ controlId: 'A1' });
      await bench.until('A1 is delivered', () => bench.source.taken.length === 1);
      const parent = bench.source.of('A1');
      bench.clock.advance(1000);
      await bench.enter();
      await bench.engine.store.work.addChild({
        id: 'child-1',
        messageId: parent.messageId,
        subscription: 'lab/results',
        definition: 'lab',
        lane: 'routine',
        orderingKey: null,
        afterDead: 'continue',
        correlationId: 'c',
        traceparent: parent.traceparent,
        createdAt: bench.clock.now(),
        child: { parentWorkId: parent.id, key: 'k1', kind: 'queue', data: null },
      });
      bench.engine.dispatcher.wake();
      await bench.until('the child is delivered', () => bench.source.taken.some(({ id }) => id === 'child-1'));
    });
  });

  it('is entered by nobody where the intent declares none', async () => {
    bench.engine.start();
    await assert.rejects(bench.enter(), code('fallback-undeclared'));
  });

  it('waits in order behind "stop", and goes on by itself when it is left', async () => {
    bench.declare('stop');
    bench.engine.start();
    await bench.enter();
    const [one, two] = [await bench.accept({ controlId: 'A1' }), await bench.accept({ controlId: 'A2' })];
    bench.clock.advance(60_000);
    await bench.engine.store.work.counts();
    assert.equal((await bench.engine.store.work.counts()).waiting, 2);
    await bench.leave();
    await bench.stateIs(one, 'done');
    await bench.stateIs(two, 'done');
    assert.deepEqual(bench.source.order(), ['A1', 'A2']);
  });

  it('tells its queue of what waits behind "stop" after ten minutes, and again each half hour, once for each time', async () => {
    const MINUTE = 60_000;
    const told = async (): Promise<readonly string[]> =>
      (await bench.engine.store.audit.list({ type: 'notice.shown', order: 'oldest-first' })).map(
        ({ details }) => `${String(details['to'])}: ${String(details['text'])}`,
      );
    // Reads and commits are taken in turn: behind these, what a look at this minute reads and adds is there.
    const pass = async (minutes: number): Promise<void> => {
      for (let left = minutes; left > 0; left--) {
        bench.clock.advance(MINUTE);
        for (let turn = 0; turn < 8; turn++) await bench.engine.store.work.counts();
        await bench.engine.store.audit.append([
          { at: bench.clock.now(), type: 'work.woken', actor: 'system', details: {} },
        ]);
      }
    };
    const isTold = (count: number): Promise<void> =>
      bench.until(`${count} are told`, async () => (await told()).length === count);
    bench.declare('stop');
    bench.engine.start();
    await bench.enter();
    const one = await bench.accept({ controlId: 'A1' });
    await pass(9);
    assert.deepEqual(await told(), []);
    await bench.accept({ controlId: 'A2' });
    await pass(2);
    await isTold(1);
    assert.deepEqual(await told(), ['coordinator: The flow is stopped and 2 messages wait for it: Laboratory results']);
    await bench.until('by the pager, too', () => bench.paged.length === 1);
    assert.match(bench.paged[0]?.text ?? '', /a flow is stopped/);
    await bench.restart();
    bench.declare('stop');
    bench.engine.start();
    await pass(20);
    assert.equal((await told()).length, 1, 'a restart tells nothing twice');
    await pass(10);
    await isTold(3);
    await bench.leave();
    await bench.stateIs(one, 'done');
    await pass(60);
    assert.equal((await told()).length, 3, 'nothing waits any more');
  });

  describe('alert-and-task', () => {
    beforeEach(() => {
      bench.declare('alert-and-task');
      bench.engine.start();
    });

    it('tells the console and the channels of the queue, message by message, and says nothing of it outside', async () => {
      await bench.enter();
      for (const controlId of ['A1', 'A2']) await bench.stateIs(await bench.accept({ controlId }), 'parked');
      await bench.until('both are told', () => bench.paged.length === 2);
      assert.deepEqual(
        bench.paged.map(({ to, reference, repeat }) => [to, reference, repeat]),
        [
          ['coordinator', null, false],
          ['coordinator', null, false],
        ],
      );
      await bench.until('the console was told', async () => (await bench.audited('notice.shown')) === 2);
      await bench.until('all is told', async () => (await bench.engine.store.work.counts()).waiting === 0);
    });

    it('tries a channel again that fails for a while, and says the rest once', async () => {
      let failures = 1;
      bench.pager = () =>
        Promise.resolve(
          failures-- > 0
            ? { ok: false, failure: { class: 'transient', code: 'test', text: 'The test says so.' } }
            : { ok: true, state: 'sent' },
        );
      await bench.enter();
      await bench.stateIs(await bench.accept({ controlId: 'A1' }), 'parked');
      await bench.until('the first try', () => bench.paged.length === 1);
      await bench.until('it is told again', () => {
        bench.clock.advance(5_000);
        return bench.paged.length === 2;
      });
      assert.equal(await bench.audited('notice.shown'), 1);
    });
  });

  describe('a doubt', () => {
    it('holds that message at the end of its flow, asks about each doubt once, and goes on with what it has', async () => {
      bench.declare('manual-review', ['incomplete-data', 'rule-error']);
      bench.engine.start();
      const said: string[] = [];
      const second: Doubt = { ...MISSING, trigger: 'rule-error', sentence: 'The rule table triage could not decide.' };
      bench.flow(async (work) => {
        for (const doubt of [MISSING, second]) {
          const answer = await bench.engine.fallbacks.doubt(work, doubt);
          said.push(answer);
          if (answer === 'held') break;
        }
        await finish(work);
      });
      const id = await bench.accept({ controlId: 'A1', key: 'k' });
      const behind = await bench.accept({ controlId: 'A2', key: 'other' });
      await bench.stateIs(id, 'parked');
      await bench.stateIs(behind, 'parked');
      assert.deepEqual(
        (await bench.held()).map(({ because, sentence }) => [because, sentence]),
        [
          ['incomplete-data', MISSING.sentence],
          ['incomplete-data', MISSING.sentence],
        ],
      );
      said.length = 0;
      await bench.engine.fallbacks.decide([id], 'process', BY);
      await bench.until('the next doubt', () => said.length === 2);
      await bench.stateIs(id, 'parked');
      await bench.engine.fallbacks.decide([id], 'process', BY);
      await bench.stateIs(id, 'done');
      assert.deepEqual(said, ['reviewed', 'held', 'reviewed', 'reviewed']);
      assert.equal(bench.engine.fallbacks.inForce('lab'), undefined, 'it concerns the message, not the flow');
    });

    it('changes nothing where the intent does not ask for it', async () => {
      bench.declare('manual-review', ['operator', 'rule-error']);
      bench.engine.start();
      bench.flow(async (work) => {
        assert.equal(await bench.engine.fallbacks.doubt(work, MISSING), 'not-declared');
        await finish(work);
      });
      await bench.stateIs(await bench.accept({ controlId: 'A1' }), 'done');
    });

    it('gives way to a failure of the flow', async () => {
      bench.declare('manual-review', ['incomplete-data']);
      bench.engine.start();
      bench.flow(async (work) => {
        await bench.engine.fallbacks.doubt(work, MISSING);
        await finish(work, failedAs('permanent'));
      });
      await bench.stateIs(await bench.accept({ controlId: 'A1' }), 'dead');
      assert.deepEqual(await bench.held(), []);
    });
  });
});
