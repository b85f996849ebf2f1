import assert from 'node:assert/strict';
import { array, assert as holds, asyncProperty, nat, tuple } from 'fast-check';
import { afterEach, describe, it } from 'mocha';
import { MESSAGE_STATES, WORK_STATES, type ClaimedWork, type Lane, type Store } from '../../engine/index.ts';
import { counts as howMany } from '../kit/requires.ts';
import {
  auditEntry,
  claimOf,
  DEAD,
  DONE,
  newChild,
  newMessage,
  newWork,
  retryAt,
  settleAs,
  SUBSCRIPTION,
  T0,
  WINDOW,
} from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

type Step = readonly [operation: number, choice: number];

export function describeCounts(adapter: StoreAdapter): void {
  describe('counts and invariants', () => {
    const opened = new Opened(adapter);
    afterEach(() => opened.clear());

    it('agree with the lists after any sequence of operations, and order within a key is kept', async function () {
      this.timeout(120_000);
      let total = 0;
      let claims = 0;
      const steps = array(tuple(nat(8), nat(1000)), { minLength: 10, maxLength: 80, size: 'max' });
      await holds(
        asyncProperty(steps, async (sequence) => {
          const store = await opened.open();
          const walk = new Walk(store);
          await walk.run(sequence);
          await check(store);
          total += (await store.journal.counts()).total;
          claims += walk.claims;
          await opened.clear();
        }),
        { numRuns: howMany(15, 300), seed: 4711 },
      );
      assert.ok(total > 50 && claims > 20, 'the walks did something');
    });
  });
}

/** Random operations over one store; the ones that make no sense in a state are part of it. */
class Walk {
  readonly #store: Store;
  readonly #items: string[] = [];
  readonly #claimed: ClaimedWork[] = [];
  /** Items with an ordering key, to see that none overtakes another. */
  readonly #keyed = new Map<string, { readonly key: string; readonly holds: boolean }>();
  #now = T0;

  constructor(store: Store) {
    this.#store = store;
  }

  get claims(): number {
    return this.#claimed.length;
  }

  async #claim(subscription: string, limit: number): Promise<void> {
    const claimed = await claimOf(this.#store, limit, { now: this.#now, subscription });
    this.#claimed.push(...claimed);
    for (const { orderingKey, seq, id } of claimed) {
      if (orderingKey === null) continue;
      for (const [otherId, { key, holds }] of this.#keyed) {
        const other = key === orderingKey && otherId !== id ? await this.#store.work.get(otherId) : undefined;
        assert.ok(other?.state !== 'claimed', 'two items of a key are claimed');
        if (!other || other.seq > seq) continue;
        assert.ok(other.state !== 'waiting', 'an older item of the key waits');
        assert.ok(other.state !== 'dead' || !holds, 'the key is held by a dead head');
      }
    }
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) await this.#take(step);
  }

  async #take([operation, choice]: Step): Promise<void> {
    const { journal, work } = this.#store;
    const pick = <T>(from: readonly T[]): T | undefined => from[choice % Math.max(from.length, 1)];
    switch (operation) {
      case 0:
      case 1: {
        const message = newMessage({
          feed: choice % 2 ? 'lab' : 'adt',
          controlId: `c${choice % 5}`,
          body: `${choice % 99}`,
        });
        const lane = (['stat', 'urgent', 'routine', 'bulk'] as const satisfies readonly Lane[])[choice % 4] ?? 'bulk';
        const items = Array.from({ length: choice % 3 }, (_, index) =>
          newWork(message, {
            lane,
            subscription: index ? 'flow-b/in' : SUBSCRIPTION,
            orderingKey: choice % 5 ? `k${choice % 3}` : null,
            afterDead: choice % 7 ? 'hold' : 'continue',
          }),
        );
        await journal.accept(message, items, WINDOW);
        this.#items.push(...items.map((item) => item.id));
        for (const { id, orderingKey: key, afterDead } of items) {
          if (key !== null) this.#keyed.set(id, { key, holds: afterDead === 'hold' });
        }
        break;
      }
      case 2:
        for (const subscription of [SUBSCRIPTION, 'flow-b/in', 'flow-a/child']) {
          await this.#claim(subscription, 1 + (choice % 3));
        }
        break;
      case 3:
      case 4: {
        const claim = pick(this.#claimed);
        const settlement = [DONE, DEAD, retryAt(this.#now + (choice % 3) * 1000), DONE][choice % 4] ?? DONE;
        if (claim) await settleAs(this.#store, claim, settlement, this.#now);
        break;
      }
      case 5:
        this.#now += choice * 100;
        await work.expireLeases(this.#now);
        break;
      case 6: {
        const id = pick(this.#items);
        if (id) await work.redrive(id, this.#now, auditEntry('work.redriven'));
        break;
      }
      case 7: {
        const id = pick(this.#items);
        if (id) await work.discard(id, this.#now, 'r', auditEntry('work.discarded'));
        break;
      }
      default: {
        const claim = pick(this.#claimed);
        if (claim)
          await work.addChild(
            newChild({ id: claim.id, messageId: claim.messageId }, `child-${claim.id}-${choice % 2}`),
          );
      }
    }
  }
}

/** Everything is recomputed from the single views: what is denormalised must agree. */
async function check(store: Store): Promise<void> {
  const messages = await store.journal.list({ limit: 1000 });
  const counted = await store.journal.counts();
  assert.equal(counted.total, messages.length);
  for (const state of MESSAGE_STATES) {
    const inState = messages.filter((message) => message.state === state).length;
    assert.equal(counted[state], inState, `counts of ${state}`);
    assert.equal((await store.journal.list({ states: [state], limit: 1000 })).length, inState, `list of ${state}`);
  }
  for (const feed of ['lab', 'adt']) {
    const bySum = (await store.journal.counts({ feed })).total;
    assert.equal(bySum, messages.filter((message) => message.feed === feed).length);
  }
  const work = (await Promise.all(messages.map((message) => store.work.ofMessage(message.id)))).flat();
  const workCounts = await store.work.counts();
  for (const state of WORK_STATES) {
    assert.equal(workCounts[state], work.filter((item) => item.state === state).length, `work ${state}`);
  }
  const backlog = await store.work.backlog();
  const open = work.filter((item) => item.state !== 'done' && item.state !== 'discarded');
  assert.equal(
    backlog.reduce((sum, row) => sum + row.count, 0),
    open.length,
    'backlog',
  );
  const expected = (states: readonly string[]): string | null => {
    const seen = (state: string): boolean => states.includes(state);
    if (seen('dead')) return 'dead';
    if (seen('claimed')) return 'processing';
    if (seen('waiting')) return null;
    return seen('parked') ? 'parked' : seen('discarded') ? 'discarded' : 'done';
  };
  for (const message of messages) {
    const states = work.filter((item) => item.messageId === message.id).map((item) => item.state);
    const state = states.length > 0 ? expected(states) : null;
    if (state !== null) assert.equal(message.state, state);
  }
}
