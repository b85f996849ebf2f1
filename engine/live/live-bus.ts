/**
 * In-process bus of live changes. Message changes come by the thousand a second, so those of one turn of the event loop are
 * gathered and told once each; nothing is kept beyond that turn. Listeners that write to slow places must gather further.
 */
import type { Log } from '../base/log.ts';
import type { LiveChange, LiveFeed } from '../engine.ts';

/** More distinct changes than this in one turn: the oldest go, and a `gap` says so. */
const MOST_PENDING = 5000;

export function createLiveBus(log: Log): LiveFeed {
  const listeners = new Set<(change: LiveChange) => void>();
  const pending = new Map<string, LiveChange>();
  let scheduled = false;
  let gap = false;

  const tell = (change: LiveChange): void => {
    for (const listener of listeners) {
      try {
        listener(change);
      } catch (error) {
        log.warn('A listener of live changes failed.', { part: 'live', error });
      }
    }
  };
  const flush = (): void => {
    scheduled = false;
    const changes = [...pending.values(), ...(gap ? [{ kind: 'gap' } as const] : [])];
    pending.clear();
    gap = false;
    for (const change of changes) tell(change);
  };

  return {
    publish(change) {
      if (listeners.size === 0) return;
      const key = keyOf(change);
      pending.delete(key);
      pending.set(key, change);
      if (pending.size > MOST_PENDING) {
        const [oldest] = pending.keys();
        if (oldest !== undefined) pending.delete(oldest);
        gap = true;
      }
      if (scheduled) return;
      scheduled = true;
      setImmediate(flush);
    },
    subscribe(listener) {
      // Wrapped, so that one function subscribed twice is told twice and each subscription ends by itself.
      const own = (change: LiveChange): void => listener(change);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}

function keyOf(change: LiveChange): string {
  switch (change.kind) {
    case 'message':
    case 'escalation':
    case 'task':
    case 'alert':
    case 'problem':
      return `${change.kind} ${change.id}`;
    case 'identity':
      return `identity ${change.id}`;
    case 'switch':
    case 'fallback':
    case 'feed':
    case 'endpoint':
    case 'release':
      return `${change.kind} ${change.name}`;
    case 'notice':
      return `notice ${change.notice.id}`;
    case 'gap':
      return 'gap';
    default:
      return never(change);
  }
}

function never(change: never): never {
  throw new TypeError(`not a live change: ${JSON.stringify(change)}`);
}
