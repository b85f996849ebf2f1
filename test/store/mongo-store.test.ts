import assert from 'node:assert/strict';
import { createConnection } from 'mongoose';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { silentLog, verifyAudit, type Store } from '../../engine/index.ts';
import { requireDurable } from '../../engine/store/mongo/connection.ts';
import { openMongoStore } from '../../engine/store/mongo/open.ts';
import { adapter, removeAllPlaces } from '../contract/mongo-adapter.ts';
import { startStandalone, stopMongod } from '../kit/mongod.ts';
import { requireMongod, requireMongodBinary } from '../kit/requires.ts';
import {
  acceptOne,
  auditEntry,
  claimOf,
  DONE,
  newMessage,
  newWork,
  settleAs,
  T0,
  WINDOW,
} from '../kit/store-builders.ts';

type Command = { readonly name: string; readonly body: Readonly<Record<string, unknown>> };

const WRITES = new Set(['insert', 'update', 'delete', 'findAndModify', 'commitTransaction', 'create', 'createIndexes']);

describe('the store on MongoDB', () => {
  let place: string;
  const stores: Store[] = [];
  const open = async (more: Partial<Parameters<typeof openMongoStore>[0]> = {}): Promise<Store> => {
    const store = await openMongoStore({ url: place, log: silentLog, ...more });
    stores.push(store);
    return store;
  };
  before(async function () {
    this.timeout(180_000);
    await requireMongod(this)();
  });
  beforeEach(async () => {
    place = await adapter.newPlace();
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
    await adapter.removePlace(place);
  });
  after(async function () {
    this.timeout(180_000);
    await removeAllPlaces();
    await stopMongod();
  });

  it('ends what an earlier life of this runtime left open, so that it can write at once; of no other', async () => {
    const earlier = async (chain: string) => {
      await open({ chain });
      const connection = await createConnection(place, { appName: `wardflow ${chain}` }).asPromise();
      const session = connection.getClient().startSession();
      session.startTransaction();
      // What every batch changes.
      const chains = connection.getClient().db().collection('chains');
      await chains.updateOne({ _id: chain as never }, { $set: { at: 1 } }, { session, upsert: true });
      const commit = () => session.commitTransaction();
      return { commit, close: () => connection.close(true) };
    };
    const [mine, other] = [await earlier('staging/me'), await earlier('staging/other')];
    const store = await open({ chain: 'staging/me' });
    await store.audit.append([auditEntry('flow.noted')]);
    assert.equal((await store.audit.head()).seq, 1);
    await assert.rejects(mine.commit());
    await other.commit();
    await Promise.all([mine.close(), other.close()]);
  });

  it('has every write on the journal of a majority before it counts, whatever the URL says', async () => {
    const commands: Command[] = [];
    const url = new URL(place);
    url.searchParams.set('w', '1');
    url.searchParams.set('journal', 'false');
    const store = await open({ url: url.href, onCommand: (command) => commands.push(command) });
    assert.equal(store.durability.settings['write_concern'], 'w: majority, j: true');
    await acceptOne(store);
    for (const work of await claimOf(store)) await settleAs(store, work, DONE);
    await store.audit.append([auditEntry('flow.noted')]);
    const seen = new Set<string>();
    for (const { name, body } of commands) {
      if (!WRITES.has(name)) continue;
      seen.add(name);
      // What belongs to a transaction is as durable as its commit.
      if (body['autocommit'] === false && name !== 'commitTransaction') continue;
      const { w, j } = (body['writeConcern'] ?? {}) as { w?: unknown; j?: unknown };
      assert.deepEqual([w, j], ['majority', true], `${name} ${JSON.stringify(body['writeConcern'])}`);
    }
    for (const name of ['insert', 'update', 'commitTransaction', 'findAndModify']) assert.ok(seen.has(name), name);
  });

  it('refuses a client that would be acknowledged with less', () => {
    const less = [undefined, { w: 1, j: true }, { w: 'majority' }, { w: 'majority', j: true, wtimeoutMS: 5 }];
    for (const concern of less) {
      assert.throws(() => requireDurable(concern as Parameters<typeof requireDurable>[0], 'h'), {
        code: 'store-write-concern',
      });
    }
  });

  it('refuses a server that is no member of a replica set', async function () {
    this.timeout(180_000);
    requireMongodBinary(this);
    const server = await startStandalone();
    try {
      await assert.rejects(openMongoStore({ url: server.url, log: silentLog }), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'store-no-replica-set');
        assert.match(error.message, /127\.0\.0\.1/);
        return true;
      });
    } finally {
      await server.stop();
    }
  });

  it('says in one sentence what is wrong with a URL, and never repeats it', async () => {
    for (const url of ['', 'postgres://user:secret@h/db', 'mongodb://user:secret@h:99999/db', 'mongodb://']) {
      await assert.rejects(
        openMongoStore({ url, log: silentLog }),
        (error: Error & { code?: string; cause?: unknown }) => {
          assert.equal(error.code, 'store-mongodb-url');
          assert.doesNotMatch(error.message, /secret/);
          return true;
        },
      );
    }
  });

  it('refuses a database of a newer version', async () => {
    await open();
    const connection = await createConnection(place).asPromise();
    const meta = connection.getClient().db(connection.name).collection<{ _id: string; version: number }>('meta');
    const now = await meta.findOne({ _id: 'schema' });
    await meta.updateOne({ _id: 'schema' }, { $set: { version: 99 } });
    try {
      await assert.rejects(openMongoStore({ url: place, log: silentLog }), { code: 'store-mongodb-schema-newer' });
    } finally {
      await meta.updateOne({ _id: 'schema' }, { $set: { version: now?.version ?? 1 } });
      await connection.close();
    }
  });

  it('counts tasks by an index, without reading one of them', async () => {
    const store = await open();
    const connection = await createConnection(place).asPromise();
    const db = connection.getClient().db(connection.name);
    try {
      const states = ['requested', 'in-progress', 'completed'];
      await db.collection('tasks').insertMany(
        Array.from({ length: 300 }, (_, n) => ({
          key: `k${n}`,
          seq: n,
          state: states[n % 3],
          ...(n % 3 < 2 && { open: true }),
          dueRank: T0 + n,
          definition: n % 2 === 0 ? 'lab' : 'adt',
          role: 'nurse',
          ...(n % 5 === 0 && { unit: '4b' }),
          record: 'not read',
        })),
      );
      await db.command({ profile: 2 });
      const all = await store.tasks.counts({}, T0 + 30);
      const some = await store.tasks.counts({ definitions: ['lab'], role: 'nurse', unit: '4b' }, T0 + 30);
      const late = await store.tasks.counts({ overdueAt: T0 + 30 }, T0 + 30);
      assert.deepEqual([all.requested, all['in-progress'], all.completed, all.overdue], [100, 100, 100, 20]);
      assert.deepEqual([some.requested, some.completed, some.overdue], [10, 10, 2]);
      assert.deepEqual([late.requested, late.completed, late.overdue], [10, 0, 20]);
      const looks = await db
        .collection('system.profile')
        .find({ 'command.aggregate': 'tasks' }, { sort: { ts: 1 } })
        .toArray();
      assert.deepEqual(
        looks.map(({ docsExamined, planSummary }) => [docsExamined, String(planSummary).slice(0, 16)]),
        looks.map(() => [0, 'IXSCAN { state: ']),
      );
      assert.equal(looks.length, 3);
    } finally {
      await db.command({ profile: 0 });
      await db.dropCollection('system.profile');
      await connection.close();
    }
  });

  it('fills in what an earlier version did not write beside the records, for many at a time', async () => {
    const connection = await createConnection(place).asPromise();
    const db = connection.getClient().db(connection.name);
    try {
      const task = JSON.stringify({ createdAt: T0, stateSince: T0, acknowledgedAt: null, endedAt: T0 + 1 });
      const tasks = Array.from({ length: 2500 }, (_, n) => ({
        seq: n,
        key: `k${n}`,
        state: 'completed',
        record: task,
      }));
      await db.collection('tasks').insertMany(tasks);
      await db.collection('tasks').insertOne({ key: 'new', createdAt: T0 + 9, record: task });
      const overridden = JSON.stringify({ kind: 'overridden', at: T0 + 2 });
      await db.collection('taskEvents').insertMany([{ record: overridden }, { record: '{"kind":"commented"}' }]);
      const alert = JSON.stringify({ ended: { at: T0 + 3 } });
      await db.collection('alerts').insertOne({ seq: 1, state: 'closed', record: alert });
      await db.collection('alertHeld').insertOne({ at: T0, record: JSON.stringify({ group: 'g1' }) });
      const meta = db.collection<{ _id: string; version: number }>('meta');
      await meta.updateOne({ _id: 'schema' }, { $set: { version: 7 } }, { upsert: true });
      await open();
      const filled = { createdAt: T0, stateSince: T0, endedAt: T0 + 1, acknowledgedAt: { $exists: false } };
      assert.equal(await db.collection('tasks').countDocuments(filled), 2500);
      assert.equal(await db.collection('tasks').countDocuments({ key: 'new', createdAt: T0 + 9 }), 1);
      assert.equal(await db.collection('taskEvents').countDocuments({ overriddenAt: { $exists: true } }), 1);
      assert.equal(await db.collection('alerts').countDocuments({ endedAt: T0 + 3 }), 1);
      assert.equal(await db.collection('alertHeld').countDocuments({ group: 'g1' }), 1);
    } finally {
      await connection.close();
    }
  });

  it('keeps a frame that is larger than a document can be', async function () {
    this.timeout(180_000);
    const store = await open();
    const bytes = Buffer.alloc(20 * 1024 * 1024, 'MSH|0123456789');
    const message = { ...newMessage(), bytes };
    await store.journal.accept(message, [newWork(message)], WINDOW);
    assert.equal(Buffer.compare(Buffer.from((await store.journal.bytes(message.id)) ?? []), bytes), 0);
    const [claimed] = await claimOf(store);
    assert.equal(Buffer.compare(Buffer.from(claimed?.message.bytes ?? []), bytes), 0);
  });

  it('lets the neighbours of a call through that the database refuses', async () => {
    const store = await open();
    const huge = 'x'.repeat(17 * 1024 * 1024);
    const outcomes = await Promise.allSettled(
      [newMessage(), newMessage({ patientHint: huge }), newMessage()].map((message) =>
        store.journal.accept(message, [newWork(message)], WINDOW),
      ),
    );
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.equal((await store.journal.counts()).total, 2);
  });

  it('refuses what follows from a decision that could not be kept, until the item is delivered again', async () => {
    const store = await open();
    const item = await acceptOne(store);
    const [claimed] = await claimOf(store);
    assert.ok(claimed);
    const decision = {
      id: 'd1',
      messageId: item.messageId,
      workId: item.id,
      definition: 'flow-a',
      node: { id: 'n', name: 'n' },
      table: 't',
      version: 'v',
      at: T0,
      inputs: 'x'.repeat(17 * 1024 * 1024),
      matched: [],
      outputs: null,
      missing: [],
      deterministic: true,
      error: null,
      sentence: 's',
    };
    const recorded = store.decisions.record(decision);
    const settled = settleAs(store, claimed, DONE);
    await assert.rejects(recorded);
    await assert.rejects(settled, { code: 'store-decision-lost' });
    await store.work.expireLeases(T0 + 60_000);
    const [again] = await claimOf(store, 1, { now: T0 + 60_000 });
    assert.ok(again);
    assert.equal(await settleAs(store, again, DONE), 'settled');
  });

  it('gives each runtime an audit chain of its own in a database that they share', async () => {
    const [one, two] = [await open({ chain: 'one' }), await open({ chain: 'two' })];
    await Promise.all(
      [one, two, one, two].map((store) => store.audit.append([auditEntry('flow.noted'), auditEntry('flow.noted')])),
    );
    for (const store of [one, two]) {
      const verdict = await verifyAudit(store.audit);
      assert.deepEqual([verdict.intact, verdict.records], [true, 4]);
    }
  });

  it('shows a record that was changed, removed or added to behind its back', async () => {
    const store = await open();
    const connection = await createConnection(place).asPromise();
    const audit = connection.getClient().db(connection.name).collection('audit');
    try {
      await store.audit.append([auditEntry('flow.noted'), auditEntry('flow.noted'), auditEntry('flow.noted')]);
      await audit.updateOne({ seq: 2 }, { $set: { extra: 'member' } });
      assert.equal((await verifyAudit(store.audit)).intact, false, 'added to');
      await audit.updateOne({ seq: 2 }, { $unset: { extra: '' } });
      assert.equal((await verifyAudit(store.audit)).intact, true);
      await audit.updateOne({ seq: 2 }, { $set: { actor: 'user:other' } });
      assert.equal((await verifyAudit(store.audit)).intact, false, 'changed');
      await audit.deleteOne({ seq: 2 });
      assert.equal((await verifyAudit(store.audit)).intact, false, 'removed');
    } finally {
      await connection.close();
    }
  });

  it('costs an idle claim no write', async () => {
    const commands: string[] = [];
    const store = await open({ onCommand: ({ name }) => commands.push(name) });
    commands.length = 0;
    assert.deepEqual(await claimOf(store), []);
    assert.deepEqual([...new Set(commands)], ['find']);
  });
});
