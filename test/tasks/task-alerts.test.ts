import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { WardflowError } from '../../engine/index.ts';
import type { AlertRecord, ConsideredAlert, NewWork, TaskActor, WorkflowTask } from '../../engine/index.ts';
import { createTaskAlerts } from '../../engine/tasks/task-alerts.ts';
import { createTaskService } from '../../engine/tasks/create-task-service.ts';
import { AlertBench, alertPolicyOf, claimed, DEFINITION } from '../kit/alert-bench.ts';
import { eventually } from '../kit/eventually.ts';

const HIGH = { patient: 'p1', code: 'K', value: 7 };
const NORMAL = { ...HIGH, value: 3 };
const ANA: TaskActor = { actor: 'user:ana', via: 'console' };
const BEN: TaskActor = { actor: 'user:ben', via: 'console' };
const WHY = { code: 'not-needed', text: null };
const POLICY = alertPolicyOf({
  tiers: [{ name: 'page', when: 'event.value > 6', to: { role: 'nurse' }, channels: ['console'] }],
});
const anybody = (): boolean => true;

describe('an alert and its task', () => {
  let bench: AlertBench;
  beforeEach(async () => {
    bench = await AlertBench.open();
  });
  afterEach(() => bench.close());

  const newTask = async (item: NewWork, discriminator = '', definition = DEFINITION): Promise<WorkflowTask> => {
    const { task } = await bench.engine.tasks.create({
      work: { ...claimed(item, 1), definition },
      definitionVersion: 'v1',
      priority: 'stat',
      name: 'review',
      discriminator,
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
    });
    return task;
  };
  const raise = (item: NewWork, task?: WorkflowTask, event: object = HIGH): Promise<ConsideredAlert> =>
    bench.consider(item, event, POLICY, 1, DEFINITION, task?.id);
  const both = async (): Promise<{ readonly task: WorkflowTask; readonly alert: AlertRecord; item: NewWork }> => {
    const item = await bench.accept();
    const task = await newTask(item);
    const { alert } = await raise(item, task);
    assert.ok(alert);
    await eventually('it is told', async () => (await now(alert)).deliveries.length === 1);
    return { task, alert: await now(alert), item };
  };
  const now = async ({ id }: AlertRecord): Promise<AlertRecord> =>
    (await bench.engine.store.alerts.get(id)) ?? assert.fail('it is gone');
  const taskNow = async ({ id }: WorkflowTask): Promise<WorkflowTask> =>
    (await bench.engine.store.tasks.get(id)) ?? assert.fail('it is gone');
  const claim = (task: WorkflowTask, { actor, via } = ANA): Promise<WorkflowTask> =>
    bench.engine.tasks.claim(task.id, task.version, actor.slice('user:'.length), { actor, via });
  const complete = async (task: WorkflowTask): Promise<WorkflowTask> => {
    const { tasks } = bench.engine;
    return tasks.take(task.id, (await tasks.take(task.id, task.version, 'start', ANA)).version, 'complete', ANA);
  };

  it('are answered once by whoever takes the task over, and the alert says through which task', async () => {
    const { task, alert } = await both();
    await claim(task);
    const taken = await now(alert);
    const at = bench.clock.now();
    assert.deepEqual([taken.state, taken.acknowledged], ['acknowledged', { by: 'user:ana', at, task: task.id }]);
    const [entry] = await bench.engine.store.audit.list({ type: 'alert.acknowledged' });
    assert.deepEqual([entry?.actor, entry?.details['task']], ['user:ana', task.id]);
  });

  it('are over with the task, and whoever was told still hears that the cause is gone', async () => {
    const { task, alert, item } = await both();
    await complete(await claim(task));
    const closed = await now(alert);
    assert.deepEqual([closed.state, closed.ended?.by, closed.ended?.task], ['closed', 'user:ana', task.id]);
    assert.equal((await raise(item, undefined, NORMAL)).outcome, 'resolved');
    await eventually('they are told', async () => (await now(alert)).deliveries.length === 2);
    assert.equal((await now(alert)).state, 'resolved');
    assert.equal((await raise(await bench.accept(), undefined, NORMAL)).outcome, 'nothing');
  });

  it('are left apart where a person closed the alert: nobody hears of it again', async () => {
    const { task, alert, item } = await both();
    await bench.engine.alerts.close(alert.id, alert.version, null, 'user:ben');
    await complete(await claim(task));
    assert.equal((await now(alert)).ended?.by, 'user:ben');
    assert.equal((await raise(item, undefined, NORMAL)).outcome, 'nothing');
  });

  it('are taken over by whoever takes the alert, where it is their turn', async () => {
    const { task, alert } = await both();
    const { alert: answered, task: theirs } = await bench.engine.taskAlerts.acknowledge(
      alert.id,
      alert.version,
      'user:ben',
      ({ assigned }) => assigned.role === 'nurse',
    );
    assert.deepEqual([answered.state, theirs?.id], ['acknowledged', task.id]);
    assert.deepEqual([(await taskNow(task)).state, (await taskNow(task)).assigned.person], ['accepted', 'ben']);
    assert.equal((await now(alert)).acknowledged?.by, 'user:ben');
  });

  it('leave the task where it is not their turn, and where several are open', async () => {
    const { task, alert, item } = await both();
    const not = await bench.engine.taskAlerts.acknowledge(alert.id, alert.version, 'user:ben', () => false);
    assert.deepEqual([not.task, (await taskNow(task)).state], [null, 'requested']);
    const again = await bench.engine.taskAlerts.acknowledge(alert.id, not.alert.version, 'user:ben', anybody);
    assert.equal(again.task?.id, task.id);
    await bench.engine.tasks.take(task.id, (await taskNow(task)).version, 'cancel', BEN, WHY);

    bench.clock.advance(3_600_000);
    const [one, two] = [await newTask(item, 'one'), await newTask(item, 'two')];
    const { alert: next } = await raise(await bench.accept(), one);
    assert.equal((await raise(await bench.accept(), two)).outcome, 'joined');
    assert.ok(next);
    const several = await bench.engine.taskAlerts.acknowledge(next.id, (await now(next)).version, 'user:ben', anybody);
    assert.deepEqual(
      [several.task, (await taskNow(one)).state, (await taskNow(two)).state],
      [null, 'requested', 'requested'],
    );
  });

  it('are answered by the task of a later message that joined the alert, which stays until both tasks have ended', async () => {
    const { task, alert } = await both();
    const item = await bench.accept();
    const later = await newTask(item);
    assert.equal((await raise(item, later)).outcome, 'joined');
    await claim(later, BEN);
    assert.deepEqual((await now(alert)).acknowledged?.task, later.id);
    await complete(await taskNow(later));
    assert.equal((await now(alert)).state, 'acknowledged');
    await complete(await claim(task));
    assert.equal((await now(alert)).state, 'closed');
  });

  it('stay open where something without a task of its own has joined it', async () => {
    const { task, alert } = await both();
    assert.equal((await raise(await bench.accept())).outcome, 'joined');
    await complete(await claim(task));
    assert.deepEqual([(await now(alert)).state, (await now(alert)).ended], ['acknowledged', null]);
  });

  it('stay apart where the alert names none, or a task of another definition', async () => {
    const item = await bench.accept();
    const [task, foreign] = [await newTask(item), await newTask(item, 'x', 'other')];
    const { alert } = await raise(item);
    assert.ok(alert);
    bench.clock.advance(3_600_000);
    const { alert: second } = await raise(await bench.accept(), foreign);
    assert.ok(second);
    assert.equal(second.task, undefined);
    await claim(task);
    await claim(foreign);
    assert.deepEqual([(await now(alert)).state, (await now(second)).state], ['open', 'open']);
  });

  it('stay apart where the task only changes hands, or is cancelled', async () => {
    const { task, alert } = await both();
    const to = { role: 'doctor', unit: null, person: null };
    const handed = await bench.engine.tasks.reassign(task.id, task.version, to, BEN, WHY);
    await bench.engine.tasks.take(task.id, handed.version, 'cancel', BEN, WHY);
    assert.equal((await now(alert)).state, 'open');
  });

  it('have one winner of the alert when two people answer at once', async () => {
    for (let i = 0; i < 5; i++) {
      bench.clock.advance(3_600_000);
      const { task, alert } = await both();
      const [a, b] = await Promise.allSettled([
        bench.engine.taskAlerts.acknowledge(alert.id, alert.version, 'user:ben', anybody),
        claim(task),
      ]);
      const { acknowledged, state } = await now(alert);
      const person = (await taskNow(task)).assigned.person;
      assert.equal(state, 'acknowledged');
      assert.ok(acknowledged?.by === 'user:ana' || acknowledged?.by === 'user:ben');
      assert.ok(person !== null, 'somebody has the task');
      for (const one of [a, b]) if (one.status === 'rejected') assert.ok(one.reason instanceof WardflowError);
    }
  });

  it('are found after the process ended in between, and not where the task was taken before people were told', async () => {
    const { task, alert } = await both();
    const { store, clock, ids } = bench.engine;
    const deaf = createTaskService({
      tasks: store.tasks,
      clock,
      ids,
      live: { publish: () => undefined },
      onWork: () => undefined,
    });
    const item = await bench.accept();
    const early = await newTask(item);
    await deaf.claim(early.id, early.version, 'ben', BEN);
    bench.clock.advance(3_600_000);
    const { alert: fresh } = await bench.consider(item, { ...HIGH, code: 'Na' }, POLICY, 1, DEFINITION, early.id);
    assert.ok(fresh);
    await deaf.claim(task.id, task.version, 'ana', ANA);
    assert.equal((await now(alert)).state, 'open');
    const round = createTaskAlerts({
      store,
      answers: bench.engine.alerts,
      people: bench.engine.tasks,
      clock,
      onStoreFailure: (error) => assert.fail(String(error)),
    });
    round.start();
    await eventually('the round at the start', async () => (await now(alert)).state === 'acknowledged');
    await round.stop();
    assert.deepEqual((await now(alert)).acknowledged?.task, task.id);
    assert.equal((await now(fresh)).state, 'open');
  });

  it('are looked at again a minute after the store could not be asked', async () => {
    const { task, alert } = await both();
    const { store, clock, alerts, tasks } = bench.engine;
    let failing = false;
    let failures = 0;
    let looks = 0;
    const round = createTaskAlerts({
      store: {
        tasks: store.tasks,
        alerts: Object.assign(Object.create(store.alerts) as typeof store.alerts, {
          list: (query: Parameters<typeof store.alerts.list>[0]) => {
            looks++;
            return failing ? Promise.reject(new Error('the disk is full')) : store.alerts.list(query);
          },
        }),
      },
      answers: alerts,
      people: tasks,
      clock,
      onStoreFailure: () => void failures++,
    });
    round.start();
    await eventually('the round at the start', () => looks === 1);
    await round.stop();
    round.start();
    const deaf = createTaskService({
      tasks: store.tasks,
      clock,
      ids: bench.engine.ids,
      live: { publish: () => undefined },
      onWork: () => undefined,
    });
    const accepted = await deaf.claim(task.id, task.version, 'ana', ANA);
    failing = true;
    await round.changed(accepted);
    assert.deepEqual([failures, (await now(alert)).state], [1, 'open']);
    failing = false;
    await eventually('the round of the minute', async () => {
      bench.clock.advance(60_000);
      return (await now(alert)).state === 'acknowledged';
    });
    await round.stop();
  });
});
