import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as requestHttp, type IncomingHttpHeaders } from 'node:http';
import { request, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { io, type Socket } from 'socket.io-client';
import { createLog, ManualClock, WardflowError } from '../../engine/index.ts';
import { readConsoleCertificate } from '../../governance/server/tls/certificate.ts';
import { addressShown, listeningOf, reachedFromElsewhere } from '../../governance/server/tls/listening.ts';
import { makeCertificate, putCertificate, type TestCertificate } from '../kit/certificates.ts';
import { PASSWORD, startTestConsole, type TestConsole } from '../kit/test-console.ts';

const NAME = 'wardflow.example.org';
const SETTINGS = { host: '127.0.0.1', httpsPort: 0, tlsCert: null, tlsKey: null, publicUrl: null };
const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'nothing was refused';
  } catch (error) {
    return error instanceof WardflowError ? error.code : String(error);
  }
};

interface AskOptions extends Omit<RequestOptions, 'headers'> {
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

describe('where the console listens', () => {
  it('is loopback, and elsewhere only with a certificate and its key', () => {
    const of = (more: object) => codeOf(() => listeningOf({ ...SETTINGS, ...more }));
    for (const host of ['127.0.0.1', '127.3.2.1', 'localhost', '::1'])
      assert.equal(listeningOf({ ...SETTINGS, host }).tls, null, host);
    for (const host of ['0.0.0.0', '::', '10.1.2.3', NAME, '127.0.0.1.example.org', 'localhost.example.org'])
      assert.equal(of({ host }), 'tls-needed', host);
    assert.equal(of({ tlsCert: '/cert' }), 'tls-incomplete');
    assert.equal(of({ tlsKey: '/key', host: '0.0.0.0' }), 'tls-incomplete');
    const both = { ...SETTINGS, host: '0.0.0.0', tlsCert: '/cert', tlsKey: '/key' };
    assert.deepEqual(listeningOf(both).tls, { host: '0.0.0.0', port: 0, certFile: '/cert', keyFile: '/key' });
  });

  it('is elsewhere for the second step where other machines reach it, directly or through a proxy', () => {
    const reached = (more: object): boolean => reachedFromElsewhere(listeningOf({ ...SETTINGS, ...more }));
    const tls = { tlsCert: '/cert', tlsKey: '/key' };
    assert.deepEqual(
      [
        {},
        tls,
        { ...tls, host: '10.1.2.3' },
        { publicUrl: `https://${NAME}` },
        { publicUrl: 'http://localhost:4000' },
      ].map(reached),
      [false, false, true, true, false],
    );
  });
});

describe('the certificate of the console', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wardflow-tls-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is for its names and addresses, and one label in place of a star', () => {
    const certificate = makeCertificate({ names: [NAME, '*.ward.example.org'], addresses: ['10.1.2.3'] });
    const { certFile, keyFile } = putCertificate(folder, certificate);
    const { isFor, validUntil } = readConsoleCertificate(certFile, keyFile);
    for (const host of [NAME, NAME.toUpperCase(), 'a.ward.example.org', '10.1.2.3']) assert.ok(isFor(host), host);
    for (const host of ['ward.example.org', 'a.b.ward.example.org', 'example.org', '10.1.2.4', '', 'localhost', '::1'])
      assert.ok(!isFor(host), host);
    assert.ok(Math.abs(validUntil - Date.now() - 90 * 86_400_000) < 5000);
  });

  it('that cannot be used is said to be so, by file and reason and without what is in it', () => {
    const { certFile, keyFile } = putCertificate(folder, makeCertificate());
    const other = makeCertificate();
    const wrong: readonly (readonly [string, () => unknown])[] = [
      [`${certFile}x: it cannot be read`, () => readConsoleCertificate(`${certFile}x`, keyFile)],
      [`${keyFile}: it is not a certificate`, () => readConsoleCertificate(keyFile, keyFile)],
      [`${certFile}: it is not a private key`, () => readConsoleCertificate(certFile, certFile)],
      [
        `${keyFile}: it is not the key of the certificate`,
        () => {
          writeFileSync(keyFile, other.key);
          readConsoleCertificate(certFile, keyFile);
        },
      ],
    ];
    for (const [text, work] of wrong)
      assert.throws(
        work,
        (error: Error) => error.message.includes(text) && !error.message.includes('BEGIN'),
        `${text} is said`,
      );
  });
});

describe('the console over HTTPS', () => {
  let folder: string;
  let kit: TestConsole;
  let clock: ManualClock;
  let certificate: TestCertificate;
  let port: number;
  const lines: string[] = [];
  const sockets: Socket[] = [];

  const start = async (publicUrl: string | null = null): Promise<void> => {
    folder = mkdtempSync(join(tmpdir(), 'wardflow-https-'));
    clock = new ManualClock(Date.now());
    certificate = makeCertificate({ names: [NAME, 'localhost'] });
    const { certFile, keyFile } = putCertificate(folder, certificate);
    const listening = listeningOf({ ...SETTINGS, tlsCert: certFile, tlsKey: keyFile, publicUrl });
    const log = createLog('info', { write: (line: string) => void lines.push(line) });
    kit = await startTestConsole({ clock, log, runtime: { messages: 5 }, listening });
    port = kit.console.httpsPort ?? 0;
  };
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.close();
    lines.length = 0;
    await kit.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = (path: string, more: AskOptions = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { body, headers = {}, ...options } = more;
      const sent = body === undefined ? undefined : JSON.stringify(body);
      const outgoing = request(
        {
          host: '127.0.0.1',
          port,
          path,
          agent: false,
          ca: certificate.cert,
          servername: NAME,
          headers: {
            host: `${NAME}:${port}`,
            'wardflow-console': '1',
            ...(sent === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) }),
            ...headers,
          },
          ...options,
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
        },
      );
      outgoing.on('error', reject);
      outgoing.end(sent);
    });
  const login = (headers: Record<string, string> = {}) =>
    ask('/api/v1/session', { method: 'POST', body: { username: 'admin', password: PASSWORD }, headers });

  it('answers under the names of its certificate and of this machine, and under no other', async () => {
    await start();
    assert.equal(kit.console.httpsUrl, `https://127.0.0.1:${port}`);
    assert.equal(addressShown('0.0.0.0', NAME, 4443), `https://${NAME}:4443`);
    assert.equal(addressShown('fe80::1', NAME, 443), 'https://[fe80::1]');
    assert.equal(addressShown('::', null, 4443), 'https://[::]:4443');
    for (const host of [`${NAME}:${port}`, NAME.toUpperCase(), 'localhost', '127.0.0.1:4443', '[::1]'])
      assert.equal((await ask('/health', { headers: { host } })).status, 200, host);
    for (const host of ['example.org', 'evil.example.org', `${NAME}.evil.org`, '10.0.0.1', 'a b', `${NAME}:port`])
      assert.equal((await ask('/health', { headers: { host } })).status, 421, host);
  });

  it('gives cookies for TLS only, and tells browsers to insist on it', async () => {
    await start();
    const answer = await login();
    assert.equal(answer.status, 200, answer.text);
    for (const cookie of answer.headers['set-cookie'] ?? []) assert.match(cookie, /; Secure/);
    assert.equal(answer.headers['set-cookie']?.length, 2);
    assert.equal(answer.headers['strict-transport-security'], 'max-age=31536000');
    const local = await login({ host: `localhost:${port}` });
    assert.equal(local.headers['strict-transport-security'], undefined, 'the editors are under that name, without TLS');
    assert.ok(!String(local.headers['set-cookie']).includes('Secure'), 'and are to get the session');
    const plain = await kit.call('/api/v1/session', {
      method: 'POST',
      body: { username: 'admin', password: PASSWORD },
    });
    assert.ok(!String(plain.headers['set-cookie']).includes('Secure'), 'plain HTTP on loopback stays as it is');
    assert.equal(plain.headers['strict-transport-security'], undefined);
  });

  it('takes writes from its own pages only, whose origin is https', async () => {
    await start();
    const of = async (origin: string): Promise<number> => (await login({ origin })).status;
    assert.equal(await of(`https://${NAME}:${port}`), 200);
    for (const origin of [`http://${NAME}:${port}`, `https://${NAME}`, 'https://example.org', 'null'])
      assert.equal(await of(origin), 403, origin);
  });

  it('carries the live channel, for its own pages', async () => {
    await start();
    const cookie = (await login()).headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    const open = (headers: Record<string, string>): Socket => {
      const socket = io(`https://127.0.0.1:${port}`, {
        path: '/live',
        transports: ['websocket'],
        reconnection: false,
        ca: certificate.cert,
        extraHeaders: headers,
      });
      sockets.push(socket);
      return socket;
    };
    const host = `${NAME}:${port}`;
    const own = open({ cookie, host, origin: `https://${host}` });
    await new Promise<void>((resolve, reject) => {
      own.on('connect', resolve);
      own.on('connect_error', reject);
    });
    const told = new Promise((resolve) => own.on('changes', resolve));
    kit.runtime.publish({ kind: 'message', id: 'm1' });
    await new Promise((resolve) => setImmediate(resolve));
    const moving = setInterval(() => clock.advance(250), 10);
    await told.finally(() => clearInterval(moving));
    for (const headers of [
      { cookie, host, origin: 'https://example.org' },
      { cookie, host: 'example.org', origin: 'https://example.org' },
      { cookie: '', host, origin: `https://${host}` },
    ]) {
      const refused = open(headers);
      await new Promise<void>((resolve, reject) => {
        refused.on('connect', () => reject(new Error(`connected: ${JSON.stringify(headers)}`)));
        refused.on('connect_error', () => resolve());
      });
    }
  });

  it('speaks TLS 1.2 or newer, and no plain HTTP', async () => {
    await start();
    const speak = async (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): Promise<string | null> => {
      const options = {
        host: '127.0.0.1',
        port,
        ca: certificate.cert,
        servername: NAME,
        ciphers: 'DEFAULT@SECLEVEL=0',
      };
      const socket = connect({ ...options, minVersion: version, maxVersion: version });
      try {
        await once(socket, 'secureConnect');
        return socket.getProtocol();
      } catch {
        return null;
      } finally {
        socket.destroy();
      }
    };
    assert.deepEqual(
      [await speak('TLSv1.1'), await speak('TLSv1.2'), await speak('TLSv1.3')],
      [null, 'TLSv1.2', 'TLSv1.3'],
    );
    await assert.rejects(
      new Promise((resolve, reject) => {
        requestHttp({ host: '127.0.0.1', port, path: '/health' }, resolve).on('error', reject).end();
      }),
    );
  });

  const served = async (): Promise<string> => {
    const socket: TLSSocket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const peer: DetailedPeerCertificate = socket.getPeerCertificate(true);
    socket.destroy();
    return peer.raw.toString('base64');
  };
  const derOf = ({ cert }: TestCertificate): string => cert.replaceAll(/-----.*-----|\n/g, '');

  it('serves a renewed certificate within a minute, without a restart and without ending connections', async () => {
    await start();
    const held = connect({ host: '127.0.0.1', port, ca: certificate.cert, servername: NAME });
    await once(held, 'secureConnect');
    assert.equal(await served(), derOf(certificate));
    const renewed = makeCertificate({ names: ['renewed.example.org'] });
    putCertificate(folder, renewed);
    clock.advance(60_000);
    assert.equal(await served(), derOf(renewed));
    assert.equal(
      (
        await ask('/health', {
          ca: renewed.cert,
          servername: 'renewed.example.org',
          headers: { host: 'renewed.example.org' },
        })
      ).status,
      200,
    );
    assert.equal(
      (await ask('/health', { ca: renewed.cert, servername: 'renewed.example.org' })).status,
      421,
      'the old name',
    );
    assert.ok(!held.destroyed);
    held.destroy();
  });

  it('keeps the certificate in force while a renewal is half done, and says so once', async () => {
    await start();
    const renewed = makeCertificate();
    writeFileSync(join(folder, 'console-cert.pem'), renewed.cert);
    for (let i = 0; i < 3; i++) clock.advance(60_000);
    assert.equal(await served(), derOf(certificate));
    assert.equal(lines.filter((line) => line.includes('the one in force stays')).length, 1);
    assert.ok(!lines.join('').includes('BEGIN'));
    writeFileSync(join(folder, 'console-key.pem'), renewed.key);
    kit.console.reloadCertificate();
    assert.equal(await served(), derOf(renewed), 'at once where it is asked for');
  });

  it('shows no address of an editor under a name of elsewhere', async () => {
    await start();
    const editors = async (host: string): Promise<unknown> => {
      const cookie = (await login({ host })).headers['set-cookie']?.[0]?.split(';')[0] ?? '';
      const { text } = await ask('/api/v1/runtimes', { headers: { host, cookie } });
      return (JSON.parse(text) as { runtimes: { editor: string | null }[] }).runtimes.map(({ editor }) => editor);
    };
    assert.deepEqual(await editors(`localhost:${port}`), [kit.runtime.url]);
    assert.deepEqual(await editors(`${NAME}:${port}`), [null]);
  });

  it('answers behind a proxy under the public address, and takes that for its own origin', async () => {
    await start('https://console.example.org');
    const through = (headers: Record<string, string>) =>
      kit.call('/api/v1/session', { method: 'POST', body: { username: 'admin', password: PASSWORD }, headers });
    const host = 'console.example.org';
    const answer = await through({ host, origin: `https://${host}`, 'sec-fetch-site': 'same-origin' });
    assert.equal(answer.status, 200, answer.text);
    assert.match(String(answer.headers['set-cookie']), /; Secure/);
    assert.equal(answer.headers['strict-transport-security'], 'max-age=31536000');
    assert.equal((await through({ host: `${host}:443`, origin: `https://${host}` })).status, 200);
    assert.equal((await through({ host, origin: `http://${host}` })).status, 403);
    assert.equal((await through({ host: `${host}:8080` })).status, 421);
    assert.equal((await through({ host: NAME })).status, 421, 'the name of the certificate needs TLS');
    assert.equal(kit.console.httpsUrl, 'https://console.example.org');
  });
});
