import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { IdentityFinding, IdentityStatement, PersonStatement, Store } from '../../engine/index.ts';
import { acceptOne, claimOf, DONE, newMessage, newWork, settleAs, T0, WINDOW } from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

const person = (keys: readonly string[], over: Partial<PersonStatement> = {}): PersonStatement => ({
  chosen: keys[0] ?? 'nobody',
  keys,
  at: T0,
  marks: {},
  compare: ['birthDate', 'sex'],
  alike: null,
  findBy: ['family', 'birthDate'],
  ...over,
});
const about = (...people: readonly PersonStatement[]): IdentityStatement => ({ people, links: [] });
const merge = (prior: string, survivor: string, at = T0): IdentityStatement => ({
  people: [person([survivor])],
  links: [{ prior, survivor, kind: 'merged', at }],
});

export function describeIdentities(adapter: StoreAdapter): void {
  describe('identities', () => {
    const opened = new Opened(adapter);
    let store: Store;
    let place: string;
    let messages = 0;
    beforeEach(async () => {
      place = await opened.place();
      store = await opened.open(place);
      messages = 0;
    });
    afterEach(() => opened.clear());

    const take = (statement: IdentityStatement, id = `m${++messages}`, by = store): Promise<IdentityFinding> =>
      by.identities.take(id, statement, T0 + messages);
    const survivorOf = async (key: string): Promise<string | undefined> =>
      (await store.identities.person(key))?.survivor;
    const audited = async (): Promise<readonly string[]> =>
      (await store.audit.list({ order: 'oldest-first', limit: 1000 })).map(({ type }) => type);
    const by = (reason = 'looked at both'): { by: string; reason: string; at: number } => ({
      by: 'user:ana',
      reason,
      at: T0 + 1000,
    });
    const answer = (same: boolean | null, survivor: string | null = null) => ({ same, survivor, ...by() });

    it('are new, then matched, and by each of their numbers', async () => {
      assert.equal((await take(about(person(['a', 'x'])))).verdict, 'new');
      assert.equal((await take(about(person(['a'])))).verdict, 'matched');
      const byOther = await take(about(person(['x'])));
      assert.equal(byOther.verdict, 'matched');
      assert.deepEqual(byOther.survivors, { x: 'a' });
      assert.deepEqual(byOther.former, { a: ['x'] });
      assert.equal((await take(about(person([])))).verdict, 'unidentified');
      assert.equal((await take(about(person(['b'])))).verdict, 'new');
    });

    it('give a message the same again, whatever came in between, also after a restart', async () => {
      const first = await take(about(person(['a'])), 'first');
      await take(merge('a', 'b'));
      assert.deepEqual(await take(about(person(['a'])), 'first'), first);
      assert.deepEqual((await take(about(person(['a'])), 'later')).survivors, { a: 'b' });
      await store.close();
      store = await opened.open(place);
      assert.deepEqual(await take(about(person(['a'])), 'first'), first);
      assert.equal(await survivorOf('a'), 'b');
    });

    it('follow merges along a chain, in whatever order these come', async () => {
      await take(merge('b', 'c', T0 + 20));
      await take(merge('a', 'b', T0 + 10));
      assert.equal(await survivorOf('a'), 'c');
      const found = await take(about(person(['a'])));
      assert.deepEqual([found.survivors, found.former], [{ a: 'c' }, { c: ['a', 'b'] }]);
    });

    it('let the merge with the later time win, and keep one that is sent again once', async () => {
      await take(merge('b', 'a', T0 + 20));
      await take(merge('a', 'b', T0 + 10));
      assert.equal(await survivorOf('b'), 'a');
      await take(merge('b', 'a', T0 + 20));
      assert.equal((await store.identities.links({})).length, 2);
      assert.deepEqual(
        (await audited()).filter((type) => type.startsWith('identity.')),
        ['identity.linked', 'identity.link-set-aside'],
      );
      await take(merge('a', 'b', T0 + 30));
      assert.equal(await survivorOf('a'), 'b');
    });

    it('refuse a merge into itself, with a record', async () => {
      await take(merge('a', 'a'));
      assert.deepEqual(await store.identities.links({}), []);
      assert.ok((await audited()).includes('identity.link-refused'));
    });

    it('ask where a compared element differs, and accept it when somebody says that it is right', async () => {
      await take(about(person(['a'], { marks: { birthDate: '1', sex: 'f' } })));
      assert.equal((await take(about(person(['a'], { marks: { sex: 'f' } })))).verdict, 'matched', 'left out');
      const other = person(['a'], { marks: { birthDate: '2', sex: 'f' } });
      const found = await take(about(other));
      assert.deepEqual([found.verdict, found.reasons], ['review', ['birthDate']]);
      const again = await take(about(other));
      assert.deepEqual(again.questions, found.questions, 'one question');
      const [question] = await store.identities.questions({ states: ['open'] });
      assert.equal(question?.kind, 'overlay');
      assert.deepEqual(question?.compared, { agree: ['sex'], differ: ['birthDate'] });
      assert.ok(question);
      assert.equal(await store.identities.answer(question.id, question.version, answer(true)), 'kept');
      assert.equal((await take(about(other))).verdict, 'matched');
      assert.equal((await take(about(person(['a'], { marks: { birthDate: '1' } })))).verdict, 'matched', 'late');
      assert.equal((await store.identities.question(question.id))?.marks, null);
    });

    it('ask where the numbers of one message lead to two people, and link nothing by themselves', async () => {
      await take(about(person(['a'], { marks: { sex: 'f', birthDate: 'of-another-key.1' } })));
      await take(about(person(['b'], { marks: { sex: 'm', birthDate: '1' } })));
      const found = await take(about(person(['a', 'b'])));
      assert.deepEqual([found.verdict, found.reasons, found.survivors], ['review', ['identifiers'], {}]);
      const [question] = await store.identities.questions({});
      assert.deepEqual(question?.keys, ['a', 'b']);
      assert.deepEqual(question?.compared, { agree: [], differ: ['sex'] });
      assert.equal(await survivorOf('b'), 'b');
    });

    it('ask where the elements are those of somebody who is known by another number', async () => {
      const marks = { family: 'f', birthDate: '1' };
      await take(about(person(['a'], { marks, alike: 'f1' })));
      const found = await take(about(person(['b'], { marks, alike: 'f1' })));
      assert.deepEqual([found.verdict, found.reasons], ['review', ['family', 'birthDate'].toSorted()]);
      const [question] = await store.identities.questions({});
      assert.deepEqual([question?.kind, question?.keys], ['duplicate', ['a', 'b']]);
      assert.deepEqual(question?.compared, { agree: ['family', 'birthDate'], differ: [] });
      assert.equal((await take(about(person(['b'], { marks, alike: 'f1' })))).verdict, 'review', 'still asked');
      assert.equal(await survivorOf('b'), 'b');
      assert.ok(question);
      const { id, version } = question;
      assert.equal(await store.identities.answer(id, version, answer(false)), 'kept');
      assert.equal(await store.identities.answer(id, version, answer(true)), 'stale', 'somebody was faster');
      assert.equal((await take(about(person(['b'], { marks, alike: 'f1' })))).verdict, 'matched', 'not asked again');
      assert.deepEqual(await store.identities.counts(), { open: 0, same: 0, different: 1, withdrawn: 0 });
    });

    it('stay a question where nobody can say yet, with who looked and why', async () => {
      await take(about(person(['a'], { alike: 'f1' })));
      await take(about(person(['b'], { alike: 'f1' })));
      const [question] = await store.identities.questions({});
      assert.ok(question);
      const { id, version } = question;
      assert.equal(await store.identities.answer(id, version, answer(null)), 'kept');
      assert.equal(await store.identities.answer(id, version, answer(true)), 'stale', 'somebody has looked since');
      const left = await store.identities.question(id);
      assert.deepEqual([left?.state, left?.left, left?.decided], ['open', by(), null]);
      assert.ok((await audited()).includes('identity.left-open'));
      assert.deepEqual(await store.identities.links({}), []);
      assert.equal(await store.identities.answer(id, version + 1, answer(true)), 'kept');
      assert.equal((await store.identities.question(id))?.left, undefined, 'what was not known then');
    });

    it('are listed and counted by the definitions that work on their messages', async () => {
      const [ward, lab] = await Promise.all([
        acceptOne(store, { definition: 'ward' }),
        acceptOne(store, { definition: 'lab' }),
      ]);
      await take(about(person(['a'], { alike: 'f1' })));
      const { links } = merge('c', 'd');
      await take({ people: [person(['b'], { alike: 'f1' })], links }, ward.messageId);
      await take(about(person(['e'], { alike: 'f1' })), lab.messageId);
      await take(merge('f', 'g'), 'of a message that is not kept');
      const [of, none] = [{ definitions: ['ward', 'nobody'] }, { definitions: [] }];
      const [question, ...others] = await store.identities.questions(of);
      assert.deepEqual([question?.messageId, others], [ward.messageId, []]);
      assert.equal((await store.identities.counts(of)).open, 1);
      assert.equal((await store.identities.questions({ definitions: ['ward', 'lab'], states: ['open'] })).length, 3);
      const merges = await store.identities.links({ ...of, kinds: ['merged'] });
      assert.deepEqual(
        merges.map(({ prior }) => prior),
        ['c'],
      );
      assert.deepEqual([await store.identities.questions(none), await store.identities.links(none)], [[], []]);
      assert.equal((await store.identities.counts(none)).open, 0);
    });

    it('become one by an answer, and two again when it is taken back', async () => {
      await take(about(person(['a'], { alike: 'f1' })));
      await take(about(person(['b'], { alike: 'f1' })));
      const [question] = await store.identities.questions({});
      assert.ok(question);
      assert.equal(await store.identities.answer(question.id, question.version, answer(true, 'b')), 'kept');
      assert.equal(await survivorOf('a'), 'b');
      const [link] = await store.identities.links({ kinds: ['person'] });
      assert.ok(link);
      assert.equal((await store.identities.question(question.id))?.linkId, link.id);
      assert.equal(await store.identities.undo(link.id, link.version, by('wrong')), 'kept');
      assert.equal(await store.identities.undo(link.id, link.version, by('again')), 'stale');
      assert.equal(await store.identities.undo('nobody', 1, by()), 'unknown');
      assert.equal(await survivorOf('a'), 'a');
      assert.ok((await audited()).includes('identity.link-undone'));
    });

    it('withdraw what a merge has answered', async () => {
      await take(about(person(['a'], { alike: 'f1' })));
      await take(about(person(['b'], { alike: 'f1' })));
      await take(merge('a', 'b'));
      assert.deepEqual(
        (await store.identities.questions({})).map(({ state }) => state),
        ['withdrawn'],
      );
      assert.equal((await take(about(person(['a'])))).verdict, 'matched');
    });

    it('are judged anew only where they were in doubt', async () => {
      await take(about(person(['a'], { marks: { sex: 'f' } })));
      const other = about(person(['a'], { marks: { sex: 'm' } }));
      await take(other, 'held');
      const [question] = await store.identities.questions({});
      assert.ok(question);
      await store.identities.answer(question.id, question.version, answer(true));
      assert.equal((await take(other, 'held')).verdict, 'review', 'as before');
      assert.equal((await store.identities.take('held', other, T0, { again: true })).verdict, 'matched');
      assert.equal((await store.identities.finding('held'))?.verdict, 'matched');
    });

    it('meet where several runtimes take the same new patient at once', async () => {
      const second = await opened.open(place);
      const told = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          take(about(person([`k${i}`], { alike: 'f1' })), `r${i}`, i % 2 === 0 ? store : second),
        ),
      );
      assert.equal(told.filter(({ verdict }) => verdict === 'new').length, 1, 'one was first');
      assert.equal(told.filter(({ verdict }) => verdict === 'review').length, 19);
    });

    it('let a gate go on under the key that something has come under before a merge', async () => {
      const admit = async (key: string, messageId: string, formerly: readonly string[] = []): Promise<string> => {
        const about = { scope: 'lab/gate', workId: messageId, contentHash: 'same', statedAt: null, stage: null };
        const fact = { ...about, key, messageId, correction: false, at: T0, formerly };
        return (await store.gate.admit(fact)).kind;
      };
      assert.equal(await admit('old', 'g1'), 'new');
      assert.equal(await admit('now', 'g2', ['older', 'old']), 'repeat');
      assert.equal(await admit('now', 'g2', ['older', 'old']), 'repeat', 'a redelivery');
      assert.equal(await admit('now', 'g3'), 'new', 'nothing has come under the new key itself');
      assert.equal(await admit('other', 'g4', ['nothing']), 'new');
    });

    it('never make more than a hundred numbers one', async () => {
      for (let i = 0; i < 60; i++) await take(merge(`a${i}`, 'a'));
      for (let i = 0; i < 60; i++) await take(merge(`b${i}`, 'b'));
      await take(merge('b', 'a'));
      assert.equal(await survivorOf('b'), 'b');
      assert.ok((await audited()).includes('identity.link-refused'));
    });

    it('know of a merge from the commit that accepts its message, once', async () => {
      const message = newMessage({ type: 'ADT^A40', identity: merge('a', 'b') });
      assert.equal((await store.journal.accept(message, [newWork(message)], WINDOW)).kind, 'accepted');
      assert.equal(await survivorOf('a'), 'b');
      const found = await take(about(person(['nobody'])), message.id);
      assert.deepEqual(found.changed, ['a', 'b'], 'its work hears what was found then');
      const again = newMessage({ ...message, id: 'again', identity: merge('a', 'c', T0 + 5) });
      assert.equal((await store.journal.accept(again, [newWork(again)], WINDOW)).kind, 'resend');
      const unwanted = newMessage({ identity: merge('a', 'c', T0 + 5) });
      assert.equal((await store.journal.accept(unwanted, [], WINDOW)).kind, 'unrouted');
      assert.equal(await survivorOf('a'), 'b');
    });

    it('write nothing of a patient of whom the same was said within the hour', async () => {
      const said = (at: number): IdentityStatement => about(person(['a'], { at, marks: { sex: 'f' } }));
      await take(said(T0), 'one');
      const last = async (): Promise<unknown> => (await store.identities.person('a'))?.keys[0]?.lastMessageId;
      assert.equal((await take(said(T0 + 60_000), 'two')).verdict, 'matched');
      assert.equal(await last(), 'one');
      await take(said(T0 + 3_600_000), 'three');
      assert.equal(await last(), 'three');
      await take(about(person(['a'], { at: T0 + 3_600_001, marks: { sex: 'f', birthDate: '1' } })), 'four');
      assert.equal(await last(), 'four', 'something is new');
    });

    it('ask no more than a hundred questions about one number, and keep those that were asked', async () => {
      const [one, other] = ['a', 'b'].map((key) => person([key], { alike: 'twins', marks: { birthDate: '0' } }));
      await take(about(one as PersonStatement));
      const asked = await take(about(other as PersonStatement));
      assert.equal(asked.questions.length, 1);
      const differing = (n: number): IdentityStatement => about(person(['b'], { marks: { birthDate: `1-${n}` } }));
      const first = await take(differing(0));
      await Promise.all(Array.from({ length: 105 }, (_, n) => take(differing(n + 1))));
      assert.equal((await store.identities.questions({ limit: 1000 })).length, 100);
      assert.deepEqual((await take(differing(0))).questions, first.questions, 'it is the same question');
      const more = await take(differing(105));
      assert.equal(more.verdict, 'review');
      const waits = await take(about(person(['b'])));
      assert.deepEqual([waits.verdict, waits.questions], ['review', asked.questions], 'it is open still');
    });

    it('keep nothing of a message that says what is known already', async () => {
      const said = about(person(['a', 'x'], { marks: { sex: 'f' } }));
      const first = await store.identities.take('one', said, T0, { delivery: { firstAt: T0, repeated: false } });
      assert.equal(first.verdict, 'new');
      assert.deepEqual(await store.identities.finding('one'), first, 'something was new');
      const delivery = { firstAt: T0 + 10, repeated: false };
      const found = await store.identities.take('two', said, T0 + 10, { delivery });
      assert.deepEqual([found.verdict, found.former, found.holdsFrom], ['matched', { a: ['x'] }, T0]);
      assert.equal(await store.identities.finding('two'), undefined);
      assert.deepEqual(await audited(), ['identity.linked']);
      const doubtful = about(person(['a'], { marks: { sex: 'm' } }));
      const { holdsFrom } = await store.identities.take('three', doubtful, T0 + 10, { delivery });
      assert.equal(holdsFrom, undefined);
      assert.equal((await store.identities.finding('three'))?.verdict, 'review');
    });

    it('tell a repeated delivery by the links of the first', async () => {
      const said = about(person(['a'], { marks: { sex: 'f' } }));
      await take(said);
      const delivered = (repeated: boolean): Promise<IdentityFinding> =>
        store.identities.take('one', said, T0 + 50, { delivery: { firstAt: T0 + 10, repeated } });
      const { holdsFrom: _, ...first } = await delivered(false);
      const message = newMessage({ receivedAt: T0 + 20, identity: merge('a', 'b') });
      await store.journal.accept(message, [newWork(message)], WINDOW);
      assert.deepEqual(await delivered(true), first);
      assert.deepEqual(await store.identities.finding('one'), first, 'it is not as it would be found now');
      const late = await store.identities.take('late', said, T0 + 50, {
        delivery: { firstAt: T0 + 10, repeated: false },
      });
      assert.deepEqual(late.survivors, { a: 'b' }, 'nobody has heard of it: what is known now counts');
      assert.deepEqual(await store.identities.finding('late'), late);
      const [link] = await store.identities.links({});
      assert.ok(link);
      const behind = { delivery: { firstAt: T0 + 30, repeated: true } };
      await store.identities.undo(link.id, link.version, { ...by(), at: T0 + 40 });
      assert.deepEqual((await store.identities.take('then', said, T0 + 50, behind)).survivors, { a: 'b' });
    });

    it('refuse a statement beyond what a message can have', async () => {
      const many = Array.from({ length: 21 }, (_, i) => `k${i}`);
      await assert.rejects(async () => take(about(person(many))), TypeError);
    });

    it('lose what was stated of them with the body, and keep their links', async () => {
      const processed = async (receivedAt: number): Promise<string> => {
        const { messageId } = await acceptOne(store, {}, { receivedAt });
        for (const claimed of await claimOf(store)) await settleAs(store, claimed, DONE);
        return messageId;
      };
      const [first, second] = [await processed(T0), await processed(T0 + 1000)];
      await take(about(person(['a'], { marks: { sex: 'f' }, alike: 'f1' })), first);
      await take(about(person(['c'], { marks: { sex: 'f' } })), first);
      await take({ ...merge('p', 'q'), people: [person(['q'], { marks: { sex: 'f' } })] }, second);
      await store.retention.purge({ bodiesBefore: T0 + 500, messagesBefore: null, limit: 10 });
      assert.equal(await store.identities.finding(first), undefined);
      assert.equal(await store.identities.person('a'), undefined, 'nothing is left to say');
      assert.equal((await take(about(person(['b'], { alike: 'f1' })))).verdict, 'new');
      assert.equal((await take(about(person(['q'], { marks: { sex: 'm' } })))).verdict, 'review', 'is younger');
      await store.retention.purge({ bodiesBefore: T0 + 5000, messagesBefore: null, limit: 10 });
      assert.equal(await survivorOf('p'), 'q');
    });
  });
}
