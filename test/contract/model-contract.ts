import assert from 'node:assert/strict';
import { array, assert as holds, asyncProperty, constantFrom, nat, record } from 'fast-check';
import { afterEach, describe, it } from 'mocha';
import { LANES, type ClaimedWork, type Store, type WorkState } from '../../engine/index.ts';
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
  T0,
  WINDOW,
} from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

/** The queue as the contract tells it, in the plainest way: a list in the order of arrival. */
interface Item {
  readonly id: string;
  readonly messageId: string;
  readonly key: string | null;
  readonly holds: boolean;
  state: WorkState;
  attempts: number;
  notBefore: number;
  leaseUntil: number;
  fence: number;
}

class Model {
  readonly items: Item[] = [];
  now = T0;

  /** What stands in a key's row: what blocks those behind it. */
  #row(key: string): Item[] {
    return this.items.filter(
      (item) =>
        item.key === key &&
        (item.state === 'waiting' || item.state === 'claimed' || (item.state === 'dead' && item.holds)),
    );
  }

  get ready(): Item[] {
    return this.items.filter((item) => {
      if (item.state !== 'waiting' || item.notBefore > this.now) return false;
      if (item.key === null) return true;
      const row = this.#row(item.key);
      return row[0] === item && row.every((other) => other.state !== 'claimed');
    });
  }

  count(state: WorkState): number {
    return this.items.filter((item) => item.state === state).length;
  }
}

const OPERATIONS = [
  ...(['accept', 'accept', 'accept', 'claim', 'claim one', 'settle', 'settle', 'late settle', 'pass time'] as const),
  ...(['expire', 'redrive', 'discard', 'child', 'park', 'wake'] as const),
] as const;

interface Step {
  readonly operation: (typeof OPERATIONS)[number];
  readonly choice: number;
}

export function describeModel(adapter: StoreAdapter): void {
  describe('model', () => {
    const opened = new Opened(adapter);
    afterEach(() => opened.clear());

    it('says what a simple model of the queue says, after any sequence of operations from two stores', async function () {
      this.timeout(300_000);
      const done = new Map<string, number>();
      const steps = array(record({ operation: constantFrom(...OPERATIONS), choice: nat(1000) }), {
        minLength: 20,
        maxLength: 70,
        size: 'max',
      });
      await holds(
        asyncProperty(steps, async (sequence) => {
          const place = await opened.place();
          const run = new Run([await opened.open(place), await opened.open(place)]);
          for (const step of sequence) {
            if (await run.take(step)) done.set(step.operation, (done.get(step.operation) ?? 0) + 1);
          }
          await run.compare();
          await opened.clear();
        }),
        { numRuns: howMany(6, 40), seed: 20_260_105, endOnFailure: true },
      );
      for (const operation of OPERATIONS) assert.ok((done.get(operation) ?? 0) > 0, `${operation} happened`);
    });
  });
}

class Run {
  readonly #stores: readonly [Store, Store];
  readonly #model = new Model();
  readonly #claims: ClaimedWork[] = [];

  constructor(stores: readonly [Store, Store]) {
    this.#stores = stores;
  }

  /** `false`: there was nothing to do it to. */
  async take({ operation, choice }: Step): Promise<boolean> {
    const model = this.#model;
    const store = this.#stores[choice % 2] ?? this.#stores[0];
    const pick = <T>(from: readonly T[]): T | undefined => from[choice % Math.max(from.length, 1)];
    switch (operation) {
      case 'accept':
        await this.#accept(store, choice);
        return true;
      case 'claim':
        return this.#claim(store, 100);
      case 'claim one':
        return this.#claim(store, 1);
      case 'settle': {
        const claim = pick(this.#claims.filter((one) => this.#item(one.id).state === 'claimed'));
        return claim !== undefined && this.#settle(store, claim, choice);
      }
      case 'late settle': {
        const claim = pick(this.#claims);
        return claim !== undefined && this.#settle(store, claim, choice);
      }
      case 'pass time':
        model.now += (choice % 10) * 1000;
        return true;
      case 'expire': {
        model.now += 60_000;
        const over = model.items.filter((item) => item.state === 'claimed' && item.leaseUntil <= model.now);
        assert.equal(await store.work.expireLeases(model.now), over.length);
        for (const item of over) item.state = 'waiting';
        return over.length > 0;
      }
      case 'redrive': {
        const item = pick(model.items.filter((one) => choice % 5 === 0 || one.state === 'dead'));
        if (!item) return false;
        const expected = item.state === 'dead' ? 'redriven' : 'not-dead';
        assert.equal(await store.work.redrive(item.id, model.now, auditEntry('work.redriven')), expected);
        if (expected === 'redriven') Object.assign(item, { state: 'waiting', notBefore: 0 });
        return true;
      }
      case 'discard': {
        const item = choice % 3 === 0 ? pick(model.items) : pick(model.items.filter((one) => one.state === 'dead'));
        if (!item) return false;
        const expected = ['dead', 'waiting', 'parked'].includes(item.state) ? 'discarded' : 'not-open';
        assert.equal(await store.work.discard(item.id, model.now, 'r', auditEntry('work.discarded')), expected);
        if (expected === 'discarded') item.state = 'discarded';
        return true;
      }
      case 'child':
      case 'park': {
        const parent = pick(model.items);
        if (!parent) return false;
        await this.#child(store, parent, operation === 'park', choice);
        return true;
      }
      default: {
        const item = pick(model.items.filter((one) => choice % 5 === 0 || one.state === 'parked'));
        if (!item) return false;
        const expected = item.state === 'parked' ? 'woken' : 'not-parked';
        assert.equal(await store.work.wakeParked(item.id, model.now, auditEntry('work.woken')), expected);
        if (expected === 'woken') Object.assign(item, { state: 'waiting', notBefore: 0 });
        return true;
      }
    }
  }

  #item(id: string): Item {
    const item = this.#model.items.find((one) => one.id === id);
    assert.ok(item);
    return item;
  }

  #add(id: string, messageId: string, key: string | null, holdsKey: boolean, more: Partial<Item> = {}): void {
    const fresh = { state: 'waiting', attempts: 0, notBefore: 0, leaseUntil: 0, fence: 0 } as const;
    this.#model.items.push({ id, messageId, key, holds: holdsKey, ...fresh, ...more });
  }

  async #accept(store: Store, choice: number): Promise<void> {
    const message = newMessage();
    const key = choice % 4 ? `k${choice % 3}` : null;
    const item = newWork(message, {
      orderingKey: key,
      lane: LANES[Math.floor(choice / 16) % LANES.length] ?? 'routine',
      afterDead: choice % 7 ? 'hold' : 'continue',
    });
    await store.journal.accept(message, [item], WINDOW);
    this.#add(item.id, message.id, key, item.afterDead === 'hold');
  }

  async #child(store: Store, parent: Item, parked: boolean, choice: number): Promise<void> {
    const key = `child-${parent.id}-${choice % 2}`;
    const child = newChild(parent, key, { subscription: 'flow-a/in', orderingKey: choice % 3 ? null : 'k0' });
    const notBefore = parked && choice % 2 ? this.#model.now + 3000 : undefined;
    const work = {
      ...child,
      child: {
        parentWorkId: parent.id,
        key,
        kind: 'park' as const,
        data: null,
        ...(parked ? { state: 'parked' as const } : {}),
        ...(notBefore === undefined ? {} : { notBefore }),
      },
    };
    const known = this.#model.items.some((item) => item.id.startsWith(`${key}/`));
    const id = `${key}/${child.id}`;
    assert.equal(await store.work.addChild({ ...work, id }), known ? 'exists' : 'added');
    if (known) return;
    this.#add(id, parent.messageId, child.orderingKey, true, {
      state: parked ? 'parked' : 'waiting',
      notBefore: notBefore ?? (parked ? Infinity : 0),
    });
  }

  async #claim(store: Store, limit: number): Promise<boolean> {
    const model = this.#model;
    for (const item of model.items) {
      if (item.state === 'parked' && item.notBefore <= model.now) item.state = 'waiting';
    }
    const ready = model.ready;
    const claimed = await claimOf(store, limit, { now: model.now });
    const ids = claimed.map((work) => work.id);
    if (limit > ready.length) assert.deepEqual(ids.toSorted(), ready.map((item) => item.id).toSorted());
    else assert.ok(claimed.length === limit && ids.every((id) => ready.some((item) => item.id === id)));
    for (const work of claimed) {
      const item = this.#item(work.id);
      assert.ok(work.fence > item.fence, 'a fence grows');
      assert.equal(work.attempt, ++item.attempts);
      Object.assign(item, { state: 'claimed', fence: work.fence, leaseUntil: work.leaseUntil });
      this.#claims.push(work);
    }
    return claimed.length > 0;
  }

  async #settle(store: Store, claim: ClaimedWork, choice: number): Promise<boolean> {
    const item = this.#item(claim.id);
    const valid = item.state === 'claimed' && item.fence === claim.fence;
    const later = this.#model.now + (choice % 3) * 1000;
    const [settlement, state] = (
      [
        [DONE, 'done'],
        [DEAD, 'dead'],
        [retryAt(later), 'waiting'],
        [DONE, 'done'],
      ] as const
    )[choice % 4] ?? [DONE, 'done' as const];
    assert.equal(await settleAs(store, claim, settlement, this.#model.now), valid ? 'settled' : 'lost-lease');
    if (valid) Object.assign(item, { state, notBefore: state === 'waiting' ? later : 0 });
    return true;
  }

  async compare(): Promise<void> {
    const model = this.#model;
    for (const store of this.#stores) {
      const counted = await store.work.counts();
      for (const state of ['waiting', 'claimed', 'parked', 'done', 'dead', 'discarded'] as const) {
        assert.equal(counted[state], model.count(state), state);
      }
      for (const item of model.items) {
        const view = await store.work.get(item.id);
        assert.equal(view?.state, item.state);
        assert.equal(view.attempt, item.attempts);
      }
    }
  }
}
