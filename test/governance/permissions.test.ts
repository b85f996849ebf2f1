/** Every route of the console with every role, against the one table of permissions. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import {
  allows,
  LIMITABLE_ROLES,
  PERMISSIONS,
  REACH,
  ROLES,
  SERVICE_SCOPES,
  type Permission,
} from '../../governance/api/permissions.ts';
import type { RouteAccess } from '../../governance/server/http/route-list.ts';
import { FAKE_TOKEN } from '../kit/fake-runtime.ts';
import { startTestConsole, type TestConsole } from '../kit/test-console.ts';

/** Outside the API: the page itself, which has no data, and whether the process is there. */
const OPEN = ['GET /health', 'GET /{*path}'];
/** Nothing of this exists: what a permitted request meets is never a refusal of the role. */
const address = (path: string): string =>
  `/api/v1${path.replace(':runtime', 'staging').replace(/:\w+/g, 'no-such-thing')}`;

describe('permissions of the console', () => {
  let kit: TestConsole;
  let routes: readonly RouteAccess[];
  before(async () => {
    kit = await startTestConsole({ runtime: { messages: 5 } });
    routes = kit.console.routes.filter(({ method, path }) => !OPEN.includes(`${method} ${path}`));
  });
  after(() => kit.stop());

  /** Of a problem; the first line says whether it is one, of an export too. */
  const code = (text: string): unknown => {
    const [line = ''] = text.split('\n');
    return line.startsWith('{') && line.endsWith('}') ? (JSON.parse(line) as { code?: unknown }).code : null;
  };
  const ask = async ({ method, path }: RouteAccess, cookie?: string): Promise<unknown> => {
    const answer = await kit.call(address(path), { method, ...(cookie === undefined ? {} : { cookie }), body: {} });
    return code(answer.text);
  };
  const isPermission = (access: RouteAccess['access']): access is Permission =>
    access !== undefined && Object.hasOwn(PERMISSIONS, access);

  const demanded = ({ access, also }: RouteAccess): readonly Permission[] => [access, also].filter(isPermission);

  it('guard every route of the API', () => {
    assert.ok(routes.length > 40, 'the routes are found');
    assert.deepEqual(
      routes.filter(({ access }) => access === undefined).map(({ method, path }) => `${method} ${path}`),
      [],
    );
  });

  it('leave to everybody only what a login needs', () => {
    const open = routes.filter(({ access }) => access === 'anybody' || access === 'runtime' || access === 'logged-in');
    assert.deepEqual(open.map(({ method, path }) => `${method} ${path}`).toSorted(), [
      'DELETE /session',
      'GET /session',
      'GET /session/second-factor',
      'GET /sessions/introspect',
      'POST /session',
      'POST /session/password',
      'POST /session/second-factor/begin',
      'POST /session/second-factor/confirm',
      'POST /session/second-factor/off',
      'POST /session/second-factor/recovery-codes',
    ]);
  });

  it('refuse every route to who is not logged in', async () => {
    for (const route of routes) {
      if (route.access === 'anybody' || route.access === 'runtime') continue;
      assert.equal(await ask(route), 'session-missing', `${route.method} ${route.path}`);
    }
  });

  for (const role of ROLES) {
    it(`let a ${role} do what the table says, and nothing else`, async () => {
      const cookie = await kit.cookieOf(role);
      const wrong: string[] = [];
      for (const route of routes) {
        if (!isPermission(route.access)) continue;
        const refused = (await ask(route, cookie)) === 'permission-missing';
        if (refused === demanded(route).every((one) => allows([role], one)))
          wrong.push(`${route.method} ${route.path}`);
      }
      assert.deepEqual(wrong, []);
    });
  }

  for (const role of LIMITABLE_ROLES) {
    it(`let a ${role} of one definition do what the table says, but nothing of the whole runtime`, async () => {
      const cookie = await kit.cookieOf(role);
      const { username } = (await kit.call('/api/v1/session', { cookie })).json<{ username: string }>();
      const limits = { [role]: { definitions: ['discharge-follow-up'], serviceLines: [] } };
      kit.console.accounts.change(username, { limits });
      const wrong: string[] = [];
      for (const route of routes) {
        if (!isPermission(route.access)) continue;
        const may = demanded(route).every((one) => allows([role], one) && REACH[one] !== 'nowhere');
        const refused = (await ask(route, cookie)) === 'permission-missing';
        if (refused === may) wrong.push(`${route.method} ${route.path}`);
      }
      assert.deepEqual(wrong, []);
    });
  }

  it('let nobody without a role do anything but manage their own account', async () => {
    const cookie = await kit.cookieOf('auditor');
    const { username } = (await kit.call('/api/v1/session', { cookie })).json<{ username: string }>();
    kit.console.accounts.change(username, { roles: [] });
    for (const route of routes)
      if (isPermission(route.access))
        assert.equal(await ask(route, cookie), 'permission-missing', `${route.method} ${route.path}`);
    assert.equal((await kit.call('/api/v1/sessions', { cookie })).status, 200);
  });

  it('give administrators nothing clinical: no message, no decision, no change of a flow', () => {
    const theirs = (Object.keys(PERMISSIONS) as Permission[]).filter((one) => allows(['administrator'], one));
    assert.deepEqual(
      theirs.filter((one) => /^(message|escalation|effect|switch):|:edit$/.test(one)),
      [],
    );
  });

  it('let a service account do what its scopes say, and nothing else', async () => {
    const cookie = await kit.cookieOf();
    for (const scope of SERVICE_SCOPES) {
      const made = await kit.call('/api/v1/service-accounts', {
        method: 'POST',
        cookie,
        body: { name: `of-${scope.replace(':', '-')}`, scopes: [scope], days: 1 },
      });
      assert.equal(made.status, 201, made.text);
      const { token } = made.json<{ token: string }>();
      for (const route of routes) {
        if (route.access === 'anybody' || route.access === 'runtime') continue;
        const { text } = await kit.call(address(route.path), {
          method: route.method,
          foreign: true,
          headers: { authorization: `Bearer ${token}` },
          body: {},
        });
        const refused = ['permission-missing', 'person-needed'].includes(String(code(text)));
        assert.equal(refused, route.access !== scope, `${scope}: ${route.method} ${route.path}`);
      }
    }
  });

  it('do not take the token of a runtime for that of a service account', async () => {
    const answer = await kit.call('/api/v1/runtimes', { headers: { authorization: `Bearer ${FAKE_TOKEN}` } });
    assert.equal(answer.status, 401);
  });
});
