import assert from 'node:assert/strict';
import { before, beforeEach, describe, it } from 'mocha';
import {
  addSignature,
  appendTrust,
  firstTrust,
  initialTrust,
  pinOf,
  proposeTrust,
  readPin,
  readPolicy,
  readTrustStore,
  sign,
  signStatement,
  statementBytes,
  utf8,
  type Envelope,
  type TrustChange,
  type TrustStatement,
  type TrustStore,
} from '../../../governance/bundle/index.ts';
import { at, cast, DAY, NOW, person, POLICY, type Cast, type Person } from './ceremony.ts';

const codeOf = async (act: () => Promise<unknown>): Promise<string> => {
  try {
    await act();
    return 'accepted';
  } catch (error) {
    return (error as { readonly code?: string }).code ?? String(error);
  }
};
const text = (store: TrustStore): string => JSON.stringify(store.file);

describe('the trust store of an environment', () => {
  let all: Cast;
  let nils: Person;
  before(async () => {
    all = await cast();
    nils = await person('nils');
  });
  const propose = (change: Partial<TrustChange> = {}, store = all.store): TrustStatement =>
    proposeTrust(store, {
      add: [{ key: nils.told, roles: ['engineer'] }],
      by: 'otto',
      reason: 'new colleague',
      at: at(NOW - DAY),
      ...change,
    });
  const by = async (statement: TrustStatement, ...people: readonly Person[]): Promise<Envelope> => {
    const [first, ...others] = people;
    let envelope = await signStatement(statement, first?.key ?? assert.fail());
    for (const { key } of others) envelope = await addSignature(envelope, key);
    return envelope;
  };
  const code = async (envelope: Envelope | Promise<Envelope>, store = all.store): Promise<string> => {
    const signed = await envelope;
    return codeOf(() => appendTrust(store, signed));
  };

  it('takes a new key that existing approvers sign for', async () => {
    const next = await appendTrust(all.store, await by(propose(), all.otto, all.greta, all.emil));
    assert.equal(next.version, 2);
    assert.deepEqual(
      next.keys.filter(({ person }) => person === 'nils').map(({ addedBy, roles }) => [addedBy, roles]),
      [['otto', ['engineer']]],
    );
    assert.equal((await readTrustStore(text(next), pinOf(all.store))).hash, next.hash);
  });

  it('takes no key from one who is alone, an administrator or not', async () => {
    assert.equal(await code(by(propose(), all.otto, all.greta, all.emil)), 'accepted');
    assert.equal(await code(by(propose(), all.otto)), 'trust-change-not-approved');
    assert.equal(await code(by(propose(), all.otto, all.greta)), 'trust-change-not-approved');
    assert.equal(await code(by(propose({ by: 'root' }), all.greta, all.emil)), 'trust-change-unsigned');
  });

  it('does not count the proposer, nor the one whose key it is', async () => {
    assert.equal(await code(by(propose({ by: 'emil' }), all.emil, all.greta)), 'trust-change-not-approved');
    assert.equal(await code(by(propose({ by: 'emil' }), all.emil, all.greta, all.rita)), 'accepted');
    const second = await person('emil');
    const own = propose({ add: [{ key: second.told, roles: ['engineer'] }] });
    assert.equal(await code(by(own, all.otto, all.greta, all.emil)), 'trust-change-not-approved');
    assert.equal(await code(by(own, all.otto, all.greta, all.rita)), 'accepted');
    const promoted = propose({ add: [], roles: { [all.emil.key.id]: ['engineer', 'clinical-governance'] } });
    assert.equal(await code(by(promoted, all.otto, all.greta, all.emil)), 'trust-change-not-approved');
  });

  it('refuses signatures that are wrong, unknown or for something else', async () => {
    const good = await by(propose(), all.otto, all.greta, all.emil);
    assert.equal(await code(good), 'accepted');
    assert.equal(await code(by(propose(), all.otto, all.greta, all.emil, all.mallory)), 'key-unknown');
    const other = await by(propose({ reason: 'something else' }), all.otto, all.greta, all.emil);
    assert.equal(await code({ ...good, signatures: other.signatures }), 'signature-invalid');
    const typed = await sign('application/vnd.wardflow.order+json', statementBytes(propose()), all.otto.key);
    assert.equal(await code(typed), 'statement-type-unexpected');
  });

  describe('as a chain', () => {
    let two: TrustStore;
    beforeEach(async () => {
      two = await appendTrust(
        all.store,
        await by(propose({ add: [], revoke: [all.emil.key.id] }), all.otto, all.greta, all.rita),
      );
    });

    it('is trusted from its pinned beginning only', async () => {
      const other = await cast();
      assert.equal(await codeOf(() => readTrustStore(text(two), pinOf(two))), 'accepted');
      assert.equal(await codeOf(() => readTrustStore(text(other.store), pinOf(two))), 'trust-store-not-pinned');
      const elsewhere = { ...pinOf(two), environment: 'staging' };
      assert.equal(await codeOf(() => readTrustStore(text(two), elsewhere)), 'trust-store-of-another-environment');
      assert.deepEqual(readPin(JSON.stringify(pinOf(two))), pinOf(two));
      assert.throws(() => readPin('{"kind":"trust-pin"}'), { code: 'trust-store-invalid' });
    });

    it('is refused when a version is missing that was seen: a revocation could be in it', async () => {
      assert.equal(await codeOf(() => readTrustStore(text(all.store), pinOf(all.store))), 'accepted');
      assert.equal(await codeOf(() => readTrustStore(text(all.store), pinOf(two))), 'trust-store-older-than-pinned');
      const fork = await appendTrust(all.store, await by(propose(), all.otto, all.greta, all.emil));
      assert.equal(await codeOf(() => readTrustStore(text(fork), pinOf(two))), 'trust-store-older-than-pinned');
    });

    it('refuses what does not follow', async () => {
      const next = propose({}, two);
      const signed = (change: Partial<TrustStatement>): Promise<string> =>
        code(by({ ...next, ...change }, all.otto, all.greta, all.rita), two);
      assert.equal(await signed({}), 'accepted');
      for (const change of [
        { version: 2 },
        { version: 4 },
        { previous: all.store.hash },
        { previous: null },
        { environment: 'staging' },
        { at: at(NOW - 2 * DAY) },
        { keys: next.keys.slice(1) },
        { keys: [...next.keys, ...next.keys] },
        { keys: next.keys.map((key) => ({ ...key, revoked: null })) },
        { keys: next.keys.map((key) => ({ ...key, person: 'greta' })) },
        { keys: next.keys.map((key) => ({ ...key, addedBy: 'greta' })) },
        { keys: next.keys.map((key, i) => ({ ...key, id: i === 0 ? 'a'.repeat(64) : key.id })) },
        { keys: next.keys.map((key) => ({ ...key, publicKey: all.mallory.told.publicKey })) },
        { keys: next.keys.map((key) => (key.person === 'nils' ? { ...key, id: all.mallory.key.id } : key)) },
      ])
        assert.equal(await signed(change), 'trust-chain-broken', JSON.stringify(Object.keys(change)));
    });

    it('gives no vote to a revoked key', async () => {
      assert.equal(await code(by(propose({}, two), all.otto, all.greta, all.emil), two), 'key-revoked');
    });

    it('puts another policy in force only under the old one', async () => {
      const easy = { ...POLICY, approvals: { high: [{ role: 'reviewer', count: 1 }] } };
      const downgrade = propose({ add: [], policy: easy }, two);
      assert.equal(await code(by(downgrade, all.otto, all.rita), two), 'trust-change-not-approved');
      const three = await appendTrust(two, await by(downgrade, all.otto, all.greta, all.rita));
      assert.equal(three.policy.hash, (await readPolicy(JSON.stringify(easy, null, 4))).hash);
      assert.equal(
        await code(by(propose({ add: [], policy: { ...easy, approvals: {} } }, two), all.otto), two),
        'policy-invalid',
      );
    });
  });

  it('never becomes one that nobody could change any more', async () => {
    const revoke = [all.greta.key.id, all.rita.key.id];
    assert.equal(
      await code(by(propose({ add: [], revoke, by: 'ana' }), all.ana, all.greta, all.emil)),
      'trust-store-locks-out',
    );
    const unfillable = { ...POLICY, approvals: { high: [{ role: 'pharmacist', count: 1 }] } };
    assert.equal(
      await code(by(propose({ add: [], policy: unfillable }), all.otto, all.greta, all.emil)),
      'trust-store-locks-out',
    );
    const first = (roles: Readonly<Record<string, readonly string[]>>): Promise<string> =>
      codeOf(async () =>
        firstTrust(
          await by(
            initialTrust({
              environment: 'production',
              keys: Object.entries(roles).map(([name, held]) => ({
                key: all[name as 'ana' | 'greta' | 'emil'].told,
                roles: held,
              })),
              policy: POLICY,
              by: 'ana',
              at: at(),
            }),
            all.ana,
          ),
        ),
      );
    assert.equal(await first({ ana: ['analyst'], greta: ['clinical-governance'], emil: ['engineer'] }), 'accepted');
    assert.equal(await first({ greta: ['clinical-governance'], emil: ['engineer'] }), 'trust-store-locks-out');
    assert.equal(
      await first({ ana: ['analyst'], greta: ['clinical-governance', 'engineer'] }),
      'trust-store-locks-out',
    );
  });

  it('is refused where it is no chain at all', async () => {
    for (const file of ['[]', '{}', '{"kind":"trust-store-chain","format":1,"versions":[]}'])
      assert.equal(await codeOf(() => readTrustStore(file, null)), 'trust-store-invalid', file);
    assert.equal(
      await codeOf(() => readTrustStore('{"kind":"trust-store-chain","format":1,"versions":[{}]}', null)),
      'signature-malformed',
    );
  });
});

describe('a policy', () => {
  it('is the same policy however it is written, and refused where it is unclear', async () => {
    const { hash } = await readPolicy(JSON.stringify(POLICY));
    assert.equal((await readPolicy(utf8(JSON.stringify(POLICY, null, 3)))).hash, hash);
    for (const wrong of [
      { ...POLICY, approvals: { low: POLICY.approvals.low } },
      { ...POLICY, approvals: { high: [] } },
      { ...POLICY, approvals: { high: [{ role: 'engineer', count: 0 }] } },
      { ...POLICY, approvalValidFor: 'P1M' },
      { ...POLICY, more: 1 },
    ])
      await assert.rejects(readPolicy(JSON.stringify(wrong)), { code: 'policy-invalid' });
    await assert.rejects(readPolicy(JSON.stringify(POLICY).replace('"low":', '"high":')), { code: 'json-key-twice' });
  });
});
