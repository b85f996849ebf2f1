import type { NodeAPI } from 'node-red';
import { Hl7Message } from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { continueLater } from '../kit/child-work.ts';
import { discriminator } from '../kit/discriminator.ts';
import { nodeErrors } from '../kit/errors.ts';
import { feedNamed } from '../kit/feed-named.ts';
import { partOf } from '../kit/part.ts';
import { registerNode, type NodeHandle } from '../kit/register.ts';
import { sha256 } from '../kit/sha256.ts';
import { orderingPaths } from '../wardflow-feed/config.ts';
import { findQueue } from '../queue-in/find-queue.ts';
import { queueOut } from './config.ts';

export default function queueOutNode(RED: NodeAPI): void {
  registerNode(RED, queueOut, (handle) => {
    const { node, config, services, place, status } = handle;
    const queue = config.queue.trim();
    const discriminate = discriminator(RED, node, config.discriminator);
    if (!findQueue(handle, queue)) status.trouble('queue-unknown');
    return {
      async receive(msg) {
        const { work } = handle.workOf(msg);
        // Asked each time: a deploy of the other node alone does not start this one anew.
        const found = findQueue(handle, queue);
        if (!found) throw nodeErrors.create('queue-unknown', { node: place.name, queue });
        const key = work.orderingKey ?? keyOfPart(handle, msg, work.message.feed);
        const ordered = found.ordering === 'inherit' && key !== null;
        continueLater(handle, msg, {
          name: queue,
          kind: 'queue',
          carry: config.carry,
          discriminator: await discriminate(msg),
          ...(config.lane !== '' && { lane: config.lane }),
          // A key of the queue's own: what waits there does not hold up the stage before it.
          orderingKey: ordered ? sha256(`queue\0${queue}\0${key}`) : null,
          afterDead: ordered ? found.afterDead : 'continue',
        });
        services.note(msg, `Goes on in the queue "${queue}".`);
        services.settle(msg, { kind: 'done' });
      },
    };
  });
}

/** A batch has no order; each of its parts has that of its own patient, by the feed's paths. */
function keyOfPart(handle: NodeHandle<unknown>, msg: WardflowMessage, feed: string): string | null {
  const { payload } = msg;
  if (!partOf(msg) || !(payload instanceof Hl7Message)) return null;
  for (const path of orderingPaths(feedNamed(handle, feed)?.orderingPath)) {
    const value = payload.get(path).trim();
    if (value !== '' && value !== '""') return sha256(`part\0${feed}\0${value}`);
  }
  return null;
}
