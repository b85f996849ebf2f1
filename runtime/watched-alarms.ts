/**
 * Open alarms of the runtime's own, by message: they end as soon as their trouble is gone. Beyond the most that are
 * watched they end before their next step, where they are looked at in any case.
 */
import type { Escalation, Store } from '../engine/index.ts';

/** Also the largest page of a list. */
const MOST_WATCHED = 1000;

export class WatchedAlarms {
  readonly #store: Pick<Store, 'escalations'>;
  readonly #source: string;
  readonly #endIfGone: (alarm: Escalation) => Promise<boolean>;
  /** Message -> alarms; never an empty set: how many there are decides whether further ones begin a ladder. */
  readonly #byMessage = new Map<string, Set<string>>();

  constructor(store: Pick<Store, 'escalations'>, source: string, endIfGone: (alarm: Escalation) => Promise<boolean>) {
    this.#store = store;
    this.#source = source;
    this.#endIfGone = endIfGone;
  }

  /** Messages with an alarm that is open. */
  get size(): number {
    return this.#byMessage.size;
  }

  has(messageId: string): boolean {
    return this.#byMessage.has(messageId);
  }

  add({ id, messageId }: Escalation): void {
    const alarms = this.#byMessage.get(messageId) ?? new Set();
    this.#byMessage.set(messageId, alarms.add(id));
    if (this.#byMessage.size > MOST_WATCHED) this.#byMessage.delete(this.#byMessage.keys().next().value ?? '');
  }

  remove({ id, messageId }: Pick<Escalation, 'id' | 'messageId'>): void {
    const alarms = this.#byMessage.get(messageId);
    alarms?.delete(id);
    if (alarms?.size === 0) this.#byMessage.delete(messageId);
  }

  /** The message has changed. */
  async look(messageId: string): Promise<void> {
    for (const id of this.#byMessage.get(messageId) ?? []) {
      const alarm = await this.#store.escalations.get(id);
      if (alarm?.state !== 'open' || (await this.#endIfGone(alarm))) this.remove({ id, messageId });
    }
  }

  /** Anything may have changed: at a start, and after changes went untold. */
  async lookAtAll(): Promise<void> {
    // As many as are watched: of the runtime's own alone, so that one page holds them.
    const query = { states: ['open'], subscription: this.#source, limit: MOST_WATCHED } as const;
    for (const alarm of await this.#store.escalations.list(query)) this.add(alarm);
    for (const messageId of this.#byMessage.keys()) await this.look(messageId);
  }
}
