import assert from 'node:assert/strict';
import type { MongoMemoryReplSet } from 'mongodb-memory-server-core';
import { createConnection } from 'mongoose';
import { after, before, describe, it } from 'mocha';
import { silentLog, verifyAudit, type ClaimedWork, type Store } from '../../engine/index.ts';
import { openMongoStore } from '../../engine/store/mongo/open.ts';
import { startReplicaSet } from '../kit/mongod.ts';
import { counts, longRun, requireMongodBinary } from '../kit/requires.ts';
import { auditEntry, DONE, newChild, newMessage, newWork, SUBSCRIPTION, WINDOW } from '../kit/store-builders.ts';

/** What callers were told, to be compared with what the database holds afterwards. */
class Told {
  readonly accepted = new Map<string, string>();
  readonly settled = new Set<string>();
  refused = 0;
}

describe('MongoDB with three members', () => {
  let servers: MongoMemoryReplSet;
  let store: Store;
  before(async function () {
    this.timeout(180_000);
    requireMongodBinary(this);
    servers = await startReplicaSet(3);
  });
  after(async function () {
    this.timeout(180_000);
    await servers?.stop();
  });

  it('loses nothing that was acknowledged when the primary steps down in the middle, and goes on by itself', async function () {
    this.timeout(180_000);
    store = await openMongoStore({ url: servers.getUri('failover'), log: silentLog });
    const told = new Told();
    const work = new Traffic(store, told);
    work.start();
    for (let round = 0; round < counts(1, 5); round++) {
      const before = { accepted: told.accepted.size, settled: told.settled.size };
      await work.until(() => told.accepted.size > before.accepted + 200 && told.settled.size > before.settled + 100);
      await stepDown(servers);
      const at = { accepted: told.accepted.size, settled: told.settled.size };
      await work.until(() => told.accepted.size > at.accepted + 200 && told.settled.size > at.settled + 200);
    }
    await work.stop();
    await check(store, told);
    await store.close();
  });

  // Half of the time is spent on starting three servers: once is enough for every day.
  if (longRun)
    it('loses nothing when the primary is killed', async function () {
      this.timeout(180_000);
      store = await openMongoStore({ url: servers.getUri('killed'), log: silentLog });
      const told = new Told();
      const work = new Traffic(store, told);
      work.start();
      await work.until(() => told.accepted.size > 200 && told.settled.size > 100);
      await killPrimary(servers);
      const at = { accepted: told.accepted.size, settled: told.settled.size };
      await work.until(() => told.accepted.size > at.accepted + 200 && told.settled.size > at.settled + 100);
      await work.stop();
      await check(store, told);
      await store.close();
    });
});

/** Sixteen senders and one dispatcher, until told to stop. What is refused is tried again, as a sender would. */
class Traffic {
  readonly #store: Store;
  readonly #told: Told;
  #stopping = false;
  #all: Promise<unknown> = Promise.resolve();
  #noticed: (() => void)[] = [];

  constructor(store: Store, told: Told) {
    this.#store = store;
    this.#told = told;
  }

  start(): void {
    this.#all = Promise.all([...Array.from({ length: 16 }, (_, lane) => this.#send(lane)), this.#dispatch()]);
  }

  /** Fails with whatever the traffic failed with. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await Promise.race([new Promise<void>((resolve) => this.#noticed.push(resolve)), this.#all]);
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#all;
  }

  #notice(): void {
    for (const resolve of this.#noticed.splice(0)) resolve();
  }

  async #send(lane: number): Promise<void> {
    while (!this.#stopping) {
      const message = newMessage();
      const item = newWork(message, { orderingKey: `key-${lane % 8}` });
      if (!(await this.#ask(() => this.#store.journal.accept(message, [item], WINDOW)))) continue;
      this.#told.accepted.set(message.id, item.id);
      this.#notice();
    }
  }

  async #dispatch(): Promise<void> {
    const started = Date.now();
    while (!this.#stopping) {
      const now = Date.now();
      const request = { subscription: SUBSCRIPTION, limit: 32, owner: 'test', now, leaseUntil: now + 5000 };
      const claimed = await this.#ask(() => this.#store.work.claim([request]));
      // What a lost answer has claimed comes back when its lease has run out.
      if (!claimed) await this.#ask(() => this.#store.work.release('test', now));
      await Promise.all((claimed ?? []).map((work) => this.#settle(work, now)));
      assert.ok(now - started < 120_000, 'the traffic comes to an end');
    }
  }

  async #settle(work: ClaimedWork, at: number): Promise<void> {
    const request = {
      workId: work.id,
      fence: work.fence,
      at,
      settlement: DONE,
      trace: [],
      version: null,
      children: [newChild(work, `child-of-${work.id}`)],
      audit: [auditEntry('work.done', { workId: work.id })],
    };
    if ((await this.#ask(() => this.#store.work.settle(request))) === 'settled') {
      this.#told.settled.add(work.id);
      this.#notice();
    }
  }

  async #ask<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      const { failureClass } = error as { failureClass?: string };
      if (failureClass !== 'transient') throw error;
      this.#told.refused++;
      return undefined;
    }
  }
}

async function check(store: Store, told: Told): Promise<void> {
  for (const [message, item] of told.accepted) {
    const stored = await store.journal.get(message);
    assert.ok(stored, 'an acknowledged message is there');
    const work = await store.work.ofMessage(message);
    assert.equal(work.filter((one) => one.id === item).length, 1, 'with its work, once');
    if (!told.settled.has(item)) continue;
    assert.equal(work.find((one) => one.id === item)?.state, 'done', 'what was settled stays settled');
    assert.equal(work.filter((one) => one.childKind !== null).length, 1, 'with its child, once');
  }
  const verdict = await verifyAudit(store.audit);
  assert.equal(verdict.intact, true);
  assert.ok(verdict.records >= told.settled.size);
  const { total } = await store.journal.counts();
  const sums = await store.work.counts();
  assert.ok(total >= told.accepted.size);
  assert.equal(sums.done + sums.waiting + sums.claimed, total + sums.done, 'each done item has one child');
}

async function stepDown(servers: MongoMemoryReplSet): Promise<void> {
  const connection = await createConnection(servers.getUri('admin')).asPromise();
  await connection.getClient().db('admin').command({ replSetStepDown: 5, secondaryCatchUpPeriodSecs: 2, force: true });
  await connection.close();
}

async function killPrimary(servers: MongoMemoryReplSet): Promise<void> {
  const connection = await createConnection(servers.getUri('admin')).asPromise();
  const { me } = (await connection.getClient().db('admin').command({ hello: 1 })) as { me?: string };
  await connection.close();
  const primary = servers.servers.find((server) => server.instanceInfo?.port === Number(me?.split(':')[1]));
  const child = primary?.instanceInfo?.instance.mongodProcess;
  assert.ok(child?.pid !== undefined, 'the primary was found');
  process.kill(child.pid, 'SIGKILL');
}
