import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import {
  createHttpEndpoints,
  ManualClock,
  silentLog,
  type ClosableHttpEndpoints,
  type HttpCall,
  type HttpEndpointBinding,
  type HttpResult,
} from '../../engine/index.ts';
import { makeCertificate, type TestCertificate } from '../kit/certificates.ts';
import { answerJson, startLocalHttpServer, type Answering, type LocalHttpServer } from '../kit/local-http-server.ts';

describe('HTTP endpoints', () => {
  let server: LocalHttpServer;
  let answer: Answering;
  let clock: ManualClock;
  let folder: string;
  let endpoints: ClosableHttpEndpoints;

  const bound = (more: Partial<HttpEndpointBinding> = {}): ClosableHttpEndpoints =>
    createHttpEndpoints({
      bindings: {
        pharmacy: {
          kind: 'http',
          base: `${server.origin}/api`,
          auth: { kind: 'none' },
          tls: null,
          timeoutMs: 10_000,
          concurrency: 2,
          maxAnswerBytes: 10_000,
          ...more,
        },
      },
      folder,
      clock,
      log: silentLog,
      live: { publish: () => undefined },
      random: () => 0.5,
    });
  const rebound = async (more: Partial<HttpEndpointBinding>): Promise<void> => {
    await endpoints.close();
    endpoints = bound(more);
  };
  const call = (more: Partial<HttpCall> = {}): Promise<HttpResult> =>
    endpoints.get('pharmacy').call({ method: 'GET', path: '/orders', ...more });
  const short = (result: HttpResult): string =>
    result.ok ? String(result.answer.status) : `${result.failure.class} ${result.failure.code}`;
  const credential = async (name: string, text: string): Promise<void> => {
    await mkdir(join(folder, 'credentials'), { recursive: true });
    await writeFile(join(folder, 'credentials', name), `${text}\n`, { mode: 0o600 });
  };

  const put = async (name: string, { cert, key }: TestCertificate): Promise<void> => {
    await mkdir(join(folder, 'tls'), { recursive: true });
    await writeFile(join(folder, 'tls', `${name}.pem`), cert);
    await writeFile(join(folder, 'tls', `${name}-key.pem`), key, { mode: 0o600 });
  };

  beforeEach(async () => {
    answer = (_request, response) => answerJson(response, 200, { fine: true });
    server = await startLocalHttpServer((...given) => answer(...given));
    clock = new ManualClock();
    folder = await mkdtemp(join(tmpdir(), 'http-endpoints-'));
    endpoints = bound();
  });
  afterEach(async () => {
    await endpoints.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('send what they are given, and give the answer with what says something of its content', async () => {
    answer = (_request, response) =>
      answerJson(response, 201, { id: 7 }, { location: '/api/orders/7', 'set-cookie': 'a=b' });
    const result = await call({
      method: 'POST',
      query: { dry: 'no', 'a|b': 'c d' },
      headers: { 'x-site': 'north' },
      body: { type: 'application/json', text: '{"drug":"x"}' },
      idempotencyKey: 'k1',
    });
    assert.ok(result.ok);
    assert.deepEqual(result.answer, {
      status: 201,
      headers: { 'content-type': 'application/fhir+json', location: '/api/orders/7' },
      text: '{"id":7}',
    });
    const [seen] = server.seen;
    assert.equal(seen?.url, '/api/orders?dry=no&a%7Cb=c+d');
    assert.equal(seen?.body, '{"drug":"x"}');
    assert.equal(seen?.headers['x-site'], 'north');
    assert.equal(seen?.headers['idempotency-key'], '"k1"');
    assert.equal(seen?.headers['content-type'], 'application/json');
  });

  it('say who they are as the binding tells, and read the credential anew each time', async () => {
    await credential('key', 'first');
    await rebound({ auth: { kind: 'bearer', credential: 'key' } });
    await call();
    await credential('key', 'second');
    await call();
    await rebound({ auth: { kind: 'basic', user: 'ward', credential: 'key' } });
    await call();
    await rebound({ auth: { kind: 'header', header: 'X-API-Key', credential: 'key' } });
    await call();
    assert.deepEqual(
      server.seen.map(({ headers }) => headers.authorization ?? headers['x-api-key']),
      ['Bearer first', 'Bearer second', `Basic ${Buffer.from('ward:second').toString('base64')}`, 'second'],
    );
    await rebound({ auth: { kind: 'bearer', credential: 'gone' } });
    assert.equal(short(await call()), 'permanent http-credential-missing');
    assert.equal(server.seen.length, 4, 'nothing goes out without it');
  });

  it('send a credential over https only, but on loopback', () => {
    const open = (base: string): void => void bound({ base, auth: { kind: 'bearer', credential: 'key' } });
    assert.throws(() => open('http://pharmacy.example.org/api'), { code: 'http-base-invalid' });
    assert.throws(() => open('https://user:pw@pharmacy.example.org'), { code: 'http-base-invalid' });
    assert.doesNotThrow(() => open('https://pharmacy.example.org/api'));
  });

  it("let nothing out that leaves the base, or sets what is not the flow's to set", async () => {
    const wrong: Partial<HttpCall>[] = [
      { path: 'orders' },
      { path: '//evil.example/x', headers: { host: 'x' } },
      { path: '/a/../../admin' },
      { path: '/a/%2e%2E/admin' },
      { path: '/a%2fb' },
      { path: '/a?b=c' },
      { path: '/a#b' },
      { path: '/a b' },
      { headers: { Authorization: 'Bearer mine' } },
      { headers: { 'Idempotency-Key': 'mine' } },
      { headers: { 'x-a': 'b\r\nx-c: d' } },
      { headers: { 'x a': 'b' } },
      { body: { type: 'text/plain', text: 'a GET with a body' } },
      { method: 'POST', body: { type: 'text/plain\r\nx: y', text: '' } },
      { method: 'POST', body: { type: 'text/plain', text: 'x'.repeat(4 * 1024 * 1024 + 1) } },
    ];
    for (const one of wrong)
      assert.equal(short(await call(one)), 'permanent http-request-wrong', JSON.stringify(one).slice(0, 80));
    assert.equal(server.seen.length, 0);
    assert.equal(endpoints.health()[0]?.state, 'unknown', 'our mistakes say nothing of the server');
  });

  it('know what a status says about what has happened', async () => {
    const said = async (
      status: number,
      more: Partial<HttpCall>,
      headers: Record<string, string> = {},
    ): Promise<string> => {
      answer = (_request, response) => answerJson(response, status, {}, headers);
      // A failing server opens the circuit: each of these is about one answer.
      await rebound({});
      return short(await call(more));
    };
    const write = { method: 'POST' } as const;
    assert.equal(await said(204, write), '204');
    assert.equal(await said(302, write, { location: 'http://evil.example/' }), 'permanent http-redirect');
    assert.equal(await said(401, write), 'permanent http-auth');
    assert.equal(await said(404, {}), 'permanent http-refused');
    assert.equal(await said(404, { accepts: [404] }), '404');
    assert.equal(await said(409, write), 'permanent http-refused');
    assert.equal(await said(429, write, { 'retry-after': '7' }), 'throttled http-throttled');
    assert.equal(await said(503, write, { 'retry-after': '7' }), 'throttled http-throttled');
    assert.equal(await said(500, write), 'ambiguous http-answer-lost');
    assert.equal(await said(503, write), 'ambiguous http-answer-lost');
    assert.equal(await said(500, {}), 'transient http-server-error');
  });

  it('wait as long as they are told', async () => {
    answer = (_request, response) => answerJson(response, 429, {}, { 'retry-after': '7' });
    const result = await call({ method: 'POST' });
    assert.equal(result.ok ? 0 : result.failure.retryAfterMs, 7_000);
    assert.equal(short(await call()), 'throttled endpoint-asked-to-wait');
    assert.equal(server.seen.length, 1);
  });

  it('take a lost answer of a write for one that may have happened, and of a read for one to be tried again', async () => {
    answer = (_request, response) => void response.destroy();
    assert.equal(short(await call({ method: 'DELETE', path: '/orders/1' })), 'ambiguous http-answer-lost');
    assert.equal(short(await call()), 'transient http-no-answer');
    await server.close();
    await rebound({});
    assert.equal(short(await call({ method: 'PUT', path: '/orders/1' })), 'transient http-unreachable');
  });

  it('give up on a server that does not answer in time', async () => {
    answer = () => undefined;
    const pending = call({ method: 'POST' });
    await server.arrived(1);
    clock.advance(10_001);
    assert.equal(short(await pending), 'ambiguous http-answer-lost');
  });

  it('read no more than the binding allows', async () => {
    answer = (_request, response) => void response.end('x'.repeat(10_001));
    assert.equal(short(await call()), 'permanent http-answer-too-large');
  });

  it('trust the authority of the binding alone, show a certificate of their own, and take renewed ones without a restart', async () => {
    const authority = makeCertificate();
    const own = makeCertificate({ subject: 'Wardflow' });
    const tls: Server = createServer(
      { cert: authority.cert, key: authority.key, ca: own.cert, requestCert: true, rejectUnauthorized: true },
      (_request, response) => void response.end('{}'),
    );
    await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
    try {
      const base = `https://127.0.0.1:${(tls.address() as AddressInfo).port}`;
      await put('own', makeCertificate({ subject: 'stranger' }));
      await put('theirs', authority);
      const files = {
        ca: 'theirs.pem',
        client: { certificate: 'own.pem', key: 'own-key.pem' },
        serverName: 'localhost',
      };
      await rebound({ base, tls: null });
      assert.equal(short(await call()), 'transient http-tls');
      await rebound({ base, tls: files });
      assert.notEqual(short(await call()), '200', 'a stranger is not let in');
      await put('own', own);
      clock.advance(600_000);
      assert.equal(short(await call()), '200');
    } finally {
      tls.closeAllConnections();
      await new Promise((resolve) => tls.close(resolve));
    }
  });
});
