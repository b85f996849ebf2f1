/** What comes to the address of a subscription: kept before it is answered, and counted. What follows from it is done later. */
import type { Millis } from '../../base/clock.ts';
import type { SubscriptionRecord } from '../../store/contract/index.ts';
import { isRestart, withEvents, type Counted } from './event-numbers.ts';
import { keepChange, type Keeping } from './keep-change.ts';
import { keptChange, keptEvent, keptHint, keptUnreadable } from './kept-notification.ts';
import type { Notification, TopicEvent } from './notification.ts';
import { readNotification } from './read-notification.ts';
import type { Receipt, ReceivedNotification } from './receiver.ts';
import { nextState, type SubscriptionStep } from './states.ts';
import { NOT_TOLD } from './trouble.ts';
import type { WatchParts } from './watch-parts.ts';

/** The time of notifications is not kept to the second: each would be a commit. */
const HEARD_MS: Millis = 10_000;

interface NumberedEvent {
  readonly number: number;
  readonly isNew: boolean;
}

export class TakeIn {
  readonly #parts: WatchParts;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  async receive(arrived: ReceivedNotification): Promise<Receipt> {
    const { settings, base, ids, counts, record, untold } = this.#parts;
    const notification = readNotification(arrived, { resourceType: settings.resourceType, base });
    const arrival = ids.next();
    const kept: Keeping[] = [];
    const events: NumberedEvent[] = [];
    const keep = async (what: Parameters<typeof keepChange>[1]): Promise<Keeping> => {
      const keeping = await keepChange(this.#parts, what, 'notification');
      kept.push(keeping);
      if (keeping.receipt === 'kept' && !keeping.isNew) counts.duplicates++;
      return keeping;
    };
    counts.notifications++;
    switch (notification.kind) {
      case 'hint':
        await keep(keptHint(settings, arrival));
        break;
      case 'changes': {
        const own = notification.isBare ? arrived.body : undefined;
        for (const [n, change] of notification.changes.entries())
          await keep(keptChange(change, settings, `${arrival}/${n}`, own));
        break;
      }
      case 'events':
        for (const [n, event] of notification.events.entries()) {
          const { receipt, isNew } = await keep(this.#ofTopic(event, `${arrival}/${n}`));
          if (receipt === 'kept' && event.number !== null) events.push({ number: event.number, isNew });
        }
        break;
      case 'unreadable':
        await keep(keptUnreadable(arrived.body, settings, notification));
        break;
      case 'handshake':
      case 'heartbeat':
      case 'query':
        break;
      default:
        notification satisfies never;
    }
    const receipt = kept.find((one) => one.receipt !== 'kept')?.receipt ?? 'kept';
    if (receipt !== 'kept') return receipt;
    await this.#heard(notification, events);
    // A change by a notification, also one that a poll was faster with: the way is open again.
    if (kept.length > 0) {
      untold.polls = 0;
      if (record.now.trouble?.code === NOT_TOLD) await record.change(() => ({ trouble: null }));
    }
    return 'kept';
  }

  /** One without a number is taken for what it tells of; it closes no gap, and opens none. */
  #ofTopic(event: TopicEvent, arrival: string): Parameters<typeof keepChange>[1] {
    const { settings, record } = this.#parts;
    const { number, change } = event;
    if (number !== null) return keptEvent({ ...event, number }, record.now.serverId, settings);
    return change ? keptChange(change, settings, arrival) : keptHint(settings, arrival);
  }

  async #heard(notification: Notification, events: readonly NumberedEvent[]): Promise<void> {
    const { record, clock, due } = this.#parts;
    const now = clock.now();
    const numbers = events.map(({ number }) => number);
    const isUncounted = notification.kind === 'events' && numbers.length < notification.events.length;
    const total = 'total' in notification && !isUncounted ? notification.total : null;
    const failed = 'failed' in notification && notification.failed;
    const anew = isAnew(record.now, notification, events);
    await record.change((current) => {
      const start: Counted = anew ? { eventNumber: null, ahead: [], gapSince: null } : current;
      const counted = numbers.length > 0 || total !== null ? withEvents(start, numbers, total, now) : start;
      const step: SubscriptionStep = failed ? 'refused' : 'confirmed';
      const state = nextState(current.state, step);
      const same =
        state === current.state &&
        counted.eventNumber === current.eventNumber &&
        counted.gapSince === current.gapSince &&
        counted.ahead.length === current.ahead.length;
      if (same && current.heardAt !== null && now - current.heardAt < HEARD_MS) return null;
      const { eventNumber, ahead, gapSince } = counted;
      const ended = state === 'active' && current.state !== 'active' ? { trouble: null } : {};
      return { state, eventNumber, ahead, gapSince, heardAt: now, ...ended };
    });
    if (anew) due.pollSoon();
    if (failed) due.check = 0;
  }
}

/** A new event with a number that has passed: the server counts anew, and a poll finds what it has lost. */
function isAnew(before: SubscriptionRecord, notification: Notification, events: readonly NumberedEvent[]): boolean {
  if (events.some(({ number, isNew }) => isNew && isRestart(before, number) && !before.ahead.includes(number)))
    return true;
  const { kind } = notification;
  const total = kind === 'handshake' ? notification.total : null;
  return total !== null && before.eventNumber !== null && total < before.eventNumber;
}
