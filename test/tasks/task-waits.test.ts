import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { ManualClock, taskWaitKey, timeSortedIds } from '../../engine/index.ts';
import type { Store, TaskActor } from '../../engine/index.ts';
import { createTaskService } from '../../engine/tasks/create-task-service.ts';
import { createTaskWaits } from '../../engine/tasks/task-waits.ts';
import { eventually } from '../kit/eventually.ts';
import { acceptOne, claimOf, newWork, T0 } from '../kit/store-builders.ts';
import { TemporaryStore } from '../kit/temporary-store.ts';

const ANA: TaskActor = { actor: 'user:ana', via: 'console' };
const WHY = { code: 'not-needed', text: null };
const WAITERS = 'flow-a/waits';

describe('work that waits for a task', () => {
  let place: TemporaryStore;
  let clock: ManualClock;
  beforeEach(async () => {
    place = await TemporaryStore.create();
    clock = new ManualClock(T0);
  });
  afterEach(() => place.close());

  it('is woken after a restart, where the process ended between the change and the waking', async () => {
    const { store } = place;
    await acceptOne(store);
    const [work] = await claimOf(store, 1);
    assert.ok(work);
    // A life of the process that changes the task, and ends before it wakes anybody.
    const service = createTaskService({
      tasks: store.tasks,
      clock,
      ids: timeSortedIds(clock),
      live: { publish: () => undefined },
      onWork: () => undefined,
    });
    const request = {
      work,
      definitionVersion: 'v1',
      priority: 'routine' as const,
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
    } as const;
    const { task } = await service.create(request);
    const other = (await service.create({ ...request, discriminator: 'other' })).task;
    // More than a page, of a task that has ended; and of one that has not.
    for (let i = 0; i < 205; i++) await parked(store, `${taskWaitKey(task.id)}${String(i).padStart(3, '0')}`, task.id);
    await parked(store, `${taskWaitKey(other.id)}x`, other.id);
    await service.take(task.id, task.version, 'cancel', ANA, WHY);
    assert.deepEqual(await claimOf(store, 10, { subscription: WAITERS }), []);

    let woken = 0;
    const waits = createTaskWaits({
      work: store.work,
      tasks: store.tasks,
      clock,
      onWork: () => void woken++,
      onStoreFailure: (error) => assert.fail(String(error)),
    });
    waits.start();
    await eventually('the first round', () => woken === 205);
    await waits.stop();
    const items = await claimOf(store, 1000, { subscription: WAITERS });
    assert.equal(items.length, 205);
    const data = items[0]?.child?.data as { ended: unknown; kept: unknown };
    assert.deepEqual([data.ended, data.kept], [{ state: 'cancelled', version: 2, at: T0 }, 'as it was']);
  });

  async function parked(store: Store, key: string, taskId: string): Promise<void> {
    const parent = await acceptOne(store, { subscription: 'flow-a/other' });
    await store.work.addChild(
      newWork(
        { id: parent.messageId },
        {
          subscription: WAITERS,
          child: {
            parentWorkId: parent.id,
            key,
            kind: 'park',
            state: 'parked',
            data: { taskId, until: ['completed'], kept: 'as it was' },
          },
        },
      ),
    );
  }
});
