import type { NodeAPI } from 'node-red';
import type { FeedSettings } from '../../engine/index.ts';
import { registerNode } from '../kit/register.ts';
import { feed, orderingPaths, type FeedProperties } from './config.ts';
import { previewOfOrder } from './preview.ts';

const SECOND = 1000;
const DAY = 24 * 3600 * SECOND;

export function feedSettings(config: FeedProperties): FeedSettings {
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
  };
}

export default function wardflowFeed(RED: NodeAPI): void {
  registerNode(
    RED,
    feed,
    ({ node, config, services }) => {
      services.registerFeed(node.id, feedSettings(config));
      return { close: () => services.unregister(node.id) };
    },
    previewOfOrder,
  );
}
