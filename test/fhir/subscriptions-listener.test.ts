import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { makeCertificate, type TestCertificate } from '../kit/certificates.ts';
import { SECRET, SubscriptionBench, type BenchOptions } from '../kit/subscription-bench.ts';

describe('the listener for notifications', () => {
  let bench: SubscriptionBench;
  afterEach(() => bench.end());
  const [first, second, client] = [makeCertificate(), makeCertificate(), makeCertificate({ subject: 'client' })];
  const put = async (folder: string, files: Readonly<Record<string, string>>): Promise<void> => {
    await mkdir(join(folder, 'tls'), { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'tls', name), text, { mode: 0o600 });
  };
  const start = (listen: BenchOptions['listen'], files: Readonly<Record<string, string>> = {}) =>
    SubscriptionBench.start({ listen, prepare: (folder) => put(folder, files) });

  /** Status of an empty notification, or `closed`; and which certificate was shown. */
  const notify = (
    ca: TestCertificate,
    own?: TestCertificate,
  ): Promise<{ readonly status: string; readonly shown: string | undefined }> =>
    new Promise((resolve) => {
      const path = new URL(bench.address).pathname;
      const socket = connect({
        host: '127.0.0.1',
        port: bench.port,
        ca: ca.cert,
        servername: 'localhost',
        ...(own && { cert: own.cert, key: own.key }),
      });
      let answer = '';
      let shown: string | undefined;
      socket.on('secureConnect', () => {
        shown = socket.getPeerCertificate().fingerprint256;
        socket.write(
          `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${SECRET}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
        );
      });
      socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve({ status: /^HTTP\/1.1 (\d+)/.exec(answer)?.[1] ?? 'closed', shown }));
    });

  it('takes connections of those alone whom its binding lists', async () => {
    bench = await start({ allow: ['10.0.0.0/8'] });
    await bench.active();
    const sent = fetch(bench.address, { method: 'POST', headers: { Authorization: `Bearer ${SECRET}` } });
    await assert.rejects(sent);
    assert.equal((await bench.engine.store.journal.list({})).length, 0);
  });

  it('asks senders for a certificate where its binding names an authority, and serves a renewed one of its own', async () => {
    const tls = { certificate: 'own.pem', key: 'own.key', clientCa: 'clients.pem' };
    const files = { 'own.pem': first.cert, 'own.key': first.key, 'clients.pem': client.cert };
    bench = await start({ tls }, files);
    await bench.active();
    assert.equal((await notify(first)).status, 'closed', 'nobody without a certificate');
    assert.equal((await notify(first, second)).status, 'closed', 'nor with that of somebody else');
    const taken = await notify(first, client);
    assert.equal(taken.status, '204');
    assert.equal((await bench.engine.store.journal.list({})).length, 1);
    const place = () => bench.engine.subscriptions.place('encounters');
    assert.equal(place().tls?.mutual, true);
    // Half of it first: what is in force stays.
    await put(bench.folder, { 'own.pem': second.cert });
    bench.clock.advance(60_000);
    await bench.until('it is said', () => place().tls?.problem !== null);
    assert.equal((await notify(first, client)).shown, taken.shown);
    await put(bench.folder, { 'own.key': second.key });
    bench.clock.advance(60_000);
    await bench.until('it is in force', () => place().tls?.problem === null);
    const renewed = await notify(second, client);
    assert.equal(renewed.status, '204');
    assert.notEqual(renewed.shown, taken.shown);
  });
});
