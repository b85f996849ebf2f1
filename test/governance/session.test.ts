import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { ManualClock } from '../../engine/index.ts';
import { hashPassword, randomPassword, verifyPassword } from '../../governance/server/passwords.ts';
import {
  CHEAP,
  cookieIn,
  PASSWORD,
  startTestConsole,
  type TestConsole,
  type TestConsoleOptions,
} from '../kit/test-console.ts';
import { FAKE_TOKEN } from '../kit/fake-runtime.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('logging in to the console', () => {
  let kit: TestConsole;
  const start = async (options: TestConsoleOptions = {}): Promise<TestConsole> =>
    (kit = await startTestConsole({ runtime: { messages: 20 }, ...options }));
  const login = (username: string, password: string) =>
    kit.call('/api/v1/session', { method: 'POST', body: { username, password } });
  const alive = async (cookie: string): Promise<boolean> =>
    (await kit.call('/api/v1/runtimes', { cookie })).status === 200;
  afterEach(() => kit.stop());

  it('answers with who one is and a cookie that scripts and other sites cannot use', async () => {
    await start();
    const answer = await login(' Admin ', PASSWORD);
    assert.equal(answer.status, 200);
    assert.equal(answer.json()['username'], 'admin');
    assert.ok(answer.json<{ permissions: string[] }>().permissions.includes('message:redrive'));
    const [cookie = ''] = [answer.headers['set-cookie'] ?? []].flat();
    assert.match(cookie, /^wardflow_session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
    assert.equal(await alive(cookieIn(answer)), true);
  });

  it('says the same of a wrong password and of a name that does not exist', async () => {
    await start();
    const wrong = await login('admin', 'not-the-password');
    const nobody = await login('nobody', 'not-the-password');
    assert.equal(wrong.status, 401);
    assert.equal(wrong.text, nobody.text);
    assert.equal(wrong.json()['code'], 'login-refused');
    assert.equal(wrong.headers['set-cookie'], undefined);
  });

  for (const name of ['admin', 'nobody']) {
    it(`locks the name after five wrong passwords, whether it exists or not: ${name}`, async () => {
      const clock = new ManualClock();
      await start({ clock });
      for (let i = 0; i < 5; i++) assert.equal((await login(name, `wrong-${i}`)).status, 401);
      const locked = await login(name, PASSWORD);
      assert.equal(locked.status, 429);
      assert.equal(locked.json()['code'], 'login-locked');
      assert.equal(locked.headers['retry-after'], '30');
    });
  }

  it('lets in again when the lock has run out, and keeps the lock across a restart', async () => {
    const clock = new ManualClock();
    await start({ clock });
    for (let i = 0; i < 5; i++) await login('admin', 'wrong');
    await kit.restart();
    assert.equal((await login('admin', PASSWORD)).status, 429);
    clock.advance(30_000);
    assert.equal((await login('admin', PASSWORD)).status, 200);
    assert.equal((await login('admin', 'wrong')).status, 401, 'the count starts anew');
  });

  it('gives a burst of parallel guesses no more tries than a queue of them', async () => {
    await start({ clock: new ManualClock() });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => login('admin', `guess-${i}`)));
    assert.deepEqual(
      answers.map((answer) => answer.status).toSorted((a, b) => a - b),
      [...Array(5).fill(401), ...Array(15).fill(429)],
    );
  });

  it('ends a session that nobody used for an hour, and keeps one that is used', async () => {
    const clock = new ManualClock();
    await start({ clock });
    const idle = await kit.cookieOf();
    const used = await kit.cookieOf();
    for (let i = 0; i < 3; i++) {
      clock.advance(25 * MINUTE);
      assert.equal(await alive(used), true);
    }
    assert.equal(await alive(idle), false);
  });

  it('does not take what a page asks by itself for somebody at the keyboard', async () => {
    const clock = new ManualClock();
    await start({ clock });
    const cookie = await kit.cookieOf();
    for (let i = 0; i < 4; i++) {
      clock.advance(20 * MINUTE);
      await kit.call('/api/v1/runtimes', { cookie, foreign: true });
    }
    assert.equal(await alive(cookie), false);
  });

  it('ends every session twelve hours after its login, however much it is used', async () => {
    const clock = new ManualClock();
    await start({ clock });
    const cookie = await kit.cookieOf();
    for (let hours = 0; hours < 11.5; hours += 0.5) {
      clock.advance(HOUR / 2);
      assert.equal(await alive(cookie), true);
    }
    clock.advance(HOUR / 2);
    assert.equal(await alive(cookie), false);
  });

  it('ends the session at logout and clears the cookie', async () => {
    await start();
    const cookie = await kit.cookieOf();
    const out = await kit.call('/api/v1/session', { method: 'DELETE', cookie });
    assert.equal(out.status, 204);
    assert.match(String(out.headers['set-cookie']), /^wardflow_session=; Max-Age=0/);
    assert.equal(await alive(cookie), false);
    assert.equal((await kit.call('/api/v1/session', { cookie })).text, 'null');
  });

  it('ends one of my sessions from another, and none of somebody else', async () => {
    await start();
    const mine = await kit.cookieOf();
    const other = await kit.cookieOf();
    const stranger = await kit.cookieOf('auditor');
    const { sessions } = (await kit.call('/api/v1/sessions', { cookie: mine })).json<{
      sessions: { id: string; current: boolean }[];
    }>();
    const target = sessions.find((one) => !one.current)?.id ?? '';
    assert.equal((await kit.call(`/api/v1/sessions/${target}`, { method: 'DELETE', cookie: stranger })).status, 404);
    assert.equal(await alive(other), true);
    assert.equal((await kit.call(`/api/v1/sessions/${target}`, { method: 'DELETE', cookie: mine })).status, 204);
    assert.deepEqual([await alive(mine), await alive(other)], [true, false]);
  });

  it('changes the password only with the current one, and ends the other sessions', async () => {
    await start();
    const mine = await kit.cookieOf();
    const other = await kit.cookieOf();
    const change = (current: string, next: string) =>
      kit.call('/api/v1/session/password', { method: 'POST', cookie: mine, body: { current, next } });
    assert.equal((await change('wrong', 'a-new-long-password')).status, 401);
    assert.equal((await change(PASSWORD, 'short')).status, 400);
    assert.equal(await alive(other), true);
    assert.equal((await change(PASSWORD, 'a-new-long-password')).status, 204);
    assert.deepEqual([await alive(mine), await alive(other)], [true, false]);
    assert.equal((await login('admin', PASSWORD)).status, 401);
    assert.equal((await login('admin', 'a-new-long-password')).status, 200);
  });

  it('makes a random first password, tells it once, and keeps neither it nor any token in clear', async () => {
    const told: string[] = [];
    await start({ adminPassword: null, onFirstPassword: (password) => told.push(password) });
    await kit.restart();
    assert.equal(told.length, 1);
    assert.match(told[0] ?? '', /^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
    const answer = await login('admin', told[0] ?? '');
    assert.equal(answer.json()['initialPassword'], true);
    const folder = join(kit.folder, 'governance');
    const files = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'latin1'))
      .join('');
    assert.ok(files.includes('scrypt$'), 'the hash is there');
    assert.ok(!files.includes(told[0] ?? 'x'));
    assert.ok(!files.includes(cookieIn(answer).split('=')[1] ?? 'x'));
    assert.equal(statSync(folder).mode & 0o077, 0, 'nobody else may read the folder');
  });

  it('uses a given first password and tells nothing', async () => {
    const told: string[] = [];
    await start({ onFirstPassword: (password) => told.push(password) });
    assert.deepEqual(told, []);
    assert.equal((await login('admin', PASSWORD)).json()['initialPassword'], false);
  });

  it('remembers logins, refusals and logouts in a chain that shows a change', async () => {
    await start();
    const cookie = await kit.cookieOf();
    await login('admin', 'wrong');
    await login('my-password-in-the-wrong-box', 'x');
    const { entries } = (await kit.call('/api/v1/audit?environment=console', { cookie })).json<{
      entries: { sentence: string; actor: string; type: string }[];
    }>();
    assert.deepEqual(
      entries
        .filter(({ type }) => type.startsWith('session.'))
        .slice(0, 3)
        .map((record) => record.sentence),
      ['A login as an unknown user was refused.', 'A login as admin was refused.', 'admin logged in.'],
    );
    assert.ok(!JSON.stringify(entries).includes('wrong-box'));
    const verdict = (await kit.call('/api/v1/audit/verify', { cookie, method: 'POST' })).json();
    assert.equal(verdict['intact'], true, JSON.stringify(verdict));
  });

  it('tells a runtime about a session only for the service token', async () => {
    await start();
    const cookie = await kit.cookieOf();
    const token = cookie.split('=')[1] ?? '';
    const ask = (bearer: string, session: string) =>
      kit.call('/api/v1/sessions/introspect', {
        foreign: true,
        headers: { authorization: `Bearer ${bearer}`, 'wardflow-session': session },
      });
    const answer = (await ask(FAKE_TOKEN, token)).json();
    assert.deepEqual(
      [answer['active'], answer['username'], answer['roles']],
      [true, 'admin', ['administrator', 'engineer', 'operator']],
    );
    assert.deepEqual((await ask(FAKE_TOKEN, 'x'.repeat(43))).json(), { active: false });
    assert.equal((await ask('wrong', token)).status, 401);
    assert.equal((await kit.call('/api/v1/sessions/introspect', { cookie })).status, 401);
    await kit.call('/api/v1/session', { method: 'DELETE', cookie });
    assert.deepEqual((await ask(FAKE_TOKEN, token)).json(), { active: false });
  });

  describe('refuses what does not come from its own pages', () => {
    const forged: readonly (readonly [string, Record<string, string>])[] = [
      ['without the write header', {}],
      ['from another origin', { 'wardflow-console': '1', origin: 'http://127.0.0.1:1880' }],
      ['from a sandboxed page', { 'wardflow-console': '1', origin: 'null' }],
      ['from another site, as the browser says', { 'wardflow-console': '1', 'sec-fetch-site': 'same-site' }],
    ];
    for (const [name, headers] of forged) {
      it(`a write ${name}`, async () => {
        await start();
        const cookie = await kit.cookieOf();
        const escalation = kit.runtime.escalations.find((one) => one.state === 'open')?.id ?? 'none';
        const calls = kit.runtime.calls.length;
        for (const [method, path] of [
          ['POST', `/runtimes/staging/escalations/${escalation}/acknowledge`],
          ['DELETE', '/session'],
        ] as const) {
          const answer = await kit.call(`/api/v1${path}`, { method, cookie, headers, foreign: true, body: {} });
          assert.equal(answer.status, 403, path);
          assert.equal(answer.json()['code'], 'request-not-from-console');
        }
        assert.equal(await alive(cookie), true);
        assert.ok(!kit.runtime.calls.slice(calls).some((call) => call.path.includes('acknowledge')));
      });
    }

    it('any request under a foreign host name', async () => {
      await start();
      const cookie = await kit.cookieOf();
      const answer = await kit.call('/api/v1/runtimes', { cookie, headers: { host: 'evil.example:4000' } });
      assert.equal(answer.status, 421);
    });
  });

  it('sends a strict content security policy with a fresh nonce, and no version of anything', async () => {
    await start();
    const one = await kit.call('/health');
    const two = await kit.call('/health');
    const policy = String(one.headers['content-security-policy']);
    assert.match(policy, /default-src 'none';script-src 'self';style-src 'self' 'nonce-[\w+/=]{20,}'/);
    assert.ok(!policy.includes('unsafe'));
    assert.notEqual(policy, two.headers['content-security-policy']);
    assert.equal(one.headers['x-powered-by'], undefined);
    assert.deepEqual(one.json(), { status: 'up' });
  });

  it('names the field of a request that is not valid, never what was in it', async () => {
    await start();
    for (const body of [
      { username: 'x'.repeat(65), password: 'secret-value' },
      { username: 'a' },
      { username: 'a', password: 'b', role: 'c' },
      'no json',
    ]) {
      const answer = await kit.call('/api/v1/session', { method: 'POST', body });
      assert.equal(answer.status, 400);
      assert.ok(!answer.text.includes('secret-value'));
    }
    const large = await kit.call('/api/v1/session', {
      method: 'POST',
      body: { username: 'a', password: 'b'.repeat(20_000) },
    });
    assert.equal(large.status, 413);
  });

  it('reads no large body of somebody who is not logged in', async () => {
    await start();
    const body = { padding: 'x'.repeat(40_000) };
    for (const path of ['/trust/production/changes', '/environments/production/orders', '/proposals', '/keys']) {
      const bare = await kit.call(`/api/v1${path}`, { method: 'POST', body });
      assert.equal(bare.status, 413, path);
      const stranger = await kit.call(`/api/v1${path}`, { method: 'POST', body: { padding: 'x' } });
      assert.ok([401, 404].includes(stranger.status), `${path}: ${stranger.status}`);
      const known = await kit.call(`/api/v1${path}`, { method: 'POST', body, cookie: await kit.cookieOf() });
      assert.notEqual(known.status, 413, path);
    }
  });
});

describe('passwords', () => {
  it('are verified by the parameters kept with them, and not by another password', async () => {
    const stored = await hashPassword('one-of-them', CHEAP);
    assert.match(stored, /^scrypt\$8\$8\$1\$/);
    assert.equal(await verifyPassword('one-of-them', stored), true);
    assert.equal(await verifyPassword('another', stored), false);
    assert.equal(await verifyPassword('one-of-them', 'plain'), false);
  });

  it('are salted: the same one twice gives two hashes', async () => {
    assert.notEqual(await hashPassword('same', CHEAP), await hashPassword('same', CHEAP));
  });

  it('made at random are not the same', () => {
    assert.equal(new Set(Array.from({ length: 50 }, randomPassword)).size, 50);
  });
});
