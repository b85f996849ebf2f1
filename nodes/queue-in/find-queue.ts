import type { NodeDef } from 'node-red';
import { withDefaults } from '../kit/properties.ts';
import { definitionName, type NodeHandle } from '../kit/register.ts';
import { queueIn, type QueueInProperties } from './config.ts';

/** The settings of the enabled `queue in` of this definition that takes from the queue. */
export function findQueue(handle: NodeHandle<unknown>, queue: string): QueueInProperties | undefined {
  const definition = definitionName(handle);
  let found: QueueInProperties | undefined;
  handle.RED.nodes.eachNode((saved: NodeDef & { readonly d?: boolean }) => {
    if (saved.type !== queueIn.type || saved.d === true) return;
    const settings = withDefaults(queueIn, saved);
    if (settings.queue.trim() !== queue) return;
    if (handle.services.definitionOf(saved)?.name === definition) found = settings;
  });
  return found;
}
