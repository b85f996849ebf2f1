import type { NodeAPI } from 'node-red';
import type { ClaimedWork } from '../../engine/index.ts';
import type { MessageContext, WardflowMessage } from '../../runtime/services.ts';
import { configOf, registerNode } from '../kit/register.ts';
import { registerSource } from '../kit/source.ts';
import { feed as feedNode } from '../wardflow-feed/config.ts';
import { feedSettings } from '../wardflow-feed/runtime.ts';
import { quarantineIn } from './config.ts';

export default function quarantineInNode(RED: NodeAPI): void {
  registerNode(RED, quarantineIn, (handle) => {
    const { config, services, status } = handle;
    const feed = feedSettings(configOf(handle, feedNode, config.feed, 'feed'));
    const { journal } = services.engine.store;
    const message = async (work: ClaimedWork, context: MessageContext): Promise<WardflowMessage> => {
      const stored = await journal.get(work.messageId);
      const { code = null, text = null } = stored?.reason ?? {};
      const { bytes, receivedAt } = work.message;
      const received = new Date(receivedAt).toISOString();
      return {
        topic: 'quarantine',
        payload: null,
        event: null,
        wardflow: context,
        quarantine: { code, text, feed: work.message.feed, size: bytes.length, messageId: work.messageId, received },
      };
    };
    const source = registerSource(handle, {
      name: config.source.trim(),
      capacity: config.capacity,
      leaseMs: feed.deadlineMs,
      subscription: { feed: feed.name, filter: { types: [], senders: [] }, takes: 'quarantine' },
      message,
    });
    status.ready(feed.name);
    return source;
  });
}
