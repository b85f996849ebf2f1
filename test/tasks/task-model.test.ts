/** Random people, restarts, clock jumps and an EHR of its own mind on one task, in a real file: what always holds. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { ManualClock, taskWaitKey, timeSortedIds, WardflowError } from '../../engine/index.ts';
import type {
  CreateTask,
  EhrCopy,
  Store,
  TaskActor,
  TaskEvent,
  TaskState,
  TaskStep,
  WorkflowTask,
} from '../../engine/index.ts';
import { createTaskService } from '../../engine/tasks/create-task-service.ts';
import { createTaskWaits, type TaskWaits } from '../../engine/tasks/task-waits.ts';
import type { TaskService } from '../../engine/tasks/task-service.ts';
import { afterTaskStep, hasEnded, stepsFrom, TASK_STATES, TASK_STEPS } from '../../engine/tasks/task-states.ts';
import { counts } from '../kit/requires.ts';
import { acceptOne, claimOf, newWork, T0 } from '../kit/store-builders.ts';
import { TemporaryStore } from '../kit/temporary-store.ts';

const PEOPLE = ['ana', 'ben', 'carla'] as const;
const WAITERS = 'flow-a/waits';
const CHANGES = 'flow-a/review';
const EXPECTED = new Set([
  'task-stale',
  'task-step-impossible',
  'task-reason-missing',
  'task-parts-open',
  'task-part-waits',
]);
const part = (id: string, after: readonly string[]) => ({
  id,
  text: id,
  role: null,
  dueAt: null,
  after,
  compensate: null,
});

type Deed =
  | { readonly kind: 'step'; readonly step: TaskStep; readonly who: number; readonly behind: number }
  | { readonly kind: 'able'; readonly pick: number }
  | { readonly kind: 'race'; readonly steps: readonly [TaskStep, TaskStep] }
  | { readonly kind: 'claim' | 'reassign'; readonly who: number; readonly behind: number }
  | { readonly kind: 'part'; readonly part: 'a' | 'b'; readonly to: 'open' | 'done' | 'skipped' }
  | { readonly kind: 'comment' | 'copy' | 'restart' | 'round' }
  | { readonly kind: 'ehr'; readonly status: TaskState }
  | { readonly kind: 'wait'; readonly until: TaskState }
  | { readonly kind: 'jump'; readonly ms: number };

const who = fc.nat(PEOPLE.length - 1);
const behind = fc.constantFrom(0, 0, 0, 1, 3);
const step = fc.constantFrom(...TASK_STEPS.filter((one) => one !== 'reassign'));
const deeds: fc.Arbitrary<readonly Deed[]> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.record({ kind: fc.constant('able' as const), pick: fc.nat(100) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('step' as const), step, who, behind }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('race' as const), steps: fc.tuple(step, step) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('claim' as const, 'reassign' as const), who, behind }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('part' as const),
        part: fc.constantFrom('a' as const, 'b' as const),
        to: fc.constantFrom('open' as const, 'done' as const, 'skipped' as const),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constantFrom('comment' as const, 'copy' as const, 'round' as const) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('ehr' as const), status: fc.constantFrom(...TASK_STATES) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), until: fc.constantFrom(...TASK_STATES) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('jump' as const),
        ms: fc.constantFrom(-86_400_000, -60_000, -1, 1, 60_000, 90 * 86_400_000),
      }),
    },
  ),
  { minLength: 5, maxLength: 24 },
);

class World {
  readonly place: TemporaryStore;
  readonly clock = new ManualClock(T0);
  /** Of its life alone: what a step did is told by its process, and a round tells what was not. */
  #service: TaskService;
  #waits: TaskWaits;
  readonly waiting = new Map<string, TaskState>();
  readonly unparked: string[] = [];
  readonly id: string;
  #serial = 0;

  private constructor(place: TemporaryStore, id: string) {
    this.place = place;
    this.id = id;
    [this.#service, this.#waits] = this.#life();
  }

  static async open(): Promise<World> {
    const place = await TemporaryStore.create();
    await acceptOne(place.store);
    const [work] = await claimOf(place.store, 1);
    assert.ok(work);
    const world: World = new World(place, '');
    const request: CreateTask = {
      work,
      definitionVersion: 'v1',
      priority: 'routine',
      name: 'review',
      discriminator: '',
      code: 'review',
      title: 'Review',
      serviceLine: null,
      dueAt: null,
      parts: [part('a', []), part('b', ['a'])],
      decisions: [],
      escalationId: null,
      assigned: { role: 'nurse', unit: null, person: null },
      patientHint: null,
      endpoint: 'ehr',
      carry: null,
    };
    const { task } = await world.#service.create(request);
    Object.assign(world, { id: task.id });
    return world;
  }

  get store(): Store {
    return this.place.store;
  }

  #life(): [TaskService, TaskWaits] {
    const { clock, store } = this;
    const onWork = (): void => undefined;
    const onStoreFailure = (error: unknown): void => assert.fail(String(error));
    const work = {
      parkedChildren: store.work.parkedChildren.bind(store.work),
      unpark: async (key: string, at: number, data?: unknown) => {
        const done = await store.work.unpark(key, at, data);
        if (done) this.unparked.push(key);
        return done;
      },
    };
    const waits = createTaskWaits({ work, tasks: store.tasks, clock, onWork, onStoreFailure });
    const live = { publish: () => undefined };
    const onState = (task: WorkflowTask): Promise<void> => waits.changed(task);
    return [createTaskService({ tasks: store.tasks, clock, ids: timeSortedIds(clock), live, onWork, onState }), waits];
  }

  async task(): Promise<WorkflowTask> {
    return (await this.store.tasks.get(this.id)) ?? assert.fail('the task is gone');
  }

  async restart(): Promise<void> {
    await this.place.reopen();
    [this.#service, this.#waits] = this.#life();
  }

  async round(): Promise<void> {
    this.#waits.start();
    await this.#waits.stop();
  }

  /** Each deed as its doer sees it; what is refused is refused for a reason that people know. */
  async do(deed: Deed): Promise<void> {
    const before = await this.task();
    const by: TaskActor = { actor: 'user:ana', via: 'console' };
    const why = { code: 'why', text: null };
    const seen = (stale: number): number => before.version - stale;
    switch (deed.kind) {
      case 'step': {
        const possible = afterTaskStep(before.state, deed.step, before.heldFrom);
        const took = await this.#tried(() => this.#service.take(this.id, seen(deed.behind), deed.step, by, why));
        if (deed.behind > 0) assert.equal(took, null, 'who saw an older version changes nothing');
        else if (deed.step !== 'complete') assert.equal(took?.state ?? null, possible);
        return;
      }
      case 'able': {
        const able = stepsFrom(before.state).filter((one) => one !== 'reassign' && one !== 'correct');
        const one = able[deed.pick % able.length];
        if (one) await this.#tried(() => this.#service.take(this.id, before.version, one, by, why));
        return;
      }
      case 'race': {
        const took = await Promise.all(
          deed.steps.map((one) => this.#tried(() => this.#service.take(this.id, before.version, one, by, why))),
        );
        assert.ok(took.filter((one) => one !== null).length <= 1, 'one of two that saw the same');
        return;
      }
      case 'claim':
        await this.#tried(() => this.#service.claim(this.id, seen(deed.behind), PEOPLE[deed.who] ?? 'ana', by));
        return;
      case 'reassign': {
        const to = { role: null, unit: null, person: PEOPLE[deed.who] ?? 'ana' };
        await this.#tried(() => this.#service.reassign(this.id, seen(deed.behind), to, by, why));
        return;
      }
      case 'part':
        await this.#tried(() => this.#service.setPart(this.id, before.version, deed.part, deed.to, by, why));
        return;
      case 'comment':
        await this.#service.comment(this.id, 'words', by);
        return;
      case 'copy': {
        const ehr: EhrCopy = { ...(before.ehr as EhrCopy), reference: 'Task/1', syncedAt: this.clock.now() };
        await this.store.tasks.noteCopy(this.id, before.ehr as EhrCopy, ehr);
        assert.equal((await this.task()).version, before.version);
        return;
      }
      case 'ehr': {
        const ehr: EhrCopy = { ...(before.ehr as EhrCopy), status: deed.status, trouble: 'ehr-differs' };
        await this.#tried(() => this.#service.noteEhr(this.id, before.version, ehr));
        return;
      }
      case 'wait':
        return this.#wait(deed.until);
      case 'round':
        return this.round();
      case 'restart':
        return this.restart();
      case 'jump':
        this.clock.set(this.clock.now() + deed.ms);
    }
  }

  async #wait(until: TaskState): Promise<void> {
    const key = `${taskWaitKey(this.id)}${String(++this.#serial).padStart(3, '0')}`;
    const { messageId, workId } = await this.task();
    const data = { taskId: this.id, until: [until] };
    const child = { parentWorkId: workId, key, kind: 'park' as const, state: 'parked' as const, data };
    await this.store.work.addChild(newWork({ id: messageId }, { subscription: WAITERS, child }));
    this.waiting.set(key, until);
  }

  async #tried(change: () => Promise<WorkflowTask>): Promise<WorkflowTask | null> {
    try {
      return await change();
    } catch (error) {
      if (error instanceof WardflowError && EXPECTED.has(error.code)) return null;
      throw error;
    }
  }
}

/** What the timeline makes of a new task. */
function replayed(
  events: readonly TaskEvent[],
): Pick<WorkflowTask, 'version' | 'state'> & { readonly states: readonly TaskState[] } {
  let state: TaskState = 'requested';
  const states: TaskState[] = [];
  for (const event of events) {
    if (event.kind === 'step') {
      assert.equal(event.from, state, 'each step begins where the one before ended');
      if (hasEnded(state)) assert.equal(event.step, 'correct', `${state} is left by a correction alone`);
      state = event.to;
    } else if (event.kind === 'assigned') {
      assert.ok(!hasEnded(state));
      state = afterTaskStep(state, 'reassign') ?? assert.fail(`${state} cannot be assigned anew`);
    }
    states.push(state);
  }
  return { version: events.length, state, states };
}

describe('a task among people, restarts, clocks and an EHR', function () {
  this.timeout(counts(60_000, 1_200_000));

  it('keeps what always holds of it', async () => {
    const property = fc.asyncProperty(deeds, async (all) => {
      const world = await World.open();
      try {
        for (const deed of all) {
          const before = await world.task();
          await world.do(deed);
          const after = await world.task();
          const most = deed.kind === 'ehr' && before.version === after.version ? 0 : 1;
          assert.ok(after.version - before.version <= most, 'one change is one version');
          const { version, state } = replayed(await world.store.tasks.events(world.id));
          assert.deepEqual([after.version, after.state], [version, state], 'the timeline says what the task is');
        }
        await world.round();
        await checkTold(world);
        await checkWaits(world);
      } finally {
        await world.place.close();
      }
    });
    await fc.assert(property, { seed: 20261121, numRuns: counts(8, 40), endOnFailure: true });
  });

  /** One child item for each change of state, and none else. */
  async function checkTold(world: World): Promise<void> {
    const { states } = replayed(await world.store.tasks.events(world.id));
    const changes = states.flatMap((state, i) => (i > 0 && state !== states[i - 1] ? [`${world.id}/${i + 1}`] : []));
    const told = (await claimOf(world.store, 1000, { subscription: CHANGES })).map(({ child }) => child?.key);
    assert.deepEqual(told.toSorted(byText), changes.toSorted(byText));
  }

  /** Each wait whose state has come has ended, once; those that nothing can end any more have, too. */
  async function checkWaits(world: World): Promise<void> {
    assert.equal(new Set(world.unparked).size, world.unparked.length, 'no wait ends twice');
    const { state } = await world.task();
    for (const [key, until] of world.waiting)
      if (state === until || hasEnded(state)) assert.ok(world.unparked.includes(key), `${until} was waited for`);
    const items = await claimOf(world.store, 1000, { subscription: WAITERS });
    assert.deepEqual(items.map(({ child }) => child?.key ?? '').toSorted(byText), world.unparked.toSorted(byText));
  }
});

const byText = (a = '', b = ''): number => a.localeCompare(b);
