import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { bundleEntries, versionIn, type FhirResult } from '../../engine/index.ts';
import { FhirSimulator } from '../../governance/scenarios/fhir-simulator.ts';
import { runScenarios, type DefinitionResult } from '../../governance/scenarios/run-definition.ts';
import { endpointTo, failure, KEY, TASK, type EndpointUnderTest } from '../fhir/kit.ts';
import { receiverDefinition, RECEIVER_SCENARIOS } from '../kit/receiver-definition.ts';

const answered = (result: FhirResult): Extract<FhirResult, { ok: true }>['answer'] => {
  if (!result.ok) throw new Error(result.failure.code);
  return result.answer;
};

describe('the FHIR server of a scenario', () => {
  let server: FhirSimulator;
  let client: EndpointUnderTest;
  let now = Date.parse('2026-01-01T08:00:00Z');

  beforeEach(async () => {
    server = await FhirSimulator.start(() => (now += 1000));
    client = endpointTo(server.base);
  });
  afterEach(async () => {
    await client.close();
    await server.close();
  });

  it('patches what is there, and refuses a patch of what is not, whole', async () => {
    server.put({ ...TASK, id: 't1', note: [{ text: 'one' }] });
    const made = await client.ehr.patch('Task', 't1', () => [
      { op: 'test', path: '/status', value: 'requested' },
      { op: 'replace', path: '/status', value: 'accepted' },
      { op: 'add', path: '/note/-', value: { text: 'two' } },
      { op: 'add', path: '/description', value: 'seen' },
      { op: 'remove', path: '/note/0' },
    ]);
    assert.equal(answered(made).status, 200);
    const [task] = server.all('Task');
    assert.deepEqual(
      [task?.['status'], task?.['note'], task?.['description']],
      ['accepted', [{ text: 'two' }], 'seen'],
    );
    const wrong = await client.ehr.patch('Task', 't1', () => [
      { op: 'replace', path: '/status', value: 'completed' },
      { op: 'test', path: '/description', value: 'other' },
    ]);
    assert.equal(failure(wrong).class, 'permanent');
    assert.equal(server.all('Task')[0]?.['status'], 'accepted');
    assert.equal(failure(await client.ehr.patch('Task', 'none', () => [])).code, 'fhir-not-found');
  });

  it('remembers versions and deletions', async () => {
    server.put({ ...TASK, id: 't1' });
    await client.ehr.update('Task', 't1', (current) => ({ ...current, status: 'accepted' }));
    await client.ehr.remove('Task', 't1', '2');
    assert.equal(failure(await client.ehr.read('Task', 't1')).code, 'fhir-gone');
    assert.equal(answered(await client.ehr.vread('Task', 't1', '1')).resource?.['status'], 'requested');
    assert.equal(failure(await client.ehr.vread('Task', 't1', '3')).code, 'fhir-gone');
    const history = answered(await client.ehr.history('Task', 't1')).resource;
    assert.deepEqual(
      bundleEntries(history).map((entry) => [versionIn(entry).version, versionIn(entry).deleted]),
      [
        ['3', true],
        ['2', false],
        ['1', false],
      ],
    );
    assert.deepEqual(server.all('Task'), []);
    assert.deepEqual(bundleEntries(answered(await client.ehr.search('Task', { _id: 't1' })).resource), []);
    assert.ok((await client.ehr.remove('Task', 'none')).ok);
  });

  it('takes a change of another version for a conflict', async () => {
    server.put({ ...TASK, id: 't1' });
    const stale = (method: string): Promise<Response> =>
      fetch(`${server.base}/Task/t1`, {
        method,
        headers: { 'if-match': 'W/"7"', 'content-type': 'application/json-patch+json' },
        ...(method === 'DELETE' ? {} : { body: method === 'PUT' ? JSON.stringify(TASK) : '[]' }),
      });
    for (const method of ['PUT', 'PATCH', 'DELETE']) assert.equal((await stale(method)).status, 412, method);
    assert.equal(server.all('Task')[0]?.['status'], 'requested');
  });

  it('creates and updates on a condition: none, one, or several that match', async () => {
    const created = answered(await client.ehr.createOnce(TASK, KEY)).resource?.id;
    assert.equal(answered(await client.ehr.createOnce(TASK, KEY)).resource?.id, created);
    const put = async (query: string): Promise<number> => {
      const body = JSON.stringify({ ...TASK, identifier: [{ value: 'U-1' }], status: 'accepted' });
      return (await fetch(`${server.base}/Task${query}`, { method: 'PUT', body })).status;
    };
    assert.equal(await put('?identifier=U-1'), 201);
    assert.equal(await put('?identifier=U-1'), 200);
    assert.equal(server.all('Task').length, 2);
    assert.equal(await put('?status=accepted,requested'), 412);
    assert.equal(await put('?made.up=1'), 400);
    assert.equal(await put(''), 405);
  });

  it('does a transaction as a whole, with what its new ones say of each other', async () => {
    server.put({ ...TASK, id: 't1' });
    const entry = [
      {
        fullUrl: 'urn:uuid:1',
        resource: { resourceType: 'Observation', subject: { reference: 'urn:uuid:2' } },
        request: { method: 'POST', url: 'Observation' },
      },
      { fullUrl: 'urn:uuid:2', resource: { resourceType: 'Patient' }, request: { method: 'POST', url: 'Patient' } },
      {
        resource: { ...TASK, id: 't1', status: 'completed' },
        request: { method: 'PUT', url: 'Task/t1', ifMatch: 'W/"1"' },
      },
    ];
    const bundle = { resourceType: 'Bundle', type: 'transaction', entry };
    assert.equal(bundleEntries(answered(await client.ehr.transaction(bundle, KEY)).resource).length, 3);
    const [patient] = server.all('Patient');
    assert.deepEqual(server.all('Observation')[0]?.['subject'], { reference: `Patient/${patient?.id}` });
    assert.equal(server.all('Task')[0]?.['status'], 'completed');
    // The version has moved on: nothing of it is done.
    const again = await client.ehr.transaction(bundle, { ...KEY, value: 'm'.repeat(64) });
    assert.equal(failure(again).code, 'fhir-conflict');
    assert.equal(server.all('Patient').length, 1);
  });
});

type Scenarios = Parameters<typeof receiverDefinition>[0];

/** The definition of the receiver, with a task on a FHIR server in its place, which is made and then patched. */
function taskDefinition(scenarios: Scenarios): Readonly<Record<string, string>> {
  const files = receiverDefinition(scenarios);
  const flow = (JSON.parse(files['flow.json'] ?? '[]') as Readonly<Record<string, unknown>>[])
    .filter(({ id }) => id !== 'pass-on-stamp')
    .flatMap((node) => {
      if (node['type'] === 'wardflow-hl7-endpoint') return [{ ...node, type: 'wardflow-fhir-endpoint' }];
      if (node['type'] === 'hl7 in') return [{ ...node, wires: [['pass-on-out']] }];
      if (node['type'] !== 'hl7 out') return [node];
      const write = { ...node, type: 'fhir write', resourceType: 'Task' };
      const content = '{ "status": "requested", "intent": "order" }';
      const steps = [{ do: 'set', path: 'status', value: 'accepted', kind: 'str' }];
      return [
        { ...write, effect: 'make', operation: 'create', resource: content, wires: [['pass-on-patch']] },
        { ...write, id: 'pass-on-patch', effect: 'accept', operation: 'patch', reference: 'fhir.reference', steps },
      ];
    });
  return { ...files, 'flow.json': JSON.stringify(flow) };
}

const run = (scenarios: Scenarios): Promise<DefinitionResult> =>
  runScenarios({ definition: 'to-ward', files: taskDefinition(scenarios), only: [] });
const differences = ({ scenarios }: DefinitionResult): readonly string[] =>
  scenarios.flatMap(({ scenario, differences: all }) => all.map(({ place, text }) => `${scenario} ${place}: ${text}`));
const admission = (RECEIVER_SCENARIOS['receiver-down']?.steps ?? []).slice(0, 1);
const fault = (kind: string, more: object): object => ({ at: 'PT0S', fault: { endpoint: 'ward', kind, ...more } });
const accepted = [
  { kind: 'resource', type: 'Task', count: 1, match: "status = 'accepted'" },
  { kind: 'state', of: 'first', is: 'done' },
];

describe('scenarios with a FHIR server', function () {
  this.timeout(120_000);

  it('wait out the moment that a server asks for on the moved clock, and write nothing twice after a lost answer', async () => {
    const later = { at: 'PT5M', advance: 'PT0S' };
    const result = await run({
      moment: {
        steps: [
          fault('throttle', { times: 1, retryAfter: 1, method: 'PATCH' }),
          ...admission,
          { at: 'PT3S', expect: accepted },
        ],
        expect: accepted,
      },
      lost: {
        steps: [fault('lost-answer', { times: 1, method: 'PATCH' }), ...admission, later],
        expect: accepted,
      },
    } as unknown as Scenarios);
    assert.deepEqual(differences(result), []);
  });
});
