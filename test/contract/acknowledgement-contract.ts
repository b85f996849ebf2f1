import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { AcknowledgementRecord, MakeAcknowledgement, OwedAcknowledgement, Store } from '../../engine/index.ts';
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

const DUE = T0 + 60_000;
const LAPSE = T0 + WINDOW;
const owed = (over: Partial<OwedAcknowledgement> = {}): OwedAcknowledgement => ({
  condition: 'AL',
  dueAt: DUE,
  lapseAt: LAPSE,
  endpoint: null,
  ...over,
});
const make = (messageId: string, over: Partial<MakeAcknowledgement> = {}): MakeAcknowledgement => ({
  messageId,
  code: 'AA',
  bytes: Buffer.from('MSH|made'),
  by: 'flow',
  definition: 'flow-a',
  at: T0 + 5,
  ...over,
});

export function describeAcknowledgements(adapter: StoreAdapter): void {
  describe('acknowledgements', () => {
    const opened = new Opened(adapter);
    let store: Store;
    let place: string;
    beforeEach(async () => {
      place = await opened.place();
      store = await opened.open(place);
    });
    afterEach(() => opened.clear());

    const acceptOwed = async (over: Partial<OwedAcknowledgement> = {}, items = 1): Promise<string> => {
      const message = newMessage({ acknowledgement: owed(over) });
      const work = Array.from({ length: items }, (_, n) => newWork(message, { subscription: `flow-a/in-${n}` }));
      await store.journal.accept(message, work, WINDOW);
      return message.id;
    };
    const record = async (messageId: string): Promise<AcknowledgementRecord> => {
      const found = await store.acknowledgements.get(messageId);
      assert.ok(found);
      return found;
    };

    it('keeps what is owed with the message, and nothing where nothing is owed', async () => {
      const messageId = await acceptOwed({ condition: 'ER', endpoint: 'sender' });
      assert.deepEqual(await record(messageId), {
        messageId,
        feed: 'lab',
        state: 'awaited',
        condition: 'ER',
        dueAt: DUE,
        lapseAt: LAPSE,
        endpoint: 'sender',
        code: null,
        madeAt: null,
        madeBy: null,
        definition: null,
        deliveredAt: null,
        tries: 0,
        nextAt: DUE,
        failureCode: null,
      });
      assert.equal(await store.acknowledgements.bytes(messageId), undefined);
      const original = newMessage();
      await store.journal.accept(original, [newWork(original)], WINDOW);
      assert.equal(await store.acknowledgements.get(original.id), undefined);
      assert.deepEqual(await store.acknowledgements.make(make(original.id)), { kind: 'not-owed' });
      assert.deepEqual(await store.acknowledgements.make(make('nobody')), { kind: 'not-owed' });
    });

    it('owes nothing for a resend, which has its first to ask', async () => {
      const first = newMessage({ controlId: 'C1', body: 'MSH|same', acknowledgement: owed() });
      await store.journal.accept(first, [newWork(first)], WINDOW);
      const again = newMessage({ controlId: 'C1', body: 'MSH|same', acknowledgement: owed() });
      const outcome = await store.journal.accept(again, [newWork(again)], WINDOW);
      assert.equal(outcome.kind, 'resend');
      assert.equal(await store.acknowledgements.get(again.id), undefined);
      assert.equal((await record(first.id)).state, 'awaited');
    });

    it('keeps one that is made with the message itself', async () => {
      const made = { code: 'AE', bytes: Buffer.from('MSH|none'), by: 'unrouted' } as const;
      const message = newMessage({ acknowledgement: owed({ made }) });
      await store.journal.accept(message, [], WINDOW);
      const { state, code, madeBy, madeAt, nextAt } = await record(message.id);
      assert.deepEqual([state, code, madeBy, madeAt, nextAt], ['made', 'AE', 'unrouted', T0, LAPSE]);
      assert.equal(Buffer.from((await store.acknowledgements.bytes(message.id)) ?? []).toString(), 'MSH|none');
    });

    it('lets the first that is made count, of many that race in two processes', async () => {
      const messageId = await acceptOwed();
      const other = await opened.open(place);
      const outcomes = await Promise.all(
        Array.from({ length: 12 }, (_, n) =>
          (n % 2 === 0 ? store : other).acknowledgements.make(
            make(messageId, {
              code: n % 3 === 0 ? 'AA' : 'AE',
              bytes: Buffer.from(`MSH|${n}`),
              definition: `flow-${n}`,
              audit: [auditEntry('acknowledgement.made', { messageId })],
            }),
          ),
        ),
      );
      const first = outcomes.filter(({ kind }) => kind === 'made');
      assert.equal(first.length, 1);
      const nth = outcomes.findIndex(({ kind }) => kind === 'made');
      const now = await record(messageId);
      assert.equal(now.definition, `flow-${nth}`);
      for (const outcome of outcomes) assert.ok('record' in outcome && outcome.record.definition === now.definition);
      assert.equal(Buffer.from((await other.acknowledgements.bytes(messageId)) ?? []).toString(), `MSH|${nth}`);
      const audits = [...(await store.audit.list({ limit: 100 })), ...(await other.audit.list({ limit: 100 }))];
      assert.equal(new Set(audits.map((entry) => entry.hash)).size, 1, 'the loser writes no record');
    });

    for (const [condition, code, state] of [
      ['AL', 'AA', 'made'],
      ['AL', 'AR', 'made'],
      ['ER', 'AA', 'unwanted'],
      ['ER', 'AE', 'made'],
      ['ER', 'AR', 'made'],
      ['SU', 'AA', 'made'],
      ['SU', 'AE', 'unwanted'],
    ] as const)
      it(`takes ${code} under ${condition} as ${state}`, async () => {
        const messageId = await acceptOwed({ condition });
        assert.equal((await store.acknowledgements.make(make(messageId, { code }))).kind, state);
        const now = await record(messageId);
        assert.deepEqual([now.state, now.nextAt], [state, state === 'made' ? LAPSE : null]);
        assert.equal((await store.acknowledgements.make(make(messageId, { code: 'AE' }))).kind, 'made-before');
      });

    it('makes none for the end of work while any of it is open, parked work and children too', async () => {
      const messageId = await acceptOwed({}, 2);
      const ending = make(messageId, { code: 'AE', by: 'ended', definition: null });
      const refused = async (why: string): Promise<void> => {
        assert.deepEqual(await store.acknowledgements.make(ending), { kind: 'open' }, why);
        assert.deepEqual(await store.acknowledgements.ended(10), [], why);
      };
      await refused('both wait');
      const [one] = await claimOf(store, 1, { subscription: 'flow-a/in-0' });
      assert.ok(one);
      await refused('one is claimed');
      await store.work.settle({
        workId: one.id,
        fence: one.fence,
        at: T0,
        trace: [],
        version: null,
        settlement: DONE,
        children: [
          newChild(one, 'k', { child: { parentWorkId: one.id, key: 'k', kind: 'park', data: null, state: 'parked' } }),
        ],
      });
      const [two] = await claimOf(store, 1, { subscription: 'flow-a/in-1' });
      assert.ok(two);
      await settleAs(store, two, retryAt(T0 + 10));
      await refused('one is retried, one has a parked child');
      const [again] = await claimOf(store, 1, { subscription: 'flow-a/in-1', now: T0 + 10 });
      assert.ok(again);
      await settleAs(store, again, DEAD);
      await refused('one is dead, the child is parked');
      const child = (await store.work.ofMessage(messageId)).find(({ childKind }) => childKind === 'park');
      assert.ok(child);
      await store.work.discard(child.id, T0, 'not needed', auditEntry('work.discarded'));
      assert.deepEqual(
        (await store.acknowledgements.ended(10)).map((found) => found.messageId),
        [messageId],
      );
      assert.deepEqual(await store.acknowledgements.ended(10, ['another']), []);
      assert.equal((await store.acknowledgements.ended(10, ['another', messageId])).length, 1);
      assert.equal((await store.acknowledgements.make(ending)).kind, 'made');
      assert.deepEqual(await store.acknowledgements.ended(10), []);
    });

    it('says what is due after it was opened again: deadlines, tries, lapses', async () => {
      const late = await acceptOwed({ dueAt: DUE + 5 });
      const soon = await acceptOwed();
      const sending = await acceptOwed({ endpoint: 'sender' });
      const waiting = await acceptOwed();
      await store.acknowledgements.make(make(sending));
      await store.acknowledgements.make(make(waiting));
      await store.close();
      store = await opened.open(place);
      const due = async (now: number): Promise<readonly string[]> =>
        (await store.acknowledgements.due(now, 10)).map(({ messageId }) => messageId);
      assert.equal(await store.acknowledgements.nextDue(), T0 + 5, 'the try at the endpoint');
      assert.deepEqual(await due(T0 + 4), []);
      assert.deepEqual(await due(T0 + 5), [sending]);
      assert.deepEqual(await due(DUE), [sending, soon]);
      assert.deepEqual(await due(LAPSE), [sending, soon, late, waiting]);
      assert.equal((await store.acknowledgements.due(LAPSE, 2)).length, 2);
      assert.deepEqual(
        (await store.acknowledgements.due(DUE, 1, ['sender', 'other'])).map(({ messageId }) => messageId),
        [soon],
        'what a resting receiver has to wait for holds nothing else up',
      );
      assert.equal(Buffer.from((await store.acknowledgements.bytes(sending)) ?? []).toString(), 'MSH|made');
    });

    it('gives one of two takers the try, and another after it failed or was lost', async () => {
      const messageId = await acceptOwed({ endpoint: 'sender' });
      const { acknowledgements } = store;
      assert.equal(await acknowledgements.take(messageId, DUE, DUE + 1), false, 'nothing is made yet');
      await acknowledgements.make(make(messageId));
      const taken = await Promise.all([1, 2].map(() => acknowledgements.take(messageId, T0 + 5, T0 + 100)));
      assert.deepEqual(taken.filter((mine) => mine).length, 1);
      let now = await record(messageId);
      assert.deepEqual([now.tries, now.nextAt], [1, T0 + 100], 'a process that dies with it leaves it due then');
      await acknowledgements.failed(messageId, 'mllp-unreachable', T0 + 200);
      now = await record(messageId);
      assert.deepEqual([now.state, now.failureCode, now.nextAt], ['made', 'mllp-unreachable', T0 + 200]);
      assert.equal(await acknowledgements.take(messageId, T0 + 200, T0 + 300), true);
      await acknowledgements.delivered(messageId, T0 + 250);
      now = await record(messageId);
      assert.deepEqual(
        [now.state, now.tries, now.nextAt, now.deliveredAt, now.failureCode],
        ['delivered', 2, null, T0 + 250, null],
      );
      await acknowledgements.failed(messageId, 'late', T0 + 999);
      assert.equal((await record(messageId)).nextAt, null, 'a late report changes nothing');
    });

    it('sends again to an endpoint when the message comes again, and never to a connection', async () => {
      const there = await acceptOwed({ endpoint: 'sender' });
      const here = await acceptOwed();
      for (const id of [there, here]) {
        assert.equal(await store.acknowledgements.again(id, T0), false, 'it is awaited');
        await store.acknowledgements.make(make(id));
        await store.acknowledgements.delivered(id, T0 + 6);
      }
      assert.equal(await store.acknowledgements.again(there, T0 + 50), true);
      assert.deepEqual([(await record(there)).state, (await record(there)).nextAt], ['made', T0 + 50]);
      assert.equal(await store.acknowledgements.again(here, T0 + 50), false);
      assert.equal((await record(here)).state, 'delivered');
    });

    it('lapses what nobody took, with its record, and counts by feed what is under way', async () => {
      const lapsing = await acceptOwed();
      await acceptOwed({ dueAt: T0 });
      await acceptOwed();
      const gone = await acceptOwed();
      await store.acknowledgements.make(make(lapsing));
      await store.acknowledgements.make(make(gone));
      await store.acknowledgements.delivered(gone, T0);
      const counts = async () => store.acknowledgements.counts(T0);
      assert.deepEqual(await counts(), [{ feed: 'lab', awaited: 2, overdue: 1, undelivered: 1 }]);
      const audit = auditEntry('acknowledgement.lapsed', { messageId: lapsing });
      assert.equal(await store.acknowledgements.lapse(lapsing, audit), true);
      assert.equal(await store.acknowledgements.lapse(lapsing, audit), false);
      assert.equal(await store.acknowledgements.lapse(gone, audit), false);
      assert.deepEqual([(await record(lapsing)).state, (await record(lapsing)).nextAt], ['lapsed', null]);
      assert.deepEqual(await counts(), [{ feed: 'lab', awaited: 2, overdue: 1, undelivered: 0 }]);
      assert.equal((await store.audit.list({ messageId: lapsing, limit: 10 })).length, 1);
    });

    it('keeps body and entry until it is delivered, and goes with the one and with the other', async () => {
      const messageId = await acceptOwed();
      const [item] = await claimOf(store, 1, { subscription: 'flow-a/in-0' });
      assert.ok(item);
      await settleAs(store, item, DONE);
      const later = T0 + 10 * WINDOW;
      const purge = (bodies: boolean, messages: boolean) =>
        store.retention.purge({
          bodiesBefore: bodies ? later : null,
          messagesBefore: messages ? later : null,
          limit: 10,
        });
      assert.deepEqual(await purge(true, true), { bodies: 0, messages: 0, more: false });
      await store.acknowledgements.make(make(messageId));
      assert.deepEqual(await purge(true, true), { bodies: 0, messages: 0, more: false });
      assert.ok(await store.acknowledgements.bytes(messageId), 'what was made is still there for a resend');
      await store.acknowledgements.delivered(messageId, T0);
      assert.deepEqual(await purge(true, false), { bodies: 1, messages: 0, more: false });
      assert.equal(await store.acknowledgements.bytes(messageId), undefined, 'it may hold what the body held');
      assert.equal((await record(messageId)).code, 'AA');
      assert.deepEqual(await purge(false, true), { bodies: 0, messages: 1, more: false });
      assert.equal(await store.acknowledgements.get(messageId), undefined);
    });
  });
}
