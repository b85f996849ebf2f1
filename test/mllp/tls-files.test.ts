import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { WardflowError } from '../../engine/base/errors.ts';
import { readListenTls, readSendTls } from '../../engine/mllp/tls-files.ts';
import { makeCertificate } from '../kit/certificates.ts';
import { skipBecause } from '../kit/requires.ts';

const DAY = 86_400_000;

describe('the TLS files of an environment', () => {
  let folder: string;
  const own = makeCertificate();
  const put = (name: string, text: string): void => writeFileSync(join(folder, name), text, { mode: 0o600 });
  const refusal = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      assert.ok(error instanceof WardflowError, String(error));
      assert.equal(error.code, 'mllp-tls-file');
      assert.ok(!error.message.includes(folder) && !error.message.includes('BEGIN'), 'neither place nor content');
      return error.message;
    }
    return 'nothing was refused';
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wardflow-tls-files-'));
    put('own.pem', own.cert);
    put('own-key.pem', own.key);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('of a listener are its certificate, its key, and the authorities of its senders', () => {
    const soon = Math.floor(Date.now() / 1000) * 1000 + 3 * DAY;
    put('senders.pem', `one\n${makeCertificate().cert}\nanother\n${makeCertificate({ until: soon }).cert}`);
    const names = { certificate: 'own.pem', key: 'own-key.pem' };
    const read = readListenTls(folder, { ...names, clientCa: 'senders.pem' });
    assert.deepEqual([read.cert, read.key, read.keyIsOpen], [own.cert, own.key, false]);
    assert.equal(read.clientCa?.match(/BEGIN CERTIFICATE/g)?.length, 2);
    assert.equal(read.clientCaUntil, soon, 'the first that runs out');
    assert.deepEqual(readListenTls(folder, { ...names, clientCa: null }).clientCa, null);
  });

  it('of a sender are whom it trusts and who it is, both if they are wanted', () => {
    put('lab.pem', makeCertificate().cert);
    const client = { certificate: 'own.pem', key: 'own-key.pem' };
    const nothing = readSendTls(folder, { ca: null, client: null, serverName: null });
    assert.deepEqual(nothing, { serverName: null, client: null, caUntil: null }, 'an empty list would trust nobody');
    const all = readSendTls(folder, { ca: 'lab.pem', client, serverName: 'lab.example.org' });
    assert.deepEqual([all.cert, all.key, all.serverName], [own.cert, own.key, 'lab.example.org']);
    assert.match(String(all.ca), /BEGIN CERTIFICATE/);
    assert.ok((all.caUntil ?? 0) > Date.now() && (all.client?.validUntil ?? 0) > Date.now());
  });

  it('are refused by name and reason where they cannot be what they are for', () => {
    const listen = (more: object): string =>
      refusal(() => readListenTls(folder, { certificate: 'own.pem', key: 'own-key.pem', clientCa: null, ...more }));
    put('empty.pem', '');
    put('cut.pem', `${own.cert}\n${own.cert.replace(/[A-Za-z]{20}/, '')}`);
    put('large.pem', 'x'.repeat(5_000_000));
    mkdirSync(join(folder, 'folder.pem'));
    assert.match(listen({ certificate: 'away.pem' }), /"away\.pem".*cannot be read \(ENOENT\)/);
    assert.match(listen({ certificate: 'own-key.pem' }), /"own-key\.pem".*not a certificate/);
    assert.match(listen({ key: 'own.pem' }), /"own\.pem".*not a private key/);
    assert.match(listen({ key: 'large.pem' }), /"large\.pem".*too large/);
    assert.match(listen({ certificate: 'folder.pem' }), /"folder\.pem".*no file/);
    for (const clientCa of ['empty.pem', 'own-key.pem'])
      assert.match(listen({ clientCa }), new RegExp(`"${clientCa}".*has no certificate`));
    assert.match(listen({ clientCa: 'cut.pem' }), /"cut\.pem".*cannot be read/, 'and not one less than there are');
    const ca = 'empty.pem';
    assert.match(
      refusal(() => readSendTls(folder, { ca, client: null, serverName: null })),
      /"empty\.pem"/,
    );
  });

  it('that are a pipe hold nobody up', function () {
    try {
      execFileSync('mkfifo', [join(folder, 'pipe.pem')]);
    } catch {
      skipBecause(this, 'mkfifo', 'only where a pipe can lie in a folder');
    }
    const names = { certificate: 'pipe.pem', key: 'own-key.pem', clientCa: null };
    assert.match(
      refusal(() => readListenTls(folder, names)),
      /"pipe\.pem".*no file/,
    );
  });
});
