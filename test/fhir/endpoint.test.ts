import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { startSandbox, type Sandbox } from '../../demo/sandbox-fhir/start-sandbox.ts';
import type { FhirResource } from '../../engine/index.ts';
import { answerJson, startFaultyProxy, startLocalHttpServer, type LocalHttpServer } from '../kit/local-http-server.ts';
import { endpointTo, failure, KEY, short, TASK, type EndpointUnderTest } from './kit.ts';

interface Answer extends FhirResource {
  readonly entry?: readonly { readonly resource: FhirResource }[];
}

describe('FHIR endpoint', () => {
  let sandbox: Sandbox;
  const open: (LocalHttpServer | EndpointUnderTest)[] = [];
  before(async () => {
    sandbox = await startSandbox({ port: 0 });
  });
  after(() => sandbox.close());
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  const under = (base: string, more: Parameters<typeof endpointTo>[1] = {}, folder?: string): EndpointUnderTest => {
    const made = endpointTo(base, more, folder);
    open.push(made);
    return made;
  };
  let number = 0;
  const fresh = (): typeof KEY => ({ ...KEY, value: `key-${++number}` });
  const stored = async (key: typeof KEY): Promise<readonly FhirResource[]> => {
    const answer = await fetch(`${sandbox.url}/Task?identifier=${encodeURIComponent(`${key.system}|${key.value}`)}`);
    return (((await answer.json()) as Answer).entry ?? []).map((entry) => entry.resource);
  };

  describe('creating once', () => {
    it('adds our identifier, keeps others, and gives the existing resource at a repeat', async () => {
      const { ehr } = under(sandbox.url);
      const key = fresh();
      const resource = { ...TASK, identifier: [{ system: 'urn:site', value: '7' }] };
      const first = await ehr.createOnce(resource, key);
      const second = await ehr.createOnce(resource, key);
      assert.ok(first.ok && second.ok);
      assert.deepEqual([first.answer.status, second.answer.status], [201, 200]);
      assert.equal(first.answer.resource?.id, second.answer.resource?.id);
      assert.deepEqual(first.answer.resource?.['identifier'], [{ system: 'urn:site', value: '7' }, key]);
      assert.equal((await stored(key)).length, 1);
    });

    it('makes one resource of twenty simultaneous creates', async () => {
      const { ehr } = under(sandbox.url);
      const key = fresh();
      const all = await Promise.all(Array.from({ length: 20 }, () => ehr.createOnce(TASK, key)));
      assert.equal(
        all.every((one) => one.ok),
        true,
      );
      assert.equal((await stored(key)).length, 1);
    });

    it('finds the resource when the answer is lost after the server has written it', async () => {
      const proxy = await startFaultyProxy(sandbox.url, ({ method }) => (method === 'POST' ? 'lose-answer' : 'pass'));
      open.push(proxy);
      const { ehr } = under(`${proxy.origin}/fhir`);
      const key = fresh();
      const result = await ehr.createOnce(TASK, key);
      assert.ok(result.ok, 'looked up by our identifier');
      const [only, ...more] = await stored(key);
      assert.equal(result.answer.resource?.id, only?.id);
      assert.equal(more.length, 0);
    });

    it('writes exactly one resource when the answer and the look-up are lost and the caller repeats', async () => {
      let faults = 0;
      const proxy = await startFaultyProxy(sandbox.url, () => (++faults <= 2 ? 'lose-answer' : 'pass'));
      open.push(proxy);
      const { ehr } = under(`${proxy.origin}/fhir`);
      const key = fresh();
      assert.equal(short(await ehr.createOnce(TASK, key)), 'ambiguous fhir-answer-lost');
      assert.equal((await ehr.createOnce(TASK, key)).ok, true);
      assert.equal((await stored(key)).length, 1);
    });

    it('looks the resource up when the server answers a race with 409 or 412', async () => {
      for (const code of [409, 412]) {
        const key = fresh();
        const direct = await under(sandbox.url).ehr.createOnce(TASK, key);
        const proxy = await startFaultyProxy(sandbox.url, ({ method }) =>
          method === 'POST' ? { refuse: code } : 'pass',
        );
        open.push(proxy);
        const result = await under(`${proxy.origin}/fhir`).ehr.createOnce(TASK, key);
        assert.ok(direct.ok && result.ok);
        assert.equal(result.answer.resource?.id, direct.answer.resource?.id);
        assert.equal(
          short(await under(`${proxy.origin}/fhir`).ehr.createOnce(TASK, fresh())),
          'transient fhir-not-yet-found',
        );
      }
    });

    it('reads the resource when the server answers a create without a body', async () => {
      const proxy = await startLocalHttpServer((request, response) => {
        if (request.method === 'GET') return answerJson(response, 200, { ...TASK, id: 'made-1' });
        response.writeHead(201, { location: 'http://internal-name/fhir/Task/made-1/_history/1' });
        response.end();
      });
      open.push(proxy);
      const result = await under(`${proxy.origin}/fhir`).ehr.createOnce(TASK, fresh());
      assert.ok(result.ok);
      assert.deepEqual([result.answer.status, result.answer.resource?.id], [201, 'made-1']);
      assert.equal(proxy.seen[1]?.url, '/fhir/Task/made-1');
    });

    it('sends the identifier fully encoded and escaped', async () => {
      const proxy = await startLocalHttpServer((_request, response) => answerJson(response, 201, { ...TASK, id: '1' }));
      open.push(proxy);
      await under(`${proxy.origin}/fhir`).ehr.createOnce(TASK, { system: 'urn:x', value: 'a|b,c&d=é' });
      assert.equal(
        proxy.seen[0]?.headers['if-none-exist'],
        String.raw`identifier=urn%3Ax%7Ca%5C%7Cb%5C%2Cc%26d%3D%C3%A9`,
      );
    });

    it('refuses a type that has no identifier', async () => {
      const { ehr } = under(sandbox.url);
      assert.equal(
        short(await ehr.createOnce({ resourceType: 'AuditEvent' }, fresh())),
        'permanent fhir-no-identifier',
      );
    });
  });

  describe('changing', () => {
    it('writes on the version read, and decides anew when somebody was faster', async () => {
      const made = await under(sandbox.url).ehr.createOnce(TASK, fresh());
      assert.ok(made.ok);
      const id = made.answer.resource?.id ?? '';
      let interfere = true;
      const proxy = await startFaultyProxy(
        sandbox.url,
        () => 'pass',
        async ({ method }) => {
          if (method !== 'PUT' || !interfere) return;
          interfere = false;
          await under(sandbox.url).ehr.update('Task', id, (current) => ({ ...current, status: 'accepted' }));
        },
      );
      open.push(proxy);
      const seen: unknown[] = [];
      const result = await under(`${proxy.origin}/fhir`).ehr.update('Task', id, (current) => {
        seen.push(current['status']);
        return { ...current, priority: 'stat' };
      });
      assert.ok(result.ok);
      assert.deepEqual(seen, ['requested', 'accepted']);
      assert.deepEqual(
        [result.answer.resource?.['status'], result.answer.resource?.['priority']],
        ['accepted', 'stat'],
      );
    });

    it('re-reads after a conflict answered with 412 or 409, and never overwrites', async () => {
      for (const code of [412, 409]) {
        const { ehr: direct } = under(sandbox.url);
        const made = await direct.createOnce(TASK, fresh());
        assert.ok(made.ok);
        const id = made.answer.resource?.id ?? '';
        let first = true;
        const proxy = await startFaultyProxy(sandbox.url, ({ method }) => {
          if (method !== 'PUT' || !first) return 'pass';
          first = false;
          return { refuse: code };
        });
        open.push(proxy);
        let reads = 0;
        const result = await under(`${proxy.origin}/fhir`).ehr.update('Task', id, (current) => {
          reads++;
          return { ...current, status: 'accepted' };
        });
        assert.ok(result.ok);
        assert.equal(reads, 2);
        assert.equal(
          proxy.seen.filter((one) => one.method === 'PUT').every((one) => one.headers['if-match']),
          true,
        );
      }
    });

    it('sees its own change after a lost answer and writes no second version', async () => {
      const made = await under(sandbox.url).ehr.createOnce(TASK, fresh());
      assert.ok(made.ok);
      const id = made.answer.resource?.id ?? '';
      const proxy = await startFaultyProxy(sandbox.url, ({ method }) => (method === 'PUT' ? 'lose-answer' : 'pass'));
      open.push(proxy);
      const result = await under(`${proxy.origin}/fhir`).ehr.update('Task', id, (current) =>
        current['status'] === 'accepted' ? null : { ...current, status: 'accepted' },
      );
      assert.ok(result.ok);
      assert.equal(result.answer.resource?.['status'], 'accepted');
      assert.equal(proxy.seen.filter((one) => one.method === 'PUT').length, 1);
    });

    it('gives up after a few conflicts, to be tried again later', async () => {
      const made = await under(sandbox.url).ehr.createOnce(TASK, fresh());
      assert.ok(made.ok);
      const proxy = await startFaultyProxy(sandbox.url, ({ method }) => (method === 'PUT' ? { refuse: 412 } : 'pass'));
      open.push(proxy);
      const change = (current: FhirResource): FhirResource => ({ ...current, status: 'accepted' });
      const result = await under(`${proxy.origin}/fhir`).ehr.update('Task', made.answer.resource?.id ?? '', change);
      assert.equal(short(result), 'transient fhir-conflict');
      assert.equal(proxy.seen.filter((one) => one.method === 'PUT').length, 4);
    });

    it('refuses to change a resource that has no version', async () => {
      const server = await startLocalHttpServer((_request, response) =>
        answerJson(response, 200, { ...TASK, id: '1' }),
      );
      open.push(server);
      const result = await under(`${server.origin}/fhir`).ehr.update('Task', '1', (current) => ({ ...current }));
      assert.equal(short(result), 'permanent fhir-no-version');
      assert.deepEqual(
        server.seen.map((one) => one.method),
        ['GET'],
      );
    });
  });

  describe('searching', () => {
    it('encodes what it asks for', async () => {
      const server = await startLocalHttpServer((_request, response) =>
        answerJson(response, 200, { resourceType: 'Bundle', type: 'searchset' }),
      );
      open.push(server);
      await under(`${server.origin}/fhir`).ehr.search('Patient', { identifier: 'urn:x|1&_count=9', name: 'é #' });
      assert.equal(server.seen[0]?.url, '/fhir/Patient?identifier=urn%3Ax%7C1%26_count%3D9&name=%C3%A9+%23');
      await under(`${server.origin}/fhir`).ehr.search('Task', { modified: ['ge2026-01-05', 'lt2026-01-06'] });
      assert.equal(server.seen[1]?.url, '/fhir/Task?modified=ge2026-01-05&modified=lt2026-01-06');
    });

    it('joins pages of the same server, and keeps the next link when pages are left', async () => {
      const { ehr } = under(sandbox.url);
      const group = { system: 'urn:site', value: `page-${++number}` };
      for (let i = 0; i < 5; i++) await ehr.createOnce({ ...TASK, identifier: [group] }, fresh());
      const params = { identifier: `${group.system}|${group.value}`, _count: '2' };
      const all = await ehr.search('Task', params);
      assert.ok(all.ok);
      assert.equal(entries(all.answer.resource), 5);
      const two = await ehr.search('Task', params, 2);
      assert.ok(two.ok);
      assert.equal(entries(two.answer.resource), 4);
      assert.match(JSON.stringify(two.answer.resource?.['link']), /"next"/);
    });

    it('does not follow a next link to another server, another port with the same beginning, or another path', async () => {
      const attacker = await startLocalHttpServer((_request, response) => answerJson(response, 200, {}));
      open.push(attacker);
      const folder = await mkdtemp(join(tmpdir(), 'wardflow-fhir-'));
      await mkdir(join(folder, 'credentials'));
      await writeFile(join(folder, 'credentials', 'ehr-token'), 'SECRET\n');
      let next = '';
      const server = await startLocalHttpServer((_request, response) =>
        answerJson(response, 200, { resourceType: 'Bundle', link: [{ relation: 'next', url: next }] }),
      );
      open.push(server);
      const { ehr } = under(`${server.origin}/fhir`, { auth: { kind: 'bearer', credential: 'ehr-token' } }, folder);
      const links = [
        `${attacker.origin}/fhir/Task?page=2`,
        `${server.origin}0/fhir/Task`,
        `${server.origin}/fhirless/Task`,
        `${server.origin}/fhir/../admin`,
        `${server.origin.replace('//', '//user:pw@')}/fhir/Task`,
        'file:///etc/passwd',
      ];
      for (next of links) {
        assert.equal(short(await ehr.search('Task', {})), 'permanent fhir-link-elsewhere', next.replace(/\d+/g, 'N'));
      }
      assert.equal(attacker.seen.length, 0);
      assert.equal(server.seen.length, links.length);
      assert.equal(server.seen[0]?.headers.authorization, 'Bearer SECRET');
      await rm(folder, { recursive: true });
    });

    it('ends a server that gives next links for ever at the page limit', async () => {
      const server: LocalHttpServer = await startLocalHttpServer((request, response) =>
        answerJson(response, 200, { resourceType: 'Bundle', link: [{ relation: 'next', url: request.url }] }),
      );
      open.push(server);
      assert.equal((await under(`${server.origin}/fhir`).ehr.search('Task', {}, 1_000)).ok, true);
      assert.equal(server.seen.length, 100);
    });
  });

  describe('before anything is sent', () => {
    it('refuses types and ids that would change the address', async () => {
      const server = await startLocalHttpServer((_request, response) => answerJson(response, 200, TASK));
      open.push(server);
      const { ehr } = under(`${server.origin}/fhir`);
      for (const id of ['../Patient', '..', '.', '', 'a/b', 'a?b', 'a%2fb', 'x'.repeat(65), 'a\n']) {
        assert.equal(short(await ehr.read('Task', id)), 'permanent fhir-id-invalid');
      }
      for (const type of ['task', '../x', 'Task/1', '', 'Task?x']) {
        assert.equal(short(await ehr.search(type, {})), 'permanent fhir-type-invalid');
      }
      assert.equal(server.seen.length, 0);
    });

    it('refuses bases that cannot be used, naming the endpoint', () => {
      for (const base of ['', 'ftp://h/fhir', 'h/fhir', 'http://u:p@h/fhir', 'http://h/fhir?x=1', 'http://h/#a']) {
        assert.throws(() => endpointTo(base), { code: 'endpoint-base-invalid' });
      }
      const auth = { kind: 'bearer', credential: 'token' } as const;
      assert.throws(() => endpointTo('http://ehr.example.org/fhir', { auth }), { code: 'endpoint-base-invalid' });
      assert.throws(() => endpointTo('https://h/fhir', { auth: { kind: 'bearer', credential: '../x' } }), {
        code: 'endpoint-credential-missing',
      });
    });

    it('sends nothing without its token, and reads the token anew for each call', async () => {
      const server = await startLocalHttpServer((_request, response) =>
        answerJson(response, 200, { ...TASK, id: '1' }),
      );
      open.push(server);
      const folder = await mkdtemp(join(tmpdir(), 'wardflow-fhir-'));
      const { ehr } = under(`${server.origin}/fhir`, { auth: { kind: 'bearer', credential: 'token' } }, folder);
      const found = failure(await ehr.read('Task', '1'));
      assert.equal(found.code, 'endpoint-credential-missing');
      assert.doesNotMatch(found.text, new RegExp(folder));
      assert.equal(server.seen.length, 0);
      await mkdir(join(folder, 'credentials'));
      for (const token of ['first', 'second']) {
        await writeFile(join(folder, 'credentials', 'token'), `${token}\n`);
        assert.equal((await ehr.read('Task', '1')).ok, true);
        assert.equal(server.seen.at(-1)?.headers.authorization, `Bearer ${token}`);
      }
      await rm(folder, { recursive: true });
    });

    it('says which endpoint is not bound', () => {
      assert.throws(() => under(sandbox.url).endpoints.get('lab'), { code: 'endpoint-unbound' });
    });
  });
});

function entries(resource: FhirResource | null): number {
  const entry = resource?.['entry'];
  return Array.isArray(entry) ? entry.length : 0;
}
