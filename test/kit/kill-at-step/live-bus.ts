/** Stands in for `engine/live/live-bus.ts`: the same, and a notice to people is a step. */
import type { LiveFeed, Log } from '../../../engine/index.ts';
import { createLiveBus as create } from '../../../engine/live/live-bus.ts';
import { reach } from './reach.ts';

export function createLiveBus(log: Log): LiveFeed {
  const live = create(log);
  return {
    ...live,
    publish(change) {
      if (change.kind === 'notice') reach('notice showing');
      live.publish(change);
      if (change.kind === 'notice') reach('notice shown');
    },
  };
}
