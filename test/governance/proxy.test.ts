import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { createLog } from '../../engine/index.ts';
import { LIMITABLE_ROLES, PERMISSIONS, REACH, ROLES, allows, type Role } from '../../governance/api/permissions.ts';
import { PROXY_ROUTES } from '../../governance/server/proxy/routes.ts';
import { FAKE_TOKEN } from '../kit/fake-runtime.ts';
import { startTestConsole, type TestConsole, type CallOptions } from '../kit/test-console.ts';

const AT = '/api/v1/runtimes/staging';

describe('a runtime reached through the console', () => {
  let kit: TestConsole;
  let admin: string;
  const lines: string[] = [];

  before(async () => {
    const log = createLog('debug', { write: (line: string) => void lines.push(line) });
    kit = await startTestConsole({ log, runtime: { messages: 300 } });
    admin = await kit.cookieOf();
  });
  after(() => kit.stop());

  const path = (template: string): string =>
    template
      .replace(
        ':id',
        template.startsWith('/escalations')
          ? (kit.runtime.escalations[0]?.id ?? '')
          : (kit.runtime.messages.at(-1)?.id ?? ''),
      )
      .replace(':definition', 'critical-lab-result')
      .replace(':table', 'critical-results')
      .replace(':name', 'critical-lab-result')
      .replace(':key', 'an-effect');

  it('gives the list, in the name of who asks, and hides the service token', async () => {
    const answer = await kit.call(`${AT}/messages?state=dead&limit=2`, { cookie: admin });
    assert.equal(answer.status, 200);
    assert.equal(answer.json<{ messages: unknown[] }>().messages.length, 2);
    assert.equal(answer.headers['cache-control'], 'no-store');
    const call = kit.runtime.calls.findLast((one) => one.path.includes('/messages?'));
    assert.equal(call?.actor, 'user:admin');
    assert.ok(!JSON.stringify(answer).includes(FAKE_TOKEN));
  });

  it('gives nothing to who is not logged in', async () => {
    const before = kit.runtime.calls.length;
    for (const route of PROXY_ROUTES) {
      const answer = await kit.call(`${AT}${path(route.path)}`, {
        method: route.method,
        body: route.method === 'POST' ? {} : undefined,
      });
      assert.equal(answer.status, 401, route.path);
    }
    assert.equal(
      (await kit.call(`${AT}/messages/search`, { method: 'POST', body: { kind: 'patient', value: '1' } })).status,
      401,
    );
    assert.equal(kit.runtime.calls.length, before);
  });

  it('lets each role do what the table says, and nothing else', async () => {
    let refused = 0;
    let granted = 0;
    for (const role of ROLES) {
      const cookie = await kit.cookieOf(role);
      for (const route of PROXY_ROUTES) {
        const body = route.method === 'POST' ? { reason: 'for the test' } : undefined;
        const query = route.query === 'dryRun' ? '?dryRun=1' : '';
        const answer = await kit.call(`${AT}${path(route.path)}${query}`, { method: route.method, cookie, body });
        const may = allows([role], route.permission) && (route.also === undefined || allows([role], route.also));
        if (may) granted++;
        else refused++;
        assert.equal(answer.status === 403, !may, `${role} ${route.method} ${route.path}: ${answer.status}`);
      }
    }
    assert.ok(refused > 20 && granted > 20, `${refused} refused, ${granted} granted`);
  });

  it('needs more for a read by hand where approved flows run', async () => {
    const body = { endpoint: 'ehr', operation: 'read', type: 'Patient', id: '1' };
    const asked = async (role: Role, environment: string): Promise<string> => {
      const at = `/api/v1/runtimes/${environment}/fhir-looks`;
      const answer = await kit.call(at, { method: 'POST', cookie: await kit.cookieOf(role), body });
      return answer.status === 403 ? answer.json<{ code: string }>().code : 'asked';
    };
    assert.equal(await asked('analyst', 'staging'), 'asked');
    assert.equal(await asked('analyst', 'production'), 'permission-missing');
    assert.equal(await asked('operator', 'production'), 'asked');
  });

  describe('by somebody whose role is limited', () => {
    const LIMIT = { definitions: ['discharge-follow-up'], serviceLines: ['Übergabe'] };
    const limited = async (...roles: Role[]): Promise<string> => {
      const cookie = await kit.cookieOf(...roles);
      const { username } = (await kit.call('/api/v1/session', { cookie })).json<{ username: string }>();
      const [first] = roles;
      kit.console.accounts.change(username, { limits: { [first ?? 'operator']: LIMIT } });
      return cookie;
    };
    const send = (cookie: string, { method, path: at, query }: (typeof PROXY_ROUTES)[number]) =>
      kit.call(`${AT}${path(at)}${query === 'dryRun' ? '?dryRun=1' : ''}`, {
        method,
        cookie,
        body: method === 'POST' ? { reason: 'for the test' } : undefined,
      });

    it('is told the part with every call, and not called for what is of the whole', async () => {
      let narrowed = 0;
      let refused = 0;
      for (const role of LIMITABLE_ROLES) {
        const cookie = await limited(role);
        for (const route of PROXY_ROUTES) {
          if (!allows([role], route.permission) || route.body === 'deadLetters') continue;
          if (route.also !== undefined && !allows([role], route.also)) continue;
          const before = kit.runtime.calls.length;
          const answer = await send(cookie, route);
          const [call] = kit.runtime.calls.slice(before);
          const what = `${role} ${route.method} ${route.path}: ${answer.status}`;
          if (REACH[route.permission] === 'anywhere') assert.equal(call?.scope, null, what);
          else if (route.narrowed && answer.status !== 400) {
            assert.deepEqual(call?.scope, LIMIT, what);
            narrowed++;
          } else if (!route.narrowed) {
            assert.deepEqual([answer.status, call], [403, undefined], what);
            refused++;
          }
        }
      }
      assert.ok(narrowed > 40 && refused >= 5, `${narrowed} narrowed, ${refused} refused`);
    });

    it('is told no part where another role has the same permission everywhere', async () => {
      const cookie = await limited('operator', 'coordinator');
      await kit.call(`${AT}/messages`, { cookie });
      assert.equal(kit.runtime.calls.at(-1)?.scope, null);
      const search = { kind: 'patient', value: '1' };
      await kit.call(`${AT}/messages/search`, { method: 'POST', cookie: await limited('operator'), body: search });
      assert.deepEqual(kit.runtime.calls.at(-1)?.scope, LIMIT);
    });

    it('shows nothing of a runtime that does not narrow', async () => {
      const other = await startTestConsole({ runtime: { messages: 5, narrows: false } });
      try {
        const cookie = await other.cookieOf('operator');
        other.console.accounts.change('person-1', { limits: { operator: LIMIT } });
        const answer = await other.call(`${AT}/messages`, { cookie });
        assert.deepEqual([answer.status, answer.json()['code']], [502, 'runtime-not-narrowed']);
      } finally {
        await other.stop();
      }
    });
  });

  it('has no permission that nobody has, and none that names an unknown role', () => {
    for (const [name, roles] of Object.entries(PERMISSIONS)) {
      assert.ok(roles.length > 0, name);
      assert.ok(
        roles.every((role: Role) => ROLES.includes(role)),
        name,
      );
    }
  });

  it('reaches no path that is not on the list', async () => {
    const before = kit.runtime.calls.length;
    const paths = [
      '/live',
      '/flows',
      '/messages/..%2f..%2fflows',
      '/messages/..',
      '/messages/%2e%2e/status',
      '/messages/a%00b',
      '/messages/a/b/c',
      '/definitions/..%5c..',
      `/definitions/${'a'.repeat(200)}`,
      '/../../../health',
      '/messages/%E0%A4%A',
    ];
    for (const each of paths) {
      const answer = await kit.call(`${AT}${each}`, { cookie: admin });
      assert.ok([400, 404].includes(answer.status), `${each}: ${answer.status}`);
    }
    assert.equal((await kit.call('/api/v1/runtimes/production/status', { cookie: admin })).status, 404);
    assert.equal((await kit.call('/api/v1/runtimes/..%2fstaging/status', { cookie: admin })).status, 404);
    assert.equal(kit.runtime.calls.length, before);
  });

  it('refuses a query it does not know, twice the same, or out of bounds', async () => {
    for (const query of [
      'x=1',
      'state=done&state=dead',
      'state=everything',
      'limit=5000',
      'since=-1',
      'before=abc',
      'patient=4711',
      `q=${'a'.repeat(200)}`,
    ]) {
      const answer = await kit.call(`${AT}/messages?${query}`, { cookie: admin });
      assert.equal(answer.status, 400, query);
      assert.equal(answer.json()['code'], 'request-invalid');
    }
  });

  it('searches by an identifier that stands in no address of the console and in no line of its log', async () => {
    const answer = await kit.call(`${AT}/messages/search`, {
      method: 'POST',
      cookie: admin,
      body: { kind: 'patient', value: 'SYNTH-77120' },
    });
    assert.equal(answer.status, 200);
    assert.match(kit.runtime.calls.at(-1)?.path ?? '', /patient=SYNTH-77120/);
    const addressed = await kit.call(`${AT}/messages?patient=SYNTH-77121`, { cookie: admin });
    assert.equal(addressed.status, 400);
    await kit.call(`${AT}/messages?q=SYNTH-77122`, { cookie: admin });
    assert.ok(lines.length > 10, 'there is a log to look at');
    assert.ok(!lines.some((line) => line.includes('SYNTH-')), 'no identifier in the log');
    assert.ok(!lines.some((line) => line.includes('wardflow_session') || line.includes(FAKE_TOKEN)));
  });

  it('hands the raw message on as a download, byte for byte', async () => {
    const id = kit.runtime.messages.at(-1)?.id ?? '';
    const answer = await kit.call(`${AT}/messages/${id}/raw`, { cookie: admin });
    assert.match(answer.text, /^MSH\|.*\rPID\|1\|\|SYNTH-4711\r$/s);
    assert.match(String(answer.headers['content-type']), /^application\/octet-stream/);
    assert.equal(answer.headers['content-disposition'], `attachment; filename=${id}.hl7`);
  });

  it("hands the runtime's refusals on as problems", async () => {
    const answer = await kit.call(`${AT}/messages/none-such`, { cookie: admin });
    assert.equal(answer.status, 404);
    assert.equal(answer.json()['code'], 'message-unknown');
  });

  it('acknowledges in the name of the person, with the reason', async () => {
    const cookie = await kit.cookieOf('coordinator');
    const id = kit.runtime.escalations.find((one) => one.state === 'open')?.id ?? '';
    const answer = await kit.call(`${AT}/escalations/${id}/acknowledge`, {
      method: 'POST',
      cookie,
      body: { reason: 'called the ward' },
    });
    assert.deepEqual(answer.json(), { outcome: 'acknowledged' });
    const ended = kit.runtime.escalations.find((one) => one.id === id)?.endedBy;
    assert.match(ended?.actor ?? '', /^user:person-\d+$/);
    assert.equal(ended?.reason, 'called the ward');
  });

  it('gives audit records as sentences', async () => {
    const { records } = (await kit.call(`${AT}/audit?type=runtime.started`, { cookie: admin })).json<{
      records: { sentence: string }[];
    }>();
    assert.match(records[0]?.sentence ?? '', /^The runtime.* started\.$/);
  });

  it('says where the editor is to people, who may all look, and not to programs', async () => {
    const made = await kit.call('/api/v1/service-accounts', {
      method: 'POST',
      cookie: admin,
      body: { name: 'monitoring', scopes: ['status:read'], days: 1 },
    });
    const authorization = `Bearer ${made.json<{ token: string }>().token}`;
    const editors = async (as: CallOptions) =>
      (await kit.call('/api/v1/runtimes', as))
        .json<{ runtimes: { editor: string | null }[] }>()
        .runtimes.map((one) => one.editor);
    assert.deepEqual(await editors({ cookie: await kit.cookieOf('auditor') }), [kit.runtime.url]);
    assert.deepEqual(await editors({ headers: { authorization } }), [null]);
  });
});

describe('a runtime that is not there', () => {
  let kit: TestConsole;
  after(() => kit.stop());

  it('is said to be unreachable, with what to do', async () => {
    kit = await startTestConsole({
      watched: false,
      directory: () => ({ names: ['staging'], locate: () => Promise.resolve(undefined) }),
    });
    const cookie = await kit.cookieOf();
    const answer = await kit.call(`${AT}/status`, { cookie });
    assert.equal(answer.status, 502);
    assert.equal(answer.json()['code'], 'runtime-unreachable');
    assert.ok(String(answer.json()['remedy']).length > 10);
    const { runtimes } = (await kit.call('/api/v1/runtimes', { cookie })).json<{
      runtimes: { reachable: boolean; problem: { code: string } }[];
    }>();
    assert.deepEqual([runtimes[0]?.reachable, runtimes[0]?.problem.code], [false, 'runtime-unreachable']);
  });
});
