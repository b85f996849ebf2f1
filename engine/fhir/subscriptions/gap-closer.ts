/** A number is missing among a topic's events: `$events` first, then what changed; only then counting goes on behind it. */
import type { Millis } from '../../base/clock.ts';
import { closed, missing } from './event-numbers.ts';
import type { Poller } from './poller.ts';
import { readNotification } from './read-notification.ts';
import type { TakeIn } from './take-in.ts';
import type { WatchParts } from './watch-parts.ts';

/** A missing event may only be late. */
const GRACE_MS: Millis = 10_000;

export class GapCloser {
  readonly #parts: WatchParts;
  readonly #takeIn: TakeIn;
  readonly #poller: Poller;

  constructor(parts: WatchParts, takeIn: TakeIn, poller: Poller) {
    this.#parts = parts;
    this.#takeIn = takeIn;
    this.#poller = poller;
  }

  get dueAt(): Millis {
    const { gapSince } = this.#parts.record.now;
    return gapSince === null ? Infinity : gapSince + GRACE_MS;
  }

  async close(): Promise<void> {
    const { record, clock, log, settings, counts } = this.#parts;
    const { duplicates } = counts;
    const asked = await this.#eventsAgain();
    counts.recovered += Math.max(0, asked - (counts.duplicates - duplicates));
    if (record.now.gapSince === null) {
      await record.change(({ gaps }) => ({ gaps: gaps + 1 }));
      return;
    }
    const begun = clock.now();
    await this.#poller.poll();
    if ((record.now.polledAt ?? 0) < begun) {
      // It is asked again with the poll; the numbers stay as they are until it has answered.
      await record.change(() => ({ gapSince: clock.now() }));
      return;
    }
    log.info('A gap of events was closed by asking for what has changed.', { subscription: settings.name });
    await record.change((now) => ({ ...closed(now), gaps: now.gaps + 1 }));
  }

  /** Gives how many events came. */
  async #eventsAgain(): Promise<number> {
    const { endpoint, settings, base, record, counts } = this.#parts;
    const { serverId } = record.now;
    const wanted = missing(record.now);
    if (serverId === null || wanted === null) return 0;
    const result = await endpoint().operation(
      '$events',
      { type: 'Subscription', id: serverId },
      {
        eventsSinceNumber: String(wanted.from),
        ...(wanted.to !== null && { eventsUntilNumber: String(wanted.to) }),
      },
    );
    // Optional for servers: without it the poll has to do.
    if (!result.ok) return 0;
    const body = Buffer.from(JSON.stringify(result.answer.resource));
    const again = readNotification({ method: 'POST', path: '', body }, { resourceType: settings.resourceType, base });
    if (again.kind !== 'events') return 0;
    await this.#takeIn.receive({ method: 'POST', path: '', body });
    // It was asked for, and is no notification.
    counts.notifications--;
    return again.events.length;
  }
}
