import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Store } from '../../engine/index.ts';
import { acceptOne, newMessage, newWork, SUBSCRIPTION, T0, WINDOW } from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

export function describeJournal(adapter: StoreAdapter): void {
  describe('journal', () => {
    const opened = new Opened(adapter);
    let store: Store;
    beforeEach(async () => {
      store = await opened.open();
    });
    afterEach(() => opened.clear());

    it('keeps the bytes of a frame exactly, whatever they are', async () => {
      const bytes = Uint8Array.from({ length: 512 }, (_, index) => index % 256);
      await store.journal.accept({ ...newMessage({ id: 'm' }), bytes }, [], WINDOW);
      assert.deepEqual(await store.journal.bytes('m'), bytes);
      assert.equal((await store.journal.get('m'))?.size, 512);
    });

    it('keeps a view into a larger buffer as the view', async () => {
      const large = Buffer.from('before|MSH|after');
      await store.journal.accept({ ...newMessage({ id: 'm' }), bytes: large.subarray(7, 10) }, [], WINDOW);
      assert.equal(Buffer.from((await store.journal.bytes('m')) ?? []).toString(), 'MSH');
    });

    it('keeps all that is known of a message, with the answer', async () => {
      const message = newMessage({ keys: [{ kind: 'patient', value: 'p' }], patientHint: 'A.B. …4711' });
      await store.journal.accept(message, [newWork(message)], WINDOW);
      const stored = await store.journal.get(message.id);
      assert.ok(stored);
      for (const name of ['feed', 'controlId', 'type', 'sender', 'patientHint', 'receivedAt', 'connection'] as const) {
        assert.equal(stored[name], message[name], name);
      }
      for (const name of ['bodyHash', 'messageTime', 'correlationId', 'traceparent'] as const) {
        assert.equal(stored[name], message[name], name);
      }
      assert.deepEqual(stored.answer, { code: 'AA', text: `MSH|ack|${message.id}` });
      assert.equal(stored.state, 'accepted');
      assert.deepEqual(stored.definitions, ['flow-a']);
      assert.equal(stored.answeredAt, null);
    });

    it('says of many messages at once what lists need, and nothing of those that are not there', async () => {
      const hint = newMessage({ patientHint: 'A.B. …4711' });
      const other = newMessage();
      for (const one of [hint, other]) await store.journal.accept(one, [], WINDOW);
      const labels = await store.journal.labels([other.id, 'none', hint.id]);
      assert.deepEqual(
        new Map(labels.map((one) => [one.id, one])),
        new Map(
          [hint, other].map(({ id, feed, controlId, type, patientHint }) => [
            id,
            { id, feed, controlId, type, patientHint },
          ]),
        ),
      );
      assert.deepEqual(await store.journal.labels([]), []);
    });

    it('keeps what the bytes are, and takes them for HL7 where nobody says', async () => {
      const [hl7, fhir, event] = [
        newMessage(),
        newMessage({ format: 'fhir' }),
        newMessage({ format: 'json' }),
      ] as const;
      for (const one of [hl7, fhir, event]) await store.journal.accept(one, [newWork(one)], WINDOW);
      const formats = ['hl7v2', 'fhir', 'json'];
      for (const [at, { id }] of [hl7, fhir, event].entries())
        assert.equal((await store.journal.get(id))?.format, formats[at]);
      const listed = await store.journal.list({ order: 'oldest-first' });
      assert.deepEqual(
        listed.map(({ format }) => format),
        formats,
      );
      const request = { subscription: SUBSCRIPTION, limit: 3, owner: 'o', now: T0, leaseUntil: T0 + 1 };
      const claimed = await store.work.claim([request]);
      assert.deepEqual(
        claimed.map(({ message }) => message.format),
        formats,
      );
    });

    it('knows a resend by what its source says where the bytes differ each time', async () => {
      const first = newMessage({
        controlId: 'c',
        body: 'sent at 8:00',
        sameAs: 'Patient/1/_history/2',
        format: 'fhir',
      });
      const again = newMessage({
        controlId: 'c',
        body: 'sent at 8:01',
        sameAs: 'Patient/1/_history/2',
        format: 'fhir',
      });
      const next = newMessage({ controlId: 'c', body: 'sent at 8:02', sameAs: 'Patient/1/_history/3', format: 'fhir' });
      const kinds: string[] = [];
      for (const one of [first, again, next])
        kinds.push((await store.journal.accept(one, [newWork(one)], WINDOW)).kind);
      assert.deepEqual(kinds, ['accepted', 'resend', 'accepted']);
      const stored = await store.journal.get(again.id);
      assert.equal(stored?.resendOf, first.id);
      assert.equal(stored.bodyHash, again.bodyHash, 'of its own bytes');
    });

    it('does not take the same bytes for a resend where the source tells them apart', async () => {
      const first = newMessage({ controlId: 'c', body: '', sameAs: 'event 1', format: 'fhir' });
      const next = newMessage({ controlId: 'c', body: '', sameAs: 'event 2', format: 'fhir' });
      const bare = newMessage({ controlId: 'c', body: '', format: 'fhir' });
      for (const one of [first, next, bare])
        assert.equal((await store.journal.accept(one, [newWork(one)], WINDOW)).kind, 'accepted');
      assert.equal((await store.journal.accept(newMessage({ controlId: 'c', body: '' }), [], WINDOW)).kind, 'resend');
    });

    it('sees such a resend in the same batch as its first, and of several at once the first only', async () => {
      const some = [1, 2, 3, 4].map((n) =>
        newMessage({ controlId: 'c', body: `sent ${n}`, sameAs: 'x', format: 'json' }),
      );
      const outcomes = await Promise.all(some.map((one) => store.journal.accept(one, [newWork(one)], WINDOW)));
      assert.deepEqual(
        outcomes.map(({ kind }) => kind),
        ['accepted', 'resend', 'resend', 'resend'],
      );
      assert.equal((await store.work.counts()).waiting, 1);
    });

    it('notes when the answer left', async () => {
      const message = newMessage();
      await store.journal.accept(message, [], WINDOW);
      await store.journal.answered(message.id, T0 + 3);
      await store.journal.accept(newMessage(), [], WINDOW);
      assert.equal((await store.journal.get(message.id))?.answeredAt, T0 + 3);
    });

    it('keeps a message that nobody subscribes to as unrouted', async () => {
      const message = newMessage();
      assert.equal((await store.journal.accept(message, [], WINDOW)).kind, 'unrouted');
      assert.equal((await store.journal.get(message.id))?.state, 'unrouted');
    });

    it('keeps what cannot be read in quarantine, with its reason and without work', async () => {
      const quarantine = { code: 'hl7-no-header', text: 'There is no MSH segment.' };
      const message = newMessage({ controlId: null, type: null, quarantine });
      assert.equal((await store.journal.accept(message, [], WINDOW)).kind, 'quarantined');
      const stored = await store.journal.get(message.id);
      assert.equal(stored?.state, 'quarantined');
      assert.deepEqual(stored.reason, quarantine);
    });

    it('puts what is in quarantine away once, with its record, and keeps why it could not be read', async () => {
      const message = newMessage({ id: 'q', quarantine: { code: 'intake-unreadable', text: 'No.' } });
      await store.journal.accept(message, [], WINDOW);
      const audit = {
        at: T0 + 5,
        type: 'message.discarded',
        actor: 'user:ana',
        messageId: 'q',
        details: {},
        reason: 'x',
      };
      assert.equal(await store.journal.discardQuarantined('q', T0 + 5, audit), 'discarded');
      assert.equal(await store.journal.discardQuarantined('q', T0 + 6, audit), 'not-quarantined');
      assert.equal(await store.journal.discardQuarantined('none', T0 + 6, audit), 'unknown');
      const stored = await store.journal.get('q');
      assert.deepEqual(
        [stored?.state, stored?.stateSince, stored?.reason?.code],
        ['discarded', T0 + 5, 'intake-unreadable'],
      );
      const { quarantined, discarded, total } = await store.journal.counts();
      assert.deepEqual([quarantined, discarded, total], [0, 1, 1]);
      assert.deepEqual(
        (await store.audit.list({ messageId: 'q' })).map(({ type, reason }) => [type, reason]),
        [['message.discarded', 'x']],
      );
    });

    it('takes a readable frame of the same bytes for the first, after one in quarantine was put away', async () => {
      const [controlId, body] = ['C1', 'same'];
      const quarantine = { code: 'mllp-frame-unterminated', text: 'No end.' };
      await store.journal.accept(newMessage({ id: 'q', controlId, body, quarantine }), [], WINDOW);
      const audit = { at: T0, type: 'message.discarded', actor: 'user:ana', messageId: 'q', details: {}, reason: 'x' };
      await store.journal.discardQuarantined('q', T0, audit);
      const again = newMessage({ controlId, body, receivedAt: T0 + 1 });
      assert.equal((await store.journal.accept(again, [newWork(again)], WINDOW)).kind, 'accepted');
    });

    it('leaves what was put away from quarantine as it is, when whoever is told of it has ended', async () => {
      const quarantine = { code: 'intake-unreadable', text: 'No.' };
      const message = newMessage({ id: 'q', controlId: null, quarantine });
      const work = newWork(message);
      await store.journal.accept(message, [work], WINDOW);
      const audit = { at: T0, type: 'message.discarded', actor: 'user:ana', messageId: 'q', details: {}, reason: 'x' };
      await store.journal.discardQuarantined('q', T0, audit);
      const claimant = { subscription: work.subscription, owner: 'o', now: T0, leaseUntil: T0 + 60_000, limit: 1 };
      const [claimed] = await store.work.claim([claimant]);
      assert.ok(claimed);
      const end = { at: T0 + 1, settlement: { kind: 'done' }, trace: [], version: null } as const;
      await store.work.settle({ workId: claimed.id, fence: claimed.fence, ...end });
      const stored = await store.journal.get('q');
      assert.deepEqual([stored?.state, stored?.reason?.code], ['discarded', 'intake-unreadable']);
    });

    it('recognises a resend, links it to the first, and gives the first answer again without new work', async () => {
      const first = newMessage({ controlId: 'C1', body: 'same' });
      await store.journal.accept(first, [newWork(first)], WINDOW);
      for (const at of [T0 + 1, T0 + 2]) {
        const again = newMessage({ controlId: 'C1', body: 'same', receivedAt: at });
        const outcome = await store.journal.accept(again, [newWork(again)], WINDOW);
        assert.ok(outcome.kind === 'resend');
        assert.equal(outcome.first, first.id);
        assert.equal(Buffer.from(outcome.answer.bytes).toString(), `MSH|ack|${first.id}`);
        assert.equal((await store.journal.get(again.id))?.resendOf, first.id);
        assert.equal((await store.work.ofMessage(again.id)).length, 0);
      }
      assert.deepEqual(
        (await store.journal.resends(first.id)).map((entry) => entry.receivedAt),
        [T0 + 1, T0 + 2],
      );
    });

    it('processes what was unrouted when it came again and somebody wants it', async () => {
      const first = newMessage({ controlId: 'C1', body: 'same' });
      assert.equal((await store.journal.accept(first, [], WINDOW)).kind, 'unrouted');
      const unwanted = newMessage({ controlId: 'C1', body: 'same', receivedAt: T0 + 1 });
      assert.equal((await store.journal.accept(unwanted, [], WINDOW)).kind, 'resend');
      const wanted = newMessage({ controlId: 'C1', body: 'same', receivedAt: T0 + 2 });
      assert.equal((await store.journal.accept(wanted, [newWork(wanted)], WINDOW)).kind, 'accepted');
      assert.equal((await store.work.ofMessage(wanted.id)).length, 1);
      const repeated = newMessage({ controlId: 'C1', body: 'same', receivedAt: T0 + 3 });
      const outcome = await store.journal.accept(repeated, [newWork(repeated)], WINDOW);
      assert.equal(outcome.kind === 'resend' && outcome.first, wanted.id);
    });

    it('takes the same control id with another body, another feed, or after the window for a new message', async () => {
      const first = newMessage({ controlId: 'C1', body: 'same' });
      await store.journal.accept(first, [newWork(first)], WINDOW);
      const others = [
        newMessage({ controlId: 'C1', body: 'other' }),
        newMessage({ controlId: 'C1', body: 'same', feed: 'adt' }),
        newMessage({ controlId: 'c1', body: 'same' }),
        newMessage({ controlId: 'C1', body: 'same', receivedAt: T0 + WINDOW + 1 }),
      ];
      for (const other of others) {
        assert.equal((await store.journal.accept(other, [newWork(other)], WINDOW)).kind, 'accepted');
      }
    });

    it('takes all of several resends that come at once for what they are', async () => {
      const first = newMessage({ controlId: 'C1', body: 'same' });
      await store.journal.accept(first, [newWork(first)], WINDOW);
      // As after an outage: whoever waited in vain has sent again and again.
      const outcomes = await Promise.all(
        [1, 2, 3, 4].map((after) => {
          const again = newMessage({ controlId: 'C1', body: 'same', receivedAt: T0 + after });
          return store.journal.accept(again, [newWork(again)], WINDOW);
        }),
      );
      assert.deepEqual(
        outcomes.map((outcome) => outcome.kind === 'resend' && outcome.first),
        [first.id, first.id, first.id, first.id],
      );
      assert.equal((await store.work.counts()).waiting, 1);
    });

    it('sees a resend in the same batch as its first', async () => {
      const first = newMessage({ controlId: 'C1', body: 'same' });
      const again = newMessage({ controlId: 'C1', body: 'same' });
      const outcomes = await Promise.all(
        [first, again].map((message) => store.journal.accept(message, [newWork(message)], WINDOW)),
      );
      assert.deepEqual(
        outcomes.map((outcome) => outcome.kind),
        ['accepted', 'resend'],
      );
    });

    it('refuses an id that is taken and keeps its neighbours of the same commit', async () => {
      const message = newMessage();
      await store.journal.accept(message, [], WINDOW);
      const calls = [newMessage(), newMessage({ id: message.id }), newMessage()];
      const outcomes = await Promise.allSettled(
        calls.map((call) => store.journal.accept(call, [newWork(call)], WINDOW)),
      );
      assert.deepEqual(
        outcomes.map((outcome) => outcome.status),
        ['fulfilled', 'rejected', 'fulfilled'],
      );
      assert.equal((await store.journal.counts()).total, 3);
      assert.equal((await store.work.counts()).waiting, 2);
    });

    it('says when each feed last brought a message, and how many', async () => {
      await acceptOne(store, {}, { feed: 'lab', receivedAt: T0 + 5 });
      await acceptOne(store, {}, { feed: 'lab', receivedAt: T0 + 4 });
      await acceptOne(store, {}, { feed: 'adt', receivedAt: T0 });
      assert.deepEqual(
        (await store.journal.lastPerFeed()).toSorted((a, b) => a.feed.localeCompare(b.feed)),
        [
          { feed: 'adt', receivedAt: T0, total: 1 },
          { feed: 'lab', receivedAt: T0 + 5, total: 2 },
        ],
      );
    });
  });
}
