import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { readConfig, WardflowError } from '../../engine/index.ts';
import { checkTls } from '../../cli/doctor/check-tls.ts';
import { makeCertificate, putCertificate, type CertificateWish } from '../kit/certificates.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);

describe('what the doctor says of the certificate', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wardflow-doctor-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const said = async (wish: CertificateWish, more: Record<string, string> = {}): Promise<readonly string[]> => {
    const { certFile, keyFile } = putCertificate(folder, makeCertificate({ from: NOW - DAY, ...wish }));
    const env = { WARDFLOW_TLS_CERT: certFile, WARDFLOW_TLS_KEY: keyFile, ...more };
    return (await checkTls(readConfig(env), NOW)).map(({ level, text }) => `${level} ${text}`);
  };

  it('is until when it is valid and for which names', async () => {
    assert.deepEqual(await said({ names: ['wardflow.example.org'], addresses: [], until: NOW + 90 * DAY }), [
      'ok the certificate of the console is valid until 2026-08-30, for DNS:wardflow.example.org',
    ]);
    assert.deepEqual(
      (await checkTls(readConfig({}), NOW)).map(({ level }) => level),
      ['note'],
    );
  });

  it('warns three weeks before it runs out, and calls it wrong afterwards', async () => {
    assert.match((await said({ until: NOW + 20 * DAY }))[0] ?? '', /^warning .* runs out in 20 days \(2026-06-21\)$/);
    assert.match((await said({ until: NOW + 1.5 * DAY }))[0] ?? '', /^warning .* in 1 day /);
    assert.match((await said({ until: NOW }))[0] ?? '', /^error .* ran out on 2026-06-01$/);
    assert.match((await said({ from: NOW + DAY, until: NOW + 90 * DAY }))[0] ?? '', /^error .* not valid yet$/);
  });

  it('warns of a key that others may read, and of a public address it is not for', async () => {
    const { certFile, keyFile } = putCertificate(folder, makeCertificate({ from: NOW - DAY, until: NOW + 90 * DAY }));
    chmodSync(keyFile, 0o644);
    const config = readConfig({
      WARDFLOW_HOST: '0.0.0.0',
      WARDFLOW_PUBLIC_URL: 'https://other.example.org',
      WARDFLOW_TLS_CERT: certFile,
      WARDFLOW_TLS_KEY: keyFile,
    });
    const texts = (await checkTls(config, NOW)).map(({ level, text }) => `${level} ${text}`);
    assert.equal(texts.length, 3);
    assert.match(texts[1] ?? '', /^warning the certificate is not for other\.example\.org/);
    assert.match(texts[2] ?? '', /^warning other users of this machine may read/);
  });

  it('names settings that contradict each other, and files that cannot be used', async () => {
    const code = async (env: Record<string, string>): Promise<string> =>
      checkTls(readConfig(env), NOW).then(
        () => 'nothing',
        (error: unknown) => (error instanceof WardflowError ? error.code : String(error)),
      );
    assert.equal(await code({ WARDFLOW_HOST: '0.0.0.0' }), 'tls-needed');
    const file = join(folder, 'none.pem');
    assert.equal(await code({ WARDFLOW_TLS_CERT: file }), 'tls-incomplete');
    writeFileSync(file, 'not a certificate');
    assert.equal(await code({ WARDFLOW_TLS_CERT: file, WARDFLOW_TLS_KEY: file }), 'tls-unusable');
  });
});
