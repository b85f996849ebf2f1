import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { createLogin, EDITING_A_PART, LOOKING, type Login } from '../../runtime/login.ts';
import { answerJson, startLocalHttpServer, type LocalHttpServer } from '../kit/local-http-server.ts';

const SESSION = 'wardflow_session=0123456789abcdef0123';

describe('the login that editor and console share', () => {
  let server: LocalHttpServer;
  let answer: object = {};
  let status = 200;
  let now = 0;
  let login: Login;
  before(async () => {
    server = await startLocalHttpServer((_request, response) => answerJson(response, status, answer));
  });
  after(() => server.close());
  beforeEach(() => {
    answer = { active: true, username: 'ana', roles: ['analyst'], edits: 'all', expiresAt: 0 };
    status = 200;
    now = 0;
    login = createLogin({
      governance: server.origin,
      token: () => 'service',
      isToken: (given) => given === 'service',
      now: () => now,
    });
  });
  afterEach(() => {
    assert.ok(server.seen.every(({ url }) => url === '/api/v1/sessions/introspect'));
  });

  it('asks once in five seconds, and notices a revoked session after them', async () => {
    const before = server.seen.length;
    const user = { username: 'ana', permissions: '*' };
    assert.deepEqual(await Promise.all([login.userOf(SESSION), login.userOf(SESSION)]), [user, user]);
    answer = { active: false };
    now = 4_999;
    assert.deepEqual(await login.userOf(SESSION), user);
    assert.equal(server.seen.length, before + 1);
    now = 5_000;
    assert.equal(await login.userOf(SESSION), null);
    assert.deepEqual(
      [server.seen.at(-1)?.headers['authorization'], server.seen.at(-1)?.headers['wardflow-session']],
      ['Bearer service', '0123456789abcdef0123'],
    );
  });

  it('lets edit whom the console says, others look at flows but not at stored values, and nobody without a role in', async () => {
    const nowhere = { definitions: [], serviceLines: [] };
    for (const [roles, edits, permissions] of [
      [['analyst'], 'all', '*'],
      [['analyst'], nowhere, LOOKING],
      [['operator'], undefined, LOOKING],
      [['operator'], 'some', LOOKING],
      [['operator'], { definitions: 'all', serviceLines: [] }, LOOKING],
      [[], 'all', undefined],
    ] as const) {
      now += 10_000;
      answer = { active: true, username: 'x', roles, edits };
      assert.equal((await login.userOf(SESSION))?.permissions, permissions, JSON.stringify(edits));
    }
    assert.ok(!LOOKING.some((scope) => scope.includes('context') || scope.includes('write')));
  });

  it('lets whoever answers for a part deploy, and tells the storage the part', async () => {
    const edits = { definitions: ['discharge'], serviceLines: ['Laboratory'] };
    answer = { active: true, username: 'ana', roles: ['analyst'], edits };
    const user = await login.userOf(SESSION);
    assert.deepEqual(user, { username: 'ana', permissions: EDITING_A_PART, part: edits });
    assert.ok(!EDITING_A_PART.some((scope) => /^(context|debug|inject|nodes\.write)/.test(scope)), 'nothing of others');
  });

  it('lets nobody in on an answer that is none, or on no answer', async () => {
    for (const [code, wrong] of [
      [500, { active: true, username: 'x', roles: [] }],
      [200, {}],
      [200, { active: 'true', username: 'x', roles: [] }],
      [200, { active: true, username: 7, roles: [] }],
      [200, { active: true, username: 'x' }],
    ] as const) {
      now += 10_000;
      status = code;
      answer = wrong;
      assert.equal(await login.userOf(SESSION), null, JSON.stringify(wrong));
    }
    const nowhere = createLogin({ governance: 'http://127.0.0.1:9', token: () => '', isToken: () => false });
    await assert.rejects(nowhere.userOf(SESSION));
  });

  it('does not ask about what cannot be a session', async () => {
    const before = server.seen.length;
    for (const cookie of ['', 'other=1', 'wardflow_session=', 'wardflow_session=short', 'wardflow_session=a b\r\nx: y'])
      assert.equal(await login.userOf(cookie), null);
    assert.equal(server.seen.length, before);
  });

  it('takes the service token as a bearer, and only that', async () => {
    const headers: { authorization?: string; cookie?: string } = { authorization: 'Bearer service', cookie: 'a=b' };
    login.translate(headers);
    assert.equal((await login.userOf(headers.cookie ?? ''))?.username, 'service');
    const other = { authorization: 'Bearer guessed', cookie: 'a=b' };
    login.translate(other);
    assert.deepEqual(other, { authorization: 'Bearer guessed', cookie: 'a=b' });
    assert.equal(await login.userOf('wardflow_service=guessed'), null);
  });
});
