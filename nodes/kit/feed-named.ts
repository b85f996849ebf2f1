import type { NodeDef } from 'node-red';
import type { NodeHandle } from './register.ts';

/** What a feed's config node says, as it is saved: for nodes that are not behind it themselves. */
export interface SavedFeed {
  readonly fallbackCharset?: string;
  readonly zone?: string;
  readonly orderingPath?: string;
}

export function feedNamed({ RED }: NodeHandle<unknown>, name: string): SavedFeed | undefined {
  let found: SavedFeed | undefined;
  RED.nodes.eachNode((node: NodeDef & SavedFeed) => {
    if (node.type === 'wardflow-feed' && node.name === name) found = node;
  });
  return found;
}
