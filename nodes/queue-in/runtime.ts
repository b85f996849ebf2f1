import type { NodeAPI } from 'node-red';
import type { ClaimedWork } from '../../engine/index.ts';
import type { MessageContext, WardflowMessage } from '../../runtime/services.ts';
import { restored } from '../kit/carry.ts';
import { payloadOrNull } from '../kit/payload.ts';
import { registerSource } from '../kit/source.ts';
import { registerNode } from '../kit/register.ts';
import { queueIn } from './config.ts';

export default function queueInNode(RED: NodeAPI): void {
  registerNode(RED, queueIn, (handle) => {
    const { config } = handle;
    const queue = config.queue.trim();
    const message = (work: ClaimedWork, context: MessageContext): WardflowMessage => ({
      topic: queue,
      event: null,
      ...restored(work.child?.data),
      payload: payloadOrNull(handle, work),
      wardflow: context,
    });
    return registerSource(handle, {
      name: queue,
      capacity: config.capacity,
      leaseMs: config.deadlineSeconds * 1000,
      message,
    });
  });
}
