/**
 * Makes a task and sends the message on; is the source of what comes of it: each later state arrives as a child item of its
 * own, long after the message was done.
 */
import type { NodeAPI } from 'node-red';
import type { ClaimedWork, TaskChildData } from '../../engine/index.ts';
import type { MessageContext, WardflowMessage } from '../../runtime/services.ts';
import { serveChoices } from '../kit/choices.ts';
import { nodeErrors } from '../kit/errors.ts';
import { asPart } from '../kit/part.ts';
import { payloadOrNull } from '../kit/payload.ts';
import { definitionName, registerNode, type NodeHandle } from '../kit/register.ts';
import { taskMaker } from '../kit/task-maker.ts';
import { taskView } from '../kit/task-view.ts';
import { refuseSharedName, SOURCES } from '../kit/unique-name.ts';
import { CHANGE_LEASE_MS, taskCreate, type TaskCreateProperties } from './config.ts';

export default function taskCreateNode(RED: NodeAPI): void {
  serveChoices(RED);
  registerNode(RED, taskCreate, (handle: NodeHandle<TaskCreateProperties>) => {
    const { node, config, services } = handle;
    const name = config.task.trim();
    const make = taskMaker(handle);
    const definition = definitionName(handle);
    refuseSharedName(RED, node, SOURCES, name);
    services.registerSource({
      nodeId: node.id,
      id: `${definition}/${name}`,
      definition,
      capacity: config.capacity,
      leaseMs: CHANGE_LEASE_MS,
      emit: async (work, context) => node.send([null, await changed(handle, work, context)] as never),
    });
    return {
      async receive(msg, send) {
        const { kind, task } = await make(msg);
        msg['task'] = { ...taskView(task), outcome: kind };
        services.note(msg, kind === 'created' ? `Task made: ${task.title}` : 'The task was made before.');
        send([msg, null]);
      },
      close: () => services.unregister(node.id),
    };
  });
}

async function changed(
  handle: NodeHandle<TaskCreateProperties>,
  work: ClaimedWork,
  context: MessageContext,
): Promise<WardflowMessage> {
  const data = work.child?.data as TaskChildData | undefined;
  const { store } = handle.services.engine;
  const task = data && (await store.tasks.get(data.taskId));
  if (!data || !task) throw nodeErrors.create('task-gone');
  // The task may have gone on since: the change says what it was then.
  const event = (await store.tasks.events(task.id)).findLast(
    (one) => (one.kind === 'step' && one.to === data.state) || (one.kind === 'assigned' && data.state === 'requested'),
  );
  const carry = task.carry as Readonly<Record<string, unknown>> | null;
  return {
    ...carry,
    payload: payloadOrNull(handle, work, asPart(carry?.['part'])),
    topic: task.name,
    wardflow: context,
    task: taskView(task),
    change: {
      state: data.state,
      version: data.version,
      at: event ? new Date(event.at).toISOString() : null,
      by: event?.actor ?? null,
      via: event?.via ?? null,
      reason: event?.reason ?? null,
      compensate: data.compensate,
    },
  };
}
