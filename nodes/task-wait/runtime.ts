/** Takes a message in and parks it until a task is so far; is the source of what goes on then. */
import type { NodeAPI } from 'node-red';
import { durationMs, hasEnded, taskWaitKey, type TaskState, type TaskWaitData } from '../../engine/index.ts';
import { restored } from '../kit/carry.ts';
import { continueLater } from '../kit/child-work.ts';
import { discriminator } from '../kit/discriminator.ts';
import { nodeErrors } from '../kit/errors.ts';
import { taskFinder } from '../kit/find-task.ts';
import { payloadOrNull } from '../kit/payload.ts';
import { definitionName, registerNode } from '../kit/register.ts';
import { taskView } from '../kit/task-view.ts';
import { refuseSharedName, SOURCES } from '../kit/unique-name.ts';
import { taskWait, WAIT_LEASE_MS } from './config.ts';

interface ParkedData extends TaskWaitData {
  readonly deadline: number | null;
}

export default function taskWaitNode(RED: NodeAPI): void {
  registerNode(RED, taskWait, (handle) => {
    const { node, config, services } = handle;
    const { clock, store } = services.engine;
    const [wait, definition] = [config.wait.trim(), definitionName(handle)];
    const find = taskFinder(handle);
    const discriminate = discriminator(RED, node, config.discriminator);
    const until = config.until as readonly TaskState[];
    refuseSharedName(RED, node, SOURCES, wait);
    services.registerSource({
      nodeId: node.id,
      id: `${definition}/${wait}`,
      definition,
      capacity: config.capacity,
      leaseMs: WAIT_LEASE_MS,
      async emit(work, context) {
        const data = work.child?.data as ParkedData | undefined;
        const task = data && (await store.tasks.get(data.taskId));
        if (!data || !task) throw nodeErrors.create('task-gone');
        const state = data.ended?.state ?? task.state;
        const late = data.deadline !== null && clock.now() >= data.deadline;
        const outcome = data.until.includes(state) ? 'reached' : hasEnded(state) ? 'ended' : late ? 'late' : 'early';
        const msg = {
          topic: wait,
          event: null,
          ...restored(data),
          payload: payloadOrNull(handle, work),
          wardflow: context,
          task: taskView(task),
          wait: { name: wait, outcome, state },
        };
        node.send(outcome === 'reached' ? [msg, null] : [null, msg]);
      },
    });
    return {
      async receive(msg) {
        const task = await find(msg);
        if (!task) throw nodeErrors.create('task-not-found', { node: handle.place.name, task: config.task.trim() });
        const now = clock.now();
        const ms = config.timeout.trim() === '' ? undefined : durationMs(config.timeout.trim());
        const deadline = ms === undefined ? null : now + ms;
        const isOver = until.includes(task.state) || hasEnded(task.state);
        continueLater(handle, msg, {
          name: wait,
          kind: 'park',
          under: taskWaitKey(task.id),
          carry: config.carry,
          discriminator: await discriminate(msg),
          ...((isOver || deadline !== null) && { notBefore: isOver ? now : (deadline ?? now) }),
          more: { taskId: task.id, until, deadline } satisfies ParkedData,
        });
        services.note(msg, isOver ? `The task is ${task.state} already.` : 'Parked until the task is so far.');
        services.settle(msg, { kind: 'done' });
      },
      close: () => services.unregister(node.id),
    };
  });
}
