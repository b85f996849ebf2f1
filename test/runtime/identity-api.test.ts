/** Questions about who somebody is, over the runtime's own API; what raises them is tested in test/contract and test/nodes. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { KnownPerson, PersonStatement } from '../../engine/index.ts';
import type { IdentityLinkList, IdentityQuestionList, RuntimeStatus } from '../../runtime/api/contract.ts';
import { startTestApi, type TestApi } from '../kit/runtime-api.ts';
import { acceptOne, T0 } from '../kit/store-builders.ts';

const said = (key: string): PersonStatement => ({
  chosen: key,
  keys: [key],
  at: T0,
  marks: {},
  compare: [],
  alike: 'f1',
  findBy: ['family', 'birthDate'],
});

describe('identities at the runtime API', () => {
  let api: TestApi;
  beforeEach(async () => {
    api = await startTestApi();
    for (const key of ['a', 'b'])
      await api.engine.store.identities.take(`m-${key}`, { people: [said(key)], links: [] }, T0);
  });
  afterEach(() => api.stop());
  const questions = async (query = ''): Promise<IdentityQuestionList> =>
    (await api.ask('GET', `/identities?${query}`)).json();
  const links = async (): Promise<IdentityLinkList> => (await api.ask('GET', '/identities/links')).json();

  it('lists, answers once, and takes back', async () => {
    const { questions: open, counts } = await questions('state=open');
    assert.deepEqual([open.length, counts.open], [1, 1]);
    const [question] = open;
    assert.deepEqual([question?.kind, question?.messageId, question?.otherMessageId], ['duplicate', 'm-b', 'm-a']);
    assert.deepEqual([question?.message, question && 'marks' in question], [null, false]);
    const status = async (): Promise<number> =>
      (await api.ask('GET', '/status')).json<RuntimeStatus>().openIdentityQuestions;
    assert.equal(await status(), 1);
    const place = `/identities/${question?.id}/answer`;
    const body = { seen: question?.version, answer: 'same', survivor: 'b', reason: 'Looked at both.' };
    assert.equal((await api.ask('POST', place, { body: { ...body, reason: '' } })).status, 400);
    assert.equal((await api.ask('POST', place, { body: { ...body, answer: 'perhaps' } })).status, 400);
    assert.equal((await api.ask('POST', place, { body })).status, 200);
    assert.equal((await api.ask('POST', place, { body })).status, 409, 'somebody was faster');
    assert.equal(await status(), 0);
    const person: KnownPerson = (await api.ask('GET', '/identities/people/a')).json();
    assert.equal(person.survivor, 'b');
    const [link] = (await links()).links;
    assert.deepEqual([link?.kind, link?.prior, link?.survivor], ['person', 'a', 'b']);
    const undo = `/identities/links/${link?.id}/undo`;
    const back = { seen: link?.version, reason: 'The wrong record.' };
    assert.equal((await api.ask('POST', undo, { body: back })).status, 200);
    assert.equal((await api.ask('POST', undo, { body: back })).status, 409);
    assert.equal((await api.ask('GET', '/identities/people/a')).json<KnownPerson>().survivor, 'a');
  });

  it('leaves out none of those that were asked at one moment where a page ends', async () => {
    for (const [key, at] of [
      ['c', 1],
      ['d', 1],
      ['e', 2],
    ] as const)
      await api.engine.store.identities.take(`m-${key}`, { people: [said(key)], links: [] }, T0 + at);
    const all = (await questions()).questions.map(({ id }) => id);
    assert.ok(all.length > 6);
    for (let limit = 6; limit < all.length; limit++) {
      const found: string[] = [];
      let before = '';
      do {
        const page = await questions(`limit=${limit}${before}`);
        found.push(...page.questions.map(({ id }) => id));
        before = page.next === null ? '' : `&before=${page.next}`;
      } while (before !== '');
      assert.deepEqual(found, all, `pages of ${limit}`);
    }
  });

  it('refuses a survivor that nobody was asked about', async () => {
    const [question] = (await questions()).questions;
    const body = { seen: question?.version, answer: 'same', survivor: 'c', reason: 'Looked at both.' };
    const answer = await api.ask('POST', `/identities/${question?.id}/answer`, { body });
    assert.equal(answer.status, 400);
    assert.deepEqual((await links()).links, []);
  });

  it('keeps who could not say, and lets the next one answer', async () => {
    const [question] = (await questions('state=open')).questions;
    const place = `/identities/${question?.id}/answer`;
    const body = { seen: question?.version, answer: 'later', reason: 'The desk is asked.' };
    assert.equal((await api.ask('POST', place, { body })).json<{ state: string }>().state, 'open');
    assert.equal((await api.ask('POST', place, { body: { ...body, answer: 'same' } })).status, 409);
    const [left] = (await questions('state=open')).questions;
    assert.deepEqual([left?.left?.by, left?.left?.reason], ['user:ana', 'The desk is asked.']);
    const again = { seen: left?.version, answer: 'different', reason: 'Twins.' };
    assert.equal((await api.ask('POST', place, { body: again })).status, 200);
  });

  it('shows and does to whoever answers for a part what its messages raised', async () => {
    const { store } = api.engine;
    const ward = await acceptOne(store, { definition: 'ward' }, { patientHint: 'J.D. …0001' });
    const lab = await acceptOne(store, { definition: 'lab' }, { patientHint: 'J.D. …0002' });
    await store.identities.take(lab.messageId, { people: [{ ...said('d'), alike: 'f2' }], links: [] }, T0 + 1);
    const links = [{ prior: 'x', survivor: 'y', kind: 'merged', at: T0 }] as const;
    await store.identities.take(ward.messageId, { people: [{ ...said('c'), alike: 'f2' }], links }, T0 + 2);
    const of = async (part: readonly string[]): Promise<IdentityQuestionList> =>
      (await api.ask('GET', '/identities', { part })).json();
    const [mine, ...others] = (await of(['ward'])).questions;
    assert.deepEqual([mine?.message?.patientHint, mine?.otherMessage, others], ['J.D. …0001', null, []]);
    assert.equal((await of(['ward', 'lab'])).questions[0]?.otherMessage?.patientHint, 'J.D. …0002');
    assert.deepEqual([(await of(['lab'])).questions, (await of(['lab'])).counts.open], [[], 0]);
    const status = (await api.ask('GET', '/status', { part: ['ward'] })).json<RuntimeStatus>();
    assert.equal(status.openIdentityQuestions, 1);
    const merges = async (part: readonly string[]): Promise<IdentityLinkList> =>
      (await api.ask('GET', '/identities/links', { part })).json();
    assert.deepEqual((await merges(['lab'])).links, []);
    const [link] = (await merges(['ward'])).links;
    const answer = { seen: mine?.version, answer: 'different', reason: 'Twins.' };
    const back = { seen: link?.version, reason: 'The wrong record.' };
    const acts = [
      ['answer', answer, `/identities/${mine?.id}/answer`],
      ['undo', back, `/identities/links/${link?.id}/undo`],
    ] as const;
    for (const [what, body, place] of acts) {
      const refused = await api.ask('POST', place, { body, part: ['lab'] });
      assert.deepEqual([refused.status, refused.code()], [403, 'outside-scope'], what);
      assert.equal((await api.ask('POST', place, { body, part: ['ward'] })).status, 200, what);
    }
    assert.equal(
      (await api.ask('POST', '/identities/none/answer', { body: answer, part: ['ward'] })).status,
      403,
      'whether there is one is not told',
    );
  });

  it('refuses what is not there and what it does not know', async () => {
    const body = { seen: 1, answer: 'same', reason: 'Looked at both.' };
    assert.equal((await api.ask('POST', '/identities/none/answer', { body })).status, 404);
    assert.equal((await api.ask('GET', '/identities/people/nobody')).status, 404);
    assert.equal((await api.ask('GET', '/identities?state=perhaps')).status, 400);
  });
});
