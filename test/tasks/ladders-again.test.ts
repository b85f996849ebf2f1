import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { CreateTask, EndedBy, Escalation, LadderPlan, TaskActor, WorkflowTask } from '../../engine/index.ts';
import { ladderSteps } from '../../engine/index.ts';
import { createTaskService } from '../../engine/tasks/create-task-service.ts';
import { createTaskLadders, type TaskLadders } from '../../engine/tasks/task-ladders.ts';
import type { TaskService } from '../../engine/tasks/task-service.ts';
import { EscalationBench } from '../kit/escalation-bench.ts';
import { eventually } from '../kit/eventually.ts';

const ANA: TaskActor & EndedBy = { actor: 'user:ana', via: 'console' };
const BEN: TaskActor & EndedBy = { actor: 'user:ben', via: 'console' };
const WHY = { code: 'gone-home', text: null };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('a ladder whose task nobody has any more', () => {
  let bench: EscalationBench;
  let tasks: TaskService;
  let ladders: TaskLadders;
  /** A process that ends before it tells the ladders of a change. */
  let deaf: TaskService;
  let failing: boolean;
  let failures: number;
  /** Looks at all that nobody has. */
  let looks: number;

  const newLadders = (): TaskLadders => {
    const { store, clock } = bench.bench;
    const list: typeof store.escalations.list = (query) =>
      failing ? Promise.reject(new Error('the disk is full')) : store.escalations.list(query);
    return createTaskLadders({
      service: bench.service,
      escalations: {
        list,
        get: (id) => store.escalations.get(id),
        tasksWaitedFor: (...page) => store.escalations.tasksWaitedFor(...page),
      },
      tasks: {
        get: (id) => store.tasks.get(id),
        events: (id) => store.tasks.events(id),
        list: (query) => store.tasks.list(query).finally(() => looks++),
      },
      people: { claim: (...way) => tasks.claim(...way), take: (...way) => tasks.take(...way) },
      clock,
      onStoreFailure: () => void failures++,
    });
  };

  beforeEach(async () => {
    [failing, failures, looks] = [false, 0, 0];
    bench = await EscalationBench.open();
    const { store, clock, ids } = bench.bench;
    const parts = { tasks: store.tasks, clock, ids, live: { publish: () => undefined }, onWork: () => undefined };
    deaf = createTaskService(parts);
    tasks = createTaskService({ ...parts, onState: (task) => ladders.changed(task) });
    ladders = newLadders();
  });
  afterEach(async () => {
    await ladders.stop();
    await bench.close();
  });

  const newTask = async (over: Partial<CreateTask> = {}): Promise<WorkflowTask> => {
    const request: CreateTask = {
      work: bench.work,
      definitionVersion: 'v1',
      priority: 'stat',
      name: 'review',
      discriminator: '',
      code: 'review',
      title: 'Review',
      serviceLine: null,
      dueAt: null,
      parts: [],
      decisions: [],
      escalationId: null,
      assigned: { role: 'nurse', unit: null, person: null },
      patientHint: null,
      endpoint: null,
      carry: null,
      ...over,
    };
    return (await tasks.create(request)).task;
  };
  const escalate = async (task: string, plan?: LadderPlan, fact?: string): Promise<Escalation> => {
    const { escalation } = await ladders.escalations.start({
      work: bench.work,
      definition: bench.work.definition,
      name: 'call',
      discriminator: task,
      ladder: 'default',
      ladderVersion: 'v1',
      steps: plan
        ? ladderSteps(plan, bench.bench.clock.now())
        : [
            { afterMs: MINUTE, to: 'nurse', channel: 'console', text: 'Look.' },
            { afterMs: 5 * MINUTE, to: 'supervisor', channel: 'console', text: 'Nobody looks.' },
          ],
      exhausted: 'fallback',
      title: 'A title',
      watch: { endpoint: 'ehr', reference: 'Task/1' },
      carry: { row: 'k-high' },
      task,
      ...(plan && { plan }),
      ...(fact !== undefined && { fact }),
    });
    return escalation;
  };
  const claimed = (task: WorkflowTask, who = ANA): Promise<WorkflowTask> =>
    tasks.claim(task.id, task.version, who.actor.slice('user:'.length), who);
  /** Of the task, in the order in which they began. */
  const all = async ({ id }: WorkflowTask): Promise<readonly Escalation[]> =>
    (await bench.bench.store.escalations.list({ task: id })).toReversed();
  const states = async (task: WorkflowTask): Promise<readonly string[]> =>
    (await all(task)).map(({ state }) => state).toSorted();
  const last = async (task: WorkflowTask): Promise<Escalation> => {
    const found = (await all(task)).find(({ state }) => state === 'open');
    assert.ok(found, 'one is open');
    return found;
  };

  it('begins again, from now, when it is handed to somebody else, and ends with that one', async () => {
    const task = await newTask();
    const first = await escalate(task.id);
    const accepted = await claimed(task);
    bench.bench.clock.advance(HOUR);
    const handed = await tasks.reassign(
      task.id,
      accepted.version,
      { role: 'nurse', unit: null, person: 'ben' },
      ANA,
      WHY,
    );
    assert.equal(handed.state, 'ready');
    const again = await last(task);
    const now = bench.bench.clock.now();
    assert.deepEqual([again.startedAt, again.nextAt, again.nextStep], [now, now + MINUTE, 0]);
    assert.deepEqual(again.again, { of: first.id, since: handed.version });
    assert.deepEqual([again.carry, again.title, again.watch], [first.carry, first.title, null]);
    await claimed(handed, BEN);
    const ended = await bench.bench.store.escalations.get(again.id);
    assert.deepEqual([ended?.state, ended?.endedBy?.actor], ['acknowledged', 'user:ben']);
    assert.deepEqual(await states(task), ['acknowledged', 'acknowledged']);
  });

  const ways: readonly (readonly [string, (task: WorkflowTask) => Promise<WorkflowTask>])[] = [
    ['refused', ({ id, version }) => tasks.take(id, version, 'reject', ANA, WHY)],
    ['failed', ({ id, version }) => tasks.take(id, version, 'fail', ANA, WHY)],
    [
      'given back',
      async ({ id, version }) =>
        tasks.take(id, (await tasks.take(id, version, 'start', ANA)).version, 'hand-back', ANA),
    ],
    [
      'put on hold and handed on',
      async ({ id, version }) => {
        const held = await tasks.take(id, version, 'hold', ANA, WHY);
        assert.equal((await bench.bench.store.escalations.list({ task: id, states: ['open'] })).length, 0);
        return tasks.reassign(id, held.version, { role: 'nurse', unit: null, person: null }, ANA, WHY);
      },
    ],
  ];
  for (const [name, way] of ways)
    it(`begins again when it is ${name} after somebody took it over`, async () => {
      const task = await newTask();
      await escalate(task.id);
      await way(await claimed(task));
      assert.deepEqual(await states(task), ['acknowledged', 'open']);
    });

  it('begins again each time, and goes on while it is open', async () => {
    const task = await newTask();
    await escalate(task.id);
    let now = task;
    for (let i = 0; i < 3; i++) {
      now = await claimed(now);
      now = await tasks.reassign(task.id, now.version, { role: 'nurse', unit: null, person: null }, ANA, WHY);
      const { id } = await last(task);
      now = await tasks.reassign(task.id, now.version, { role: 'nurse', unit: 'east', person: null }, ANA, WHY);
      assert.equal((await last(task)).id, id);
    }
    assert.equal((await all(task)).length, 4);
    assert.deepEqual(new Set((await all(task)).map(({ again }) => again?.since)), new Set([undefined, 3, 6, 9]));
  });

  it('stays silent where somebody has it still, where it has ended, and where its flow ended the ladder', async () => {
    const [held, done, dropped] = [
      await newTask(),
      await newTask({ discriminator: 'done' }),
      await newTask({ discriminator: 'dropped' }),
    ];
    for (const { id } of [held, done]) await escalate(id);
    const { id } = await escalate(dropped.id);
    const on = await claimed(held);
    await tasks.take(held.id, on.version, 'hold', ANA, WHY);
    await tasks.take(done.id, (await claimed(done)).version, 'cancel', ANA, WHY);
    await ladders.escalations.cancel(id, { actor: 'flow:lab', via: 'flow' });
    const handed = await claimed(dropped);
    await tasks.reassign(dropped.id, handed.version, { role: 'nurse', unit: null, person: null }, ANA, WHY);
    assert.deepEqual(await states(held), ['acknowledged']);
    assert.deepEqual(await states(done), ['acknowledged']);
    assert.deepEqual(await states(dropped), ['cancelled']);
  });

  it('is told of after the process ended in between, once', async () => {
    const task = await newTask();
    await escalate(task.id);
    const accepted = await claimed(task);
    await deaf.reassign(task.id, accepted.version, { role: 'nurse', unit: null, person: null }, ANA, WHY);
    assert.deepEqual(await states(task), ['acknowledged']);
    for (let life = 0; life < 2; life++) {
      ladders.start();
      await eventually('the round at the start', async () => (await states(task)).includes('open'));
      await ladders.stop();
      ladders = newLadders();
    }
    assert.deepEqual(await states(task), ['acknowledged', 'open']);
  });

  it('is told of where both the answer and the loss were missed', async () => {
    const task = await newTask();
    const first = await escalate(task.id);
    const accepted = await deaf.claim(task.id, 1, 'ana', ANA);
    await deaf.take(task.id, accepted.version, 'reject', ANA, WHY);
    ladders.start();
    await eventually('the round at the start', async () => (await all(task)).length === 2);
    const { state, endedBy } = (await bench.bench.store.escalations.get(first.id)) ?? {};
    assert.deepEqual([state, endedBy?.actor], ['acknowledged', 'user:ana']);
    assert.equal((await last(task)).again?.of, first.id);
  });

  it('is told of by the next round where the store could not be asked', async () => {
    const task = await newTask();
    await escalate(task.id);
    const accepted = await claimed(task);
    ladders.start();
    await eventually('the round at the start', () => looks === 1);
    failing = true;
    await tasks.reassign(task.id, accepted.version, { role: 'nurse', unit: null, person: null }, ANA, WHY);
    assert.equal(failures, 1);
    failing = false;
    assert.deepEqual(await states(task), ['acknowledged']);
    await eventually('the round of the minute', async () => {
      bench.bench.clock.advance(MINUTE);
      return (await states(task)).includes('open');
    });
    assert.equal(looks, 1);
  });

  it('is worked out from working hours that begin now', async () => {
    const plan: LadderPlan = {
      clock: { zone: 'Europe/London', hours: [{ days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }], holidays: [] },
      steps: [{ afterMs: 2 * HOUR, to: 'nurse', channel: 'console', text: 'Look.', repeatMs: null }],
    };
    const { clock } = bench.bench;
    clock.set(Date.parse('2027-03-26T09:00:00Z'));
    const task = await newTask();
    const first = await escalate(task.id, plan);
    assert.equal(first.nextAt, Date.parse('2027-03-26T11:00:00Z'));
    const accepted = await claimed(task);
    // Friday afternoon before the clocks change: an hour is left of the day.
    clock.set(Date.parse('2027-03-26T17:00:00Z'));
    await tasks.reassign(task.id, accepted.version, { role: 'nurse', unit: null, person: null }, ANA, WHY);
    assert.equal((await last(task)).nextAt, Date.parse('2027-03-29T08:00:00Z'));
  });

  it('is ended by a flow that means what it began, and found by its fact', async () => {
    const task = await newTask();
    const first = await escalate(task.id, undefined, 'order 1');
    const accepted = await claimed(task);
    await tasks.reassign(task.id, accepted.version, { role: 'nurse', unit: null, person: null }, ANA, WHY);
    const again = await last(task);
    const { definition } = bench.work;
    const found = await ladders.escalations.ofFact({ definition, name: 'call', fact: 'order 1', messageId: 'another' });
    assert.equal(found?.id, again.id);
    assert.equal(await ladders.escalations.cancel(first.id, { actor: 'flow:lab', via: 'flow' }), 'cancelled');
    assert.equal((await bench.bench.store.escalations.get(again.id))?.state, 'cancelled');
    assert.equal(await ladders.escalations.cancel(first.id, { actor: 'flow:lab', via: 'flow' }), 'already-ended');
  });

  it('says in the audit trail that it began again', async () => {
    const task = await newTask();
    await escalate(task.id);
    const accepted = await claimed(task);
    await tasks.reassign(task.id, accepted.version, { role: 'nurse', unit: null, person: null }, ANA, WHY);
    const [entry] = await bench.bench.store.audit.list({ type: 'escalation.restarted' });
    const { id } = await last(task);
    assert.deepEqual(entry?.details, { escalation: id, name: 'call', ladder: 'default', steps: 2, task: task.id });
  });
});
