import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { silentLog, type NewMessage, type Store } from '../../engine/index.ts';
import { openSqliteStore } from '../../engine/store/sqlite/open.ts';
import { eventually } from '../kit/eventually.ts';
import { newMessage, newWork, SUBSCRIPTION, T0, WINDOW } from '../kit/store-builders.ts';

/** What the disk has of a database after a power cut: the file, the log as far as it was flushed, and the arrivals. */
const DATABASE = ['wardflow.db', 'wardflow.db-wal'];
const ARRIVALS = 'wardflow.db-arrivals';

describe('messages that are answered before they are in the database', () => {
  const folders: string[] = [];
  const stores: Store[] = [];
  let folder: string;
  let store: Store;

  const newFolder = (): string => {
    const made = mkdtempSync(join(tmpdir(), 'wardflow-arrivals-'));
    folders.push(made);
    return made;
  };
  const open = async (at: string): Promise<Store> => {
    const opened = await openSqliteStore({ folder: at, log: silentLog });
    stores.push(opened);
    return opened;
  };
  const copy = (files: readonly string[], to: string): void => {
    for (const file of files) if (existsSync(join(folder, file))) copyFileSync(join(folder, file), join(to, file));
  };
  const accept = async (count: number, over: Parameters<typeof newMessage>[0] = {}): Promise<NewMessage[]> => {
    const messages = Array.from({ length: count }, () => newMessage(over));
    for (const message of messages) {
      const outcome = await store.journal.accept(message, [newWork(message, { orderingKey: 'p-1' })], WINDOW);
      assert.equal(outcome.kind, 'accepted');
    }
    return messages;
  };
  const kept = async (at: Store): Promise<string[]> => (await at.journal.list({})).map(({ id }) => id).toReversed();

  beforeEach(async () => {
    folder = newFolder();
    store = await open(folder);
  });
  afterEach(async () => {
    for (const one of stores.splice(0)) await one.close();
    for (const one of folders.splice(0)) rmSync(one, { recursive: true });
  });

  describe('after a power cut that took everything of the database since the start', () => {
    let after: string;
    beforeEach(() => {
      after = newFolder();
      copy(DATABASE, after);
    });

    it('are there, whole and in their order, and are worked on', async () => {
      const messages = await accept(3, { keys: [{ kind: 'patient', value: 'p-1' }] });
      copy([ARRIVALS], after);
      const recovered = await open(after);
      assert.deepEqual(
        await kept(recovered),
        messages.map(({ id }) => id),
      );
      for (const message of messages) {
        const found = await recovered.journal.get(message.id);
        assert.deepEqual([found?.state, found?.answer], ['accepted', { code: 'AA', text: `MSH|ack|${message.id}` }]);
        assert.deepEqual(await recovered.journal.bytes(message.id), new Uint8Array(message.bytes));
      }
      const ofPatient = await recovered.journal.list({ key: { kind: 'patient', value: 'p-1' } });
      assert.equal(ofPatient.length, 3);
      const request = { subscription: SUBSCRIPTION, limit: 10, owner: 'me', now: T0, leaseUntil: T0 + 60_000 };
      const [first, ...others] = await recovered.work.claim([request]);
      assert.deepEqual([first?.messageId, others.length], [messages[0]?.id, 0], 'one key is worked on one by one');
      assert.deepEqual(first?.message.bytes, new Uint8Array(messages[0]?.bytes ?? []));
    });

    it('are known when they are sent again', async () => {
      const [message] = (await accept(1)) as [NewMessage];
      copy([ARRIVALS], after);
      const again = { ...message, id: 'again' };
      const outcome = await (await open(after)).journal.accept(again, [newWork(again)], WINDOW);
      assert.partialDeepStrictEqual(outcome, { kind: 'resend', first: message.id });
    });

    it('are taken in once, however often the start is interrupted and repeated', async () => {
      const messages = await accept(3);
      copy([ARRIVALS], after);
      const arrivals = readFileSync(join(after, ARRIVALS));
      const recovered = await open(after);
      assert.equal((await kept(recovered)).length, 3);
      await recovered.close();
      // As if the start had been cut off between taking them in and beginning the file anew.
      const db = new DatabaseSync(join(after, 'wardflow.db'));
      db.prepare("UPDATE counter SET name = ?, n = 3 WHERE kind = 'arrivals'").run(
        arrivals.toString('latin1').slice('wardflow arrivals 1\n'.length, 'wardflow arrivals 1\n'.length + 32),
      );
      db.close();
      writeFileSync(join(after, ARRIVALS), arrivals);
      assert.deepEqual(
        await kept(await open(after)),
        messages.map(({ id }) => id),
      );
    });

    it('are there up to the first whose write was cut off, which nobody was answered for', async () => {
      const messages = await accept(3);
      copy([ARRIVALS], after);
      const file = readFileSync(join(after, ARRIVALS));
      const last = file.lastIndexOf(messages[2]?.id ?? '');
      file.fill(0, last);
      writeFileSync(join(after, ARRIVALS), file);
      assert.deepEqual(
        await kept(await open(after)),
        messages.slice(0, 2).map(({ id }) => id),
      );
    });

    it('are not those of an earlier life of the file, which go on behind its last', async () => {
      await accept(5);
      await store.close();
      store = await open(folder);
      copy(DATABASE, after);
      forgetMessages(join(after, 'wardflow.db'));
      // As long as the first two, whose places they take: the third of the earlier life stands right behind.
      const later = await accept(2);
      copy([ARRIVALS], after);
      assert.deepEqual(
        await kept(await open(after)),
        later.map(({ id }) => id),
      );
    });

    it('are not those of another database', async () => {
      await accept(3);
      const other = newFolder();
      await (await open(other)).close();
      copy([ARRIVALS], other);
      assert.deepEqual(await kept(await open(other)), []);
    });
  });

  describe('and that the database does not take', () => {
    const taken = (at: Store, id: string): Promise<void> =>
      eventually('it is in the database', async () => (await at.journal.get(id))?.state === 'accepted');

    it('are in it as soon as it takes messages again; until then no other is answered', async () => {
      const database = join(folder, 'wardflow.db');
      refuse(database);
      const [answered, withheld] = [newMessage(), newMessage()];
      const outcome = await store.journal.accept(answered, [newWork(answered)], WINDOW);
      assert.equal(outcome.kind, 'accepted');
      assert.equal(await store.journal.get(answered.id), undefined);
      await assert.rejects(store.journal.accept(withheld, [newWork(withheld)], WINDOW), { code: 'store-failed' });
      refuse(database, false);
      await taken(store, answered.id);
      const again = newMessage();
      assert.equal((await store.journal.accept(again, [newWork(again)], WINDOW)).kind, 'accepted');
      assert.deepEqual(await kept(store), [answered.id, again.id]);
    });

    it('are in the file until a later start, which takes them in as soon as the database takes them', async () => {
      const [first] = await accept(1);
      refuse(join(folder, 'wardflow.db'));
      const lost = newMessage();
      await store.journal.accept(lost, [newWork(lost)], WINDOW);
      await store.close();
      store = await open(folder);
      assert.deepEqual(await kept(store), [first?.id]);
      await store.close();
      store = await open(folder);
      refuse(join(folder, 'wardflow.db'), false);
      await taken(store, lost.id);
      await store.close();
      store = await open(folder);
      assert.deepEqual(await kept(store), [first?.id, lost.id]);
    });
  });

  it('are kept, once each, when the file is full and begun again', async () => {
    const { size } = statSync(join(folder, ARRIVALS));
    const messages = await accept(40, { body: `MSH|^~\\&|${'x'.repeat(60_000)}` });
    assert.ok(40 * 60_000 > 2 * size);
    await store.close();
    store = await open(folder);
    assert.deepEqual(
      await kept(store),
      messages.map(({ id }) => id),
    );
    assert.equal(statSync(join(folder, ARRIVALS)).size, size);
  });

  it('are set aside where the database is older than the file, so that what came between is missing', async () => {
    const after = newFolder();
    copy(DATABASE, after);
    const [first] = await accept(40, { body: `MSH|^~\\&|${'x'.repeat(60_000)}` });
    copy([ARRIVALS], after);
    assert.equal(arrivalsOf(after).includes(first?.id ?? ''), false, 'the file was begun again');
    assert.deepEqual(await kept(await open(after)), []);
    const aside = readdirSync(after).filter((name) => name.startsWith(`${ARRIVALS}-`));
    assert.equal(aside.length, 1);
    assert.ok(readFileSync(join(after, aside[0] ?? '')).length > 0);
  });

  it('are nowhere but in the database once that has all of them, after a start', async () => {
    const [message] = await accept(1);
    assert.equal(arrivalsOf(folder).includes(message?.id ?? ''), true);
    await store.close();
    store = await open(folder);
    assert.equal(arrivalsOf(folder).includes(message?.id ?? ''), false);
    assert.deepEqual(await kept(store), [message?.id]);
  });

  it('stay in the file while a start cannot make the database durable that has them', async () => {
    const [message] = await accept(1);
    await store.close();
    const db = new DatabaseSync(join(folder, 'wardflow.db'));
    db.exec("CREATE TRIGGER no_life BEFORE DELETE ON counter BEGIN SELECT RAISE(ABORT, 'no life'); END");
    db.close();
    store = await open(folder);
    assert.equal(arrivalsOf(folder).includes(message?.id ?? ''), true);
    const [later] = await accept(1);
    assert.deepEqual(await kept(store), [message?.id, later?.id], 'the long way');
  });

  it('are read by whoever was told of them, however many are told at once', async () => {
    const messages = Array.from({ length: 200 }, () => newMessage());
    const found = await Promise.all(
      messages.map(async (message) => {
        await store.journal.accept(message, [newWork(message)], WINDOW);
        return store.journal.get(message.id);
      }),
    );
    assert.equal(found.filter((one) => one?.state === 'accepted').length, 200);
  });

  it('say what they are: of two alike in one batch the second is a resend, and what nobody wants is unrouted', async () => {
    const [first, alone] = [newMessage(), newMessage()];
    const again = { ...first, id: 'again' };
    const outcomes = await Promise.all([
      store.journal.accept(first, [newWork(first)], WINDOW),
      store.journal.accept(again, [newWork(again)], WINDOW),
      store.journal.accept(alone, [], WINDOW),
    ]);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['accepted', 'resend', 'unrouted'],
    );
    const [{ seq }] = outcomes;
    const later = newMessage();
    assert.equal((await store.journal.accept(later, [], WINDOW)).seq, seq + 3, 'the number it has in the database');
    assert.equal((await store.journal.list({ limit: 1 }))[0]?.seq, seq + 3);
  });

  it('are of one store at a time: another of the same database answers when the database has them', async () => {
    const second = await open(folder);
    const [message, other] = [newMessage(), newMessage()];
    await second.journal.accept(message, [newWork(message)], WINDOW);
    await store.journal.accept(other, [newWork(other)], WINDOW);
    assert.deepEqual(await kept(store), [message.id, other.id]);
    assert.deepEqual(
      [arrivalsOf(folder).includes(message.id), arrivalsOf(folder).includes(other.id)],
      [false, true],
      'the file has those of the first store alone',
    );
  });

  it('are refused to a store that has to be the only one while there is another', async () => {
    await assert.rejects(openSqliteStore({ folder, log: silentLog, soleWithinMs: 50 }), { code: 'store-locked' });
    await store.close();
    stores.push((store = await openSqliteStore({ folder, log: silentLog, soleWithinMs: 50 })));
    await accept(1);
  });

  it('go the long way where the file cannot be made', async () => {
    const place = newFolder();
    mkdirSync(join(place, ARRIVALS));
    store = await open(place);
    const [message] = await accept(1);
    assert.deepEqual(await kept(store), [message?.id]);
  });
});

const arrivalsOf = (folder: string): Buffer => readFileSync(join(folder, ARRIVALS));

/** From now on the database takes no message, or takes them again. */
function refuse(path: string, refused = true): void {
  const db = new DatabaseSync(path, { timeout: 5000 });
  db.exec(
    refused
      ? "CREATE TRIGGER no_more BEFORE INSERT ON message BEGIN SELECT RAISE(ABORT, 'no more'); END"
      : 'DROP TRIGGER no_more',
  );
  db.close();
}

/** Messages that were accepted and not seen by anybody since. */
function forgetMessages(path: string): void {
  const db = new DatabaseSync(path);
  db.exec(
    'DELETE FROM work; DELETE FROM message_state; DELETE FROM search_key; DELETE FROM body; DELETE FROM message;',
  );
  db.close();
}
