import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Escalation, NewMessage, PurgeResult, Store } from '../../engine/index.ts';
import {
  acceptOne,
  auditEntry,
  claimOf,
  DEAD,
  DONE,
  FAILURE,
  newChild,
  newMessage,
  newWork,
  settleAs,
  SUBSCRIPTION,
  T0,
  WINDOW,
} from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

const DAY = 86_400_000;
const NOW = T0 + 100 * DAY;
const OLD = { receivedAt: T0 };
const KEY = { kind: 'patient', value: '4711' } as const;

export function describeRetention(adapter: StoreAdapter): void {
  describe('retention', () => {
    const opened = new Opened(adapter);
    let store: Store;
    let place: string;
    beforeEach(async () => {
      place = await opened.place();
      store = await opened.open(place);
    });
    afterEach(() => opened.clear());

    /** Steps until there is no more; gives what went in all and the largest step. */
    const purgeAll = async (
      bodiesBefore: number | null,
      messagesBefore: number | null,
      limit = 10,
    ): Promise<Pick<PurgeResult, 'bodies' | 'messages'> & { readonly largest: number }> => {
      let [bodies, messages, largest, steps] = [0, 0, 0, 0];
      for (let more = true; more;) {
        const step = await store.retention.purge({ bodiesBefore, messagesBefore, limit });
        bodies += step.bodies;
        messages += step.messages;
        largest = Math.max(largest, step.bodies + step.messages);
        more = step.more;
        assert.ok(++steps < 1000, 'it comes to an end');
      }
      return { bodies, messages, largest };
    };
    const processed = async (message: Partial<NewMessage> & { body?: string } = OLD): Promise<string> => {
      const { messageId } = await acceptOne(store, {}, message);
      for (const claimed of await claimOf(store)) await settleAs(store, claimed, DONE);
      return messageId;
    };

    it('takes the bodies of finished messages and leaves their entries and answers', async () => {
      const old = await processed({ ...OLD, keys: [KEY] });
      const young = await processed({ receivedAt: NOW });
      assert.deepEqual(await purgeAll(NOW, null), { bodies: 1, messages: 0, largest: 1 });
      assert.equal(await store.journal.bytes(old), undefined);
      const entry = await store.journal.get(old);
      assert.deepEqual([entry?.state, entry?.answer.text], ['done', `MSH|ack|${old}`]);
      assert.equal((await store.journal.list({ key: KEY })).length, 1);
      assert.ok(await store.journal.bytes(young));
      assert.equal((await purgeAll(NOW, null)).bodies, 0, 'once');
    });

    it('takes what an effect was about to send with the body', async () => {
      const id = await processed();
      const identity = { key: 'e1', messageId: id, workId: 'w', name: 'n', definition: 'd', ...EFFECT };
      const ask = (text: string) => store.effects.begin(identity, 'life', T0, new Uint8Array(Buffer.from(text)));
      const fail = () => store.effects.finish('e1', { state: 'failed', failure: FAILURE }, T0);
      await ask('first');
      await fail();
      const again = await ask('second');
      assert.equal(again.kind === 'act' && Buffer.from(again.request ?? []).toString(), 'first');
      await fail();
      assert.equal((await purgeAll(NOW, null)).bodies, 1);
      assert.deepEqual(await ask('third'), { kind: 'act', after: 'failed', tries: 3 });
    });

    it('answers a resend of a message whose body has gone with the first answer', async () => {
      const first = newMessage({ ...OLD, controlId: 'C1', body: 'same' });
      await store.journal.accept(first, [], WINDOW);
      assert.equal((await purgeAll(NOW, null)).bodies, 1);
      const again = newMessage({ receivedAt: T0 + 5, controlId: 'C1', body: 'same' });
      const outcome = await store.journal.accept(again, [], WINDOW);
      assert.ok(outcome.kind === 'resend');
      assert.equal(Buffer.from(outcome.answer.bytes).toString(), `MSH|ack|${first.id}`);
    });

    it('takes finished messages with all that belongs to them, and never the audit trail', async () => {
      const id = await processed({ ...OLD, keys: [KEY] });
      const [work] = await store.work.ofMessage(id);
      await store.effects.begin(
        { key: 'e1', messageId: id, workId: work?.id ?? '', name: 'n', definition: 'd', ...EFFECT },
        'life',
        T0,
      );
      await store.audit.append([auditEntry('effect.done', { messageId: id })]);
      await processed({ receivedAt: NOW });
      assert.deepEqual(await purgeAll(null, NOW), { bodies: 0, messages: 1, largest: 1 });
      assert.equal(await store.journal.get(id), undefined);
      assert.equal(await store.journal.bytes(id), undefined);
      assert.deepEqual(await store.work.ofMessage(id), []);
      assert.equal(await store.work.get(work?.id ?? ''), undefined);
      assert.deepEqual(await store.effects.ofMessage(id), []);
      assert.deepEqual(await store.journal.list({ key: KEY }), []);
      assert.equal((await store.audit.list({ messageId: id })).length, 1);
    });

    it('keeps the counts right, and the totals of feeds', async () => {
      for (let i = 0; i < 3; i++) await processed();
      await processed({ receivedAt: NOW });
      await purgeAll(null, NOW);
      const counts = await store.journal.counts();
      assert.deepEqual([counts.done, counts.total], [1, 1]);
      assert.equal((await store.work.counts()).done, 1);
      assert.equal((await store.journal.lastPerFeed())[0]?.total, 4);
    });

    it('never takes a message that is waiting, in flight, parked or dead, or has such a child', async () => {
      const waiting = await acceptOne(store, { subscription: 'elsewhere/in' }, OLD);
      const inFlight = await acceptOne(store, {}, OLD);
      await claimOf(store);
      const dead = await acceptOne(store, {}, OLD);
      for (const claimed of await claimOf(store)) await settleAs(store, claimed, DEAD);
      const parent = await acceptOne(store, {}, OLD);
      const children = [newChild(parent, 'k', { child: { parentWorkId: parent.id, key: 'k', ...PARKED } })];
      for (const { id: workId, fence } of await claimOf(store)) {
        await store.work.settle({ workId, fence, at: T0, settlement: DONE, trace: [], version: null, children });
      }
      assert.deepEqual(await purgeAll(NOW, NOW), { bodies: 0, messages: 0, largest: 0 });
      for (const { messageId } of [waiting, inFlight, dead, parent]) assert.ok(await store.journal.bytes(messageId));
    });

    it('never takes a message whose escalation nobody has answered', async () => {
      const [open, ended] = [await processed(), await processed()];
      await store.escalations.start(escalation(open));
      await store.escalations.start(escalation(ended));
      const by = { actor: 'user:ana', via: 'console' };
      await store.escalations.end(ended, 'acknowledged', by, T0, null, auditEntry('escalation.acknowledged'));
      assert.equal((await purgeAll(NOW, NOW)).messages, 1);
      assert.ok(await store.journal.bytes(open));
      assert.equal(await store.escalations.get(ended), undefined);
      assert.ok(await store.escalations.get(open));
    });

    it('works in steps of at most the size given, past what must stay', async () => {
      for (let i = 0; i < 30; i++) await acceptOne(store, { subscription: 'elsewhere/in' }, OLD);
      for (let i = 0; i < 25; i++) await processed();
      await processed({ receivedAt: NOW });
      assert.deepEqual(await purgeAll(NOW, null, 4), { bodies: 25, messages: 0, largest: 4 });
      assert.deepEqual(await purgeAll(NOW, NOW, 4), { bodies: 0, messages: 25, largest: 4 });
      assert.equal((await store.journal.counts()).total, 31);
    });

    it('takes what was left, once it is finished', async () => {
      const late = await acceptOne(store, {}, OLD);
      await processed({ receivedAt: NOW, body: 'x' });
      const dead = await acceptOne(store, {}, OLD);
      for (const claimed of await claimOf(store)) await settleAs(store, claimed, DEAD);
      assert.equal((await purgeAll(NOW, NOW)).messages, 1, 'the first was done with the other');
      assert.equal(await store.journal.get(late.messageId), undefined);
      await store.work.discard(dead.id, T0, 'r', auditEntry('work.discarded'));
      assert.equal((await purgeAll(NOW, NOW)).messages, 1);
    });

    it('purges what had no work: unrouted, quarantined and resent messages', async () => {
      await store.journal.accept(newMessage({ ...OLD, controlId: 'C1', body: 'b' }), [], WINDOW);
      await store.journal.accept(newMessage({ ...OLD, controlId: 'C1', body: 'b' }), [], WINDOW);
      const quarantine = { code: 'hl7-bad', text: 'It cannot be read.' };
      await store.journal.accept(newMessage({ ...OLD, quarantine }), [], WINDOW);
      assert.equal((await purgeAll(null, NOW)).messages, 3);
      assert.equal((await store.journal.counts()).total, 0);
    });

    it('goes on while messages come in and are worked on', async () => {
      for (let i = 0; i < 40; i++) await processed();
      const traffic = async (): Promise<void> => {
        for (let i = 0; i < 40; i++) await processed({ receivedAt: NOW });
      };
      const [purged] = await Promise.all([purgeAll(null, NOW, 3), traffic()]);
      assert.equal(purged.messages, 40);
      const left = await store.journal.list({ limit: 1000 });
      assert.equal(left.length, 40);
      assert.equal((await store.work.counts()).done, 40);
    });

    it('comes to an end, and has then taken all that may go, whatever it is asked for in between', async function () {
      this.timeout(180_000);
      const random = sequence(20_260_105);
      const chance = (share: number): boolean => random() < share;
      const asked = (): { bodiesBefore: number | null; messagesBefore: number | null } => {
        const kind = random();
        return { bodiesBefore: kind < 0.7 ? NOW : null, messagesBefore: kind > 0.3 ? NOW : null };
      };
      const owed = new Set<string>();
      const going = new Set<string>();
      for (let round = 0; round < 6; round++) {
        for (let i = 0; i < 25; i++) {
          if (chance(0.3)) owed.add((await acceptOne(store, { subscription: 'elsewhere/in' }, OLD)).messageId);
          else if (chance(0.2)) owed.add(await processed({ receivedAt: NOW }));
          else going.add(await processed());
        }
        // Rounds that are broken off: the next request may want something else.
        for (let i = 0; i < 5; i++) await store.retention.purge({ ...asked(), limit: 1 + Math.floor(random() * 4) });
        const { bodiesBefore, messagesBefore } = asked();
        const limit = 1 + Math.floor(random() * 6);
        await purgeAll(bodiesBefore, messagesBefore, limit);
        await purgeAll(NOW, NOW, limit);
        assert.deepEqual(await purgeAll(NOW, NOW, limit), { bodies: 0, messages: 0, largest: 0 });
        for (const id of going) assert.equal(await store.journal.get(id), undefined);
        for (const id of owed) assert.ok(await store.journal.bytes(id));
      }
      assert.ok(going.size > 50 && owed.size > 30);
    });

    it('comes past large messages that must stay', async function () {
      this.timeout(180_000);
      const body = 'x'.repeat(9 * 1024 * 1024);
      for (let i = 0; i < 3; i++)
        await acceptOne(store, { subscription: 'elsewhere/in' }, { ...OLD, body: `${body}${i}` });
      const last = await processed();
      assert.equal((await purgeAll(NOW, null, 1)).bodies, 1);
      assert.equal(await store.journal.bytes(last), undefined);
    });

    it('keeps the order within a key when the number of a message is used again', async () => {
      await processed();
      await purgeAll(null, NOW);
      const item = await acceptOne(store, { orderingKey: 'k' });
      const next = newMessage();
      await store.journal.accept(next, [newWork(next, { orderingKey: 'k' })], WINDOW);
      assert.deepEqual(
        (await claimOf(store, 10, { subscription: SUBSCRIPTION })).map(({ id }) => id),
        [item.id],
      );
      assert.equal((await store.work.get(item.id))?.attempts.length, 1);
    });
  });
}

/** Numbers in [0, 1), the same in each run: mulberry32. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const EFFECT = { target: 'ehr: create Task', discriminator: '', version: '1' } as const;
const PARKED = { kind: 'park', data: null, state: 'parked' } as const;

function escalation(messageId: string): Escalation {
  return {
    id: messageId,
    key: `key-${messageId}`,
    messageId,
    workId: 'w',
    definition: 'flow-a',
    subscription: 'flow-a/ladder',
    name: 'ladder',
    ladder: 'l',
    ladderVersion: 'v',
    steps: [],
    exhausted: 'fallback',
    startedAt: T0,
    nextStep: 0,
    nextAt: T0 + 1,
    state: 'open',
    title: 't',
    lane: 'stat',
    watch: null,
    carry: null,
    correlationId: 'c',
    traceparent: 't',
    endedAt: null,
    endedBy: null,
  };
}
