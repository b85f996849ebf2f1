/** Ways outside beside the flow's own effects: copies of its tasks in the EHR, and a flow that is late. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { FallbackBench } from '../kit/fallback-bench.ts';
import { DONE } from '../kit/recording-source.ts';

describe('a flow that only recommends', () => {
  let bench: FallbackBench;
  beforeEach(async () => {
    bench = await FallbackBench.open();
    bench.declare('recommend-only');
    bench.engine.start();
  });
  afterEach(() => bench.close());

  it('keeps the copy of a task that it makes at home, and offers it after the fallback has ended', async () => {
    bench.flow(async (work) => {
      await bench.engine.tasks.create({
        work,
        definitionVersion: 'v1',
        name: 'review',
        discriminator: '',
        code: 'review',
        title: 'Review',
        priority: 'urgent',
        assigned: { role: 'nurse', unit: null, person: null },
        serviceLine: null,
        dueAt: null,
        parts: [],
        decisions: [],
        escalationId: null,
        patientHint: null,
        endpoint: 'ehr',
        carry: null,
      });
      await bench.engine.dispatcher.finish(work, DONE);
    });
    await bench.enter();
    await bench.stateIs(await bench.accept({ controlId: 'A1' }), 'done');
    const trouble = async () => (await bench.engine.store.tasks.list({})).tasks[0]?.ehr?.trouble;
    const round = (until: () => boolean | Promise<boolean>) =>
      bench.until('a round of the copies', () => {
        // Less than what a request may take.
        bench.clock.advance(100);
        return until();
      });
    await round(async () => (await trouble()) === 'ehr-waits');
    assert.equal(bench.server.seen.length, 0);
    await bench.leave();
    bench.clock.advance(60_000);
    await round(async () => (await trouble()) === 'ehr-held');
    assert.equal(bench.server.seen.length, 0);
    const [task] = (await bench.engine.store.tasks.list({})).tasks;
    assert.ok(task);
    await bench.engine.ehrCopies.settle(task.id, task.version, 'ours', { actor: 'user:ana', reason: 'still needed' });
    await round(() => bench.server.seen.length > 0);
  });

  it('has the copy made, once, where a person decides that what only recommended is processed', async () => {
    bench.flow(async (work) => {
      await bench.engine.tasks.create({
        work,
        definitionVersion: 'v1',
        name: 'review',
        discriminator: '',
        code: 'review',
        title: 'Review',
        priority: 'urgent',
        assigned: { role: 'nurse', unit: null, person: null },
        serviceLine: null,
        dueAt: null,
        parts: [],
        decisions: [],
        escalationId: null,
        patientHint: null,
        endpoint: 'ehr',
        carry: null,
      });
      await bench.engine.effects.once(
        { work, name: 'write', target: 'ehr: create', discriminator: '', version: '1', onAmbiguous: 'look-first' },
        () => Promise.resolve({ kind: 'done', result: null, summary: 'written' }),
      );
      await bench.engine.dispatcher.finish(work, DONE);
    });
    await bench.enter();
    const [kept, aside] = [await bench.accept({ controlId: 'A1' }), await bench.accept({ controlId: 'A2' })];
    for (const id of [kept, aside]) await bench.stateIs(id, 'parked');
    await bench.leave();
    const by = { actor: 'user:ana', reason: 'looked at' };
    await bench.engine.fallbacks.decide([kept], 'process', by);
    await bench.engine.fallbacks.decide([aside], 'put-aside', by);
    await bench.stateIs(kept, 'done');
    const ofWork = async (id: string) =>
      (await bench.engine.store.tasks.list({})).tasks.find(({ workId, name }) => workId === id && name === 'review');
    const asked = (id = '') => bench.server.seen.filter(({ url }) => id !== '' && url.includes(id)).length;
    const task = await ofWork(kept);
    await bench.until('its copy to be looked for', () => {
      bench.clock.advance(100);
      return asked(task?.id) > 0;
    });
    await bench.until('the other to be offered', async () => {
      bench.clock.advance(1000);
      return (await ofWork(aside))?.ehr?.trouble === 'ehr-held';
    });
    const events = await bench.engine.store.tasks.events(task?.id ?? '');
    // What the server answers about the copy may be noted by now as well.
    assert.deepEqual(
      events
        .filter(({ kind, actor }) => kind === 'ehr' && actor !== 'ehr')
        .map(({ actor, reason }) => [actor, reason?.code]),
      [['user:ana', 'review-processed']],
    );
    const offered = await ofWork(aside);
    const compared = await bench.engine.store.audit.list({ type: 'task.compared' });
    const of = (id = ''): number => compared.filter(({ details }) => details['task'] === id).length;
    assert.equal(of(offered?.id), 1, 'offered, and no more');
    assert.equal(compared.filter(({ actor }) => actor === 'user:ana').length, 1, 'the other released');
    assert.equal(asked(offered?.id), 0, 'what was put aside is offered as before');
  });

  it('does nothing outside either where it goes on after its lease was lost', async () => {
    await bench.enter();
    bench.flow(() => undefined);
    await bench.accept({ controlId: 'A1' });
    await bench.until('A1 is delivered', () => bench.source.taken.length === 1);
    const work = bench.source.of('A1');
    bench.clock.advance(61_000);
    await bench.until('A1 is delivered again', () => bench.source.taken.length === 2);
    const result = await bench.engine.effects.once(
      { work, name: 'write', target: 'ehr: create', discriminator: '', version: '1', onAmbiguous: 'look-first' },
      () => assert.fail('it acted'),
    );
    assert.equal(result.kind, 'recommended');
  });
});
