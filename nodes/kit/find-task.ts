import type { WorkflowTask } from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { discriminator } from './discriminator.ts';
import { expression } from './expression.ts';
import type { NodeHandle } from './register.ts';

interface Named {
  /** The name that a `task create` or `approval` has. */
  readonly task: string;
  /** JSONata giving the message that made it; empty: this message. */
  readonly messageId: string;
  readonly discriminator: string;
}

/** The task that a message is about; `undefined`: there is none. */
export function taskFinder(handle: NodeHandle<Named>): (msg: WardflowMessage) => Promise<WorkflowTask | undefined> {
  const { RED, node, config, services } = handle;
  const name = config.task.trim();
  const discriminate = discriminator(RED, node, config.discriminator);
  const madeBy =
    config.messageId.trim() === '' ? undefined : expression(RED, node, 'messageId', config.messageId, 'jsonata');
  return async (msg) => {
    const { context } = handle.workOf(msg);
    const { tasks, store } = services.engine;
    // A message that came from the same task says itself which one is meant.
    const at = msg['task'] as { readonly id?: unknown; readonly name?: unknown } | null | undefined;
    if (!madeBy && at?.name === name && typeof at.id === 'string') {
      const own = await store.tasks.get(at.id);
      if (own?.definition === context.definition) return own;
    }
    const messageId = (await madeBy?.string(msg)) ?? context.messageId;
    return store.tasks.byKey(tasks.keyOf(messageId, context.definition, name, await discriminate(msg)));
  };
}
