import type { ClaimedWork } from '../../engine/index.ts';
import type { MessageContext, SourceRegistration, WardflowMessage } from '../../runtime/services.ts';
import { definitionName, type Behaviour, type NodeHandle } from './register.ts';
import { refuseSharedName, SOURCES } from './unique-name.ts';

export interface SourceSettings {
  /** Unique among the sources of the definition. */
  readonly name: string;
  readonly capacity: number;
  readonly leaseMs: number;
  readonly subscription?: SourceRegistration['subscription'];
  /** The one message of an item. */
  readonly message: (work: ClaimedWork, context: MessageContext) => WardflowMessage | Promise<WardflowMessage>;
}

/** Makes the node the source of its items: one message each, at the first output. Gives what removes it again. */
export function registerSource(handle: NodeHandle<unknown>, settings: SourceSettings): Behaviour {
  const { RED, node, services } = handle;
  const { name, capacity, leaseMs, subscription, message } = settings;
  const definition = definitionName(handle);
  refuseSharedName(RED, node, SOURCES, name);
  services.registerSource({
    nodeId: node.id,
    id: `${definition}/${name}`,
    definition,
    capacity,
    leaseMs,
    ...(subscription && { subscription }),
    async emit(work, context) {
      node.send(await message(work, context));
    },
  });
  return { close: () => services.unregister(node.id) };
}
