/** What somebody may try so that a change goes into production which nobody else has looked at. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { ProposalView } from '../../../governance/api/proposal-contract.ts';
import { addSignature, type Envelope } from '../../../governance/bundle/index.ts';
import { person } from '../bundle/ceremony.ts';
import { codeOf, flow, ProposalBench, view } from './bench.ts';

describe('an approval that nobody may give', () => {
  let bench: ProposalBench;
  let open: ProposalView;
  beforeEach(async () => {
    bench = await ProposalBench.start();
    open = await bench.signed(await bench.create());
  });
  afterEach(() => bench.stop());

  const approve = async (by: string, envelope: unknown, of = open): Promise<unknown> =>
    codeOf(await bench.as(by, `/proposals/${of.number}/approvals`, { envelope }));
  const refusals = (): readonly unknown[] =>
    bench.audit().flatMap(({ type, details }) => (type === 'proposal.approval-refused' ? [details['code']] : []));
  const nothingGiven = async (): Promise<void> => {
    const now = await bench.view(open.number);
    assert.deepEqual([now.state, now.approvals.given], ['open', 0]);
  };

  it('is that of the author, also with a second key in another role', async () => {
    const second = await person('ana');
    await bench.changeTrust({
      add: [{ key: second.told, roles: ['clinical-governance', 'engineer'] }],
    });
    open = await bench.view(open.number);
    assert.equal(open.outdated, null, 'new keys are no new policy');
    bench.roles('ana', ['analyst', 'engineer', 'clinical-governance']);
    for (const key of [bench.people.ana, second])
      assert.equal(await approve('ana', await bench.approval(open, key, 'engineer')), 'proposal-own');
    await nothingGiven();
    assert.deepEqual(refusals(), ['proposal-own', 'proposal-own']);
  });

  it('is that of who deployed a part of it on staging, whoever proposes it', async () => {
    const files = (threshold: string): Record<string, string> => ({ 'flow.json': flow('alpha', threshold) });
    await bench.write('alpha', files('6.1'));
    await bench.deploy('emil');
    await bench.write('alpha', files('6.2'));
    await bench.deploy('ana');
    open = await bench.signed(await bench.create());
    assert.deepEqual(open.editors, ['emil'], 'what he wrote is still in it');
    const { approve: may } = (await bench.view(open.number, 'emil')).may;
    assert.deepEqual([may.yes, !may.yes && /deployed/.test(may.because)], [false, true]);
    assert.equal(await approve('emil', await bench.approval(open, bench.people.emil, 'engineer')), 'proposal-edited');
    await nothingGiven();
    const ritas = await bench.approval(open, bench.people.rita, 'engineer');
    assert.equal((await bench.as('rita', `/proposals/${open.number}/approvals`, { envelope: ritas })).status, 200);
    await bench.approve(open, bench.people.greta, 'clinical-governance');
    await bench.release(open.number);
    await bench.write('alpha', files('6.3'));
    await bench.deploy('ana');
    assert.deepEqual((await bench.create()).editors, [], 'what production runs already is not looked at again');
  });

  it('is that of an account which an administrator made, whose key nobody trusts', async () => {
    const draft = await bench.create({ definitions: ['beta'] }, 'aldo');
    const aldo = await person('aldo');
    await bench.changeTrust({ add: [{ key: aldo.told, roles: ['analyst'] }] });
    open = await bench.signed(draft, aldo);
    const made = { username: 'straw', displayName: 'Straw', roles: ['reviewer', 'engineer', 'clinical-governance'] };
    assert.equal((await bench.as('aldo', '/people', made)).status, 201);
    await bench.account('straw2', ['reviewer', 'engineer', 'clinical-governance']);
    const straw = await person('straw2');
    assert.equal(await approve('straw2', await bench.approval(open, straw, 'engineer')), 'key-unknown');
    // An administrator without a role that approves may not even try.
    assert.equal(await approve('aldo', await bench.approval(open, aldo, 'engineer')), 'permission-missing');
    await nothingGiven();
  });

  it("is somebody else's signature, however right it is", async () => {
    const emils = await bench.approval(open, bench.people.emil, 'engineer');
    assert.equal(await approve('greta', emils), 'proposal-signature-of-another');
    await nothingGiven();
    assert.equal((await bench.as('emil', `/proposals/${open.number}/approvals`, { envelope: emils })).status, 200);
  });

  it("is the author's statement by somebody else", async () => {
    const draft = await bench.create({ definitions: ['beta'] });
    const rita = await bench.author(draft, bench.people.rita);
    const byRita = await bench.as('rita', `/proposals/${draft.number}/signature`, { envelope: rita });
    assert.equal(codeOf(byRita), 'proposal-not-author');
    const byAna = await bench.as('ana', `/proposals/${draft.number}/signature`, { envelope: rita });
    assert.equal(codeOf(byAna), 'proposal-signature-of-another');
  });

  it('is one of another bundle, base, policy or statement of the author', async () => {
    const zeros = '0'.repeat(64);
    const { greta } = bench.people;
    const role = 'clinical-governance';
    for (const [more, code] of [
      [{ bundle: zeros }, 'approval-of-another-bundle'],
      [{ base: zeros }, 'approval-of-another-base'],
      [{ author: zeros }, 'approval-of-another-statement'],
      [{ policy: zeros }, 'approval-under-another-policy'],
      [{ role: 'engineer' }, 'role-not-held'],
      [{ at: '2027-01-01T00:00:00.000Z' }, 'approval-not-yet-valid'],
      [{ at: '2026-01-01T00:00:00.000Z' }, 'approval-expired'],
    ] as const)
      assert.equal(await approve('greta', await bench.approval(open, greta, role, more)), code);
    await nothingGiven();
  });

  it('is one of an earlier revision, even where that had the same content', async () => {
    const greta = await bench.approval(open, bench.people.greta, 'clinical-governance');
    assert.equal((await bench.as('greta', `/proposals/${open.number}/approvals`, { envelope: greta })).status, 200);
    const author = await bench.author(open, bench.people.ana);
    const revised = view(await bench.as('ana', `/proposals/${open.number}/revise`, { summary: open.summary }), 200);
    assert.equal(revised.bundle, open.bundle, 'nothing has changed on staging');
    const again = await bench.as('ana', `/proposals/${open.number}/signature`, { envelope: author });
    assert.equal(codeOf(again), 'proposal-statement-used');
    bench.clock.advance(1000);
    open = await bench.signed(revised);
    assert.equal(await approve('greta', greta), 'proposal-statement-used');
    await nothingGiven();
  });

  it('is one that was given for a proposal of the same content before', async () => {
    const greta = await bench.approval(open, bench.people.greta, 'clinical-governance');
    bench.clock.advance(1000);
    const twin = await bench.signed(await bench.create());
    assert.equal(twin.bundle, open.bundle);
    assert.equal(await approve('greta', greta, twin), 'approval-of-another-statement');
  });

  it('is a second one by the same person for another seat', async () => {
    const { rita } = bench.people;
    assert.equal((await bench.approve(open, rita, 'engineer')).status, 200);
    assert.equal(codeOf(await bench.approve(open, rita, 'clinical-governance')), 'proposal-already-approved');
    assert.equal((await bench.view(open.number)).approvals.given, 1);
  });

  it('is the second of two that one person sends at the same moment', async () => {
    const { rita } = bench.people;
    const answers = await Promise.all([
      bench.approve(open, rita, 'engineer'),
      bench.approve(open, rita, 'clinical-governance'),
    ]);
    assert.deepEqual(
      answers.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 409],
    );
    assert.equal((await bench.view(open.number)).approvals.given, 1);
  });

  it('is none of two that two people send at the same moment', async () => {
    const { greta, emil } = bench.people;
    const answers = await Promise.all([
      bench.approve(open, greta, 'clinical-governance'),
      bench.approve(open, emil, 'engineer'),
    ]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200],
    );
    assert.equal((await bench.view(open.number)).state, 'approved');
  });

  it('is one in a role that the policy does not ask for, which leaves the seat that they can take', async () => {
    const { rita, emil } = bench.people;
    assert.equal(codeOf(await bench.approve(open, rita, 'reviewer')), 'proposal-role-not-needed');
    assert.equal((await bench.approve(open, emil, 'engineer')).status, 200);
    assert.equal((await bench.approve(open, rita, 'engineer')).status, 200, 'a second engineer does no harm');
    assert.equal((await bench.view(open.number)).approvals.given, 1);
    const last = view(await bench.approve(open, rita, 'clinical-governance'), 200);
    assert.equal(last.state, 'approved');
    assert.deepEqual(
      last.seats.map(({ person: sits }) => sits),
      ['rita', 'emil'],
    );
  });

  it('is one in a role that the account does not have any more', async () => {
    bench.roles('rita', ['reviewer']);
    assert.equal(codeOf(await bench.approve(open, bench.people.rita, 'engineer')), 'proposal-role-missing');
  });

  it('is one of somebody who answers for another part', async () => {
    bench.limit('greta', { 'clinical-governance': { definitions: ['beta'], serviceLines: [] } });
    const { greta } = bench.people;
    assert.equal(codeOf(await bench.approve(open, greta, 'clinical-governance')), 'proposal-role-missing');
  });

  it('is one whose words are not those of the proposal', async () => {
    const draft = await bench.create({ definitions: ['beta'] });
    const other = await bench.author(draft, bench.people.ana, { summary: 'Something else.' });
    const answer = await bench.as('ana', `/proposals/${draft.number}/signature`, { envelope: other });
    assert.equal(codeOf(answer), 'proposal-statement-differs');
  });

  it('is a broken, an altered, a foreign or an oversized one', async () => {
    const good = await bench.approval(open, bench.people.greta, 'clinical-governance');
    const payload = JSON.parse(Buffer.from(good.payload, 'base64').toString()) as object;
    const altered = Buffer.from(JSON.stringify({ ...payload, role: 'engineer' })).toString('base64');
    assert.equal(await approve('greta', { ...good, payload: altered }), 'signature-invalid');
    const foreign: Envelope = await bench.author(open, bench.people.greta);
    assert.equal(await approve('greta', foreign), 'statement-type-unexpected');
    const two = await addSignature(good, bench.people.emil.key);
    for (const wrong of [null, 'x', [], {}, { ...good, more: 1 }, { ...good, signatures: [] }, two])
      assert.equal(await approve('greta', wrong), 'request-invalid');
    assert.equal(await approve('greta', { ...good, payload: 'A'.repeat(48_004) }), 'request-invalid');
    const large = await bench.as('greta', `/proposals/${open.number}/approvals`, { envelope: 'A'.repeat(70_000) });
    assert.equal(codeOf(large), 'request-too-large');
    await nothingGiven();
  });

  it('is any after the author has withdrawn the key', async () => {
    const { ana } = bench.people;
    await bench.changeTrust({ revoke: [ana.told.id] });
    assert.equal(codeOf(await bench.approve(open, bench.people.greta, 'clinical-governance')), 'key-revoked');
    assert.match((await bench.view(open.number)).waitsFor, /another signature of its author/);
  });
});

describe('wishes that are no proposals', () => {
  it('are refused before anything is read for them', async () => {
    const bench = await ProposalBench.start();
    try {
      const good = { environment: 'production', definitions: [], title: 'T', summary: 'S' };
      for (const wrong of [
        { ...good, title: '' },
        { ...good, title: 'a\nb' },
        { ...good, title: 'x'.repeat(121) },
        { ...good, summary: ' ' },
        { ...good, summary: 'x'.repeat(4001) },
        { ...good, definitions: ['../../etc'] },
        { ...good, definitions: ['alpha', 'alpha'] },
        { ...good, environment: '../x' },
        { ...good, base: null },
      ])
        assert.equal(codeOf(await bench.as('ana', '/proposals', wrong)), 'request-invalid', JSON.stringify(wrong));
      for (const number of ['0', '-1', '1.5', '99999999999', 'x', '%2e%2e'])
        assert.equal(codeOf(await bench.as('ana', `/proposals/${number}`)), 'proposal-unknown');
      assert.equal(codeOf(await bench.as('greta', '/proposals', good)), 'permission-missing');
      // 4,000 letters of another alphabet are not more than 4,000 letters.
      const long = await bench.create({ summary: '漢'.repeat(4000) });
      await bench.signed(long);
      await bench.write('alpha', { 'flow.json': flow('alpha', '5.0') });
    } finally {
      await bench.stop();
    }
  });
});
