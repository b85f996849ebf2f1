import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mongoose';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { createEngine, ManualClock, silentLog, type Engine } from '../../engine/index.ts';
import { environmentUrl } from '../../engine/open-engine-store.ts';
import { adapter, removeAllPlaces } from '../contract/mongo-adapter.ts';
import { stopMongod } from '../kit/mongod.ts';
import { requireMongod } from '../kit/requires.ts';
import { acceptOne, SUBSCRIPTION, T0 } from '../kit/store-builders.ts';

describe('an engine on MongoDB', () => {
  let url: string;
  let folders: string[];
  const engines: Engine[] = [];
  before(async function () {
    this.timeout(180_000);
    await requireMongod(this)();
  });
  beforeEach(async () => {
    url = await adapter.newPlace();
    folders = [await folder(), await folder()];
  });
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.stop(1000);
    for (const path of folders) await rm(path, { recursive: true });
    const connection = await createConnection(environmentUrl(url, 'staging')).asPromise();
    await connection.dropDatabase();
    await connection.close();
  });
  after(async function () {
    this.timeout(180_000);
    await removeAllPlaces();
    await stopMongod();
  });

  const folder = () => mkdtemp(join(tmpdir(), 'wardflow-engine-'));
  const start = async (dataFolder: string): Promise<Engine> => {
    const engine = await createEngine({
      environment: 'staging',
      dataFolder,
      store: { adapter: 'mongodb', url },
      bindings: { feeds: {}, endpoints: {} },
      clock: new ManualClock(T0),
      log: silentLog,
    });
    engines.push(engine);
    engine.start();
    return engine;
  };
  /** Claims what is there and never settles it. */
  const holdWork = (engine: Engine): Promise<string> =>
    new Promise((resolve) => {
      engine.dispatcher.addSource({
        id: SUBSCRIPTION,
        definition: 'flow-a',
        capacity: 1,
        leaseMs: 60_000,
        deliver: (work) => resolve(work.id),
      });
    });

  it('gives back at its start what its earlier life had claimed, and nothing of another runtime', async function () {
    this.timeout(180_000);
    const [here = '', there = ''] = folders;
    const [one, two] = [await start(here), await start(there)];
    const item = await acceptOne(one.store);
    const held = await two.store.work.claim([
      { subscription: SUBSCRIPTION, limit: 1, owner: 'staging/elsewhere', now: T0, leaseUntil: T0 + 60_000 },
    ]);
    assert.equal(held[0]?.id, item.id);
    await one.stop(1000);
    const again = await start(here);
    assert.equal((await again.store.work.get(item.id))?.state, 'claimed', 'another runtime holds it');
    const mine = await acceptOne(again.store);
    const given = holdWork(again);
    again.dispatcher.wake();
    assert.equal(await given, mine.id);
    await again.stop(0);
    const third = await start(here);
    assert.notEqual((await third.store.work.get(mine.id))?.state, 'claimed', 'its own earlier life held it');
    assert.equal((await third.store.work.get(item.id))?.state, 'claimed');
  });

  it('works through a key without waiting for its slow poll', async function () {
    this.timeout(180_000);
    const engine = await start(folders[0] ?? '');
    const orders: string[] = [];
    for (let i = 0; i < 20; i++) orders.push((await acceptOne(engine.store, { orderingKey: 'one-key' })).id);
    const taken: string[] = [];
    const all = Promise.withResolvers<void>();
    engine.dispatcher.addSource({
      id: SUBSCRIPTION,
      definition: 'flow-a',
      capacity: 4,
      leaseMs: 60_000,
      deliver(work) {
        taken.push(work.id);
        const end = { outcome: { kind: 'done' }, trace: [], version: null } as const;
        void engine.dispatcher
          .finish(work, end)
          .then(() => (taken.length === orders.length ? all.resolve() : undefined));
      },
    });
    await all.promise;
    assert.deepEqual(taken, orders);
  });

  it('keeps each environment in a database of its own, and the options of the URL', () => {
    assert.equal(environmentUrl('mongodb://h/?replicaSet=r', 'staging'), 'mongodb://h/wardflow_staging?replicaSet=r');
    assert.equal(
      environmentUrl('mongodb://u:p@h,i/site?replicaSet=r', 'production'),
      'mongodb://u:p@h,i/site_production?replicaSet=r&authSource=site',
    );
    assert.equal(
      environmentUrl('mongodb+srv://u:p@h/?authSource=x', 'staging'),
      'mongodb+srv://u:p@h/wardflow_staging?authSource=x',
    );
  });
});
