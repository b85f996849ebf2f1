import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { ManualClock } from '../../engine/index.ts';
import type { OneTimePassword, PersonView, ServiceToken } from '../../governance/api/people-contract.ts';
import { FAKE_TOKEN } from '../kit/fake-runtime.ts';
import { CHEAP, cookieIn, PASSWORD, startTestConsole, type Answer, type TestConsole } from '../kit/test-console.ts';
import { hashPassword } from '../../governance/server/passwords.ts';

const HOUR = 3_600_000;
const OWN = 'words-of-my-own-choice';

describe('accounts of people', () => {
  let kit: TestConsole;
  let clock: ManualClock;
  const start = async (): Promise<void> => {
    clock = new ManualClock();
    kit = await startTestConsole({ clock, runtime: { messages: 5 } });
  };
  afterEach(() => kit.stop());

  const post = (path: string, cookie: string | undefined, body: unknown = {}): Promise<Answer> =>
    kit.call(`/api/v1${path}`, { method: 'POST', body, ...(cookie === undefined ? {} : { cookie }) });
  const login = (username: string, password: string, device?: string): Promise<Answer> =>
    post('/session', device, { username, password });
  const people = async (cookie: string): Promise<readonly PersonView[]> =>
    (await kit.call('/api/v1/people', { cookie })).json<{ people: PersonView[] }>().people;
  const person = async (cookie: string, username: string): Promise<PersonView> => {
    const found = (await people(cookie)).find((one) => one.username === username);
    assert.ok(found);
    return found;
  };
  const make = async (
    cookie: string,
    username = 'ana',
    roles: readonly string[] = ['analyst'],
  ): Promise<OneTimePassword> => {
    const answer = await post('/people', cookie, { username, displayName: 'Ana Lind', roles });
    assert.equal(answer.status, 201, answer.text);
    return answer.json<OneTimePassword>();
  };
  /** A person who has chosen a password. */
  const settled = async (cookie: string, username: string, roles: readonly string[]): Promise<string> => {
    const { password } = await make(cookie, username, roles);
    const own = cookieIn(await login(username, password));
    assert.equal((await post('/session/password', own, { current: password, next: OWN })).status, 204);
    return own;
  };
  const change = async (cookie: string, username: string, wish: object): Promise<Answer> =>
    post(`/people/${username}`, cookie, { version: (await person(cookie, username)).version, ...wish });
  const sentences = async (cookie: string): Promise<readonly string[]> =>
    (await kit.call('/api/v1/audit?environment=console', { cookie }))
      .json<{ entries: { sentence: string }[] }>()
      .entries.map((record) => record.sentence);
  const deviceIn = (answer: Answer): string =>
    [answer.headers['set-cookie'] ?? []]
      .flat()
      .find((one) => one.startsWith('wardflow_device='))
      ?.split(';')[0] ?? '';

  it('begin with a one-time password that opens nothing but its own change', async () => {
    await start();
    const admin = await kit.cookieOf();
    const { password, person: made } = await make(admin);
    assert.equal(made.state, 'one-time-password');
    const answer = await login('ana', password);
    const own = cookieIn(answer);
    assert.deepEqual([answer.json()['mustChangePassword'], answer.json()['permissions']], [true, []]);
    for (const path of ['/runtimes', '/runtimes/staging/status', '/sessions', '/people']) {
      const refused = await kit.call(`/api/v1${path}`, { cookie: own });
      assert.equal(refused.json()['code'], 'password-change-needed', path);
    }
    const introspect = await kit.call('/api/v1/sessions/introspect', {
      foreign: true,
      headers: { authorization: `Bearer ${FAKE_TOKEN}`, 'wardflow-session': own.split('=')[1] ?? '' },
    });
    assert.deepEqual(introspect.json(), { active: false }, 'no editor either');
    const unfit = await post('/session/password', own, { current: password, next: password });
    assert.equal(unfit.json()['code'], 'password-unfit');
    assert.equal((await post('/session/password', own, { current: password, next: OWN })).status, 204);
    assert.equal((await kit.call('/api/v1/runtimes', { cookie: own })).status, 200);
    assert.equal((await login('ana', password)).status, 401);
    assert.equal((await person(admin, 'ana')).state, 'active');
  });

  it('take a one-time password for three days, and say plainly when it has run out', async () => {
    await start();
    const { password } = await make(await kit.cookieOf());
    clock.advance(72 * HOUR - 1000);
    assert.equal((await login('ana', password)).status, 200);
    clock.advance(1000);
    assert.equal((await login('ana', password)).json()['code'], 'one-time-password-expired');
    assert.equal((await login('ana', 'wrong')).json()['code'], 'login-refused', 'said only to who knows it');
  });

  it('are reset by an administrator: sessions end, the old password opens nothing', async () => {
    await start();
    const admin = await kit.cookieOf();
    const own = await settled(admin, 'ana', ['analyst']);
    const reset = (await post('/people/ana/reset', admin)).json<OneTimePassword>();
    assert.equal((await kit.call('/api/v1/runtimes', { cookie: own })).status, 401);
    assert.equal((await login('ana', OWN)).status, 401);
    assert.equal((await login('ana', reset.password)).json()['mustChangePassword'], true);
  });

  it('lose their sessions at once when they are disabled or their roles change', async () => {
    await start();
    const admin = await kit.cookieOf();
    const own = await settled(admin, 'ana', ['analyst']);
    const alive = async (cookie: string): Promise<number> => (await kit.call('/api/v1/runtimes', { cookie })).status;
    assert.equal((await change(admin, 'ana', { displayName: 'Ana L.' })).status, 200);
    assert.equal(await alive(own), 200, 'a name is no reason');
    assert.equal((await change(admin, 'ana', { roles: ['analyst', 'auditor'] })).status, 200);
    assert.equal(await alive(own), 401);
    const again = cookieIn(await login('ana', OWN));
    assert.equal((await change(admin, 'ana', { disabled: true, reason: 'left the hospital' })).status, 200);
    assert.equal(await alive(again), 401);
    assert.equal((await login('ana', OWN)).json()['code'], 'login-refused');
    assert.equal((await post('/people/ana/reset', admin)).json()['code'], 'account-disabled');
    assert.equal((await change(admin, 'ana', { disabled: false })).status, 200);
    assert.equal((await login('ana', OWN)).status, 200);
    assert.deepEqual((await sentences(admin)).filter((one) => one.startsWith('admin ')).slice(0, 4), [
      'admin enabled the account ana again.',
      'admin disabled the account ana: left the hospital.',
      'admin changed the roles of ana from analyst to analyst, auditor.',
      'admin changed the name that ana is shown by.',
    ]);
  });

  it('give nobody a role by their own hand, though they may give one up', async () => {
    await start();
    const admin = await kit.cookieOf();
    await settled(admin, 'ida', ['administrator']);
    for (const wish of [{ roles: ['administrator', 'engineer', 'operator', 'reviewer'] }, { disabled: true }])
      assert.equal((await change(admin, 'admin', wish)).json()['code'], 'account-own');
    assert.equal((await post('/people/admin/reset', admin)).json()['code'], 'account-own');
    assert.equal((await change(admin, 'admin', { roles: ['administrator'] })).status, 200);
    const again = await kit.cookieOf();
    assert.equal(
      (await change(again, 'admin', { roles: ['administrator', 'operator'] })).json()['code'],
      'account-own',
    );
  });

  it('have roles for some definitions and service lines only, which end sessions and stand in the audit', async () => {
    await start();
    const admin = await kit.cookieOf();
    const own = await settled(admin, 'ana', ['operator', 'reviewer']);
    const limits = { operator: { definitions: ['discharge-follow-up'], serviceLines: ['Laboratory'] } };
    const limited = await change(admin, 'ana', { limits });
    assert.deepEqual(limited.json<PersonView>().limits, limits);
    assert.equal((await kit.call('/api/v1/runtimes', { cookie: own })).status, 401);
    const { permissions } = (await login('ana', OWN)).json<{ permissions: string[] }>();
    assert.ok(permissions.includes('message:redrive') && !permissions.includes('message:reread'));
    assert.ok(
      (await sentences(admin)).includes(
        'admin changed the roles of ana from reviewer, operator to reviewer, operator (for discharge-follow-up; service lines Laboratory).',
      ),
    );
    const again = { operator: { serviceLines: ['Laboratory', 'Laboratory '], definitions: ['discharge-follow-up'] } };
    const before = (await sentences(admin)).length;
    assert.equal((await change(admin, 'ana', { limits: again })).status, 200);
    assert.equal((await sentences(admin)).length, before, 'the same limit is no change');
    assert.equal((await change(admin, 'ana', { roles: ['reviewer'] })).status, 200);
    assert.deepEqual((await person(admin, 'ana')).limits, {}, 'a role that comes back comes without its old limit');
    for (const wrong of [
      { limits: { auditor: { definitions: ['a'], serviceLines: [] } } },
      { limits: { administrator: { definitions: ['a'], serviceLines: [] } } },
      { limits: { operator: { definitions: ['../a'], serviceLines: [] } } },
      { limits: { operator: { definitions: [], serviceLines: ['a\nb'] } } },
      { limits: { operator: { definitions: ['a'] } } },
      { limits: { operator: { definitions: Array.from({ length: 21 }, (_, i) => `a${i}`), serviceLines: [] } } },
    ])
      assert.equal((await change(admin, 'ana', wrong)).status, 400, JSON.stringify(wrong));
  });

  it('cannot widen a limit of their own', async () => {
    await start();
    const admin = await kit.cookieOf();
    await settled(admin, 'ida', ['administrator']);
    const ida = cookieIn(await login('ida', OWN));
    const limits = { operator: { definitions: [], serviceLines: ['Laboratory'] } };
    assert.equal((await change(ida, 'admin', { limits })).status, 200);
    const again = await kit.cookieOf();
    const wider = { operator: { definitions: [], serviceLines: ['Laboratory', 'Radiology'] } };
    for (const wish of [{ limits: {} }, { limits: wider }])
      assert.equal((await change(again, 'admin', wish)).json()['code'], 'account-own');
    assert.equal((await change(again, 'admin', { displayName: 'A', limits })).status, 200);
    const program = { name: 'detour', scopes: ['switch:set'], days: 1 };
    const made = await post('/service-accounts', again, program);
    assert.equal(made.json()['code'], 'service-scope-refused', 'nor lend a program what they have for a part only');
  });

  it('keep an administrator who can log in', async () => {
    await start();
    const admin = await kit.cookieOf();
    assert.equal((await change(admin, 'admin', { roles: ['operator'] })).json()['code'], 'account-last-administrator');
    await make(admin, 'ida', ['administrator']);
    assert.equal(
      (await change(admin, 'admin', { roles: ['operator'] })).json()['code'],
      'account-last-administrator',
      'one who has never logged in is of no help',
    );
  });

  it('do not lose a change to somebody who had not seen it', async () => {
    await start();
    const admin = await kit.cookieOf();
    const { person: seen } = await make(admin);
    assert.equal((await change(admin, 'ana', { roles: ['auditor'] })).status, 200);
    const late = await post('/people/ana', admin, { version: seen.version, roles: ['operator'] });
    assert.deepEqual([late.status, late.json()['code']], [409, 'account-changed']);
    assert.deepEqual((await person(admin, 'ana')).roles, ['auditor']);
  });

  it('are one of a name, of plain letters, and without what could hide in it', async () => {
    await start();
    const admin = await kit.cookieOf();
    await make(admin);
    assert.equal(
      (await post('/people', admin, { username: 'ana', displayName: 'B', roles: [] })).json()['code'],
      'account-taken',
    );
    for (const wrong of [
      { username: 'Ana', displayName: 'A', roles: [] },
      { username: 'a', displayName: 'A', roles: [] },
      { username: '../ana', displayName: 'A', roles: [] },
      { username: 'bob', displayName: 'A\u202eB', roles: [] },
      { username: 'bob', displayName: 'A\nB', roles: [] },
      { username: 'bob', displayName: '', roles: [] },
      { username: 'bob', displayName: 'Bob', roles: ['superuser'] },
      { username: 'bob', displayName: 'Bob', roles: [], password: 'mine-to-choose' },
    ])
      assert.equal((await post('/people', admin, wrong)).status, 400, JSON.stringify(wrong));
    assert.equal((await people(admin)).length, 2);
  });

  it('show where they are logged in, and an administrator ends one session or all', async () => {
    await start();
    const admin = await kit.cookieOf();
    const [one, two] = [await settled(admin, 'ana', ['analyst']), cookieIn(await login('ana', OWN))];
    const list = async () =>
      (await kit.call('/api/v1/people/ana/sessions', { cookie: admin })).json<{
        sessions: { id: string; address: string; current: boolean }[];
      }>().sessions;
    const [newest] = await list();
    assert.deepEqual([(await list()).length, newest?.address, newest?.current], [2, '127.0.0.1', false]);
    const end = (path: string) => kit.call(`/api/v1/people/ana/sessions${path}`, { method: 'DELETE', cookie: admin });
    const own = (await kit.call('/api/v1/sessions', { cookie: admin })).json<{ sessions: { id: string }[] }>()
      .sessions[0];
    assert.equal((await end(`/${own?.id ?? ''}`)).status, 404, 'not one of hers');
    assert.equal((await end(`/${newest?.id ?? ''}`)).status, 204);
    assert.equal((await list()).length, 1);
    assert.equal((await end('')).status, 204);
    for (const cookie of [one, two]) assert.equal((await kit.call('/api/v1/runtimes', { cookie })).status, 401);
  });

  it('do not lock out the person at a browser they have used, whoever else keeps guessing', async () => {
    await start();
    await kit.cookieOf();
    const known = deviceIn(await login('admin', PASSWORD));
    assert.match(known, /^wardflow_device=[\w-]{43}$/);
    for (let i = 0; i < 6; i++) await login('admin', `guess-${i}`);
    assert.equal((await login('admin', PASSWORD)).status, 429, 'a strange browser waits');
    assert.equal((await login('admin', PASSWORD, known)).status, 200);
    for (let i = 0; i < 5; i++) assert.equal((await login('admin', `typo-${i}`, known)).status, 401);
    assert.equal((await login('admin', PASSWORD, known)).status, 429, 'a stolen browser is no way round the lock');
    assert.equal((await login('ana', 'x', known)).status, 401, 'it is known for its own person only');
  });

  it('slow down an address that tries many names, and not by the lucky guess of one', async () => {
    await start();
    for (let i = 0; i < 49; i++) assert.equal((await login(`name-${i}`, 'Winter2026')).status, 401);
    assert.equal((await login('admin', PASSWORD)).status, 200, 'the fiftieth is right');
    assert.equal((await login('name-50', 'Winter2026')).status, 401);
    assert.equal((await login('name-51', 'Winter2026')).status, 429);
    clock.advance(30_000);
    assert.equal((await login('admin', PASSWORD)).status, 200);
  });

  it('are unlocked by an administrator', async () => {
    await start();
    const admin = await kit.cookieOf();
    await settled(admin, 'ana', ['analyst']);
    for (let i = 0; i < 5; i++) await login('ana', 'wrong');
    assert.equal((await person(admin, 'ana')).state, 'locked');
    assert.equal((await post('/people/ana/unlock', admin)).json<PersonView>().state, 'active');
    assert.equal((await login('ana', OWN)).status, 200);
    assert.ok((await sentences(admin)).includes('admin ended the lock of the account ana.'));
  });

  it('leave an intact chain that names who gave whom which role, and no secret anywhere', async () => {
    await start();
    const admin = await kit.cookieOf();
    const { password } = await make(admin, 'ana', ['reviewer', 'analyst']);
    const reset = (await post('/people/ana/reset', admin)).json<OneTimePassword>();
    assert.ok((await sentences(admin)).includes('admin created the account ana with the roles analyst, reviewer.'));
    assert.ok((await sentences(admin)).includes('admin gave ana a one-time password.'));
    const verdict = await kit.call('/api/v1/audit/verify', { method: 'POST', cookie: admin });
    assert.equal(verdict.json()['intact'], true, verdict.text);
    const folder = join(kit.folder, 'governance');
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
    for (const secret of [password, reset.password]) assert.ok(!files.join('').includes(secret));
  });
});

describe('service accounts', () => {
  let kit: TestConsole;
  let clock: ManualClock;
  afterEach(() => kit.stop());
  const start = async (): Promise<void> => {
    clock = new ManualClock();
    kit = await startTestConsole({ clock, runtime: { messages: 5 } });
  };
  const create = (cookie: string, body: object): Promise<Answer> =>
    kit.call('/api/v1/service-accounts', { method: 'POST', cookie, body });
  const ask = (token: string, path = '/runtimes/staging/status'): Promise<Answer> =>
    kit.call(`/api/v1${path}`, { foreign: true, headers: { authorization: `Bearer ${token}` } });

  it('open what their scopes say until they expire, and say who acts', async () => {
    await start();
    const cookie = await kit.cookieOf();
    const { token, account } = (
      await create(cookie, { name: 'monitoring', scopes: ['status:read'], days: 2 })
    ).json<ServiceToken>();
    assert.match(token, /^wardflow_sa_[\w-]{43}$/);
    assert.equal(account.state, 'active');
    assert.equal((await ask(token)).status, 200);
    assert.ok(kit.runtime.calls.some((call) => call.actor === 'program:monitoring'));
    clock.advance(48 * HOUR);
    assert.equal((await ask(token)).status, 401);
    const again = await create(await kit.cookieOf(), { name: 'monitoring', scopes: ['status:read'], days: 1 });
    assert.equal(again.status, 201, 'the name of an expired one is free');
  });

  it('are revoked at once, and their token is kept nowhere in clear', async () => {
    await start();
    const cookie = await kit.cookieOf();
    const { token, account } = (
      await create(cookie, { name: 'robot', scopes: ['status:read'], days: 30 })
    ).json<ServiceToken>();
    assert.equal(
      (await create(cookie, { name: 'robot', scopes: ['status:read'], days: 30 })).json()['code'],
      'service-account-taken',
    );
    const folder = join(kit.folder, 'governance');
    for (const name of readdirSync(folder)) assert.ok(!readFileSync(join(folder, name), 'latin1').includes(token));
    const end = () => kit.call(`/api/v1/service-accounts/${account.id}`, { method: 'DELETE', cookie });
    assert.equal((await end()).status, 204);
    assert.equal((await ask(token)).status, 401);
    assert.equal((await end()).status, 404);
    const { accounts } = (await kit.call('/api/v1/service-accounts', { cookie })).json<{
      accounts: { state: string }[];
    }>();
    assert.deepEqual(
      accounts.map((one) => one.state),
      ['revoked'],
    );
    assert.ok(!JSON.stringify(accounts).includes('hash'));
  });

  it('cannot be given what their maker may not do, nor anything about patients or people', async () => {
    await start();
    const password = await hashPassword(PASSWORD, CHEAP);
    kit.console.accounts.create({
      username: 'ida',
      displayName: 'Ida',
      roles: ['administrator'],
      password,
      initialPassword: false,
    });
    const ida = cookieIn(
      await kit.call('/api/v1/session', { method: 'POST', body: { username: 'ida', password: PASSWORD } }),
    );
    const scopes = async (...wish: string[]) =>
      (await create(ida, { name: 'detour', scopes: wish, days: 1 })).json()['code'];
    assert.equal(await scopes('switch:set'), 'service-scope-refused');
    for (const never of ['message:redrive', 'message:read-body', 'account:manage', 'editor:edit'])
      assert.equal(await scopes(never), 'request-invalid', never);
  });

  it('are not taken beside a session, for one could lend rights to the other', async () => {
    await start();
    const cookie = await kit.cookieOf();
    const { token } = (await create(cookie, { name: 'robot', scopes: ['status:read'], days: 1 })).json<ServiceToken>();
    const both = await kit.call('/api/v1/people', { cookie, headers: { authorization: `Bearer ${token}` } });
    assert.equal(both.json()['code'], 'permission-missing');
  });
});
