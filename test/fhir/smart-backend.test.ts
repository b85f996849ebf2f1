import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { ManualClock, type FhirBinding } from '../../engine/index.ts';
import { FhirSimulator } from '../kit/fhir-simulator.ts';
import { TokenServer } from '../kit/fhir-simulator/token-server.ts';
import { startLocalHttpServer } from '../kit/local-http-server.ts';
import { endpointTo, failure, KEY, short, TASK, type EndpointUnderTest } from './kit.ts';

const EC = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const pem = (key: KeyObject): string => String(key.export({ type: 'pkcs8', format: 'pem' }));

describe('SMART Backend Services', () => {
  let folder: string;
  const open: { close(): Promise<void> }[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-smart-'));
    await mkdir(join(folder, 'credentials'));
  });
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
    await rm(folder, { recursive: true });
  });
  type Auth = Extract<NonNullable<FhirBinding['auth']>, { kind: 'smart-backend' }>;
  const serve = async (over: Partial<Auth> = {}, key = EC, text = pem(key)) => {
    const clock = new ManualClock();
    const now = (): number => clock.now();
    const tokens = new TokenServer({ key, now, endpoint: () => `${server.origin}/token` });
    const server: FhirSimulator = await FhirSimulator.start({ now, token: tokens.takes, others: tokens.answer });
    await writeFile(join(folder, 'credentials', 'key'), text, { mode: 0o600 });
    const auth: Auth = {
      kind: 'smart-backend',
      credential: 'key',
      clientId: 'wardflow-client',
      scope: 'system/Task.cruds',
      tokenUrl: null,
      alg: null,
      kid: null,
      ...over,
    };
    const under: EndpointUnderTest = endpointTo(server.base, { auth }, folder, clock);
    open.push(under, server);
    server.put({ ...TASK, id: 'a' });
    return { server, tokens, ...under };
  };

  it('signs who it is by ES384 or RS384, for the token address, for less than five minutes', async () => {
    for (const [key, alg] of [
      [EC, 'ES384'],
      [RSA, 'RS384'],
    ] as const) {
      const { ehr, tokens, clock } = await serve({ kid: 'k1' }, key);
      assert.equal((await ehr.read('Task', 'a')).ok, true);
      const [first] = tokens.assertions;
      assert.deepEqual(first?.header, { alg, typ: 'JWT', kid: 'k1' });
      assert.equal(first?.scope, 'system/Task.cruds');
      const { iss, sub, exp } = first?.claims ?? {};
      assert.deepEqual([iss, sub], ['wardflow-client', 'wardflow-client']);
      assert.ok(Number(exp) - clock.now() / 1000 <= 300);
    }
  });

  it('takes a JWK with its kid', async () => {
    const jwk = JSON.stringify({ ...EC.export({ format: 'jwk' }), kid: 'from-the-jwk' });
    const { ehr, tokens } = await serve({}, EC, jwk);
    assert.equal((await ehr.read('Task', 'a')).ok, true);
    assert.equal(tokens.assertions[0]?.header['kid'], 'from-the-jwk');
  });

  it('asks for one token however many calls need it, and for another shortly before its end', async () => {
    const { ehr, tokens, clock } = await serve();
    const all = await Promise.all(Array.from({ length: 20 }, () => ehr.read('Task', 'a')));
    assert.equal(
      all.every(({ ok }) => ok),
      true,
    );
    assert.deepEqual([tokens.assertions.length, tokens.discoveries], [1, 1]);
    clock.advance(269_999);
    await ehr.read('Task', 'a');
    assert.equal(tokens.assertions.length, 1);
    clock.advance(1);
    await ehr.read('Task', 'a');
    assert.deepEqual([tokens.assertions.length, tokens.discoveries], [2, 1]);
    assert.notEqual(tokens.assertions[0]?.claims['jti'], tokens.assertions[1]?.claims['jti']);
  });

  it('tries once more with another token after 401, also a create, which then happened once', async () => {
    const { ehr, server, tokens } = await serve();
    await ehr.read('Task', 'a');
    tokens.revoke();
    assert.equal((await ehr.createOnce(TASK, KEY)).ok, true);
    assert.deepEqual(
      server.writes.filter(({ url }) => url === '/fhir/Task').map(({ headers }) => headers['authorization']),
      ['Bearer token-1', 'Bearer token-2'],
    );
    assert.equal(server.stored('Task').length, 2);
    server.fault({ method: 'GET', type: 'Task' }, { kind: 'status', status: 401 });
    const before = server.requests.length;
    assert.equal(short(await ehr.read('Task', 'a')), 'permanent endpoint-auth');
    assert.equal(
      server.requests.slice(before).filter(({ method }) => method === 'GET').length,
      2,
      'once more, not for ever',
    );
  });

  it('refreshes once where many calls meet the same 401', async () => {
    const { ehr, tokens } = await serve();
    await ehr.read('Task', 'a');
    tokens.revoke();
    const all = await Promise.all(Array.from({ length: 8 }, () => ehr.read('Task', 'a')));
    assert.equal(
      all.every(({ ok }) => ok),
      true,
    );
    assert.equal(tokens.assertions.length, 2);
  });

  it('sends nothing to the server while it has no token, and asks again only after a moment', async () => {
    const { ehr, server, tokens, clock } = await serve();
    tokens.next = { status: 401, body: { error: 'invalid_client', error_description: 'PATIENT DATA' } };
    const told = failure(await ehr.read('Task', 'a'));
    assert.deepEqual([told.class, told.code], ['permanent', 'endpoint-token-refused']);
    assert.match(told.text, /invalid_client/);
    assert.doesNotMatch(JSON.stringify(told), /PATIENT|127\.0\.0\.1|eyJ/);
    assert.equal(short(await ehr.read('Task', 'a')), 'permanent endpoint-token-refused');
    assert.equal(server.requests.filter(({ url }) => url === '/token').length, 1);
    clock.advance(5_000);
    assert.equal((await ehr.read('Task', 'a')).ok, true);
    assert.equal(server.requests.filter(({ type }) => type === 'Task').length, 1);
  });

  it('waits where the authorization server asks for it, and tells its failures apart', async () => {
    const { ehr, tokens, clock } = await serve();
    const expected: readonly (readonly [TokenServer['next'], string])[] = [
      [{ status: 500 }, 'transient endpoint-token-unavailable'],
      [{ status: 200, body: { access_token: 'x y', token_type: 'bearer' } }, 'transient endpoint-token-unavailable'],
      [{ status: 200, body: { access_token: 'x', token_type: 'mac' } }, 'transient endpoint-token-unavailable'],
      [{ status: 307, headers: { location: 'http://elsewhere.invalid/' } }, 'permanent endpoint-token-refused'],
      [{ status: 400, body: { error: 'Some <b>text</b>' } }, 'permanent endpoint-token-refused'],
    ];
    for (const [reply, said] of expected) {
      tokens.next = reply;
      assert.equal(short(await ehr.read('Task', 'a')), said);
      clock.advance(60_000);
    }
    tokens.next = { status: 429, headers: { 'retry-after': '50' } };
    const told = failure(await ehr.read('Task', 'a'));
    assert.deepEqual([told.class, told.retryAfterMs], ['throttled', 50_000]);
    clock.advance(50_000);
    assert.equal((await ehr.read('Task', 'a')).ok, true);
  });

  it('does not wait for ever for a token, and takes none that is too long', async () => {
    const { ehr, server, clock } = await serve();
    server.fault({ path: /^\/token/, times: 1 }, { kind: 'hang' });
    const read = ehr.read('Task', 'a');
    await server.arrived(2);
    clock.advance(10_000);
    assert.equal(short(await read), 'transient endpoint-token-unavailable');
    clock.advance(60_000);
    server.fault({ path: /^\/token/, times: 1 }, { kind: 'huge', bytes: 100_000 });
    assert.equal(short(await ehr.read('Task', 'a')), 'transient endpoint-token-unavailable');
  });

  it('takes no token address of another origin from the server, unless the binding states it', async () => {
    const attacker = await startLocalHttpServer((_request, response) => void response.end('{}'));
    open.push(attacker);
    const { ehr, tokens, clock } = await serve();
    tokens.endpoint = () => `${attacker.origin}/token`;
    assert.equal(short(await ehr.read('Task', 'a')), 'permanent endpoint-token-elsewhere');
    clock.advance(5_000);
    tokens.endpoint = () => 'nothing';
    assert.equal(short(await ehr.read('Task', 'a')), 'transient endpoint-token-unknown');
    assert.equal(attacker.seen.length, 0);
    const stated = await serve({ tokenUrl: `${attacker.origin}/token` });
    assert.equal(short(await stated.ehr.read('Task', 'a')), 'transient endpoint-token-unavailable');
    assert.equal(attacker.seen.length, 1);
    assert.equal(stated.tokens.discoveries, 0);
  });

  it('refuses token addresses in clear, and keys that cannot be meant', async () => {
    await assert.rejects(serve({ tokenUrl: 'http://tokens.example.org/token' }), { code: 'endpoint-base-invalid' });
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const shown = String(
      generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ type: 'spki', format: 'pem' }),
    );
    for (const [text, over, reason] of [
      [pem(small), {}, /less than 2048 bits/],
      [pem(other), {}, /not P-384/],
      [shown, {}, /no private key/],
      ['{"kty":', {}, /neither a private key in PEM form nor a JWK/],
      [pem(EC), { alg: 'RS384' }, /signs by ES384/],
      [pem(EC), { credential: 'missing' }, /cannot be read/],
    ] as const) {
      const { ehr, server } = await serve(over, EC, text);
      const told = failure(await ehr.read('Task', 'a'));
      assert.deepEqual([told.class, told.code], ['permanent', 'endpoint-key-unusable']);
      assert.match(told.text, reason);
      assert.equal(server.requests.filter(({ url }) => url === '/token').length, 0);
    }
  });

  it('does not send its token where a page leads elsewhere', async () => {
    const attacker = await startLocalHttpServer((_request, response) => void response.end('{}'));
    open.push(attacker);
    const { ehr, server } = await serve();
    server.fault({ method: 'GET', type: 'Task' }, { kind: 'next-link', to: `${attacker.origin}/fhir/Task?page=2` });
    assert.equal(short(await ehr.search('Task', {})), 'permanent fhir-link-elsewhere');
    assert.equal(attacker.seen.length, 0);
  });
});
