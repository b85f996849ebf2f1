import type { NodeAPI } from 'node-red';
import type { FeedSettings } from '../../engine/index.ts';
import { configOf, registerNode } from '../kit/register.ts';
import { hl7Endpoint } from '../wardflow-hl7-endpoint/config.ts';
import { feed, orderingPaths, type FeedProperties } from './config.ts';
import { previewOfOrder } from './preview.ts';

const SECOND = 1000;
const DAY = 24 * 3600 * SECOND;

/** `answersTo`: the receiver that answers go to; `null`: the sender's own connection. */
export function feedSettings(config: FeedProperties, answersTo: string | null = null): FeedSettings {
  return {
    name: config.name.trim(),
    lane: config.lane,
    orderingPath: orderingPaths(config.orderingPath),
    afterDead: config.afterDead,
    deadlineMs: config.deadlineSeconds * SECOND,
    resendWindowMs: config.resendWindowDays * DAY,
    zone: config.zone.trim() || null,
    fallbackCharset: config.fallbackCharset.trim(),
    batches: config.batches,
    ...(config.acknowledgement === 'enhanced' && {
      enhanced: { answerMs: config.answerSeconds * SECOND, endpoint: answersTo },
    }),
  };
}

export default function wardflowFeed(RED: NodeAPI): void {
  registerNode(
    RED,
    feed,
    (handle) => {
      const { node, config, services } = handle;
      const own = config.acknowledgement === 'enhanced' ? config.answerEndpoint.trim() : '';
      const answersTo = own === '' ? null : configOf(handle, hl7Endpoint, own, 'answerEndpoint').name.trim();
      services.registerFeed(node.id, feedSettings(config, answersTo));
      return { close: () => services.unregister(node.id) };
    },
    previewOfOrder,
  );
}
