import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { OwnKey, OwnKeys } from '../../../governance/api/release-contract.ts';
import { createKey, publicPart, signStatement, unwrapKey, type KeyFile } from '../../../governance/bundle/index.ts';
import { codeOf, ProposalBench } from './bench.ts';

describe("people's keys at the console", () => {
  const PASSPHRASE = 'a passphrase of several words';
  let bench: ProposalBench;
  let anas: KeyFile;
  let gretas: KeyFile;
  before(async () => {
    bench = await ProposalBench.start();
    [anas, gretas] = await Promise.all([createKey('ana', PASSPHRASE), createKey('greta', PASSPHRASE)]);
  });
  after(() => bench.stop());

  const mine = async (by: string): Promise<readonly OwnKey[]> =>
    (await bench.as(by, '/keys/mine')).json<OwnKeys>().keys;

  it('are kept wrapped, and given to their owner only', async () => {
    const answer = await bench.as('ana', '/keys/mine', anas);
    assert.equal(answer.status, 201);
    assert.deepEqual(await mine('ana'), [{ file: anas, createdAt: bench.clock.now(), trusted: { production: 'no' } }]);
    assert.deepEqual(await mine('greta'), []);
    const [kept] = await mine('ana');
    const key = await unwrapKey(kept?.file ?? anas, PASSPHRASE);
    const at = bench.at();
    const statement = { kind: 'author', format: 1, bundle: '', base: null, summary: '', at } as const;
    assert.equal((await signStatement(statement, key)).signatures[0]?.keyid, anas.id);
  });

  it('leave neither the passphrase nor the private key at the server', async () => {
    const files = await Promise.all(
      ['console.sqlite', 'console.sqlite-wal'].map((name) =>
        readFile(join(bench.kit.folder, 'governance', name), 'latin1').catch(() => ''),
      ),
    );
    const all = files.join('');
    assert.ok(all.includes(anas.wrapped.data), 'the wrapped key is there');
    assert.ok(!all.includes(PASSPHRASE));
  });

  it("are refused when they are somebody else's, known, damaged or no keys", async () => {
    assert.equal(codeOf(await bench.as('emil', '/keys/mine', gretas)), 'key-person-differs');
    assert.equal(codeOf(await bench.as('ana', '/keys/mine', anas)), 'key-known');
    const wrapped = { ...gretas.wrapped };
    for (const wrong of [
      { ...gretas, id: '0'.repeat(64) },
      { ...gretas, wrapped: { ...wrapped, rounds: 1 } },
      { ...gretas, wrapped: { ...wrapped, data: 'AAAA' } },
    ])
      assert.equal(codeOf(await bench.as('greta', '/keys/mine', wrong)), 'key-file-invalid');
    for (const wrong of [publicPart(gretas), {}, [], { ...gretas, passphrase: 'x' }, { ...gretas, privateKey: 'x' }])
      assert.equal(codeOf(await bench.as('greta', '/keys/mine', wrong)), 'request-invalid');
    const large = await bench.as('greta', '/keys/mine', { ...gretas, person: 'x'.repeat(70_000) });
    assert.equal(codeOf(large), 'request-too-large');
    assert.deepEqual(await mine('greta'), []);
  });

  it('say where they are trusted', async () => {
    await bench.changeTrust({ add: [{ key: publicPart(anas), roles: ['analyst'] }] });
    assert.deepEqual((await mine('ana'))[0]?.trusted, { production: 'yes' });
    await bench.changeTrust({ revoke: [anas.id] });
    assert.deepEqual((await mine('ana'))[0]?.trusted, { production: 'revoked' });
  });

  it('are forgotten by their owner, and by nobody else', async () => {
    assert.equal(codeOf(await bench.as('greta', `/keys/mine/${anas.id}/forget`, {})), 'not-found');
    assert.equal((await bench.as('ana', `/keys/mine/${anas.id}/forget`, {})).status, 204);
    assert.deepEqual(await mine('ana'), []);
    const types = bench.audit().map(({ type }) => type);
    assert.ok(types.includes('key.added') && types.includes('key.forgotten'));
  });
});
