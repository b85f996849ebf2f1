/** Makes a task that asks for a yes or a no, parks the message, and goes on with the answer or when it is due. */
import type { NodeAPI } from 'node-red';
import {
  taskWaitKey,
  WardflowError,
  type TaskState,
  type TaskWaitData,
  type WorkflowTask,
} from '../../engine/index.ts';
import { serveChoices } from '../kit/choices.ts';
import { restored } from '../kit/carry.ts';
import { continueLater } from '../kit/child-work.ts';
import { discriminator } from '../kit/discriminator.ts';
import { nodeErrors } from '../kit/errors.ts';
import { payloadOrNull } from '../kit/payload.ts';
import { definitionName, registerNode, type NodeHandle } from '../kit/register.ts';
import { taskMaker } from '../kit/task-maker.ts';
import { taskView } from '../kit/task-view.ts';
import { refuseSharedName, SOURCES } from '../kit/unique-name.ts';
import { ANSWER_LEASE_MS, approval, type ApprovalProperties } from './config.ts';

/** Yes is that the task was completed; whatever else ends or refuses it is no. */
const ANSWERS: readonly TaskState[] = ['completed', 'rejected', 'failed', 'cancelled', 'entered-in-error'];
const EXPIRED = { code: 'expired', text: null };
const MOST_TRIES = 10;

export default function approvalNode(RED: NodeAPI): void {
  serveChoices(RED);
  registerNode(RED, approval, (handle: NodeHandle<ApprovalProperties>) => {
    const { node, config, services } = handle;
    const { clock, store } = services.engine;
    const [name, definition] = [config.task.trim(), definitionName(handle)];
    const make = taskMaker(handle);
    const discriminate = discriminator(RED, node, config.discriminator);
    refuseSharedName(RED, node, SOURCES, name);
    services.registerSource({
      nodeId: node.id,
      id: `${definition}/${name}`,
      definition,
      capacity: config.capacity,
      leaseMs: ANSWER_LEASE_MS,
      async emit(work, context) {
        const data = work.child?.data as (TaskWaitData & { readonly kind?: string }) | undefined;
        if (data?.kind === 'task') {
          // The task tells each of its states; what counts here is the answer, which comes by itself.
          const told = { wardflow: context };
          services.note(told, 'The task has another state; its answer is waited for.');
          return services.settle(told, { kind: 'done' });
        }
        const found = data && (await store.tasks.get(data.taskId));
        if (!data || !found) throw nodeErrors.create('task-gone');
        const task = ANSWERS.includes(data.ended?.state ?? found.state) ? found : await expire(handle, found);
        const state = data.ended?.state ?? task.state;
        const outcome = outcomeOf(state, task);
        const event = (await store.tasks.events(task.id)).findLast((one) => one.kind === 'step' && one.to === state);
        const msg = {
          topic: name,
          event: null,
          ...restored(data),
          payload: payloadOrNull(handle, work),
          wardflow: context,
          task: taskView(task),
          approval: {
            outcome,
            at: event ? new Date(event.at).toISOString() : null,
            by: event?.actor ?? null,
            via: event?.via ?? null,
            reason: event?.reason ?? null,
          },
        };
        const ports = ['approved', 'rejected', 'expired'].map((port) => (port === outcome ? msg : null));
        node.send(ports);
      },
    });
    return {
      async receive(msg) {
        const { task } = await make(msg);
        const answered = ANSWERS.includes(task.state);
        // By when its role should have answered ends nothing by itself.
        const notBefore = answered ? clock.now() : task.dueRule ? null : task.dueAt;
        continueLater(handle, msg, {
          name,
          kind: 'park',
          under: taskWaitKey(task.id),
          carry: config.carry,
          discriminator: await discriminate(msg),
          ...(notBefore !== null && { notBefore }),
          more: { taskId: task.id, until: ANSWERS } satisfies TaskWaitData,
        });
        services.note(msg, `Asked: ${task.title}`);
        services.settle(msg, { kind: 'done' });
      },
      close: () => services.unregister(node.id),
    };
  });
}

function outcomeOf(state: TaskState, { reason }: WorkflowTask): 'approved' | 'rejected' | 'expired' {
  if (state === 'completed') return 'approved';
  return state === 'cancelled' && reason?.code === EXPIRED.code ? 'expired' : 'rejected';
}

/** Takes the question back, unless somebody answers at the same moment: then that is the answer. */
async function expire({ services }: NodeHandle<ApprovalProperties>, first: WorkflowTask): Promise<WorkflowTask> {
  const { tasks, store } = services.engine;
  let task = first;
  for (let tries = 1; !ANSWERS.includes(task.state); tries++) {
    try {
      const by = { actor: `flow:${task.definition}`, via: 'flow' } as const;
      return await tasks.take(task.id, task.version, 'cancel', by, EXPIRED);
    } catch (error) {
      const stale = error instanceof WardflowError && error.code === 'task-stale';
      if (!stale || tries === MOST_TRIES) throw error;
      task = (await store.tasks.get(task.id)) ?? task;
    }
  }
  return task;
}
