import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { WardflowError } from '../../engine/index.ts';
import type { CreateTask, EndedBy, Escalation, TaskActor, WorkflowTask } from '../../engine/index.ts';
import { createTaskService } from '../../engine/tasks/create-task-service.ts';
import { createTaskLadders, type TaskLadders } from '../../engine/tasks/task-ladders.ts';
import type { TaskService } from '../../engine/tasks/task-service.ts';
import { EscalationBench } from '../kit/escalation-bench.ts';
import { eventually } from '../kit/eventually.ts';

const ANA: TaskActor & EndedBy = { actor: 'user:ana', via: 'console' };
const BEN: TaskActor & EndedBy = { actor: 'user:ben', via: 'console' };
const WHY = { code: 'not-needed', text: null };

describe('a task and its ladder', () => {
  let bench: EscalationBench;
  let tasks: TaskService;
  let ladders: TaskLadders;
  /** A process that ends before it tells the ladders of a change. */
  let deaf: TaskService;
  beforeEach(async () => {
    bench = await EscalationBench.open();
    const { store, clock, ids } = bench.bench;
    const parts = { tasks: store.tasks, clock, ids, live: { publish: () => undefined }, onWork: () => undefined };
    deaf = createTaskService(parts);
    tasks = createTaskService({ ...parts, onState: (task) => ladders.changed(task) });
    ladders = createTaskLadders({
      service: bench.service,
      escalations: store.escalations,
      tasks: store.tasks,
      people: tasks,
      clock,
      onStoreFailure: (error) => assert.fail(String(error)),
    });
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
  const escalate = async (task: string | undefined, discriminator = ''): Promise<Escalation> => {
    const request = {
      work: bench.work,
      definition: bench.work.definition,
      name: 'call',
      discriminator,
      ladder: 'default',
      ladderVersion: 'v1',
      steps: [{ afterMs: 60_000, to: 'role:nurse', channel: 'console', text: 'Look.' }],
      exhausted: 'fallback' as const,
      title: 'A title',
      watch: null,
      carry: null,
    };
    return (await ladders.escalations.start(task === undefined ? request : { ...request, task })).escalation;
  };
  const ended = async ({ id }: Escalation): Promise<unknown[]> => {
    const now = await bench.bench.store.escalations.get(id);
    return [now?.state, now?.endedBy?.actor ?? null, now?.endedBy?.via ?? null];
  };
  const held = async ({ id }: WorkflowTask): Promise<unknown[]> => {
    const now = await bench.bench.store.tasks.get(id);
    return [now?.state, now?.assigned.person];
  };
  const OPEN = ['open', null, null];

  it('end together when somebody takes the task over, and only then', async () => {
    const task = await newTask();
    const [first, second] = [await escalate(task.id), await escalate(task.id, 'second')];
    const other = await escalate(undefined, 'other');
    const received = await tasks.take(task.id, 1, 'receive', ANA);
    assert.deepEqual(await ended(first), OPEN);
    await tasks.claim(task.id, received.version, 'ana', ANA);
    assert.deepEqual(await ended(first), ['acknowledged', 'user:ana', 'console']);
    assert.deepEqual(await ended(second), ['acknowledged', 'user:ana', 'console']);
    assert.deepEqual(await ended(other), OPEN);
  });

  it('end together when the task is cancelled; a refusal tells the next', async () => {
    const [one, two] = [await newTask(), await newTask({ discriminator: 'two' })];
    const [cancelled, refused] = [await escalate(one.id), await escalate(two.id, 'two')];
    await tasks.take(one.id, 1, 'cancel', BEN, WHY);
    await tasks.take(two.id, 1, 'reject', BEN, WHY);
    assert.deepEqual(await ended(cancelled), ['cancelled', 'user:ben', 'console']);
    assert.deepEqual(await ended(refused), OPEN);
  });

  it('end together when the EHR has answered, or cancelled: by nobody of ours', async () => {
    const EHR: EndedBy = { actor: 'ehr', via: 'fhir-task' };
    const [one, two] = [await newTask(), await newTask({ discriminator: 'two' })];
    const [answered, cancelled] = [await escalate(one.id), await escalate(two.id, 'two')];
    await ladders.escalations.acknowledge(answered.id, EHR);
    await ladders.escalations.cancel(cancelled.id, EHR);
    assert.deepEqual(await ended(answered), ['acknowledged', 'ehr', 'fhir-task']);
    assert.deepEqual(await held(one), ['accepted', null]);
    assert.deepEqual(await ended(cancelled), ['cancelled', 'ehr', 'fhir-task']);
    assert.deepEqual(await held(two), ['cancelled', null]);
    const { tasks: kept } = bench.bench.store;
    assert.deepEqual((await kept.events(two.id)).at(-1)?.reason?.code, 'said-by-ehr');
  });

  it('end together after the process ended in between, by a round at the start and each minute', async () => {
    const [one, two, three] = [await newTask(), await newTask({ discriminator: 'two' }), await newTask({ name: 'x' })];
    const [first, second, third] = [
      await escalate(one.id),
      await escalate(two.id, 'two'),
      await escalate(three.id, 'x'),
    ];
    await deaf.claim(one.id, 1, 'ana', ANA);
    assert.deepEqual(await ended(first), OPEN);
    ladders.start();
    await eventually('the round at the start', async () => (await ended(first))[0] === 'acknowledged');
    assert.deepEqual(await ended(first), ['acknowledged', 'user:ana', 'console']);
    // Taken over and put on hold while nobody listened: it was answered all the same.
    const accepted = await deaf.claim(two.id, 1, 'ben', BEN);
    await deaf.take(two.id, accepted.version, 'hold', BEN, WHY);
    bench.bench.clock.advance(60_000);
    await eventually('the round of the minute', async () => (await ended(second))[0] === 'acknowledged');
    assert.deepEqual(await ended(second), ['acknowledged', 'user:ben', 'console']);
    assert.deepEqual(await ended(third), OPEN);
  });

  it('end together although another task cannot be looked at', async () => {
    const [broken, fine] = [await newTask(), await newTask({ discriminator: 'two' })];
    const [first, second] = [await escalate(broken.id), await escalate(fine.id, 'two')];
    await deaf.claim(broken.id, 1, 'ana', ANA);
    await deaf.claim(fine.id, 1, 'ana', ANA);
    const { store, clock } = bench.bench;
    const told: string[] = [];
    let mended = false;
    const others = createTaskLadders({
      service: bench.service,
      escalations: store.escalations,
      tasks: {
        ...store.tasks,
        get: (id) => (id === broken.id && !mended ? Promise.reject(new Error('unreadable')) : store.tasks.get(id)),
      },
      people: tasks,
      clock,
      onStoreFailure: (error) => void told.push(String(error)),
    });
    others.start();
    await eventually('the other one is ended', async () => (await ended(second))[0] === 'acknowledged');
    assert.deepEqual(await ended(first), OPEN);
    assert.match(told.join(), /unreadable/);
    mended = true;
    await eventually('so is the first, once it can be', async () => {
      clock.advance(60_001);
      return (await ended(first))[0] === 'acknowledged';
    });
    await others.stop();
  });

  it('do not tell anybody of a task that was taken over before the ladder began', async () => {
    const task = await newTask();
    await tasks.claim(task.id, 1, 'ana', ANA);
    assert.equal((await escalate(task.id)).state, 'acknowledged');
  });

  it('go on where an old answer was before the ladder began', async () => {
    const task = await newTask();
    const accepted = await tasks.claim(task.id, 1, 'ana', ANA);
    await tasks.take(task.id, accepted.version, 'hold', ANA, WHY);
    bench.bench.clock.set(bench.bench.clock.now() + 1);
    assert.equal((await escalate(task.id)).state, 'open');
  });

  it('take the task over for whoever answers the escalation', async () => {
    const [one, ready] = [await newTask(), await newTask({ discriminator: 'ready' })];
    await tasks.take(ready.id, 1, 'make-ready', BEN);
    const [first, second] = [await escalate(one.id), await escalate(ready.id, 'ready')];
    assert.equal(await ladders.escalations.acknowledge(first.id, { ...ANA, reason: 'on my way' }), 'acknowledged');
    assert.equal(await ladders.escalations.acknowledge(second.id, ANA), 'acknowledged');
    assert.deepEqual(await held(one), ['accepted', 'ana']);
    assert.deepEqual(await held(ready), ['in-progress', 'ana']);
    const { endedBy } = (await bench.bench.store.escalations.get(first.id)) ?? {};
    assert.deepEqual(endedBy, { actor: 'user:ana', via: 'console', reason: 'on my way' });
    assert.equal(await ladders.escalations.acknowledge(first.id, ANA), 'already-ended');
  });

  it('leave the task where a flow or the CLI answers, and where no step leads there', async () => {
    const by: readonly EndedBy[] = [
      { actor: 'flow:lab', via: 'flow' },
      { actor: 'cli:root', via: 'cli' },
    ];
    for (const [i, one] of by.entries()) {
      const task = await newTask({ discriminator: `${i}` });
      const escalation = await escalate(task.id, `${i}`);
      assert.equal(await ladders.escalations.acknowledge(escalation.id, one), 'acknowledged');
      assert.deepEqual(await held(task), ['requested', null]);
    }
    const refused = await newTask();
    const escalation = await escalate(refused.id);
    await tasks.take(refused.id, 1, 'reject', BEN, WHY);
    assert.equal(await ladders.escalations.acknowledge(escalation.id, ANA), 'acknowledged');
    assert.deepEqual(await held(refused), ['rejected', null]);
  });

  it('have one winner when two people answer at once, for both', async () => {
    for (let i = 0; i < 10; i++) {
      const task = await newTask({ discriminator: `${i}` });
      const escalation = await escalate(task.id, `${i}`);
      const people = [ANA, BEN];
      const answers = await Promise.all(people.map((by) => ladders.escalations.acknowledge(escalation.id, by)));
      assert.deepEqual(answers.toSorted(), ['acknowledged', 'already-ended']);
      const winner = people[answers.indexOf('acknowledged')]?.actor;
      assert.deepEqual(await ended(escalation), ['acknowledged', winner, 'console']);
      assert.deepEqual(await held(task), ['accepted', winner?.slice('user:'.length)]);
    }
  });

  it('have one winner when one answers the escalation and another takes the task', async () => {
    for (let i = 0; i < 10; i++) {
      const task = await newTask({ discriminator: `${i}` });
      const escalation = await escalate(task.id, `${i}`);
      const [answer, claim] = await Promise.allSettled([
        ladders.escalations.acknowledge(escalation.id, ANA),
        tasks.claim(task.id, 1, 'ben', BEN),
      ]);
      const ana = answer.status === 'fulfilled' && answer.value === 'acknowledged';
      assert.equal(claim.status === 'fulfilled', !ana);
      if (claim.status === 'rejected') assert.ok(claim.reason instanceof WardflowError);
      assert.deepEqual(await held(task), ['accepted', ana ? 'ana' : 'ben']);
      assert.deepEqual(await ended(escalation), ['acknowledged', ana ? 'user:ana' : 'user:ben', 'console']);
    }
  });

  it('claim beside somebody who comments', async () => {
    const task = await newTask();
    const escalation = await escalate(task.id);
    const [answer] = await Promise.all([
      ladders.escalations.acknowledge(escalation.id, ANA),
      ...Array.from({ length: 5 }, (_, i) => tasks.comment(task.id, `${i}`, BEN)),
    ]);
    assert.equal(answer, 'acknowledged');
    assert.deepEqual(await held(task), ['accepted', 'ana']);
  });

  it('watch no task of another definition, and none that is not there', async () => {
    const foreign = await newTask({ work: { ...bench.work, definition: 'other' } });
    assert.equal((await escalate(foreign.id)).task, undefined);
    assert.equal((await escalate('gone', 'gone')).task, undefined);
  });
});
