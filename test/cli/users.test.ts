import type { AuditAnswer } from '../../governance/api/audit-contract.ts';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { generateSync } from 'otplib';
import { readConfig } from '../../engine/index.ts';
import { runCli } from '../../cli/run.ts';
import { startConsole, type ConsoleServer } from '../../governance/server/console.ts';
import { CHEAP, cookieIn, PASSWORD, startTestConsole, type TestConsole } from '../kit/test-console.ts';
import { ReleaseKit } from '../kit/release-kit.ts';

describe('wardflow users', () => {
  let kit: TestConsole;
  let folder: string;
  beforeEach(async () => {
    kit = await startTestConsole({ runtime: { messages: 5 } });
    folder = kit.folder;
  });
  afterEach(() => kit.stop());

  async function users(
    ...args: string[]
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
    let [out, err] = ['', ''];
    const code = await runCli(['users', ...args], {
      out: (text) => (out += text),
      err: (text) => (err += text),
      bytes: () => Promise.resolve(),
      config: () => readConfig({ WARDFLOW_DATA: folder }),
      actor: () => 'cli:root',
      now: () => Date.now(),
      secret: () => Promise.resolve(null),
      confirm: () => Promise.resolve('cannot-ask'),
    });
    return { code, out, err };
  }
  const login = (username: string, password: string) =>
    kit.call('/api/v1/session', { method: 'POST', body: { username, password } });
  const passwordIn = (out: string): string => /: ([a-z2-9-]{23})$/m.exec(out)?.[1] ?? '';

  it('lets the locked-out administrator in again while the console runs, and the audit says who did', async () => {
    const cookie = await kit.cookieOf();
    for (let i = 0; i < 5; i++) await login('admin', 'forgotten');
    const { code, out } = await users('reset', 'admin');
    assert.equal(code, 0);
    assert.equal((await kit.call('/api/v1/runtimes', { cookie })).status, 401, 'open sessions have ended');
    const again = await login('admin', passwordIn(out));
    assert.equal(again.json()['mustChangePassword'], true);
    const own = cookieIn(again);
    const body = { current: passwordIn(out), next: `${PASSWORD}-new` };
    assert.equal((await kit.call('/api/v1/session/password', { method: 'POST', cookie: own, body })).status, 204);
    const { entries } = (await kit.call('/api/v1/audit', { cookie: own })).json<AuditAnswer>();
    assert.ok(entries.some(({ sentence }) => sentence === 'root at the command line gave admin a one-time password.'));
    assert.equal((await kit.call('/api/v1/audit/verify', { method: 'POST', cookie: own })).json()['intact'], true);
  });

  it('adds, lists, disables and enables people', async () => {
    const added = await users('add', 'ana', '--name', 'Ana Lind', '--role', 'analyst', 'reviewer');
    assert.equal(added.code, 0, added.err);
    assert.equal((await login('ana', passwordIn(added.out))).status, 200);
    assert.match((await users('list')).out, /^ana +has not chosen a password +\S+ +no +analyst, reviewer +Ana Lind$/m);
    assert.equal((await users('disable', 'ana', '--reason', 'left')).code, 0);
    assert.equal((await login('ana', passwordIn(added.out))).status, 401);
    assert.match((await users('list', '--json')).out, /"state": "disabled"/);
    assert.equal((await users('enable', 'ana')).code, 0);
    assert.equal((await login('ana', passwordIn(added.out))).status, 200);
  });

  it('shows who has a second step, and removes it', async () => {
    const cookie = await kit.cookieOf();
    const post = (path: string, body: object) => kit.call(`/api/v1/session/${path}`, { method: 'POST', cookie, body });
    const { secret } = (await post('second-factor/begin', { password: PASSWORD })).json<{ secret: string }>();
    const confirmed = await post('second-factor/confirm', { code: generateSync({ secret }) });
    assert.equal(confirmed.status, 201);
    assert.match(
      (await users('list')).out,
      /^admin +active .+ yes +administrator, engineer, operator +Administrator$/m,
    );
    assert.equal((await login('admin', PASSWORD)).json()['code'], 'code-needed');
    const { code, out } = await users('remove-second-factor', 'admin');
    assert.deepEqual([code, out], [0, 'admin logs in by the password alone now; their sessions have ended.\n']);
    const again = await login('admin', PASSWORD);
    assert.equal(again.status, 200);
    const { entries } = (await kit.call('/api/v1/audit', { cookie: cookieIn(again) })).json<AuditAnswer>();
    const said = 'root at the command line removed the second step of the login of admin.';
    assert.ok(entries.some(({ sentence }) => sentence === said));
    assert.equal((await users('remove-second-factor', 'admin')).code, 1);
  });

  it('refuses in one sentence what cannot be', async () => {
    for (const [args, says] of [
      [['add', 'ana', '--role', 'king'], /--role takes administrator, /],
      [['add', 'Ana!', '--role', 'analyst'], /not valid at "username"/],
      [['reset', 'nobody'], /no account of this name/],
      [['disable', 'admin'], /last administrator/],
    ] as const) {
      const { code, err } = await users(...args);
      assert.equal(code, 1);
      assert.match(err, says);
    }
  });

  it('makes no accounts where Wardflow was never started', async () => {
    folder = mkdtempSync(join(tmpdir(), 'wardflow-users-'));
    try {
      const { code, err } = await users('list');
      assert.deepEqual([code, /no accounts in the data folder/.test(err)], [1, true]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the people of the demo', () => {
  let folder: string;
  let console: ConsoleServer | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wardflow-demo-'));
  });
  afterEach(async () => {
    await console?.close();
    console = undefined;
    rmSync(folder, { recursive: true });
  });

  async function start(demo: boolean): Promise<ConsoleServer> {
    await console?.close();
    return (console = await startConsole({
      dataFolder: folder,
      port: 0,
      runtimes: { names: [], locate: () => Promise.resolve(undefined) },
      webFolder: folder,
      adminPassword: PASSWORD,
      onFirstPassword: () => undefined,
      passwordCost: CHEAP,
      demo,
    }));
  }
  const file = (): string => join(folder, 'demo-logins.txt');
  const logins = (): readonly (readonly string[])[] =>
    readFileSync(file(), 'utf8')
      .split('\n')
      .map((line) => line.split(/ {2,}/))
      .filter(([name, , passphrase]) => passphrase !== undefined && name !== 'user name');
  const status = async (username = '', password = ''): Promise<number> => {
    const answer = await fetch(`${console?.url ?? ''}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'wardflow-console': '1' },
      body: JSON.stringify({ username, password }),
    });
    return answer.status;
  };

  it('have each a random password in a file that nobody else may read, and keep it', async () => {
    await start(true);
    const first = logins();
    assert.deepEqual(
      first.map(([name]) => name),
      ['analyst', 'reviewer', 'clinical-governance', 'engineer', 'operator', 'coordinator'],
    );
    assert.equal(new Set(first.map(([, password]) => password)).size, 6);
    assert.equal(
      new Set(first.map(([, , passphrase]) => passphrase)).size,
      6,
      'one each, and none for the coordinator',
    );
    assert.deepEqual(
      first.filter(([, , passphrase]) => passphrase === '-').map(([name]) => name),
      ['coordinator'],
    );
    assert.equal(statSync(file()).mode & 0o777, 0o600);
    for (const [name, password] of first) assert.equal(await status(name, password), 200, name);
    await start(true);
    assert.deepEqual(logins(), first);
  });

  it('can do nothing without --demo, and get new passwords with it', async () => {
    await start(true);
    const [[name, password] = []] = logins();
    await start(false);
    assert.throws(() => statSync(file()));
    assert.equal(await status(name, password), 401);
    await start(true);
    assert.equal(await status(name, password), 401);
    const [[, next] = []] = logins();
    assert.equal(await status(name, next), 200);
  });

  it('leave an account of the same name alone that is not theirs', async () => {
    const mine = await start(false);
    await mine.people.create('user:admin', { username: 'operator', displayName: 'Olga', roles: [] });
    const before = mine.accounts.get('operator');
    const demo = await start(true);
    assert.deepEqual(demo.accounts.get('operator'), before);
    assert.equal(logins().length, 5);
    assert.ok(!logins().some(([name]) => name === 'operator'));
  });

  it('are not made where somebody has said whom production trusts', async () => {
    await ReleaseKit.create(folder);
    const real = await start(true);
    assert.throws(() => statSync(file()));
    assert.equal(real.accounts.get('operator'), undefined);
  });
});
