import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { FhirSimulator, type SimulatorOptions } from '../kit/fhir-simulator.ts';

/** The simulator is what other tests lean on: it is asked here by plain fetch, by the letter of the specification. */
describe('the FHIR simulator of the tests', () => {
  const open: FhirSimulator[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  const start = async (options: SimulatorOptions = {}): Promise<FhirSimulator> => {
    const made = await FhirSimulator.start(options);
    open.push(made);
    return made;
  };
  const send = async (
    server: FhirSimulator,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await fetch(`${server.base}${path}`, {
      method,
      body: text,
      headers: { 'content-type': 'application/fhir+json', ...headers },
      redirect: 'manual',
    });
    const given = await answer.text();
    const json = given === '' ? null : (JSON.parse(given) as Record<string, unknown>);
    return { status: answer.status, headers: answer.headers, json, text: given };
  };
  const TASK = { resourceType: 'Task', status: 'requested', intent: 'order' };
  const identified = (value: string): object => ({ ...TASK, identifier: [{ system: 'urn:x', value }] });

  it('keeps every version, and says 404 and 410', async () => {
    const server = await start();
    const made = await send(server, 'POST', '/Task', TASK);
    assert.equal(made.status, 201);
    assert.equal(made.headers.get('location'), `${server.base}/Task/1/_history/1`);
    const changed = await send(
      server,
      'PUT',
      '/Task/1',
      { ...TASK, id: '1', status: 'ready' },
      { 'if-match': 'W/"1"' },
    );
    assert.deepEqual([changed.status, changed.headers.get('etag')], [200, 'W/"2"']);
    assert.equal((await send(server, 'GET', '/Task/1/_history/1')).json?.['status'], 'requested');
    assert.equal((await send(server, 'DELETE', '/Task/1')).status, 204);
    assert.equal((await send(server, 'GET', '/Task/1')).status, 410);
    assert.equal((await send(server, 'GET', '/Task/2')).status, 404);
    const history = (await send(server, 'GET', '/Task/1/_history')).json?.['entry'] as { request: object }[];
    assert.deepEqual(
      history.map(({ request }) => (request as { method: string }).method),
      ['DELETE', 'PUT', 'POST'],
    );
    assert.equal(server.writes.length, 3);
  });

  it('answers a stale If-Match with 412 or 409, as the test chose', async () => {
    for (const conflict of [412, 409] as const) {
      const server = await start({ conflict });
      server.put({ ...TASK, id: 'a' });
      const stale = await send(server, 'PUT', '/Task/a', { ...TASK, id: 'a' }, { 'if-match': 'W/"7"' });
      assert.equal(stale.status, conflict);
      assert.equal(server.versions('Task/a'), 1);
    }
  });

  it('creates conditionally: one, none more, and 412 where there are several', async () => {
    const server = await start();
    const condition = { 'if-none-exist': `identifier=${encodeURIComponent('urn:x|1')}` };
    assert.equal((await send(server, 'POST', '/Task', identified('1'), condition)).status, 201);
    assert.equal((await send(server, 'POST', '/Task', identified('1'), condition)).status, 200);
    await send(server, 'POST', '/Task', identified('1'));
    assert.equal((await send(server, 'POST', '/Task', identified('1'), condition)).status, 412);
    assert.equal(server.stored('Task').length, 2);
  });

  it('patches by RFC 6902', async () => {
    const server = await start();
    server.put({ ...TASK, id: 'a', note: [{ text: '1' }, { text: '2' }] });
    const json = { 'content-type': 'application/json-patch+json' };
    const steps = [
      { op: 'test', path: '/status', value: 'requested' },
      { op: 'replace', path: '/status', value: 'ready' },
      { op: 'remove', path: '/note/0' },
      { op: 'add', path: '/note/-', value: { text: '3' } },
      { op: 'copy', from: '/status', path: '/description' },
    ];
    const patched = (await send(server, 'PATCH', '/Task/a', steps, json)).json;
    assert.deepEqual(
      [patched?.['status'], patched?.['description'], patched?.['note']],
      ['ready', 'ready', [{ text: '2' }, { text: '3' }]],
    );
    const failing = [
      { op: 'remove', path: '/status' },
      { op: 'test', path: '/intent', value: 'plan' },
    ];
    assert.equal((await send(server, 'PATCH', '/Task/a', failing, json)).status, 422);
    assert.equal(server.versions('Task/a'), 2);
  });

  it('does a transaction whole or not at all, with its references put right', async () => {
    const server = await start();
    const entry = (resource: object, more: object = {}, fullUrl = 'urn:uuid:1'): object => ({
      fullUrl,
      resource,
      request: { method: 'POST', url: (resource as { resourceType: string }).resourceType, ...more },
    });
    const bundle = (...entries: object[]): object => ({ resourceType: 'Bundle', type: 'transaction', entry: entries });
    const task = { ...TASK, focus: { reference: 'urn:uuid:2' } };
    const patient = entry({ resourceType: 'Patient' }, {}, 'urn:uuid:2');
    assert.equal((await send(server, 'POST', '', bundle(entry(task), patient))).status, 200);
    const [made] = server.stored('Task');
    assert.deepEqual(made?.['focus'], { reference: `Patient/${String(server.stored('Patient')[0]?.['id'])}` });
    const stale = { resource: { ...TASK, id: '9' }, request: { method: 'PUT', url: 'Task/9', ifMatch: 'W/"4"' } };
    assert.equal((await send(server, 'POST', '', bundle(entry(task), stale))).status, 412);
    assert.equal(server.stored('Task').length, 1);
  });

  it('searches by identifier, token and time, in pages', async () => {
    let now = 1_000_000;
    const server = await start({ now: () => (now += 1000), pageSize: 2 });
    for (const value of ['a,b', 'c|d', 'e']) await send(server, 'POST', '/Task', identified(value));
    const count = async (query: string): Promise<unknown> =>
      (await send(server, 'GET', `/Task?${query}`)).json?.['total'];
    const term = (text: string): string => `identifier=${encodeURIComponent(text)}`;
    assert.equal(await count(term(String.raw`urn:x|a\,b`)), 1);
    assert.equal(await count(term(String.raw`urn:x|c\|d,urn:x|e`)), 2);
    assert.equal(await count('status=requested'), 3);
    assert.equal(await count('status=ready'), 0);
    assert.equal(await count(`_lastUpdated=ge${new Date(1_002_000).toISOString()}`), 2);
    assert.equal((await send(server, 'GET', '/Task?_has=x')).status, 400);
    const first = (await send(server, 'GET', '/Task')).json as { entry: unknown[]; link: { url: string }[] };
    assert.equal(first.entry.length, 2);
    const second = (await send(server, 'GET', (first.link[0]?.url ?? '').slice(server.base.length))).json;
    assert.equal((second?.['entry'] as unknown[] | undefined)?.length, 1);
    assert.equal(second?.['link'], undefined);
  });

  it('finds what is written late where its index is held', async () => {
    const server = await start();
    server.records.holdIndex();
    await send(server, 'POST', '/Task', TASK);
    const total = async (): Promise<unknown> => (await send(server, 'GET', '/Task')).json?.['total'];
    assert.equal(await total(), 0);
    server.records.index();
    assert.equal(await total(), 1);
  });

  it('keeps numbers as they were written', async () => {
    const server = await start();
    const text =
      '{"resourceType":"Observation","valueQuantity":{"value":5.10},"referenceRange":[{"low":{"value":1e2}}]}';
    const made = await send(server, 'POST', '/Observation', text);
    assert.match(made.text, /"value":5\.10\b.*"value":1e2\b/);
  });

  it('spoils the requests that match, as often as said, and counts them all', async () => {
    const server = await start();
    server.fault({ method: 'POST', type: 'Task', after: 1, times: 1 }, { kind: 'lose-answer' });
    await send(server, 'POST', '/Task', TASK);
    await assert.rejects(send(server, 'POST', '/Task', TASK));
    await send(server, 'POST', '/Task', TASK);
    assert.equal(server.stored('Task').length, 3, 'the one whose answer was lost was made');
    server.fault({ method: 'GET' }, { kind: 'status', status: 429, retryAfter: 7 });
    const busy = await send(server, 'GET', '/Task');
    assert.deepEqual([busy.status, busy.headers.get('retry-after')], [429, '7']);
    assert.deepEqual(
      server.requests.map(({ fault }) => fault),
      [null, 'lose-answer', null, 'status'],
    );
  });

  it('takes only the tokens that the test takes', async () => {
    const server = await start({ token: (bearer) => bearer === 'right' });
    assert.equal((await send(server, 'GET', '/Task')).status, 401);
    assert.equal((await send(server, 'GET', '/Task', undefined, { authorization: 'Bearer wrong' })).status, 401);
    assert.equal((await send(server, 'GET', '/Task', undefined, { authorization: 'Bearer right' })).status, 200);
  });
});
