import assert from 'node:assert/strict';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { DefinitionConflict, ProposalFiles, ProposalList } from '../../../governance/api/proposal-contract.ts';
import { readBundle, signStatement, verifyBundle } from '../../../governance/bundle/index.ts';
import { readProposedBundle } from '../../../governance/server/proposals/local-bundle.ts';
import { POLICY } from '../bundle/ceremony.ts';
import { codeOf, flow, ProposalBench, view } from './bench.ts';

describe('proposals', () => {
  let bench: ProposalBench;
  beforeEach(async () => {
    bench = await ProposalBench.start();
  });
  afterEach(() => bench.stop());

  const threshold = async (value: string, name = 'alpha'): Promise<void> => {
    await bench.write(name, { 'flow.json': flow(name, value) });
    await bench.deploy();
  };
  /** Production runs what staging ran at first. */
  const released = async (): Promise<string> => bench.release((await bench.approved()).number);

  it('take all that staging runs where the environment runs nothing', async () => {
    const made = await bench.create();
    assert.equal(made.state, 'draft');
    assert.equal(made.base, null);
    assert.deepEqual(made.definitions, ['alpha', 'beta']);
    assert.equal(made.waitsFor, "its author's signature");
    assert.equal(made.asksYou, 'sign');
    assert.deepEqual(made.may.sign, { yes: true });
    assert.equal(made.may.approve.yes, false);
  });

  it('put what was chosen onto what the environment runs, and leave the rest', async () => {
    const base = await released();
    await threshold('5.5', 'alpha');
    await threshold('5.0', 'beta');
    const made = await bench.create({ definitions: ['alpha'] });
    assert.equal(made.base, base);
    assert.deepEqual(made.definitions, ['alpha']);
    assert.match(made.headline, /Title of alpha: .*6\.0.*5\.5/);
    const bundle = await readBundle((await bench.fileOf(made.number)).file);
    const beta = bundle.definitions.find(({ name }) => name === 'beta');
    assert.match(beta?.files['flow.json'] ?? '', /6\.0/, 'beta is as production runs it');
    const files = (await bench.as('greta', `/proposals/${made.number}/files`)).json<ProposalFiles>();
    assert.deepEqual(
      files.definitions.map(({ name, before, after }) => [name, before?.['flow.json'], after?.['flow.json']]),
      [['alpha', flow('alpha'), flow('alpha', '5.5')]],
    );
  });

  it('keep what they propose for their owner only', async () => {
    const { bundle } = await bench.create();
    const { mode } = await stat(join(bench.kit.folder, 'proposals', `${bundle}.wfb`));
    assert.equal(mode & 0o777, 0o600);
  });

  it('are refused where nothing differs, and of what nobody has', async () => {
    await released();
    const wish = { environment: 'production', definitions: [], title: 'T', summary: 'S' };
    assert.equal(codeOf(await bench.as('ana', '/proposals', wish)), 'proposal-nothing-changed');
    const unknown = await bench.as('ana', '/proposals', { ...wish, definitions: ['gamma'] });
    assert.equal(codeOf(unknown), 'proposal-definition-unknown');
    const elsewhere = await bench.as('ana', '/proposals', { ...wish, environment: 'staging' });
    assert.equal(codeOf(elsewhere), 'proposal-environment-unknown');
  });

  it('are made of what staging runs, not of files that somebody wrote', async () => {
    await bench.write('alpha', { 'flow.json': flow('alpha', '1.0') });
    const wish = { environment: 'production', definitions: [], title: 'T', summary: 'S' };
    const answer = await bench.as('ana', '/proposals', wish);
    assert.equal(codeOf(answer), 'proposal-staging-differs');
    assert.match(answer.text, /alpha/);
    await bench.deploy();
    await bench.create();
  });

  it('are approved by whom the policy names, and then pass the gate', async () => {
    const open = await bench.signed(await bench.create());
    assert.equal(open.state, 'open');
    assert.equal(open.waitsFor, '1 approval as clinical-governance and 1 approval as engineer');
    assert.equal((await bench.view(open.number, 'greta')).asksYou, 'approve');
    const one = view(await bench.approve(open, bench.people.greta, 'clinical-governance'), 200);
    assert.deepEqual(
      one.seats.map(({ role, person }) => [role, person]),
      [
        ['clinical-governance', 'greta'],
        ['engineer', null],
      ],
    );
    assert.equal(one.state, 'open');
    const both = view(await bench.approve(open, bench.people.emil, 'engineer'), 200);
    assert.equal(both.state, 'approved');
    assert.equal((await bench.view(open.number, 'otto')).asksYou, 'order');
    const { file } = await bench.fileOf(open.number);
    const result = await verifyBundle(file, {
      trustStore: bench.store,
      environment: 'production',
      now: bench.clock.now(),
    });
    assert.equal(result.ok, true);
  });

  it('are a file that verifies elsewhere, once they are approved', async () => {
    const { number, bundle } = await bench.approved();
    const file = await fetch(`${bench.kit.console.url}/api/v1/proposals/${number}/bundle`, {
      headers: { cookie: await bench.cookie('otto') },
    });
    assert.match(file.headers.get('content-disposition') ?? '', /filename="all-[0-9a-f]{12}\.wfb"/);
    const against = { trustStore: bench.store, environment: 'production', now: bench.clock.now() };
    const result = await verifyBundle(new Uint8Array(await file.arrayBuffer()), against);
    assert.equal(result.ok && result.bundle.hash, bundle);
  });

  it('say so to everybody when another was released on their base', async () => {
    await released();
    await threshold('5.5', 'alpha');
    const first = await bench.signed(await bench.create({ definitions: ['alpha'] }));
    await threshold('5.0', 'beta');
    const second = await bench.approved({ definitions: ['beta'] });
    await bench.release(second.number);
    const late = await bench.view(first.number);
    assert.equal(late.outdated, 'base');
    assert.equal(late.asksYou, 'revise');
    assert.equal(
      codeOf(await bench.approve(first, bench.people.greta, 'clinical-governance')),
      'proposal-outdated-base',
    );
    assert.equal((await bench.view(second.number)).state, 'released');
    assert.equal(late.history.filter(({ kind }) => kind === 'outdated').length, 1);
  });

  it('lose their approvals with a new policy', async () => {
    const open = await bench.approved();
    assert.equal(open.state, 'approved');
    await bench.changeTrust({ policy: { ...POLICY, approvalValidFor: 'P20D' } });
    const after = await bench.view(open.number);
    assert.equal(after.outdated, 'policy');
    assert.equal(after.state, 'open');
    assert.equal(after.notCounted.length, 2);
  });

  it('lose approvals that are too old, which can be given again', async () => {
    const open = await bench.approved();
    bench.clock.advance(31 * 86_400_000);
    const old = await bench.view(open.number);
    assert.equal(old.state, 'open');
    assert.deepEqual(old.notCounted.map(({ person }) => person).toSorted(), ['emil', 'greta']);
    const again = view(await bench.approve(old, bench.people.greta, 'clinical-governance'), 200);
    assert.equal(again.approvals.given, 1);
  });

  it('fall back to a draft with a new revision, which needs everything anew', async () => {
    const first = await bench.approved();
    await threshold('5.5');
    const revised = view(await bench.as('ana', `/proposals/${first.number}/revise`, { summary: 'Better.' }), 200);
    assert.equal(revised.state, 'draft');
    assert.equal(revised.revision, 2);
    assert.equal(revised.summary, 'Better.');
    assert.equal(revised.approvals.given, 0);
    assert.notEqual(revised.bundle, first.bundle);
    const greta = await bench.approval(first, bench.people.greta, 'clinical-governance');
    const early = await bench.as('greta', `/proposals/${first.number}/approvals`, { envelope: greta });
    assert.equal(codeOf(early), 'proposal-state');
  });

  it('end when they are withdrawn or rejected', async () => {
    const [one, two] = [await bench.create(), await bench.create()];
    const reason = 'It was a mistake.';
    assert.equal(codeOf(await bench.as('greta', `/proposals/${one.number}/reject`, { reason })), 'proposal-state');
    assert.equal(
      codeOf(await bench.as('emil', `/proposals/${one.number}/withdraw`, { reason })),
      'proposal-not-author',
    );
    assert.equal(view(await bench.as('ana', `/proposals/${one.number}/withdraw`, { reason }), 200).state, 'withdrawn');
    const open = await bench.signed(two);
    assert.equal(codeOf(await bench.as('ana', `/proposals/${two.number}/reject`, { reason })), 'proposal-own');
    const rejected = view(await bench.as('greta', `/proposals/${two.number}/reject`, { reason }), 200);
    assert.equal(rejected.state, 'rejected');
    assert.equal(rejected.may.revise.yes, false);
    assert.equal(codeOf(await bench.approve(open, bench.people.emil, 'engineer')), 'proposal-state');
  });

  it('are not ordered once they are rejected, though they were approved and their signatures would count', async () => {
    const { number, bundle } = await bench.approved();
    view(await bench.as('rita', `/proposals/${number}/reject`, { reason: 'A hazard was found.' }), 200);
    const statement = {
      kind: 'order',
      format: 1,
      environment: 'production',
      bundle,
      previous: null,
      sequence: 1,
      at: bench.at(),
      expires: new Date(bench.clock.now() + 3_600_000).toISOString(),
      actor: 'otto',
    } as const;
    const entry = await signStatement(statement, bench.people.otto.key);
    const answer = await bench.as('otto', '/environments/production/releases', { entry, drain: false });
    assert.equal(codeOf(answer), 'proposal-state', answer.text);
    await assert.rejects(readProposedBundle(bench.kit.folder, number, 'order'), { code: 'proposal-state' });
    assert.ok((await readProposedBundle(bench.kit.folder, number, 'break-glass')).length > 0);
  });

  it('are discussed', async () => {
    const { number } = await bench.create();
    const place = { definition: 'alpha', file: 'flow.json', anchor: 'alpha-switch' };
    const answer = await bench.as('greta', `/proposals/${number}/comments`, { text: 'Why 6.0?', place });
    assert.equal(answer.status, 201);
    const { id } = answer.json<{ id: string }>();
    assert.equal((await bench.as('ana', `/proposals/${number}/comments/${id}/resolve`, {})).status, 204);
    const [comment] = (await bench.view(number)).discussion;
    assert.deepEqual(
      { ...comment, id: '', at: 0 },
      { id: '', at: 0, author: 'greta', revision: 1, text: 'Why 6.0?', place, resolved: true },
    );
    const unknown = await bench.as('ana', `/proposals/${number}/comments/nothing/resolve`, {});
    assert.equal(codeOf(unknown), 'proposal-comment-unknown');
  });

  it('are listed by state, definition, author and words, page by page', async () => {
    const first = await bench.create({ title: 'Potassium' });
    const second = await bench.create({ title: 'Sodium', definitions: ['beta'] });
    await bench.signed(second);
    const list = async (query: string, by = 'ana'): Promise<ProposalList> =>
      (await bench.as(by, `/proposals${query}`)).json<ProposalList>();
    const numbers = async (query: string, by?: string): Promise<readonly number[]> =>
      (await list(query, by)).proposals.map(({ number }) => number);
    assert.deepEqual(await numbers(''), [second.number, first.number]);
    assert.deepEqual(await numbers('?state=draft'), [first.number]);
    assert.deepEqual(await numbers('?state=draft,open'), [second.number, first.number]);
    assert.deepEqual(await numbers('?definition=alpha'), [first.number]);
    assert.deepEqual(await numbers('?text=sodi'), [second.number]);
    assert.deepEqual(await numbers('?author=emil'), []);
    assert.deepEqual(await numbers('?asks=me', 'greta'), [second.number]);
    assert.equal((await list('', 'greta')).asking, 1);
    const page = await list('?limit=1');
    assert.equal(page.before, second.number);
    assert.deepEqual(await numbers(`?limit=1&before=${page.before}`), [first.number]);
    assert.deepEqual([page.counts.draft, page.counts.open], [1, 1]);
  });

  it('say what is wrong when what they propose was damaged, and leave the others', async () => {
    const bad = await bench.create();
    await threshold('5.5');
    const good = await bench.create();
    await bench.kit.restart();
    const file = join(bench.kit.folder, 'proposals', `${bad.bundle}.wfb`);
    const bytes = await readFile(file);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    await writeFile(file, bytes);
    assert.equal(codeOf(await bench.as('ana', `/proposals/${bad.number}`)), 'proposal-file-damaged');
    const { proposals } = (await bench.as('ana', '/proposals')).json<ProposalList>();
    assert.deepEqual(
      proposals.map(({ number }) => number),
      [good.number, bad.number],
    );
    await rm(file);
  });

  it('wait until somebody has looked at a change of production that staging never had', async () => {
    await released();
    // Carried here from another site: production runs a version of alpha that was never on this staging.
    await bench.write('alpha', { 'flow.json': flow('alpha', '4.0') });
    await bench.deploy();
    const elsewhere = await bench.approved();
    await bench.release(elsewhere.number);
    bench.forget();
    await threshold('5.5');
    const wish = { environment: 'production', definitions: [], title: 'T', summary: 'S' };
    assert.equal(codeOf(await bench.as('ana', '/proposals', wish)), 'proposal-conflict');
    const conflict = (await bench.as('ana', '/editor/conflicts/alpha')).json<DefinitionConflict>();
    const values = [conflict.base, conflict.theirs, conflict.mine].map(
      (version) => /"v":"([\d.]+)"/.exec(version?.files['flow.json'] ?? '')?.[1],
    );
    assert.deepEqual(values, ['6.0', '4.0', '5.5']);
    assert.equal(conflict.orderedBy, 'otto');
    assert.equal(codeOf(await bench.as('ana', '/editor/conflicts/beta')), 'not-found');
    const take = (by: string, version: unknown): ReturnType<typeof bench.as> =>
      bench.as(by, '/editor/conflicts/alpha', { version });
    assert.equal(codeOf(await take('ana', 'x')), 'request-invalid');
    assert.equal(codeOf(await take('greta', conflict.theirs?.version)), 'permission-missing');
    // Another version than the one that runs there: nobody has looked at that one.
    assert.equal((await take('ana', conflict.mine?.version)).status, 204);
    assert.equal(codeOf(await bench.as('ana', '/proposals', wish)), 'proposal-conflict');
    assert.equal((await take('ana', conflict.theirs?.version)).status, 204);
    assert.equal((await bench.as('ana', '/proposals', wish)).status, 201);
    assert.ok(bench.audit().some(({ type }) => type === 'proposal.taken-over'));
  });

  it('are made for what production runs for good, not for what runs under broken glass', async () => {
    const base = await released();
    await threshold('5.5', 'alpha');
    const broken = await bench.signed(await bench.create({ definitions: ['alpha'] }));
    await bench.breakGlass(broken.number);
    const now = await bench.view(broken.number);
    assert.equal(now.outdated, null);
    assert.equal(now.state, 'open', 'nobody has approved it by that');
    await threshold('5.0', 'beta');
    const other = await bench.create({ definitions: ['beta'] });
    assert.equal(other.base, base);
    bench.clock.advance(3_600_001);
    assert.equal((await bench.view(other.number)).outdated, null);
  });

  it('are opened by themselves after glass was broken, once', async () => {
    await released();
    await threshold('5.5');
    const draft = await bench.signed(await bench.create());
    await bench.keepBundle(draft.number);
    await bench.as('ana', `/proposals/${draft.number}/withdraw`, { reason: 'No time.' });
    const glass = { environment: 'production', bundle: draft.bundle, by: 'otto', reason: 'Now.', sequence: 2 };
    const { released: releases } = bench.kit.console.proposals;
    const number = await releases.openFollowUp(glass);
    assert.equal(await releases.openFollowUp(glass), number);
    const opened = await bench.view(number);
    assert.equal(opened.followsBreakGlass, true);
    assert.equal(opened.state, 'draft');
    assert.equal(opened.bundle, draft.bundle);
    assert.match(opened.headline, /5\.5/);
  });

  it('of another part are left to whom it belongs', async () => {
    await bench.account('lena', ['analyst'], { analyst: { definitions: ['beta'], serviceLines: [] } });
    const wish = { environment: 'production', title: 'T', summary: 'S' };
    assert.equal(
      codeOf(await bench.as('lena', '/proposals', { ...wish, definitions: ['alpha'] })),
      'permission-elsewhere',
    );
    assert.equal((await bench.as('lena', '/proposals', { ...wish, definitions: ['beta'] })).status, 201);
  });
});

describe('proposals without a trust store', () => {
  it('say what to do before anybody can sign', async () => {
    const bench = await ProposalBench.start({ untrusted: true });
    try {
      const draft = await bench.create();
      assert.match(draft.waitsFor, /wardflow trust init/);
      const answer = await bench.as('ana', `/proposals/${draft.number}/signature`, {
        envelope: await bench.author(draft, bench.people.ana),
      });
      assert.equal(codeOf(answer), 'trust-store-missing');
      assert.match(answer.text, /wardflow trust init/);
    } finally {
      await bench.stop();
    }
  });
});
