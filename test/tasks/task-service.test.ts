import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { ManualClock, timeSortedIds } from '../../engine/index.ts';
import type { ClaimedWork, WorkflowTask } from '../../engine/index.ts';
import { createTaskService } from '../../engine/tasks/create-task-service.ts';
import type { CreateTask, TaskActor, TaskChildData, TaskService } from '../../engine/tasks/task-service.ts';
import { acceptOne, claimOf, T0 } from '../kit/store-builders.ts';
import { TemporaryStore } from '../kit/temporary-store.ts';

const ANA: TaskActor = { actor: 'user:ana', via: 'console' };
const BERT: TaskActor = { actor: 'user:bert', via: 'console' };
const WHY = { code: 'wrong-unit', text: 'The patient was moved.' };

describe('workflow tasks', () => {
  let place: TemporaryStore;
  let tasks: TaskService;
  let work: ClaimedWork;
  let clock: ManualClock;
  let woken = 0;
  beforeEach(async () => {
    place = await TemporaryStore.create();
    clock = new ManualClock(T0);
    const live = { publish: () => undefined };
    const onWork = (): void => void woken++;
    woken = 0;
    tasks = createTaskService({ tasks: place.store.tasks, clock, ids: timeSortedIds(clock), live, onWork });
    await acceptOne(place.store);
    const [claimed] = await claimOf(place.store, 1);
    assert.ok(claimed);
    work = claimed;
  });
  afterEach(() => place.close());

  const request = (over: Partial<CreateTask> = {}): CreateTask => ({
    work,
    definitionVersion: 'v1',
    name: 'review',
    discriminator: '',
    code: 'review-result',
    title: 'A result\nto look at',
    priority: 'stat',
    assigned: { role: 'nurse', unit: '4b', person: null },
    serviceLine: 'laboratory',
    dueAt: T0 + 600_000,
    parts: [],
    decisions: ['decision-1'],
    escalationId: null,
    patientHint: null,
    endpoint: null,
    carry: { event: { id: 'e1' } },
    ...over,
  });
  const created = async (over: Partial<CreateTask> = {}): Promise<WorkflowTask> =>
    (await tasks.create(request(over))).task;
  const toldTo = async (subscription = 'flow-a/review'): Promise<readonly TaskChildData[]> =>
    (await claimOf(place.store, 100, { subscription })).map(({ child }) => child?.data as TaskChildData);
  const part = (id: string, over: object = {}): CreateTask['parts'][number] => ({
    id,
    text: id,
    role: null,
    dueAt: null,
    after: [],
    compensate: null,
    ...over,
  });

  it('are made once for a message, however often it is delivered', async () => {
    const first = await tasks.create(request());
    const again = await tasks.create(request({ title: 'Another title' }));
    assert.deepEqual([first.kind, again.kind, again.task.id], ['created', 'exists', first.task.id]);
    assert.equal(first.task.title, 'A result to look at', 'in one line');
    assert.notEqual((await created({ discriminator: 'second result' })).id, first.task.id);
    await assert.rejects(created({ assigned: { role: ' ', unit: null, person: null }, discriminator: 'x' }), {
      code: 'task-nobody',
    });
  });

  it('are taken over by one of two who want to at the same moment, and the other hears who did', async () => {
    const { id, version } = await created();
    const both = await Promise.allSettled([
      tasks.claim(id, version, 'ana', ANA),
      tasks.claim(id, version, 'bert', BERT),
    ]);
    assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    const refused = both.find((one) => one.status === 'rejected');
    assert.ok(refused);
    assert.equal((refused.reason as { code: string }).code, 'task-stale');
    const now = await place.store.tasks.get(id);
    assert.deepEqual([now?.state, now?.acknowledgedAt], ['accepted', T0]);
    assert.ok(now?.assigned.person === 'ana' || now?.assigned.person === 'bert');
    assert.equal(now?.assigned.role, 'nurse', 'the role stays: they may hand it back');
  });

  it('tell their flow of each new state, once, with what it is', async () => {
    let task = await created();
    task = await tasks.claim(task.id, task.version, 'ana', ANA);
    task = await tasks.comment(task.id, 'Called the ward.', BERT);
    task = await tasks.take(task.id, task.version, 'start', ANA);
    clock.advance(60_000);
    task = await tasks.take(task.id, task.version, 'complete', ANA);
    assert.deepEqual(
      (await toldTo()).map(({ state, version }) => [state, version]),
      [
        ['accepted', 2],
        ['in-progress', 4],
        ['completed', 5],
      ],
    );
    assert.equal(woken, 3, 'words are no new state');
    assert.deepEqual([task.acknowledgedAt, task.stateSince, task.endedAt], [T0, T0 + 60_000, T0 + 60_000]);
    const kinds = (await place.store.tasks.events(task.id)).map(({ kind }) => kind);
    assert.deepEqual(kinds, ['created', 'step', 'commented', 'step', 'step']);
  });

  it('take no step that their state does not have, and none without the reason that it needs', async () => {
    const { id, version } = await created();
    await assert.rejects(tasks.take(id, version, 'complete', ANA), (error: Error & { code: string }) => {
      assert.equal(error.code, 'task-step-impossible');
      return true;
    });
    await assert.rejects(tasks.take(id, version, 'reject', ANA), { code: 'task-reason-missing' });
    await assert.rejects(tasks.take(id, version + 1, 'accept', ANA), { code: 'task-stale' });
    await assert.rejects(tasks.take('none', 1, 'accept', ANA), { code: 'task-unknown' });
    const rejected = await tasks.take(id, version, 'reject', ANA, WHY);
    assert.deepEqual([rejected.state, rejected.reason], ['rejected', WHY]);
    const to = { role: 'nurse', unit: '7a', person: null };
    const again = await tasks.reassign(id, rejected.version, to, BERT, WHY);
    assert.deepEqual([again.state, again.assigned], ['requested', to]);
  });

  it('go back to where they were when they are no longer on hold', async () => {
    let task = await created();
    task = await tasks.claim(task.id, task.version, 'ana', ANA);
    task = await tasks.take(task.id, task.version, 'hold', ANA, WHY);
    assert.deepEqual([task.state, task.heldFrom], ['on-hold', 'accepted']);
    task = await tasks.take(task.id, task.version, 'resume', ANA);
    assert.deepEqual([task.state, task.heldFrom, task.acknowledgedAt], ['accepted', null, T0]);
  });

  it('have parts that are done in their order, and are complete when all of them are', async () => {
    const parts = [
      part('bed'),
      part('clean', { after: ['bed'] }),
      part('porter', { compensate: 'call the porter off' }),
    ];
    let task = await created({ parts });
    task = await tasks.take(task.id, task.version, 'start', ANA);
    const set = async (id: string, to: 'done' | 'skipped' | 'open', why?: typeof WHY): Promise<void> => {
      task = await tasks.setPart(task.id, task.version, id, to, ANA, why);
    };
    await assert.rejects(set('clean', 'done'), { code: 'task-part-waits' });
    await assert.rejects(set('roof', 'done'), { code: 'task-part-unknown' });
    await set('bed', 'done');
    await set('clean', 'done');
    await assert.rejects(set('porter', 'skipped'), { code: 'task-reason-missing' });
    await assert.rejects(tasks.take(task.id, task.version, 'complete', ANA), { code: 'task-parts-open' });
    await set('porter', 'skipped', WHY);
    task = await tasks.take(task.id, task.version, 'complete', ANA);
    assert.deepEqual(
      task.parts.map(({ state, by }) => [state, by]),
      [
        ['done', 'user:ana'],
        ['done', 'user:ana'],
        ['skipped', 'user:ana'],
      ],
    );
    await assert.rejects(set('bed', 'open'), { code: 'task-step-impossible' });
  });

  it('say what is owed when they are cancelled after something was done', async () => {
    const parts = [
      part('porter', { compensate: 'call the porter off' }),
      part('bed', { compensate: 'release the bed' }),
    ];
    let task = await created({ parts });
    task = await tasks.setPart(task.id, task.version, 'porter', 'done', ANA);
    await tasks.take(task.id, task.version, 'cancel', BERT, WHY);
    assert.deepEqual(
      (await toldTo()).map(({ state, compensate }) => [state, compensate]),
      [['cancelled', ['call the porter off']]],
    );
  });

  it('keep who decided otherwise than the rule, and why', async () => {
    const { id, version } = await created();
    await assert.rejects(tasks.comment(id, 'x'.repeat(4001), ANA), { code: 'task-text-too-long' });
    await tasks.override(id, version, { what: 'page the ward', instead: 'call the clinic' }, ANA, WHY);
    const [, event] = await place.store.tasks.events(id);
    assert.deepEqual(event, {
      kind: 'overridden',
      what: 'page the ward',
      instead: 'call the clinic',
      at: T0,
      actor: 'user:ana',
      via: 'console',
      reason: WHY,
    });
    const [last] = await place.store.audit.list({ type: 'task.overridden' });
    assert.deepEqual([last?.actor, last?.reason], ['user:ana', 'wrong-unit']);
    assert.doesNotMatch(
      JSON.stringify(await place.store.audit.list({})),
      /page the ward|the clinic|was moved/,
      'their words',
    );
  });

  it('show what the EHR says beside their own state, and are in step once it has their version', async () => {
    let task = await created({ endpoint: 'ehr' });
    const behind = async (): Promise<number> => (await place.store.tasks.outOfStep(T0, 10)).length;
    assert.equal(await behind(), 1);
    const ehr = {
      endpoint: 'ehr',
      reference: 'Task/7',
      status: 'requested',
      versionId: '1',
      syncedAt: T0,
      trouble: null,
    };
    task = await tasks.noteEhr(task.id, task.version, { ...ehr, syncedVersion: task.version });
    assert.deepEqual([await behind(), task.state, task.ehr?.status], [0, 'requested', 'requested']);
    task = await tasks.claim(task.id, task.version, 'ana', ANA);
    assert.equal(await behind(), 1, 'our change is owed to it');
  });
});
