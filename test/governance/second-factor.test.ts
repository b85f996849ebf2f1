import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { generateSync } from 'otplib';
import { ManualClock, WardflowError } from '../../engine/index.ts';
import type { Enrolment, RecoveryCodes, SecondFactorView } from '../../governance/api/contract.ts';
import type { PersonView } from '../../governance/api/people-contract.ts';
import { demandedOf } from '../../governance/server/second-factor/demanded-of.ts';
import { secondFactorKeyPath } from '../../governance/server/second-factor/sealed-secrets.ts';
import { stepOfCode } from '../../governance/server/second-factor/totp.ts';
import { accountsIn } from '../../governance/server/store/accounts.ts';
import { openDatabase } from '../../governance/server/store/database.ts';
import { loginFailuresIn } from '../../governance/server/store/login-failures.ts';
import { secondFactorsIn } from '../../governance/server/store/second-factors.ts';
import { FAKE_TOKEN } from '../kit/fake-runtime.ts';
import {
  cookieIn,
  PASSWORD,
  startTestConsole,
  type Answer,
  type TestConsole,
  type TestConsoleOptions,
} from '../kit/test-console.ts';

const STEP_MS = 30_000;

describe('codes of an authenticator app', () => {
  // RFC 6238, appendix B: the secret is the ASCII text "12345678901234567890"; the last six of its eight digits.
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  for (const [seconds, code] of [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ] as const) {
    it(`are those of RFC 6238 at ${seconds} s`, () => {
      assert.equal(stepOfCode(secret, code, seconds * 1000, -1), Math.floor(seconds / 30));
    });
  }

  it('are right one step early or late, and no more; and never again', () => {
    const step = 1000;
    const code = generateSync({ secret, epoch: step * 30 });
    const at = (steps: number, after = -1): number | null =>
      stepOfCode(secret, code, (step + steps) * STEP_MS + 15_000, after);
    assert.deepEqual(
      [-2, -1, 0, 1, 2].map((steps) => at(steps)),
      [null, step, step, step, null],
    );
    assert.deepEqual(
      [step - 1, step, step + 1].map((after) => at(0, after)),
      [step, null, null],
    );
    assert.equal(at(0, step + 5), null, 'nor when the clock was set back');
    for (const wrong of ['', '12345', '1234567', 'abcdef', '１２３４５６'])
      assert.equal(stepOfCode(secret, wrong, 0, -1), null);
  });
});

describe('a second step at login', () => {
  let kit: TestConsole;
  let clock: ManualClock;
  const start = async (options: TestConsoleOptions = {}): Promise<void> => {
    clock = new ManualClock();
    kit = await startTestConsole({ clock, runtime: { messages: 5 }, ...options });
  };
  afterEach(() => kit.stop());

  const post = (path: string, cookie: string | undefined, body: unknown = {}): Promise<Answer> =>
    kit.call(`/api/v1${path}`, { method: 'POST', body, ...(cookie === undefined ? {} : { cookie }) });
  const login = (more: object = {}, username = 'admin'): Promise<Answer> =>
    post('/session', undefined, { username, password: PASSWORD, ...more });
  const codeAt = (secret: string, steps = 0): string =>
    generateSync({ secret, epoch: Math.floor(clock.now() / 1000) + steps * 30 });
  const nextStep = (): void => clock.advance(STEP_MS);
  const enrol = async (cookie: string): Promise<Enrolment & RecoveryCodes> => {
    const begun = await post('/session/second-factor/begin', cookie, { password: PASSWORD });
    const enrolment = begun.json<Enrolment>();
    const confirmed = await post('/session/second-factor/confirm', cookie, { code: codeAt(enrolment.secret) });
    assert.equal(confirmed.status, 201, confirmed.text);
    nextStep();
    return { ...enrolment, ...confirmed.json<RecoveryCodes>() };
  };
  const codeOf = (answer: Answer): unknown => answer.json()['code'];
  const sentences = async (cookie: string): Promise<readonly string[]> =>
    (await kit.call('/api/v1/audit?environment=console', { cookie }))
      .json<{ entries: { sentence: string }[] }>()
      .entries.map((record) => record.sentence);

  it('is set up with the password and one code, and asked for from then on', async () => {
    await start();
    const [cookie, other] = [await kit.cookieOf(), await kit.cookieOf()];
    const wrong = await post('/session/second-factor/begin', cookie, { password: 'another' });
    assert.equal(codeOf(wrong), 'login-refused');
    const { uri, secret, recoveryCodes } = await enrol(cookie);
    const told = new URL(uri);
    assert.deepEqual(
      [told.protocol, told.host, decodeURIComponent(told.pathname), told.searchParams.get('secret')],
      ['otpauth:', 'totp', '/Wardflow:admin', secret],
    );
    assert.match(secret, /^[A-Z2-7]{32}$/);
    assert.equal(new Set(recoveryCodes).size, 10);
    assert.equal((await kit.call('/api/v1/runtimes', { cookie: other })).status, 401, 'opened by a password alone');
    const view = (await kit.call('/api/v1/session/second-factor', { cookie })).json<SecondFactorView>();
    assert.deepEqual([view.recoveryCodes, view.demanded, typeof view.since], [10, false, 'number']);

    const first = await login();
    assert.deepEqual([first.status, codeOf(first), first.headers['set-cookie']], [401, 'code-needed', undefined]);
    assert.equal(codeOf(await login({ password: 'wrong', code: codeAt(secret) })), 'login-refused');
    assert.equal(codeOf(await login({ code: '000000' })), 'code-refused');
    const digits = codeAt(secret);
    const second = await login({ code: `${digits.slice(0, 3)} ${digits.slice(3)}` });
    assert.equal(second.status, 200, second.text);
    assert.deepEqual((await sentences(cookieIn(second))).slice(0, 4), [
      'admin logged in.',
      'A code for a login as admin was refused.',
      'A login as admin was refused.',
      'admin turned on the second step of their login.',
    ]);
  });

  it('takes a code once, and not the one of the enrolment either', async () => {
    await start();
    const cookie = await kit.cookieOf();
    const { secret } = (await post('/session/second-factor/begin', cookie, { password: PASSWORD })).json<Enrolment>();
    const code = codeAt(secret);
    assert.equal((await post('/session/second-factor/confirm', cookie, { code })).status, 201);
    assert.equal(codeOf(await login({ code })), 'code-refused');
    nextStep();
    const next = codeAt(secret);
    assert.equal((await login({ code: next })).status, 200);
    assert.equal(codeOf(await login({ code: next })), 'code-refused');
    nextStep();
    const both = await Promise.all([login({ code: codeAt(secret) }), login({ code: codeAt(secret) })]);
    assert.deepEqual(
      both.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 401],
      'nor by two at once',
    );
  });

  it('locks after wrong codes as after wrong passwords, and the right password does not clear the count', async () => {
    await start();
    const { secret } = await enrol(await kit.cookieOf());
    for (let i = 0; i < 5; i++) {
      assert.equal(codeOf(await login({ code: '000000' })), 'code-refused', `try ${i}`);
      if (i < 4) assert.equal(codeOf(await login()), 'code-needed');
    }
    assert.equal(codeOf(await login({ code: codeAt(secret) })), 'login-locked');
    assert.equal(codeOf(await login()), 'login-locked', 'nor is the password told to be right');
    clock.advance(31_000);
    assert.equal((await login({ code: codeAt(secret) })).status, 200);
    for (let i = 0; i < 4; i++) await login({ code: '000000' });
    nextStep();
    assert.equal((await login({ code: codeAt(secret) })).status, 200, 'a login starts the count anew');
  });

  it('gives no more tries to a burst of passwords and codes', async () => {
    await start();
    await enrol(await kit.cookieOf());
    let tries = 0;
    for (let bursts = 0; bursts < 10; bursts++) {
      const burst = await Promise.all(
        Array.from({ length: 20 }, (_, i) => login(i % 2 === 0 ? {} : { code: String(100_000 + i) })),
      );
      tries += burst.filter((answer) => codeOf(answer) === 'code-refused').length;
    }
    assert.ok(tries > 0 && tries <= 5, `${tries} tries`);
    // A password under way holds a try for as long as it is checked, so the bursts may leave some.
    while (tries < 5 && codeOf(await login({ code: '000000' })) === 'code-refused') tries++;
    assert.equal(tries, 5);
    assert.equal(codeOf(await login()), 'login-locked');
  });

  it('is done with a recovery code once, and the audit says how many are left', async () => {
    await start();
    const { recoveryCodes } = await enrol(await kit.cookieOf());
    const [one = '', two = ''] = recoveryCodes;
    const answer = await login({ code: one.toUpperCase().replaceAll('-', ' ') });
    assert.equal(answer.status, 200, answer.text);
    assert.ok((await sentences(cookieIn(answer))).includes('admin used a recovery code, 9 are left.'));
    assert.equal(codeOf(await login({ code: one })), 'code-refused');
    assert.equal((await login({ code: two })).status, 200);
    assert.equal(codeOf(await login({ code: 'aaaaa-aaaaa-aaaaa' })), 'code-refused');
  });

  it('gives new recovery codes for password and code, and the old ones open nothing', async () => {
    await start();
    const cookie = await kit.cookieOf();
    const { secret, recoveryCodes } = await enrol(cookie);
    const ask = (more: object) =>
      post('/session/second-factor/recovery-codes', cookie, { password: PASSWORD, ...more });
    assert.equal(codeOf(await ask({ code: '000000' })), 'code-refused');
    assert.equal(codeOf(await ask({ code: codeAt(secret), password: 'wrong' })), 'login-refused');
    const renewed = (await ask({ code: codeAt(secret) })).json<RecoveryCodes>().recoveryCodes;
    assert.equal(codeOf(await login({ code: recoveryCodes[0] })), 'code-refused');
    assert.equal((await login({ code: renewed[0] })).status, 200);
    assert.ok((await sentences(cookie)).includes('admin made new recovery codes.'));
  });

  it('is turned off with password and code, not by a session left open', async () => {
    await start();
    const cookie = await kit.cookieOf();
    const { secret } = await enrol(cookie);
    const off = (body: object) => post('/session/second-factor/off', cookie, body);
    assert.equal((await off({ password: PASSWORD })).status, 400);
    assert.equal(codeOf(await off({ password: PASSWORD, code: '000000' })), 'code-refused');
    assert.equal((await off({ password: PASSWORD, code: codeAt(secret) })).status, 204);
    assert.equal((await login()).status, 200);
    assert.ok((await sentences(cookie)).includes('admin turned off the second step of their login.'));
    assert.equal(codeOf(await off({ password: PASSWORD, code: '000000' })), 'second-factor-missing');
  });

  it('is removed by an administrator, not by the person themselves, and sessions end', async () => {
    await start();
    const admin = await kit.cookieOf();
    const ana = await kit.cookieOf('analyst');
    await enrol(ana);
    const remove = (cookie: string, name: string) =>
      kit.call(`/api/v1/people/${name}/second-factor`, { method: 'DELETE', cookie });
    const [person] = (await kit.call('/api/v1/people', { cookie: admin }))
      .json<{ people: PersonView[] }>()
      .people.filter(({ secondFactor }) => secondFactor);
    assert.equal(person?.username, 'person-1');
    assert.equal(codeOf(await remove(ana, 'person-1')), 'permission-missing');
    const removed = await remove(admin, 'person-1');
    assert.equal(removed.json<PersonView>().secondFactor, false);
    assert.equal((await kit.call('/api/v1/runtimes', { cookie: ana })).status, 401);
    assert.equal((await login({}, 'person-1')).status, 200);
    assert.ok((await sentences(admin)).includes('admin removed the second step of the login of person-1.'));
    assert.equal(codeOf(await remove(admin, 'person-1')), 'second-factor-missing');
    await enrol(admin);
    assert.equal(codeOf(await remove(admin, 'admin')), 'account-own');
  });

  it('is set up before anything else by whose role demands it', async () => {
    await start({ secondFactorOf: ['operator'] });
    const auditor = await kit.cookieOf('auditor');
    assert.equal((await kit.call('/api/v1/runtimes', { cookie: auditor })).status, 200);
    const operator = await kit.cookieOf('operator');
    const view = (await kit.call('/api/v1/session', { cookie: operator })).json();
    assert.deepEqual([view['owesSecondFactor'], view['permissions']], [true, []]);
    for (const path of ['/runtimes', '/sessions', '/runtimes/staging/status'])
      assert.equal(codeOf(await kit.call(`/api/v1${path}`, { cookie: operator })), 'second-factor-needed', path);
    const introspect = () =>
      kit.call('/api/v1/sessions/introspect', {
        foreign: true,
        headers: { authorization: `Bearer ${FAKE_TOKEN}`, 'wardflow-session': operator.split('=')[1] ?? '' },
      });
    assert.deepEqual((await introspect()).json(), { active: false }, 'no editor either');
    const { secret } = await enrol(operator);
    assert.equal((await kit.call('/api/v1/runtimes', { cookie: operator })).status, 200);
    assert.equal((await introspect()).json()['active'], true);
    const code = codeAt(secret);
    assert.equal((await post('/session/second-factor/off', operator, { password: PASSWORD, code })).status, 204);
    assert.equal(codeOf(await kit.call('/api/v1/runtimes', { cookie: operator })), 'second-factor-needed');
  });

  it('keeps its secret sealed and its recovery codes hashed: the database alone gives no code', async () => {
    await start();
    const { secret, recoveryCodes } = await enrol(await kit.cookieOf());
    const folder = join(kit.folder, 'governance');
    const all = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
    for (const one of [secret, ...recoveryCodes, ...recoveryCodes.map((code) => code.replaceAll('-', ''))])
      assert.ok(!all.join('').includes(one));
    assert.equal(statSync(secondFactorKeyPath(kit.folder)).mode & 0o777, 0o600);
    await kit.restart();
    assert.equal((await login({ code: codeAt(secret) })).status, 200, 'it outlives a restart');
    nextStep();
    rmSync(secondFactorKeyPath(kit.folder));
    assert.equal(codeOf(await login({ code: codeAt(secret) })), 'code-refused', 'without the key no code is right');
    assert.equal((await login({ code: recoveryCodes[0] })).status, 200);
  });

  it('is not set up by what was begun in another session or too long ago', async () => {
    await start();
    const [one, other] = [await kit.cookieOf(), await kit.cookieOf()];
    const begin = (cookie: string) => post('/session/second-factor/begin', cookie, { password: PASSWORD });
    const confirm = (cookie: string, code: string) => post('/session/second-factor/confirm', cookie, { code });
    const { secret } = (await begin(one)).json<Enrolment>();
    assert.equal(codeOf(await confirm(other, codeAt(secret))), 'second-factor-not-begun');
    assert.equal(codeOf(await confirm(one, '000000')), 'code-refused');
    clock.advance(600_000);
    assert.equal(codeOf(await confirm(one, codeAt(secret))), 'second-factor-not-begun');
    const again = (await begin(one)).json<Enrolment>();
    assert.notEqual(again.secret, secret);
    assert.equal((await confirm(one, codeAt(again.secret))).status, 201);
    assert.equal(codeOf(await begin(one)), 'second-factor-there');
    assert.equal(codeOf(await confirm(one, codeAt(again.secret))), 'second-factor-there');
  });
});

describe('what the console keeps of logins', () => {
  let folder: string;
  let database: DatabaseSync;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wardflow-logins-'));
    database = openDatabase(folder);
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });

  it('lets a step be used once, whoever else looked at the same moment', () => {
    const clock = new ManualClock();
    accountsIn(database, clock).create({
      username: 'ana',
      displayName: 'Ana',
      roles: [],
      password: 'a hash',
      initialPassword: false,
    });
    const rows = secondFactorsIn(database, clock);
    rows.put('ana', 'sealed', 10, ['one', 'two']);
    assert.deepEqual(
      [rows.use('ana', 11), rows.use('ana', 11), rows.use('ana', 10), rows.use('ana', 12)],
      [true, false, false, true],
    );
    assert.deepEqual([rows.useRecoveryCode('ana', 'one'), rows.useRecoveryCode('ana', 'one')], [true, false]);
    assert.equal(rows.get('ana')?.recoveryCodes, 1);
  });

  it('takes a try back that was no failure, and no lock that others earned meanwhile', () => {
    const failures = loginFailuresIn(database, new ManualClock());
    const suspects = [{ kind: 'name', value: 'ana' }] as const;
    for (let i = 0; i < 5; i++) failures.failed(suspects);
    assert.ok(failures.lockedFor(suspects) > 0);
    failures.takeBack(suspects);
    assert.equal(failures.lockedFor(suspects), 0, 'the fifth was none');
    for (let i = 0; i < 2; i++) failures.failed(suspects);
    failures.takeBack(suspects);
    assert.ok(failures.lockedFor(suspects) > 0, 'five are left, of the others');
  });
});

describe('whose logins need a second step', () => {
  it('is nobody on loopback, everybody from other machines, or what the setting says', () => {
    assert.deepEqual([demandedOf(null, false), demandedOf(null, true)], [[], 'all']);
    assert.deepEqual([demandedOf(['none'], true), demandedOf(['all'], false)], [[], 'all']);
    assert.deepEqual(demandedOf(['operator', 'auditor'], true), ['operator', 'auditor']);
    assert.throws(
      () => demandedOf(['operator', 'king'], true),
      (error) => error instanceof WardflowError && error.code === 'role-unknown',
    );
  });
});
