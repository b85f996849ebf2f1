/**
 * Tells operations at the console of a subscription whose trouble does not go away by itself: once for each trouble, and again
 * where it came back.
 */
import { hash } from 'node:crypto';
import type { Clock, Millis } from '../../base/clock.ts';
import type { LiveFeed } from '../../engine.ts';
import { noticeRecord } from '../../live/tell-console.ts';
import type { Store } from '../../store/contract/index.ts';
import type { Tended } from './turns.ts';
import type { Watch } from './watch.ts';

export interface TroubleAlarmOptions {
  readonly store: Pick<Store, 'audit'>;
  readonly clock: Clock;
  readonly live: Pick<LiveFeed, 'publish'>;
  readonly watches: () => Iterable<Watch>;
}

/** A server that is started anew, or a network that is mended, is no alarm. */
const LASTS_MS: Millis = 10 * 60_000;
const LOOK_MS: Millis = 60_000;
/** Chosen so, or said of the feed already by whoever stopped it. */
const NO_ALARM = new Set(['subscription-unbound', 'subscription-not-taken', 'subscription-withheld']);
const OPERATIONS = 'operations';

interface Seen {
  readonly code: string;
  readonly since: Millis;
  readonly told: boolean;
}

export class TroubleAlarm implements Tended {
  readonly #options: TroubleAlarmOptions;
  #seen = new Map<string, Seen>();
  dueAt: Millis;

  constructor(options: TroubleAlarmOptions) {
    this.#options = options;
    this.dueAt = options.clock.now();
  }

  async tend(): Promise<void> {
    const { clock, watches } = this.#options;
    const now = clock.now();
    this.dueAt = now + LOOK_MS;
    const seen = new Map<string, Seen>();
    for (const watch of watches()) {
      const { name, trouble } = watch.now;
      if (trouble === null || NO_ALARM.has(trouble.code)) continue;
      const before = this.#seen.get(name);
      const since = before?.code === trouble.code ? before.since : now;
      const told = before?.code === trouble.code && before.told;
      const isDue = !told && now - since >= LASTS_MS;
      if (isDue) await this.#tell(watch, trouble, since);
      seen.set(name, { code: trouble.code, since, told: told || isDue });
    }
    this.#seen = seen;
  }

  /** In the audit trail first: the list of notices is read from there. */
  async #tell({ settings }: Watch, { code, text }: { code: string; text: string }, since: Millis): Promise<void> {
    const { store, clock, live } = this.#options;
    const notice = {
      id: hash('sha256', `subscription\0${settings.name}\0${code}\0${since}`),
      at: clock.now(),
      escalationId: null,
      // It is about no message.
      messageId: '',
      definition: settings.definition,
      lane: 'routine',
      to: OPERATIONS,
      text: `Subscription ${settings.name} at ${settings.endpoint}: ${text}`,
    };
    await store.audit.append([noticeRecord(notice)]);
    live.publish({ kind: 'notice', notice });
  }
}
