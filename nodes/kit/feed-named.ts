import type { NodeDef } from 'node-red';
import { feed, type FeedProperties } from '../wardflow-feed/config.ts';
import { withDefaults } from './properties.ts';
import type { NodeHandle } from './register.ts';

/** What a feed's config node says: for nodes that are not behind it themselves. */
export function feedNamed({ RED }: NodeHandle<unknown>, name: string): FeedProperties | undefined {
  let found: FeedProperties | undefined;
  RED.nodes.eachNode((node: NodeDef) => {
    if (node.type === feed.type && node.name === name) found = withDefaults(feed, node);
  });
  return found;
}
