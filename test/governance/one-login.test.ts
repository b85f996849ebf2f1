/** One login for the console and the editors of both runtimes: the real console, asked as each runtime asks it. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { ManualClock } from '../../engine/index.ts';
import { createLogin, EDITING_A_PART, LOOKING, type Login } from '../../runtime/login.ts';
import { FAKE_TOKEN } from '../kit/fake-runtime.ts';
import { startTestConsole, type TestConsole } from '../kit/test-console.ts';

const PRODUCTION_TOKEN = 'service-token-of-production-0123456789abcdef';
/** What a runtime may still believe. */
const KEPT_MS = 5_000;

describe('one login for console and editors', () => {
  let kit: TestConsole;
  let clock: ManualClock;
  let staging: Login;
  let production: Login;

  beforeEach(async () => {
    clock = new ManualClock();
    kit = await startTestConsole({
      clock,
      watched: false,
      runtime: { messages: 5 },
      directory: ({ url }) => ({
        names: ['staging', 'production'],
        locate: (name) => Promise.resolve({ url, token: name === 'staging' ? FAKE_TOKEN : PRODUCTION_TOKEN }),
      }),
    });
    const loginOf = (token: string, looksOnly: boolean): Login =>
      createLogin({
        governance: kit.console.url,
        token: () => token,
        isToken: (given) => given === token,
        now: () => clock.now(),
        looksOnly,
      });
    staging = loginOf(FAKE_TOKEN, false);
    production = loginOf(PRODUCTION_TOKEN, true);
  });
  afterEach(() => kit.stop());

  const permissions = async (cookie: string): Promise<readonly unknown[]> =>
    (await Promise.all([staging.userOf(cookie), production.userOf(cookie)])).map((user) => user?.permissions ?? null);
  const sessionsOf = async (admin: string, name: string): Promise<readonly { readonly id: string }[]> =>
    (await kit.call(`/api/v1/people/${name}/sessions`, { cookie: admin })).json<{ sessions: { id: string }[] }>()
      .sessions;

  it('opens both editors by the session of the console: staging to edit, production to look', async () => {
    assert.deepEqual(await permissions(await kit.cookieOf('engineer')), ['*', LOOKING]);
    assert.deepEqual(await permissions(await kit.cookieOf('operator')), [LOOKING, LOOKING]);
  });

  it('lets whoever edits a part edit that in staging, and nothing in production', async () => {
    const cookie = await kit.cookieOf('analyst');
    const part = { definitions: ['discharge-follow-up'], serviceLines: [] };
    kit.console.accounts.change('person-1', { limits: { analyst: part } });
    assert.deepEqual(await permissions(cookie), [EDITING_A_PART, LOOKING]);
    assert.deepEqual((await staging.userOf(cookie))?.part, part);
    assert.equal((await production.userOf(cookie))?.part, undefined);
  });

  it('ends in both within five seconds when a session is ended, by whomever and however', async () => {
    const admin = await kit.cookieOf();
    const ways: readonly (readonly [string, (own: string, name: string) => Promise<unknown>])[] = [
      ['logged out', (own) => kit.call('/api/v1/session', { method: 'DELETE', cookie: own })],
      [
        'one session ended by an administrator',
        async (_own, name) => {
          const [session] = await sessionsOf(admin, name);
          await kit.call(`/api/v1/people/${name}/sessions/${session?.id ?? ''}`, { method: 'DELETE', cookie: admin });
        },
      ],
      [
        'all sessions ended',
        (_own, name) => kit.call(`/api/v1/people/${name}/sessions`, { method: 'DELETE', cookie: admin }),
      ],
      [
        'disabled',
        (_own, name) =>
          kit.call(`/api/v1/people/${name}`, {
            method: 'POST',
            cookie: admin,
            body: { version: 1, disabled: true, reason: 'for the test' },
          }),
      ],
      [
        'password reset',
        (_own, name) => kit.call(`/api/v1/people/${name}/reset`, { method: 'POST', cookie: admin, body: {} }),
      ],
    ];
    for (const [number, [what, end]] of ways.entries()) {
      const own = await kit.cookieOf('engineer');
      assert.deepEqual(await permissions(own), ['*', LOOKING], what);
      await end(own, `person-${number + 1}`);
      clock.advance(KEPT_MS);
      assert.deepEqual(await permissions(own), [null, null], what);
    }
  });

  it('ends at once for who asks anew, as the live channel of an editor does', async () => {
    const own = await kit.cookieOf('engineer');
    await permissions(own);
    await kit.call('/api/v1/session', { method: 'DELETE', cookie: own });
    assert.deepEqual(await Promise.all([staging.ask(own), production.ask(own)]), [null, null]);
  });

  it('is told to runtimes of this console only', async () => {
    const own = await kit.cookieOf('engineer');
    const stranger = createLogin({
      governance: kit.console.url,
      token: () => 'a-token-of-no-runtime-0123456789abcdefghij',
      isToken: () => false,
      now: () => clock.now(),
    });
    assert.equal(await stranger.userOf(own), null);
  });
});
