/** A read of a FHIR server by hand, over the runtime's own API: a real engine, and a real server beside it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { FhirLook } from '../../runtime/api/fhir-look-contract.ts';
import { createConverter, type Definition } from '../../engine/index.ts';
import { FhirSimulator } from '../kit/fhir-simulator.ts';
import { startTestApi, type ApiAnswer, type Asking, type TestApi } from '../kit/runtime-api.ts';

describe('a look at a FHIR server by hand', () => {
  let server: FhirSimulator;
  let api: TestApi;
  let person = 0;

  before(async () => {
    server = await FhirSimulator.start();
    api = await startTestApi((store) => store, {
      endpoints: {
        ehr: { kind: 'fhir', base: server.base, timeoutMs: 10_000, concurrency: 4, auth: { kind: 'none' } },
      },
      definitions: [definition('lab', ['ehr']), definition('other', [])],
    });
    for (let i = 1; i <= 14; i++)
      server.put({ resourceType: 'Patient', id: `p${i}`, identifier: [{ system: 'urn:made-up', value: `M-${i}` }] });
  });
  after(async () => {
    await api?.stop();
    await server?.close();
  });

  // Each as somebody else: how often somebody may ask is a test of its own.
  const post = (body: object, asking: Asking = {}): Promise<ApiAnswer> =>
    api.ask('POST', '/fhir-looks', {
      as: `user:p${++person}`,
      body: { endpoint: 'ehr', type: 'Patient', ...body },
      ...asking,
    });
  const look = async (body: object): Promise<FhirLook> => (await post(body)).json<FhirLook>();

  it('shows one resource, with its version, and the JSON of it', async () => {
    const { outcome, found, entries, json, cut, problem } = await look({ operation: 'read', id: 'p3' });
    assert.deepEqual([outcome, found, cut, problem], ['found', 1, false, null]);
    assert.deepEqual([entries[0]?.reference, entries[0]?.version, entries[0]?.deleted], ['Patient/p3', '1', false]);
    assert.equal((JSON.parse(json) as { id: string }).id, 'p3');
  });

  it('shows the first page of a search, how many there are in all, and that there is more', async () => {
    const one = await look({ operation: 'search', parameters: [{ name: 'identifier', value: 'urn:made-up|M-2' }] });
    assert.deepEqual([one.outcome, one.found, one.more], ['found', 1, false]);
    const most = await look({ operation: 'search', parameters: [{ name: '_count', value: '5000' }] });
    assert.equal(most.found, 14);
    const first = await look({ operation: 'search', parameters: [{ name: '_sort', value: '_id' }] });
    assert.deepEqual([first.found, first.more], [10, true]);
    const none = await look({ operation: 'search', parameters: [{ name: 'identifier', value: 'urn:made-up|none' }] });
    assert.deepEqual([none.outcome, none.found, none.problem], ['nothing', 0, null]);
    const two = ['urn:made-up|none', 'urn:made-up|M-2'].map((value) => ({ name: 'identifier', value }));
    assert.equal((await look({ operation: 'search', parameters: two })).found, 0, 'both are to be met');
  });

  it('shows versions, with the deletion among them', async () => {
    await api.engine.endpoints.get('ehr').update('Patient', 'p4', (now) => ({ ...now, active: true }));
    await api.engine.endpoints.get('ehr').remove('Patient', 'p4');
    const history = await look({ operation: 'history', id: 'p4' });
    assert.deepEqual(
      history.entries.map(({ version, deleted }) => [version, deleted]),
      [
        ['3', true],
        ['2', false],
        ['1', false],
      ],
    );
    assert.equal((await look({ operation: 'vread', id: 'p4', version: '2' })).entries[0]?.version, '2');
    assert.equal((await look({ operation: 'read', id: 'p4' })).outcome, 'deleted');
    assert.equal((await look({ operation: 'read', id: 'nobody' })).outcome, 'nothing');
  });

  it('says what is wrong with a remedy, and no address', async () => {
    const unbound = await look({ endpoint: 'nowhere', operation: 'read', id: '1' });
    assert.deepEqual([unbound.outcome, unbound.problem?.code], ['failed', 'endpoint-unbound']);
    const climbing = await look({ operation: 'read', id: '..' });
    assert.deepEqual([climbing.outcome, climbing.problem?.code], ['failed', 'fhir-id-invalid']);
    assert.ok((climbing.problem?.remedy ?? '') !== '');
  });

  it('is recorded with who, where and how many, and with no value that was asked for', async () => {
    await post(
      { operation: 'search', parameters: [{ name: 'identifier', value: 'urn:made-up|M-9' }] },
      { as: 'user:eve' },
    );
    const all = await api.engine.store.audit.list({ type: 'ehr.looked-at', limit: 100 });
    const { actor, details } = all.find((one) => one.actor === 'user:eve') ?? {};
    assert.equal(actor, 'user:eve');
    assert.deepEqual(details, { endpoint: 'ehr', operation: 'search', type: 'Patient', found: '1' });
    assert.ok(!JSON.stringify(all).includes('M-9'));
    assert.equal((await post({ operation: 'read', id: 'p1' }, { as: null })).status, 400);
  });

  it('refuses what is no question, and never asks for everything', async () => {
    const before = server.requests.length;
    for (const wrong of [
      { operation: 'delete', id: 'p1' },
      { operation: 'search', parameters: [] },
      { operation: 'search' },
      { operation: 'search', parameters: [{ name: 'a b', value: '1' }] },
      { operation: 'search', parameters: [{ name: '', value: '1' }] },
      { operation: 'read' },
      { operation: 'read', id: 'p1', type: '../x' },
      { operation: 'history', id: 'p1', since: 'yesterday' },
      { operation: 'read', id: 'p1', endpoint: 'http://elsewhere.example' },
      { operation: 'read', id: 'p1', base: 'http://elsewhere.example' },
    ])
      assert.equal((await post(wrong)).status, 400, JSON.stringify(wrong));
    assert.equal(server.requests.length, before);
  });

  it('is for a part only what a flow of the part names', async () => {
    const ask = async (definition: string | undefined, part: readonly string[]): Promise<string> => {
      const about = { operation: 'read', id: 'p1', ...(definition !== undefined && { definition }) };
      const { status, applied } = await post(about, { part });
      return `${status} ${applied}`;
    };
    assert.equal(await ask('lab', ['lab']), '200 true');
    assert.equal(await ask('lab', ['other']), '403 true');
    assert.equal(await ask('other', ['other']), '403 true');
    assert.equal(await ask(undefined, ['lab']), '403 true');
  });

  it('is not done as often as somebody likes', async () => {
    const before = server.requests.length;
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => post({ operation: 'read', id: 'p1' }, { as: 'user:hasty' })),
    );
    const busy = answers.filter(({ status }) => status === 429);
    assert.ok(busy.length >= 4 && busy.every((answer) => answer.code() === 'fhir-look-busy'));
    assert.equal(server.requests.length - before, answers.length - busy.length);
  });
});

function definition(name: string, endpoints: readonly string[]): Definition {
  const none = new Map<string, never>();
  return {
    name,
    version: '1',
    intent: {
      title: name,
      purpose: 'For the test.',
      owner: { name: 'Test', role: 'tester', contact: 'test@example.org' },
      risk: 'low',
      endpoints,
    },
    flow: [],
    rules: none,
    ladders: none,
    alerts: none,
    checklists: none,
    mappings: none,
    identity: null,
    maps: none,
    converter: createConverter({ mappings: new Map(), maps: new Map() }).converter,
    files: {},
  };
}
