/** Looks after the Subscription on the server: what it says of itself becomes the state of the record. */
import type { Millis } from '../../base/clock.ts';
import { subscriptionErrors } from './errors.ts';
import { askAgain, lookAtServer, type ServerSide } from './server-side.ts';
import { nextState } from './states.ts';
import { moved, pollFailed, sayTrouble, told, troubleAfter, TROUBLES_OF_SERVER } from './trouble.ts';
import type { WatchParts } from './watch-parts.ts';

const CHECK_MS: Millis = 60_000;
/** A server that takes no subscriptions is asked again. */
const NOT_TAKEN_MS: Millis = 3_600_000;
const OVERDUE_GRACE_MS: Millis = 10_000;

export class Caretaker {
  readonly #parts: WatchParts;
  #receiving: string | null = null;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  /** When the server should have been heard of at the latest. */
  get overdueAt(): Millis {
    const { settings, record } = this.#parts;
    const { topic, heartbeatMs } = settings;
    const { state, heardAt, since } = record.now;
    if (topic === null || heartbeatMs === 0 || state !== 'active') return Infinity;
    return Math.max(heardAt ?? 0, since) + 2 * heartbeatMs + OVERDUE_GRACE_MS;
  }

  async check(): Promise<void> {
    const { settings, environment, endpoint, clock, record, due } = this.#parts;
    const address = this.#parts.address();
    const now = clock.now();
    due.check = now + CHECK_MS;
    if ('code' in address) {
      this.#receiving = null;
      await moved(this.#parts, 'cannot', address);
      return;
    }
    // The secret may have changed, and with it the address: the Subscription of before sends nowhere.
    const serverId = this.#receiving === null || this.#receiving === address.url ? record.now.serverId : null;
    this.#receiving = address.url;
    await this.#reviewed(await lookAtServer({ endpoint: endpoint(), settings, address, environment, now }, serverId));
  }

  /** The server fell silent: it is asked to go on, and what it did not tell of is looked for. */
  async overdue(): Promise<void> {
    const { endpoint, settings, environment, clock, record, due, counts } = this.#parts;
    await moved(this.#parts, 'late', subscriptionErrors.create('subscription-overdue'));
    const address = this.#parts.address();
    const { serverId } = record.now;
    if (!('code' in address) && serverId !== null) {
      counts.askedAgain++;
      await askAgain({ endpoint: endpoint(), settings, address, environment, now: clock.now() }, serverId);
    }
    due.poll = 0;
  }

  async #reviewed(server: ServerSide): Promise<void> {
    const { record, clock, due, counts } = this.#parts;
    switch (server.kind) {
      case 'active':
      case 'requested':
        return this.#there(server);
      case 'asked-again': {
        counts.askedAgain++;
        const error = subscriptionErrors.create('subscription-stopped-by-server', { status: server.status });
        await record.change(({ state }) => ({
          state: nextState(state, 'refused'),
          serverId: server.id,
          endsAt: server.endsAt,
          trouble: told(error),
        }));
        due.pollSoon();
        return;
      }
      case 'adjusted':
        await record.change(({ state }) => ({
          state: nextState(nextState(state, 'asked'), 'refused'),
          serverId: server.id,
          trouble: told(subscriptionErrors.create('subscription-adjusted', { what: server.what })),
        }));
        return;
      case 'not-taken':
        due.check = clock.now() + NOT_TAKEN_MS;
        await moved(this.#parts, 'cannot', subscriptionErrors.create('subscription-not-taken', { code: server.code }));
        return;
      case 'failed':
        await sayTrouble(this.#parts, pollFailed(server.failure));
        return;
      default:
        server satisfies never;
    }
  }

  async #there(server: Extract<ServerSide, { kind: 'active' | 'requested' }>): Promise<void> {
    const { record, due, counts } = this.#parts;
    const { id, endsAt, isNew } = server;
    const isOther = id !== record.now.serverId;
    if (isOther && record.now.serverId !== null) counts.askedAgain++;
    if (!isOther && endsAt !== null && endsAt > (record.now.endsAt ?? Infinity)) counts.renewals++;
    if (isNew || isOther) due.pollSoon();
    const before = record.now.state;
    await record.change((now) => {
      const asked =
        isOther || now.state === 'polling' || now.state === 'off' ? nextState(now.state, 'asked') : now.state;
      // Of a topic that fell silent only a notification says that it is there again.
      const isHeard = now.state !== 'overdue';
      const confirmed = server.kind === 'active' && isHeard ? nextState(asked, 'confirmed') : asked;
      const counted = isOther ? { eventNumber: null, ahead: [], gapSince: null } : {};
      if (confirmed === now.state && !isOther && endsAt === now.endsAt) return null;
      const ended = confirmed === 'active' && now.state !== 'active' ? troubleAfter(now, null, TROUBLES_OF_SERVER) : {};
      return { state: confirmed, serverId: id, endsAt, ...counted, ...ended };
    });
    // What was written until it took effect is delivered by nobody.
    if (record.now.state === 'active' && before !== 'active') due.pollSoon();
  }
}
