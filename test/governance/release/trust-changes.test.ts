import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { TrustChangeView, TrustView } from '../../../governance/api/release-contract.ts';
import {
  addSignature,
  proposeTrust,
  signStatement,
  type Envelope,
  type TrustChange,
} from '../../../governance/bundle/index.ts';
import { openAuditTrail } from '../../../governance/server/local-audit.ts';
import { installTrust, readTrustFolder, trustFolderOf } from '../../../governance/trust/trust-folder.ts';
import type { Answer } from '../../kit/test-console.ts';
import { at, person, POLICY, type Person } from '../bundle/ceremony.ts';
import { consoleWithProduction, type ConsoleWithProduction } from './console-with-production.ts';

const TRUST = '/api/v1/trust/production';

describe('whom an environment trusts, in the console', () => {
  let all: ConsoleWithProduction;
  let nils: Person;
  beforeEach(async () => {
    all = await consoleWithProduction();
    nils = await person('nils');
  });
  afterEach(() => all.stop());

  const cookie = (username: string): Promise<string> => all.sessionOf(username, 'engineer');
  const post = async (path: string, body: unknown, as: string): Promise<Answer> =>
    all.kit.call(`${TRUST}${path}`, { method: 'POST', cookie: await cookie(as), body });
  const view = async (): Promise<TrustView> =>
    (await all.kit.call(TRUST, { cookie: await cookie('emil') })).json<TrustView>();
  const inForce = () => readTrustFolder(trustFolderOf(all.kit.folder, 'production'), 'production');
  const proposed = async (by: Person, more: Partial<TrustChange> = {}): Promise<Envelope> => {
    const statement = proposeTrust(await inForce(), {
      add: [{ key: nils.told, roles: ['engineer'] }],
      by: by.key.person,
      reason: 'Nils joins.',
      at: at(all.clock.now()),
      ...more,
    });
    return signStatement(statement, by.key);
  };
  const propose = async (by: Person, more?: Partial<TrustChange>): Promise<TrustChangeView> => {
    const answer = await post('/changes', { envelope: await proposed(by, more) }, by.key.person);
    assert.equal(answer.status, 201, answer.text);
    return answer.json<TrustChangeView>();
  };
  const sign = async (change: TrustChangeView, by: Person, envelope = change.envelope): Promise<Answer> =>
    post(`/changes/${change.id}/signatures`, { envelope: await addSignature(envelope, by.key) }, by.key.person);
  const code = (answer: Answer): string => answer.json<{ code: string }>().code;
  /** Newest first. */
  const audited = (): readonly string[] => {
    const { audit, close } = openAuditTrail(all.kit.folder);
    const records = audit.list({}).filter(({ type }) => type.startsWith('trust.'));
    close();
    return records.map((record) => record.type);
  };

  it('is shown with its policy and its people', async () => {
    const { version, keys, policy, changes } = await view();
    assert.deepEqual([version, changes.length, policy], [1, 0, POLICY]);
    assert.deepEqual(keys.map((key) => key.person).toSorted(), ['ana', 'emil', 'greta', 'otto', 'rita']);
  });

  it('changes when those whom the policy names have signed, and is then what the files say', async () => {
    const { ana, greta, emil } = all.env.all;
    const change = await propose(ana);
    assert.deepEqual(change.changes, [`adds the key ${nils.key.id.slice(0, 12)} of nils as engineer`]);
    assert.deepEqual([change.signedBy, change.by, change.outdated], [['ana'], 'ana', false]);
    assert.match(change.missing, /1 approval as clinical-governance and 1 approval as engineer/);
    const half = (await sign(change, greta)).json<TrustChangeView>();
    assert.equal(half.missing, '1 approval as engineer');
    assert.equal((await inForce()).version, 1);
    const whole = await sign(half, emil);
    assert.equal(whole.status, 200, whole.text);
    const store = await inForce();
    assert.equal(store.version, 2);
    assert.ok(store.keys.some((key) => key.person === 'nils'));
    assert.deepEqual((await view()).changes, []);
    assert.deepEqual(audited(), ['trust.installed', 'trust.signed', 'trust.signed', 'trust.proposed']);
  });

  it('takes signatures of two people made at the same time', async () => {
    const { ana, greta, emil } = all.env.all;
    const change = await propose(ana);
    await sign(change, greta);
    const answer = await sign(change, emil);
    assert.equal(answer.status, 200, answer.text);
    assert.equal((await inForce()).version, 2);
  });

  it('loses no signature where two people send theirs in the same moment', async () => {
    const { ana, greta, emil } = all.env.all;
    const change = await propose(ana);
    await Promise.all([cookie('greta'), cookie('emil')]);
    const answers = await Promise.all([sign(change, greta), sign(change, emil)]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200],
    );
    assert.equal((await inForce()).version, 2);
  });

  it('is not changed by the one who proposes, nor by the one whose key it is', async () => {
    const { ana, emil, rita } = all.env.all;
    const change = await propose(emil, { add: [], roles: { [rita.key.id]: ['reviewer'] } });
    const half = (await sign(change, rita)).json<TrustChangeView>();
    const again = await sign(half, ana);
    assert.match(again.json<TrustChangeView>().missing, /clinical-governance/, 'neither Emil nor Rita counts');
    assert.equal((await inForce()).version, 1);
  });

  it('takes a proposal and a signature only from the person whose key signs', async () => {
    const { ana, greta, emil, mallory } = all.env.all;
    const envelope = await proposed(ana);
    assert.equal(code(await post('/changes', { envelope }, 'emil')), 'trust-change-not-yours');
    const change = await propose(ana);
    const byGreta = await addSignature(change.envelope, greta.key);
    assert.equal(
      code(await post(`/changes/${change.id}/signatures`, { envelope: byGreta }, 'emil')),
      'trust-change-not-yours',
    );
    assert.equal(
      code(await post(`/changes/${change.id}/signatures`, { envelope: change.envelope }, 'emil')),
      'trust-change-not-yours',
      'no new signature',
    );
    const strange = await proposed(ana, { reason: 'something else' });
    assert.equal(code(await sign(change, emil, strange)), 'trust-change-not-yours');
    assert.equal(code(await sign(change, mallory)), 'trust-change-not-yours');
    const forged = {
      ...byGreta,
      signatures: byGreta.signatures.map((one) => ({ ...one, sig: Buffer.alloc(64, 7).toString('base64') })),
    };
    assert.equal(
      code(await post(`/changes/${change.id}/signatures`, { envelope: forged }, 'greta')),
      'signature-invalid',
    );
    assert.equal((await view()).changes[0]?.signedBy.length, 1, 'nothing of it was kept');
    assert.equal((await inForce()).version, 1);
  });

  it('refuses at once what could never be put in force', async () => {
    const { ana, otto, emil, greta, rita } = all.env.all;
    const refuse = async (more: Partial<TrustChange>, expected: string): Promise<void> => {
      const answer = await post('/changes', { envelope: await proposed(ana, more) }, 'ana');
      assert.equal(answer.status, 422);
      assert.equal(code(answer), expected);
    };
    await refuse({ add: [], revoke: [greta, emil, rita].map(({ key }) => key.id) }, 'trust-store-locks-out');
    await refuse({ policy: { ...POLICY, approvals: {} } }, 'policy-invalid');
    const answer = await post('/changes', { envelope: await proposed(otto, { by: 'ana' }) }, 'otto');
    assert.equal(code(answer), 'trust-change-unsigned');
    assert.deepEqual((await view()).changes, []);
    assert.ok(audited().every((type) => type === 'trust.refused'));
  });

  it('says in words what a weaker policy would change', async () => {
    const { policy } = await propose(all.env.all.ana, {
      add: [],
      policy: { ...POLICY, approvals: { ...POLICY.approvals, high: [{ role: 'engineer', count: 1 }] } },
    });
    assert.ok(policy.includes('new: A change of high risk needs an approval as engineer.'), policy.join('\n'));
    assert.ok(
      policy.includes(
        'no longer: A change of high risk needs an approval as clinical-governance and an approval as engineer.',
      ),
    );
  });

  it('marks a change that follows an older version, and lets only its proposer withdraw it', async () => {
    const { ana, greta, emil } = all.env.all;
    const change = await propose(ana);
    let other = await proposed(ana, { reason: 'at the command line' });
    for (const { key } of [greta, emil]) other = await addSignature(other, key);
    await installTrust(trustFolderOf(all.kit.folder, 'production'), 'production', other);
    assert.deepEqual(
      (await view()).changes.map(({ outdated }) => outdated),
      [true],
    );
    assert.equal(code(await sign(change, emil)), 'trust-chain-broken');
    assert.equal(code(await post(`/changes/${change.id}/withdraw`, {}, 'emil')), 'trust-change-not-yours');
    assert.equal((await post(`/changes/${change.id}/withdraw`, {}, 'ana')).status, 204);
    assert.deepEqual((await view()).changes, []);
    assert.equal(code(await post(`/changes/${change.id}/withdraw`, {}, 'ana')), 'not-found');
  });
});
