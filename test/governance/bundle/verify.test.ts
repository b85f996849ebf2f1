/** Attacks on bundles, each beside the honest bundle that it was made from, so that each test can fail. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { opened } from '../../../governance/bundle/dsse.ts';
import {
  addSignature,
  appendTrust,
  bundleFileName,
  canonicalBytes,
  proposeTrust,
  readArchive,
  readBundle,
  sha256,
  sign,
  signStatement,
  statementBytes,
  utf8,
  verifyBundle,
  withApproval,
  withAuthor,
  writeArchive,
  writeBundle,
  type Bundle,
  type Bytes,
  type TrustStore,
  type Verification,
} from '../../../governance/bundle/index.ts';
import {
  approval,
  approved,
  at,
  authored,
  cast,
  complete,
  DAY,
  definitions,
  NOW,
  person,
  POLICY,
  signed,
  unsigned,
  type Cast,
  type Person,
} from './ceremony.ts';

describe('a bundle that wants to run', () => {
  let all: Cast;
  let good: Bundle;
  before(async () => {
    all = await cast();
    good = await complete(all);
  });

  const verify = (
    input: Bytes | Bundle,
    more: { store?: TrustStore; now?: number; environment?: string } = {},
  ): Promise<Verification> =>
    verifyBundle(input instanceof Uint8Array ? input : writeBundle(input), {
      trustStore: more.store ?? all.store,
      now: more.now ?? NOW,
      environment: more.environment ?? 'production',
    });
  const codes = async (...args: Parameters<typeof verify>): Promise<readonly string[]> => {
    const result = await verify(...args);
    return result.ok ? ['accepted'] : result.reasons.map(({ code }) => code);
  };
  /** The archive with other entries. */
  const changed = (change: (entries: Map<string, Bytes>) => void, of = good): Bytes => {
    const entries = new Map(readArchive(writeBundle(of)));
    change(entries);
    return writeArchive(entries);
  };
  const withManifest = (text: string): Bytes => changed((entries) => entries.set('manifest.json', utf8(text)));
  const manifest = (): string => new TextDecoder().decode(readArchive(writeBundle(good)).get('manifest.json'));

  it('runs with a trusted author and two approvals, and says who sat where', async () => {
    const result = await verify(good);
    assert.ok(result.ok);
    assert.deepEqual(result.verdict.seats, [
      { role: 'clinical-governance', person: 'greta' },
      { role: 'engineer', person: 'emil' },
    ]);
    assert.equal(result.author.key.person, 'ana');
    assert.deepEqual(
      result.bundle.definitions.map(({ name, version }) => [name, version]),
      definitions()
        .map(({ name, version }) => [name, version])
        .toReversed(),
    );
  });

  it('has the same bytes and name whenever it is made', async () => {
    const again = await unsigned();
    assert.deepEqual(writeBundle(again), writeBundle(await unsigned()));
    assert.equal(bundleFileName(again), `alpha-${good.hash.slice(0, 12)}.wfb`);
    assert.deepEqual(writeBundle(await readBundle(writeBundle(good))), writeBundle(good));
  });

  describe('is refused where its content', () => {
    it('has a file that was changed, missing or added', async () => {
      const path = 'files/alpha/samples/one.hl7';
      assert.deepEqual(await codes(changed((entries) => entries.set(path, entries.get(path) ?? utf8('')))), [
        'accepted',
      ]);
      assert.deepEqual(await codes(changed((entries) => entries.set(path, utf8('MSH')))), ['bundle-file-changed']);
      const flipped = (bytes = utf8('')): Bytes => bytes.map((byte, i) => (i === 20 ? byte ^ 1 : byte));
      assert.deepEqual(await codes(changed((entries) => entries.set(path, flipped(entries.get(path))))), [
        'bundle-file-changed',
      ]);
      assert.deepEqual(await codes(changed((entries) => entries.delete(path))), ['bundle-file-missing']);
      for (const extra of [
        'files/alpha/x.json',
        'x.json',
        'alpha/flow.json',
        'approvals/x.dsse.json',
        'files/beta/flow.json',
      ])
        assert.deepEqual(
          await codes(changed((entries) => entries.set(extra, utf8('{}')))),
          ['bundle-file-extra'],
          extra,
        );
      assert.deepEqual(await codes(changed((entries) => entries.delete('manifest.json'))), ['bundle-manifest-missing']);
    });

    it('has a manifest that was changed, even where it fits the files', async () => {
      assert.deepEqual(await codes(withManifest(manifest())), ['accepted']);
      assert.deepEqual(await codes(withManifest(manifest().replace('"engine":"0.1.0"', '"engine":"0.1.1"'))), [
        'author-of-another-bundle',
      ]);
      const base = manifest().replace('"base":null', `"base":"${'0'.repeat(64)}"`);
      assert.deepEqual(await codes(withManifest(base)), ['author-of-another-bundle']);
    });

    it('has a manifest that could be read in two ways', async () => {
      const bad = ['bundle-manifest-invalid'];
      assert.deepEqual(await codes(withManifest(`${manifest()}\n`)), bad);
      assert.deepEqual(await codes(withManifest(manifest().replace('"format":1', '"format":2'))), bad);
      assert.deepEqual(await codes(withManifest(manifest().replace('"base":null', '"base":null,"more":1'))), bad);
      assert.deepEqual(await codes(withManifest(manifest().replace('"base":null', '"base":null,"base":null'))), [
        'json-key-twice',
      ]);
      assert.deepEqual(
        await codes(withManifest(manifest().replace('"path":"samples/one.hl7"', '"path":"../one.hl7"'))),
        bad,
      );
    });

    it('has definitions that are not those of its manifest, or not sound', async () => {
      const [alpha] = good.manifest.definitions.filter(({ name }) => name === 'alpha');
      const other = '0'.repeat(64);
      assert.deepEqual(
        await codes(withManifest(manifest().replace(`"hash":"${alpha?.hash ?? ''}"`, `"hash":"${other}"`))),
        ['bundle-definition-changed'],
      );
      assert.deepEqual(await codes(withManifest(manifest().replace('"uses":{"_shared":', '"uses":{"alpha":'))), [
        'bundle-use-missing',
      ]);
      const broken = utf8('[]');
      const old = alpha?.files.find(({ path }) => path === 'flow.json') ?? assert.fail();
      const fitting = changed((entries) => {
        entries.set('files/alpha/flow.json', broken);
        entries.set('manifest.json', utf8(manifest()));
      });
      assert.deepEqual(await codes(fitting), ['bundle-file-changed']);
      const text = manifest().replace(
        JSON.stringify({ path: 'flow.json', sha256: old.sha256, size: old.size }),
        JSON.stringify({ path: 'flow.json', sha256: await sha256(broken), size: 2 }),
      );
      assert.deepEqual(
        await codes(
          changed((entries) => {
            entries.set('files/alpha/flow.json', broken);
            entries.set('manifest.json', utf8(text));
          }),
        ),
        ['bundle-definition-invalid'],
      );
    });

    it('is no archive of ours', async () => {
      assert.deepEqual(await codes(utf8('PK')), ['bundle-zip-malformed']);
    });
  });

  describe('is refused where its author', () => {
    it('has not signed, or the signature was taken away', async () => {
      assert.deepEqual(await codes(await unsigned()), ['author-missing']);
      assert.deepEqual(await codes(changed((entries) => entries.delete('author.dsse.json'))), ['author-missing']);
      const empty = { ...(await signStatement(authored(good), all.ana.key)), signatures: [] };
      assert.deepEqual(await codes({ ...good, author: canonicalBytes(empty, 'x') }), ['signature-malformed']);
    });

    it('signed something else, or in another role', async () => {
      const elsewhere = await unsigned({ types: ['debug'] });
      assert.deepEqual(await codes(await signed(good, all.ana, { bundle: elsewhere.hash })), [
        'author-of-another-bundle',
      ]);
      assert.deepEqual(await codes(await signed(good, all.ana, { base: 'a'.repeat(64) })), [
        'author-of-another-bundle',
      ]);
      const payload = statementBytes(authored(good));
      const sealed = await sign('application/vnd.wardflow.author+json', payload, all.ana.key);
      assert.deepEqual(await codes({ ...good, author: canonicalBytes(sealed, 'x') }), ['accepted']);
      const other = await sign('application/vnd.wardflow.approval+json', payload, all.ana.key);
      assert.deepEqual(await codes({ ...good, author: canonicalBytes(other, 'x') }), ['statement-type-unexpected']);
      const relabelled = { ...other, payloadType: 'application/vnd.wardflow.author+json' };
      assert.deepEqual(await codes({ ...good, author: canonicalBytes(relabelled, 'x') }), ['signature-invalid']);
    });

    it('is not trusted, or not any more', async () => {
      assert.deepEqual(await codes(await signed(good, all.mallory)), ['key-unknown']);
      const posing: Person = { told: all.mallory.told, key: { ...all.mallory.key, id: all.ana.key.id } };
      assert.deepEqual(await codes(await signed(good, posing)), ['signature-invalid']);
      assert.deepEqual(await codes(good, { store: await revoked(all, all.ana) }), ['key-revoked']);
    });

    it('says something else than what was approved', async () => {
      const reworded = await signStatement(authored(good, { summary: 'Another.' }), all.ana.key);
      assert.deepEqual(await codes({ ...good, author: canonicalBytes(reworded, 'x') }), [
        'approval-of-another-statement',
        'approval-of-another-statement',
        'approvals-missing',
      ]);
      assert.equal(withAuthor(good, reworded).approvals.size, 0);
    });

    it('signed a payload that is no such statement', async () => {
      const odd = await sign('application/vnd.wardflow.author+json', utf8('{"kind":"author"}'), all.ana.key);
      assert.deepEqual(await codes({ ...good, author: canonicalBytes(odd, 'x') }), ['statement-invalid']);
      const twice = new TextDecoder()
        .decode(statementBytes(authored(good)))
        .replace('"base":null', '"base":null,"base":null');
      const ambiguous = await sign('application/vnd.wardflow.author+json', utf8(twice), all.ana.key);
      assert.deepEqual(await codes({ ...good, author: canonicalBytes(ambiguous, 'x') }), ['json-key-twice']);
    });
  });

  describe('is refused where an approval', () => {
    let byAna: Bundle;
    let half: Bundle;
    before(async () => {
      byAna = await signed(await unsigned(), all.ana);
      half = await approved(byAna, all.store, all.greta, 'clinical-governance');
    });
    const emil = (more: object, person = all.emil, role = 'engineer'): Promise<Bundle> =>
      approved(half, all.store, person, role, more);

    it('is missing', async () => {
      assert.deepEqual(await codes(await emil({})), ['accepted']);
      assert.deepEqual(await codes(half), ['approvals-missing']);
      const result = await verify(byAna);
      assert.ok(!result.ok);
      assert.equal(
        result.reasons[0]?.message,
        '1 approval as clinical-governance and 1 approval as engineer is missing.',
      );
    });

    it('is by the author, whatever key the author uses', async () => {
      assert.deepEqual(await codes(await emil({}, all.ana)), ['approval-by-author', 'approvals-missing']);
      const second = await person('ana');
      const store = await withKey(all, second, ['engineer']);
      const bundle = await complete({ ...all, store, emil: second });
      assert.deepEqual(await codes(bundle, { store }), ['approval-by-author', 'approvals-missing']);
      assert.deepEqual(await codes(await complete({ ...all, store }), { store }), ['accepted']);
    });

    it('is the second by one person, in another role or with another key', async () => {
      const both = await approved(byAna, all.store, all.rita, 'clinical-governance');
      assert.deepEqual(await codes(await approved(both, all.store, all.emil, 'engineer')), ['accepted']);
      assert.deepEqual(await codes(await approved(both, all.store, all.rita, 'engineer')), ['approvals-missing']);
      const second = await person('rita');
      const store = await withKey(all, second, ['engineer']);
      const alone = await approved(
        await approved(byAna, store, all.rita, 'clinical-governance'),
        store,
        second,
        'engineer',
      );
      assert.deepEqual(await codes(alone, { store }), ['approvals-missing']);
    });

    it('was given to another bundle, base or policy', async () => {
      const other = 'b'.repeat(64);
      const cases = {
        bundle: 'approval-of-another-bundle',
        base: 'approval-of-another-base',
        policy: 'approval-under-another-policy',
      };
      for (const [field, code] of Object.entries(cases))
        assert.deepEqual(await codes(await emil({ [field]: other })), [code, 'approvals-missing'], field);
    });

    it('is carried over from an earlier bundle', async () => {
      const later = await signed(await unsigned({ types: ['debug'] }), all.ana);
      assert.deepEqual(await codes({ ...later, approvals: good.approvals }), [
        'approval-of-another-bundle',
        'approval-of-another-bundle',
        'approvals-missing',
      ]);
    });

    it('is too old, or from the future', async () => {
      assert.deepEqual(await codes(await emil({ at: at(NOW - 30 * DAY) })), ['accepted']);
      assert.deepEqual(await codes(await emil({ at: at(NOW - 30 * DAY - 1000) })), [
        'approval-expired',
        'approvals-missing',
      ]);
      assert.deepEqual(await codes(good, { now: NOW + 31 * DAY }), [
        'approval-expired',
        'approval-expired',
        'approvals-missing',
      ]);
      assert.deepEqual(await codes(await emil({ at: at(NOW + 60_000) })), ['accepted']);
      assert.deepEqual(await codes(await emil({ at: at(NOW + DAY) })), ['approval-not-yet-valid', 'approvals-missing']);
    });

    it('claims a role that the key does not have', async () => {
      assert.deepEqual(await codes(await emil({}, all.otto)), ['role-not-held', 'approvals-missing']);
    });

    it('is by a key that is unknown or revoked', async () => {
      assert.deepEqual(await codes(await emil({}, all.mallory)), ['key-unknown', 'approvals-missing']);
      assert.deepEqual(await codes(good, { store: await revoked(all, all.emil) }), [
        'key-revoked',
        'approvals-missing',
      ]);
    });

    it('does not stand in the way where others are enough', async () => {
      const more = await approved(good, all.store, all.mallory, 'engineer');
      const result = await verify(await approved(more, all.store, all.ana, 'engineer'));
      assert.ok(result.ok);
      assert.deepEqual(result.verdict.notCounted.map(({ code }) => code).toSorted(), [
        'approval-by-author',
        'key-unknown',
      ]);
    });

    it('has a wrong signature, another type, or two signatures', async () => {
      const honest = await signStatement(await approval(half, all.store, 'engineer'), all.emil.key);
      assert.deepEqual(await codes(withApproval(half, honest)), ['accepted']);
      const [signature] = honest.signatures;
      assert.ok(signature);
      const flipped = { ...signature, sig: `${signature.sig.startsWith('A') ? 'B' : 'A'}${signature.sig.slice(1)}` };
      assert.ok((await codes(withApproval(half, { ...honest, signatures: [flipped] }))).includes('signature-invalid'));
      const order = { ...honest, payloadType: 'application/vnd.wardflow.order+json' };
      assert.ok((await codes(withApproval(half, order))).includes('statement-type-unexpected'));
      const two = await addSignature(honest, all.rita.key);
      assert.ok((await codes(withApproval(half, two))).includes('signature-malformed'));
      const twice = { ...honest, signatures: [signature, signature] };
      assert.ok((await codes(withApproval(half, twice))).includes('signature-malformed'));
    });

    it('is spoilt even where the others would be enough', async () => {
      const honest = await signStatement(await approval(good, all.store, 'engineer'), all.rita.key);
      assert.deepEqual(await codes(withApproval(good, honest)), ['accepted']);
      const spoilt = { ...honest, payloadType: 'application/vnd.wardflow.author+json' };
      assert.deepEqual(await codes(withApproval(good, spoilt)), ['statement-type-unexpected']);
    });
  });

  describe('under a policy', () => {
    it('needs what its highest risk needs, and what "high" needs where the risk has no entry', async () => {
      const low = await approved(
        await signed(await unsigned({ risk: 'low' }), all.ana),
        all.store,
        all.rita,
        'reviewer',
      );
      assert.deepEqual(await codes(low), ['accepted']);
      for (const risk of ['moderate', 'high', 'critical']) {
        const bundle = await signed(await unsigned({ risk }), all.ana);
        assert.deepEqual(
          await codes(await approved(bundle, all.store, all.rita, 'reviewer')),
          ['approvals-missing'],
          risk,
        );
        assert.deepEqual(await codes(await complete(all, { risk })), ['accepted'], risk);
      }
    });

    it('needs an engineer for code, and refuses nodes that are forbidden', async () => {
      const code = await signed(await unsigned({ risk: 'low', types: ['function'] }), all.ana);
      const reviewed = await approved(code, all.store, all.rita, 'reviewer');
      assert.deepEqual(await codes(reviewed), ['approvals-missing']);
      assert.deepEqual(await codes(await approved(reviewed, all.store, all.emil, 'engineer')), ['accepted']);
      assert.deepEqual(await codes(await complete(all, { types: ['exec'] })), ['policy-forbids-node']);
    });

    it('cannot bring a weaker one along: approvals under it do not count', async () => {
      const weak = await cast({ ...POLICY, approvals: { high: [{ role: 'reviewer', count: 1 }] } });
      const easy = await approved(await signed(await unsigned(), all.ana), weak.store, all.rita, 'reviewer');
      assert.deepEqual(await codes(easy), ['approval-under-another-policy', 'approvals-missing']);
    });

    it('belongs to its environment', async () => {
      assert.deepEqual(await codes(good, { environment: 'staging' }), ['trust-store-of-another-environment']);
    });
  });
});

/** The store after `person`'s keys were revoked, approved as it must be. */
async function revoked(all: Cast, person: Person): Promise<TrustStore> {
  const [proposer, ...approvers] = [all.otto, all.greta, all.rita, all.ana].filter((one) => one !== person);
  if (!proposer) throw new Error('nobody is left');
  const statement = proposeTrust(all.store, {
    revoke: [person.key.id],
    by: proposer.key.person,
    reason: 'left',
    at: at(NOW + DAY),
  });
  let envelope = await signStatement(statement, proposer.key);
  for (const { key } of approvers) envelope = await addSignature(envelope, key);
  assert.equal(opened(envelope, 'x').signatures.length, approvers.length + 1);
  return appendTrust(all.store, envelope);
}

async function withKey(all: Cast, person: Person, roles: readonly string[]): Promise<TrustStore> {
  const statement = proposeTrust(all.store, {
    add: [{ key: person.told, roles }],
    by: 'otto',
    reason: 'new key',
    at: at(NOW - DAY),
  });
  let envelope = await signStatement(statement, all.otto.key);
  for (const { key } of [all.greta, all.emil]) envelope = await addSignature(envelope, key);
  return appendTrust(all.store, envelope);
}
