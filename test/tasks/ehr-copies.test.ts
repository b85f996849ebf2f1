import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { TaskActor } from '../../engine/index.ts';
import { CopyBench } from '../kit/copy-bench.ts';
import type { Fault } from '../kit/counting-fhir-server.ts';

const ANA: TaskActor = { actor: 'user:ana', via: 'console' };
const WHY = { code: 'not-needed', text: null };
const BY = { actor: 'user:ana', reason: 'asked the ward' };
const MINUTE = 60_000;

describe('the copy of a task in the EHR', () => {
  let bench: CopyBench;
  beforeEach(async () => {
    bench = await CopyBench.open();
    bench.copies.start();
  });
  afterEach(async () => {
    await bench.close();
    assert.deepEqual(bench.failures, []);
  });
  const body = (reference: string): Readonly<Record<string, unknown>> =>
    bench.server.now(reference)?.body ?? assert.fail(`there is no ${reference}`);
  const puts = (): number => bench.server.writes.filter(({ method }) => method === 'PUT').length;
  /** A few rounds, in which each copy is looked at again. */
  const rounds = async (): Promise<void> => {
    const before = bench.server.lookUps;
    await bench.until('another look', () => bench.server.lookUps > before);
    await bench.until('one more', () => bench.server.lookUps > before + 1);
  };

  it('is made once, and follows what people do', async () => {
    const task = await bench.newTask();
    await bench.inStep(task.id);
    assert.equal((await bench.task(task.id)).ehr?.reference, 'Task/1');
    assert.equal((await bench.task(task.id)).version, 1, 'a copy that was written is no change of the task');
    const claimed = await bench.tasks.claim(task.id, 1, 'ana', ANA);
    const started = await bench.tasks.take(task.id, claimed.version, 'start', ANA);
    await bench.tasks.take(task.id, started.version, 'complete', ANA);
    await bench.inStep(task.id);
    assert.equal(body('Task/1')['status'], 'completed');
    assert.equal(bench.madeFor(task.id).length, 1);
    assert.ok(puts() <= 3, 'changes that come together are written together');
  });

  it('is not made while the flow only recommends, which is shown, and is offered afterwards', async () => {
    const before = await bench.newTask({ discriminator: 'before' });
    await bench.inStep(before.id);
    bench.waits = ({ id }) => id !== before.id;
    const task = await bench.newTask();
    await bench.trouble(task.id, 'ehr-waits');
    const claimed = await bench.tasks.claim(before.id, (await bench.task(before.id)).version, 'ana', ANA);
    await bench.until('the older one is told', async () => (await bench.task(before.id)).ehr?.syncedVersion === 2);
    assert.equal(claimed.version, 2, 'what was there before is kept in step');
    await rounds();
    assert.equal(bench.madeFor(task.id).length, 0);
    await assert.rejects(bench.copies.settle(task.id, 1, 'ours', BY), { code: 'ehr-no-difference' });
    await bench.restart();
    bench.copies.start();
    await rounds();
    assert.equal(bench.madeFor(task.id).length, 0, 'also after a restart');
    bench.waits = () => false;
    bench.copies.wake();
    await bench.trouble(task.id, 'ehr-held');
    await rounds();
    assert.equal(bench.madeFor(task.id).length, 0, 'not by itself');
    await assert.rejects(bench.copies.settle(task.id, (await bench.task(task.id)).version, 'theirs', BY), {
      code: 'ehr-no-way',
    });
    await bench.copies.settle(task.id, (await bench.task(task.id)).version, 'ours', BY);
    await bench.inStep(task.id);
    assert.equal(bench.madeFor(task.id).length, 1);
  });

  it('takes a change of somebody of the EHR over, once, and does not take its own writes for one', async () => {
    const task = await bench.newTask();
    await bench.inStep(task.id);
    bench.server.change('Task/1', { status: 'accepted', owner: { reference: 'Practitioner/5' } });
    await bench.until('the change', async () => (await bench.task(task.id)).state === 'accepted');
    await bench.inStep(task.id);
    await rounds();
    const events = await bench.place.store.tasks.events(task.id);
    assert.deepEqual(
      events.map(({ kind, actor, via }) => [kind, actor, via]),
      [
        ['created', 'flow:flow-a', 'flow'],
        ['step', 'ehr', 'fhir-task'],
      ],
    );
    assert.equal(puts(), 0, 'what they say need not be told them');
    const now = await bench.task(task.id);
    await bench.tasks.take(task.id, now.version, 'start', ANA);
    await bench.inStep(task.id);
    assert.deepEqual(body('Task/1')['owner'], { reference: 'Practitioner/5' }, 'their owner stays');
    assert.equal(body('Task/1')['status'], 'in-progress');
    await rounds();
    assert.deepEqual(
      [(await bench.task(task.id)).state, (await bench.task(task.id)).ehr?.trouble],
      ['in-progress', null],
    );
  });

  it('takes a cancel over with a reason, and a refusal', async () => {
    const [one, two] = [await bench.newTask(), await bench.newTask({ discriminator: 'two' })];
    await bench.inStep(one.id);
    await bench.inStep(two.id);
    const at = async (id: string): Promise<string> => (await bench.task(id)).ehr?.reference ?? '';
    bench.server.change(await at(one.id), { status: 'cancelled' });
    bench.server.change(await at(two.id), { status: 'rejected' });
    await bench.until('both', async () => (await bench.task(one.id)).state === 'cancelled');
    await bench.until('both', async () => (await bench.task(two.id)).state === 'rejected');
    assert.equal((await bench.task(one.id)).reason?.code, 'said-by-ehr');
  });

  it('shows a change to which none of our steps leads, and lets a person settle it either way', async () => {
    for (const side of ['ours', 'theirs'] as const) {
      const task = await bench.newTask({ discriminator: side });
      await bench.inStep(task.id);
      const { ehr } = await bench.task(task.id);
      const reference = ehr?.reference ?? '';
      bench.server.change(reference, { status: 'completed' });
      await bench.trouble(task.id, 'ehr-differs');
      const differing = await bench.task(task.id);
      assert.deepEqual([differing.state, differing.ehr?.status], ['requested', 'completed']);
      await rounds();
      assert.equal((await bench.task(task.id)).version, differing.version, 'said once');
      await assert.rejects(bench.copies.settle(task.id, differing.version - 1, side, BY), { code: 'task-stale' });
      await bench.copies.settle(task.id, differing.version, side, BY);
      await bench.inStep(task.id);
      const [ours, there] = [(await bench.task(task.id)).state, body(reference)['status']];
      assert.deepEqual([ours, there], side === 'ours' ? ['requested', 'requested'] : ['completed', 'completed']);
      const last = (await bench.place.store.tasks.events(task.id)).at(-1);
      assert.deepEqual([last?.kind, last?.actor, last?.reason?.text], ['ehr', 'user:ana', 'asked the ward']);
      const { version } = await bench.task(task.id);
      await assert.rejects(bench.copies.settle(task.id, version, side, BY), { code: 'ehr-no-difference' });
    }
  });

  it('is not written over while it differs, and is in step again when the two meet', async () => {
    const task = await bench.newTask();
    await bench.inStep(task.id);
    bench.server.change('Task/1', { status: 'completed' });
    await bench.trouble(task.id, 'ehr-differs');
    const differing = await bench.task(task.id);
    await bench.tasks.claim(task.id, differing.version, 'ana', ANA);
    await rounds();
    assert.equal(body('Task/1')['status'], 'completed');
    assert.equal(puts(), 0);
    const accepted = await bench.task(task.id);
    await bench.tasks.take(task.id, accepted.version, 'start', ANA);
    await bench.until('the step that is possible now', async () => (await bench.task(task.id)).state === 'completed');
    await bench.inStep(task.id);
  });

  it('refuses to take over what our checklist forbids, and statuses that nobody knows', async () => {
    const part = { id: 'a', text: 'A', role: null, dueAt: null, after: [], compensate: null };
    const task = await bench.newTask({ parts: [part] });
    const claimed = await bench.tasks.claim(task.id, 1, 'ana', ANA);
    await bench.tasks.take(task.id, claimed.version, 'start', ANA);
    await bench.inStep(task.id);
    bench.server.change('Task/1', { status: 'completed' });
    await bench.trouble(task.id, 'ehr-differs');
    const { version } = await bench.task(task.id);
    await assert.rejects(bench.copies.settle(task.id, version, 'theirs', BY), { code: 'task-parts-open' });
    const other = await bench.newTask({ discriminator: 'other' });
    await bench.inStep(other.id);
    bench.server.change((await bench.task(other.id)).ehr?.reference ?? '', { status: 'paused?' });
    await bench.trouble(other.id, 'ehr-differs');
    const now = await bench.task(other.id);
    await assert.rejects(bench.copies.settle(other.id, now.version, 'theirs', BY), { code: 'ehr-no-way' });
  });

  it('says when it is gone, makes no other by itself, and another one when a person says so', async () => {
    const task = await bench.newTask();
    await bench.inStep(task.id);
    bench.server.remove('Task/1');
    await bench.trouble(task.id, 'ehr-gone');
    await rounds();
    assert.equal(bench.madeFor(task.id).length, 1);
    const { version } = await bench.task(task.id);
    await assert.rejects(bench.copies.settle(task.id, version, 'theirs', BY), { code: 'ehr-no-way' });
    await bench.copies.settle(task.id, version, 'ours', BY);
    await bench.inStep(task.id);
    assert.equal((await bench.task(task.id)).ehr?.reference, 'Task/2');
  });

  it('is one Task, whatever becomes of requests and answers', async function () {
    this.timeout(60_000);
    const faults: readonly Fault[] = ['throttle', 'fail-before', 'fail-after', 'reset-before', 'lost', 'hang'];
    for (const method of ['POST', 'PUT', 'GET']) {
      for (const fault of faults) {
        let left = 2;
        bench.fault = (sent) => (sent === method && left-- > 0 ? fault : null);
        const task = await bench.newTask({ discriminator: `${method} ${fault}` });
        const claimed = await bench.tasks.claim(task.id, 1, 'ana', ANA);
        await bench.inStep(task.id);
        await bench.tasks.take(task.id, claimed.version, 'start', ANA);
        await bench.inStep(task.id);
        const what = `${method} ${fault}`;
        assert.equal(bench.madeFor(task.id).length, 1, what);
        const now = await bench.task(task.id);
        assert.equal(body(now.ehr?.reference ?? '')['status'], 'in-progress', what);
        const events = await bench.place.store.tasks.events(task.id);
        assert.deepEqual(
          events.filter(({ actor }) => actor === 'ehr'),
          [],
          `${what}: nothing of ours was taken for theirs`,
        );
      }
    }
  });

  it('knows what it wrote by a lost answer from what somebody did after it', async () => {
    const task = await bench.newTask();
    await bench.inStep(task.id);
    bench.fault = (method) => (method === 'PUT' ? 'lost' : null);
    await bench.tasks.claim(task.id, 1, 'ana', ANA);
    await bench.until('the write', () => body('Task/1')['status'] === 'accepted');
    bench.fault = (method) => (method === 'GET' ? 'reset-before' : null);
    bench.server.change('Task/1', { status: 'in-progress' });
    bench.fault = () => null;
    await bench.until('their step', async () => (await bench.task(task.id)).state === 'in-progress');
    await bench.inStep(task.id);
  });

  it('does not take what it wrote by a lost answer for theirs, where ours has gone on since', async () => {
    const task = await bench.newTask();
    await bench.inStep(task.id);
    let lost = false;
    bench.fault = (method) => {
      if (method === 'PUT') lost = true;
      return method === 'PUT' ? 'lost' : lost ? 'reset-before' : null;
    };
    const claimed = await bench.tasks.claim(task.id, 1, 'ana', ANA);
    await bench.until('the write', () => body('Task/1')['status'] === 'accepted');
    await bench.tasks.take(task.id, claimed.version, 'start', ANA);
    bench.fault = () => null;
    await bench.inStep(task.id);
    assert.equal(body('Task/1')['status'], 'in-progress');
    const events = await bench.place.store.tasks.events(task.id);
    assert.deepEqual(
      events.map(({ actor }) => actor),
      ['flow:flow-a', 'user:ana', 'user:ana'],
    );
  });

  it('holds nobody up while the EHR is away, and is brought in step by another life', async () => {
    bench.fault = () => 'hang';
    const task = await bench.newTask();
    const claimed = await bench.tasks.claim(task.id, 1, 'ana', ANA);
    assert.equal(claimed.state, 'accepted');
    await bench.trouble(task.id, 'ehr-unreachable');
    bench.fault = () => null;
    await bench.restart();
    bench.copies.start();
    await bench.inStep(task.id);
    assert.equal(body('Task/1')['status'], 'accepted');
  });

  it('lets tasks of another endpoint have their turn while one is away', async () => {
    // More than a round looks at, of an endpoint that is not there.
    for (let i = 0; i < 70; i++) await bench.newTask({ discriminator: `${i}`, endpoint: 'away' });
    const task = await bench.newTask({ discriminator: 'here' });
    await bench.inStep(task.id);
    const away = await bench.place.store.tasks.list({ limit: 100 });
    assert.equal(away.tasks.filter(({ ehr }) => ehr?.endpoint === 'away' && ehr.reference === null).length, 70);
  });

  it('lets others have their turn where the server breaks on some', async () => {
    const broken: string[] = [];
    for (let i = 0; i < 4; i++) broken.push((await bench.newTask({ discriminator: `broken ${i}` })).id);
    const fine: string[] = [];
    for (let i = 0; i < 6; i++) fine.push((await bench.newTask({ discriminator: `fine ${i}` })).id);
    bench.fault = (_method, _type, url) => (broken.some((id) => url.includes(id)) ? 'fail-before' : null);
    for (const id of fine) await bench.inStep(id);
    for (const id of broken) assert.equal((await bench.task(id)).ehr?.trouble, 'ehr-unreachable');
  });

  it('says what it is about and which row decided, where the definition sends that', async () => {
    const copy = {
      elements: ['description', 'input'],
      for: null,
      focus: null,
      encounter: null,
      rules: [{ table: 'critical', version: 'v7', rows: ['high'] }],
      event: 'event-1',
      says: 'a test: 7.1 of something',
    };
    const some = await bench.newTask({ copy });
    await bench.inStep(some.id);
    assert.equal(body('Task/1')['description'], 'Review: a test: 7.1 of something');
    const input = body('Task/1')['input'] as { type: { text: string }; valueString: string }[];
    assert.deepEqual(
      input.map(({ type, valueString }) => `${type.text}: ${valueString}`),
      ['rule table: critical', 'rule version: v7', 'rule row: high', 'event: event-1'],
    );
    const other = await bench.newTask({ discriminator: 'other', copy: { ...copy, elements: ['code'] } });
    await bench.inStep(other.id);
    assert.equal('description' in body('Task/2'), false);
  });

  it('says no more than the definition sends', async () => {
    const copy = {
      elements: ['code'],
      for: { reference: 'Patient/1' },
      focus: null,
      encounter: null,
      rules: [],
      event: null,
    };
    const some = await bench.newTask({ copy });
    await bench.inStep(some.id);
    assert.deepEqual(
      Object.keys(body('Task/1')).toSorted((a, b) => a.localeCompare(b)),
      ['code', 'identifier', 'intent', 'resourceType', 'status'],
    );
  });

  it('is not asked about any more once the task has ended on both sides', async () => {
    const task = await bench.newTask();
    await bench.inStep(task.id);
    await bench.tasks.take(task.id, 1, 'cancel', ANA, WHY);
    await bench.inStep(task.id);
    const before = bench.server.lookUps;
    const other = await bench.newTask({ discriminator: 'other' });
    await bench.inStep(other.id);
    bench.clock.advance(5 * MINUTE);
    const asked = await bench.place.store.tasks.outOfStep(bench.clock.now() + MINUTE, 10);
    assert.deepEqual(
      asked.map(({ id }) => id),
      [other.id],
    );
    assert.ok(bench.server.lookUps > before);
  });
});
