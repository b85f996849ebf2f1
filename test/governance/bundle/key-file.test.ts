import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { before, describe, it } from 'mocha';
import { fromBase64, toBase64 } from '../../../governance/bundle/base64.ts';
import { wrapKey } from '../../../governance/bundle/key-file.ts';
import {
  createKey,
  opened,
  pae,
  publicPart,
  readKeyFile,
  readPublicKey,
  sha256,
  sign as signEnvelope,
  unwrapKey,
  utf8,
  type KeyFile,
} from '../../../governance/bundle/index.ts';

const PASSPHRASE = 'a passphrase of some length';
/** RFC 8032, 7.1, test 2. */
const SECRET = '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb';
const PUBLIC = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
const SIGNATURE =
  '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00';
const pkcs8 = (secret: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(`302e020100300506032b657004220420${secret}`, 'hex'));

describe('a signing key', function () {
  this.timeout(180_000);
  let file: KeyFile;
  before(async () => {
    file = await createKey('ana', PASSPHRASE);
  });
  const codeOf = async (act: Promise<unknown>): Promise<string> =>
    act.then(
      () => 'accepted',
      (error: unknown) => (error as { readonly code?: string }).code ?? String(error),
    );

  it('signs after its passphrase was given, and cannot be read out', async () => {
    const key = await unwrapKey(await readKeyFile(JSON.stringify(file), 'x'), PASSPHRASE);
    assert.deepEqual([key.id, key.person, key.privateKey.extractable], [file.id, 'ana', false]);
    const envelope = opened(await signEnvelope('t', utf8('p'), key), 'x');
    const der = Buffer.concat([
      Buffer.from('302a300506032b6570032100', 'hex'),
      fromBase64(file.publicKey) ?? Buffer.alloc(0),
    ]);
    const signature = envelope.signatures[0]?.signature ?? assert.fail();
    const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
    assert.ok(verify(null, pae('t', utf8('p')), publicKey, signature));
    assert.ok(!verify(null, pae('t', utf8('q')), publicKey, signature));
  });

  it('signs as RFC 8032 shows', async () => {
    const { subtle } = globalThis.crypto;
    const privateKey = await subtle.importKey('pkcs8', pkcs8(SECRET), 'Ed25519', true, ['sign']);
    const publicKey = await subtle.importKey('raw', Buffer.from(PUBLIC, 'hex'), 'Ed25519', true, ['verify']);
    const kept = await wrapKey({ privateKey, publicKey }, 'ana', PASSPHRASE);
    assert.equal(kept.publicKey, Buffer.from(PUBLIC, 'hex').toString('base64'));
    assert.equal(kept.id, await sha256(new Uint8Array(Buffer.from(PUBLIC, 'hex'))));
    const key = await unwrapKey(kept, PASSPHRASE);
    const signature = await subtle.sign('Ed25519', key.privateKey, new Uint8Array([0x72]));
    assert.equal(Buffer.from(signature).toString('hex'), SIGNATURE);
    const byNode = sign(
      null,
      new Uint8Array([0x72]),
      createPrivateKey({ key: Buffer.from(pkcs8(SECRET)), format: 'der', type: 'pkcs8' }),
    );
    assert.equal(byNode.toString('hex'), SIGNATURE);
  });

  it('stays closed to another passphrase, and where anything in its file was changed', async () => {
    assert.equal(await codeOf(unwrapKey(file, PASSPHRASE)), 'accepted');
    assert.equal(await codeOf(unwrapKey(file, `${PASSPHRASE} `)), 'passphrase-wrong');
    const other = await createKey('greta', PASSPHRASE);
    const { id, publicKey } = other;
    for (const changed of [
      { ...file, person: 'greta' },
      { ...file, id, publicKey },
      { ...file, wrapped: { ...file.wrapped, salt: other.wrapped.salt } },
      { ...file, wrapped: { ...file.wrapped, data: other.wrapped.data } },
    ])
      assert.equal(await codeOf(unwrapKey(changed, PASSPHRASE)), 'passphrase-wrong');
  });

  it('takes one passphrase however the keyboard composes its letters', async () => {
    const composed = await createKey('ana', 'pässphräse of letters'.normalize('NFC'));
    assert.equal(await codeOf(unwrapKey(composed, 'pässphräse of letters'.normalize('NFD'))), 'accepted');
  });

  it('is not made with a short passphrase', async () => {
    assert.equal(await codeOf(createKey('ana', 'eleven char')), 'passphrase-too-short');
  });

  it('is refused where its file is not as it was written', async () => {
    const read = (more: object): Promise<string> => codeOf(readKeyFile(JSON.stringify({ ...file, ...more }), 'x'));
    const wrapped = (more: object): Promise<string> => read({ wrapped: { ...file.wrapped, ...more } });
    assert.equal(await read({}), 'accepted');
    for (const more of [
      { kind: 'key' },
      { format: 2 },
      { person: 'a b' },
      { id: 'a'.repeat(64) },
      { publicKey: 'AAAA' },
      { wrapped: null },
    ])
      assert.equal(await read(more), 'key-file-invalid', JSON.stringify(more));
    for (const more of [
      { rounds: 1 },
      { rounds: 10 ** 12 },
      { kdf: 'none' },
      { cipher: 'none' },
      { iv: '' },
      { salt: toBase64(new Uint8Array(8)) },
    ])
      assert.equal(await wrapped(more), 'key-file-invalid', JSON.stringify(more));
    assert.equal(await codeOf(readKeyFile(JSON.stringify(publicPart(file)), 'x')), 'key-file-invalid');
  });

  it('tells its public part only', async () => {
    const told = await readPublicKey(JSON.stringify(file), 'x');
    assert.deepEqual(Object.keys(told).toSorted(), ['format', 'id', 'kind', 'person', 'publicKey']);
    assert.deepEqual(await readPublicKey(JSON.stringify(told), 'x'), told);
  });
});
