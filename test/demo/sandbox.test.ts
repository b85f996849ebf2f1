import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { startSandbox, type Sandbox } from '../../demo/sandbox-fhir/start-sandbox.ts';

interface Json {
  readonly [name: string]: unknown;
  readonly id: string;
  readonly resourceType: string;
  readonly total: number;
  readonly entry?: readonly { readonly resource: Json; readonly response?: { readonly status: string } }[];
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
}

const task = (value: string, more: object = {}): object => ({
  resourceType: 'Task',
  status: 'requested',
  intent: 'order',
  identifier: [{ system: 'urn:test', value }],
  ...more,
});

describe('sandbox FHIR server', function () {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox({ port: 0 });
  });
  after(() => sandbox.close());

  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; headers: Headers; body: Json }> => {
    const response = await fetch(sandbox.url + path, {
      method,
      headers: { 'content-type': 'application/fhir+json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as Json };
  };

  it('creates and reads with ETag and Location', async () => {
    const created = await call('POST', '/Task', task('a1'));
    assert.equal(created.status, 201);
    assert.match(created.headers.get('location') ?? '', new RegExp(`/fhir/Task/${created.body.id}/_history/`));
    const read = await call('GET', `/Task/${created.body.id}`);
    assert.equal(read.status, 200);
    assert.equal(read.headers.get('etag'), created.headers.get('etag'));
    const again = await call('GET', `/Task/${created.body.id}`, undefined, {
      'if-none-match': read.headers.get('etag')!,
    });
    assert.equal(again.status, 304);
  });

  it('gives the existing resource for a repeated If-None-Exist, and 412 when two match', async () => {
    const headers = { 'if-none-exist': 'identifier=urn%3Atest%7Cb1' };
    const all = await Promise.all(Array.from({ length: 8 }, () => call('POST', '/Task', task('b1'), headers)));
    assert.deepEqual(
      all.map((one) => one.status).toSorted((a, b) => a - b),
      [200, 200, 200, 200, 200, 200, 200, 201],
    );
    assert.equal(new Set(all.map((one) => one.body.id)).size, 1);
    await call('POST', '/Task', task('b1'));
    assert.equal((await call('POST', '/Task', task('b1'), headers)).status, 412);
  });

  it('refuses a write on a version that is no longer the newest', async () => {
    const created = await call('POST', '/Task', task('c1'));
    const first = { 'if-match': created.headers.get('etag')! };
    const accepted = { ...created.body, status: 'accepted' };
    assert.equal((await call('PUT', `/Task/${created.body.id}`, accepted, first)).status, 200);
    assert.equal((await call('PUT', `/Task/${created.body.id}`, accepted, first)).status, 412);
  });

  it('searches by identifier, id and status, in pages with a next link', async () => {
    const { body } = await call('POST', '/Task', task('d1', { status: 'completed' }));
    await call('POST', '/Task', task('d2', { status: 'completed' }));
    assert.equal((await call('GET', '/Task?identifier=urn:test%7Cd1')).body.entry?.[0]?.resource.id, body.id);
    assert.equal((await call('GET', '/Task?identifier=urn:test%7Cnone')).body.total, 0);
    assert.equal((await call('GET', `/Task?_id=${body.id}`)).body.total, 1);
    assert.equal(
      (
        await call('POST', '/Task/_search', 'identifier=urn:test%7Cd1', {
          'content-type': 'application/x-www-form-urlencoded',
        })
      ).body.total,
      1,
    );
    const page = await call('GET', '/Task?status=completed&_count=1');
    assert.equal(page.body.total, 2);
    const next = page.body.link?.find((link) => link.relation === 'next')?.url ?? '';
    const second = (await (await fetch(next)).json()) as Json;
    assert.notEqual(second.entry?.[0]?.resource.id, page.body.entry?.[0]?.resource.id);
    assert.equal(
      second.link?.some((link) => link.relation === 'next'),
      false,
    );
  });

  it('answers 400 where the stock search would silently find nothing', async () => {
    assert.equal((await call('GET', '/Task?colour=blue')).status, 400);
    assert.equal((await call('GET', '/Observation?value-quantity=gt5')).status, 400);
    assert.equal((await call('GET', '/Patient?_has:Observation:patient:code=1')).status, 400);
    assert.equal((await call('GET', '/Nonsense?_id=1')).status, 404);
  });

  it('refuses a resource that breaks R4, and a body that is none', async () => {
    assert.equal((await call('POST', '/Task', { resourceType: 'Task', intent: 'order' })).status, 400);
    assert.equal((await call('POST', '/Task', task('e1', { nonsense: 1 }))).status, 400);
    assert.equal((await call('POST', '/Task', '{broken')).status, 400);
    assert.equal((await call('POST', '/Task', { resourceType: 'Patient' })).status, 400);
    assert.equal((await call('POST', '/Task', `"${'x'.repeat(6_000_000)}"`)).status, 413);
  });

  it('answers 410 for a deleted resource', async () => {
    const { body } = await call('POST', '/Task', task('f1'));
    assert.equal((await call('DELETE', `/Task/${body.id}`)).status, 200);
    assert.equal((await call('GET', `/Task/${body.id}`)).status, 410);
    assert.equal((await call('GET', '/Task?identifier=urn:test%7Cf1')).body.total, 0);
  });

  it('runs a transaction with references between its entries, and takes back one that fails', async () => {
    const patient = 'urn:uuid:5e4b1f9c-1c8b-4f0e-9d57-0a4a4e1f2b11';
    const entry = (value: string, request: object): object => ({
      resource: task(value, { for: { reference: patient } }),
      request,
    });
    const first = {
      fullUrl: patient,
      resource: { resourceType: 'Patient', active: true },
      request: { method: 'POST', url: 'Patient' },
    };
    const good = await call('POST', '', {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [first, entry('g1', { method: 'POST', url: 'Task', ifNoneExist: 'identifier=urn:test|g1' })],
    });
    assert.equal(good.status, 200);
    const made = (await call('GET', '/Task?identifier=urn:test%7Cg1')).body.entry?.[0]?.resource;
    assert.match((made?.['for'] as { reference: string } | undefined)?.reference ?? '', /^Patient\//);

    const before = sandbox.counts();
    const stale = {
      resource: { ...made, status: 'completed' },
      request: { method: 'PUT', url: `Task/${made?.id}`, ifMatch: 'W/"of-yesterday"' },
    };
    const bad = await call('POST', '', {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [first, entry('g2', { method: 'POST', url: 'Task' }), stale],
    });
    assert.ok(bad.status >= 400, `answered ${bad.status}`);
    assert.deepEqual(sandbox.counts(), before);
    assert.equal((await call('GET', '/Task?identifier=urn:test%7Cg2')).body.total, 0);
  });

  it('shows people what was written, escaped', async () => {
    await call('POST', '/Task', task('h1', { description: '<script>alert(1)</script>' }));
    const answer = await fetch(sandbox.page);
    const page = await answer.text();
    const [, own = ''] = /<script>([^]*?)<\/script>/.exec(page) ?? [];
    const hash = createHash('sha256').update(own).digest('base64');
    assert.ok(answer.headers.get('content-security-policy')?.includes(`script-src 'sha256-${hash}'`));
    assert.match(page, /Newest Tasks/);
    assert.match(page, /&#60;script&#62;/);
    assert.equal(page.split('<script').length, 2, 'its own script only');
  });

  it('keeps resources, versions and deletions over a restart, and does not create twice after it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wardflow-sandbox-'));
    try {
      const headers = { 'if-none-exist': 'identifier=urn:test|k1' };
      const post = async (to: Sandbox, value: string): Promise<Response> =>
        fetch(`${to.url}/Task`, { method: 'POST', headers, body: JSON.stringify(task(value)) });
      const first = await startSandbox({ port: 0, folder });
      const created = (await (await post(first, 'k1')).json()) as Json;
      const other = (await (
        await fetch(`${first.url}/Task`, { method: 'POST', body: JSON.stringify(task('k2')) })
      ).json()) as Json;
      await fetch(`${first.url}/Task/${other.id}`, { method: 'DELETE' });
      await first.close();
      await appendFile(join(folder, 'resources.jsonl'), '{"put":{"resourceType":"Task","id":"cut sho');

      const second = await startSandbox({ port: 0, folder });
      const repeated = await post(second, 'k1');
      assert.equal(repeated.status, 200);
      assert.deepEqual(await repeated.json(), created);
      assert.equal((await fetch(`${second.url}/Task/${other.id}`)).status, 410);
      assert.deepEqual(second.counts(), { Task: 1 });
      await second.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('refuses what is written for a patient whose record is closed, until somebody opens it on the page', async () => {
    const patient = {
      resourceType: 'Patient' as const,
      id: 'p1',
      active: false,
      identifier: [{ system: 'urn:a', value: '7' }],
    };
    const seeded = await startSandbox({ port: 0, seed: [patient] });
    const write = async (more: object): Promise<Response> =>
      fetch(`${seeded.url}/Task`, { method: 'POST', body: JSON.stringify(task('m1', more)) });
    const forPatient = { for: { identifier: { system: 'urn:a', value: '7' } } };
    const refused = await write(forPatient);
    assert.equal(refused.status, 422);
    const outcome = (await refused.json()) as { issue: { code: string; expression: string[] }[] };
    assert.deepEqual([outcome.issue[0]?.code, outcome.issue[0]?.expression], ['business-rule', ['Task.for']]);
    assert.equal((await write({ for: { reference: 'Patient/p1' } })).status, 422);
    assert.equal((await write({ for: { identifier: { system: 'urn:a', value: '8' } } })).status, 201);

    assert.match(await (await fetch(seeded.page)).text(), /Patient\/p1<\/code> is closed/);
    const open = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${seeded.page}open-record/p1`, { method: 'POST', redirect: 'manual', headers });
    assert.equal((await open({ 'sec-fetch-site': 'cross-site' })).status, 405);
    assert.equal((await open({})).status, 303);
    assert.equal((await write(forPatient)).status, 201);
    assert.doesNotMatch(await (await fetch(seeded.page)).text(), /is closed/);
    await seeded.close();
  });

  it('rejects when the port is taken', async () => {
    await assert.rejects(startSandbox({ port: sandbox.port }), { code: 'EADDRINUSE' });
  });
});
