import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import type { FhirResource, FhirResult } from '../../engine/index.ts';
import { FhirSimulator, type SimulatorOptions } from '../kit/fhir-simulator.ts';
import { endpointTo, failure, KEY, short, TASK, type EndpointUnderTest } from './kit.ts';

const creating = (resource: FhirResource, fullUrl: string): object => ({
  fullUrl,
  resource,
  request: { method: 'POST', url: resource.resourceType },
});
const bundleOf = (...entry: object[]): FhirResource => ({ resourceType: 'Bundle', type: 'transaction', entry });
const PATIENT = { resourceType: 'Patient', active: true };
const two = (): FhirResource =>
  bundleOf(creating({ ...TASK, for: { reference: 'urn:uuid:p' } }, 'urn:uuid:t'), creating(PATIENT, 'urn:uuid:p'));

describe('a FHIR transaction', () => {
  const open: (FhirSimulator | EndpointUnderTest)[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  const serve = async (options: SimulatorOptions = {}) => {
    const server = await FhirSimulator.start(options);
    const under = endpointTo(server.base);
    open.push(under, server);
    const counts = (): number[] => [server.stored('Task').length, server.stored('Patient').length];
    return { server, counts, ...under };
  };
  const answered = (result: FhirResult): readonly Record<string, Record<string, unknown>>[] => {
    assert.ok(result.ok, result.ok ? '' : result.failure.code);
    return result.answer.resource?.['entry'] as Record<string, Record<string, unknown>>[];
  };

  it('gives each entry that creates an identifier of its own, and makes nothing twice', async () => {
    const { server, ehr, counts } = await serve();
    const first = answered(await ehr.transaction(two(), KEY));
    const again = answered(await ehr.transaction(two(), KEY));
    assert.deepEqual(counts(), [1, 1]);
    assert.deepEqual(
      first.map(({ resource }) => resource?.['id']),
      again.map(({ resource }) => resource?.['id']),
    );
    const [task] = server.stored('Task');
    assert.deepEqual(task?.['identifier'], [{ system: KEY.system, value: `${KEY.value}.0` }]);
    assert.match(JSON.stringify(task?.['for']), /"Patient\/\d+"/);
  });

  it('keeps the answer of the server, in which each entry has its place', async () => {
    const { ehr } = await serve();
    const statuses = answered(await ehr.transaction(two(), KEY)).map(({ response }) => response?.['status']);
    assert.deepEqual(statuses, ['201', '201']);
  });

  it('knows after a lost answer that everything is there', async () => {
    const { server, ehr, counts } = await serve();
    server.fault({ method: 'POST', type: '' }, { kind: 'lose-answer' });
    const found = answered(await ehr.transaction(two(), KEY));
    assert.deepEqual(
      found.map(({ resource }) => resource?.['resourceType']),
      ['Task', 'Patient'],
    );
    assert.deepEqual(counts(), [1, 1]);
    assert.equal(server.writes.length, 1);
  });

  it('knows after an error answer, a page of a proxy, or none that everything is there', async () => {
    for (const fault of [
      { kind: 'fail-after', status: 504 },
      { kind: 'not-json' },
      { kind: 'no-body' },
      { kind: 'fail-after', status: 409 },
    ] as const) {
      const { server, ehr, counts } = await serve();
      server.fault({ method: 'POST', type: '' }, fault);
      assert.equal(answered(await ehr.transaction(two(), KEY)).length, 2, fault.kind);
      assert.deepEqual(counts(), [1, 1]);
    }
  });

  it('is open where nothing is there, and may be sent again', async () => {
    const { server, ehr, counts } = await serve();
    server.fault({ method: 'POST', type: '', times: 1 }, { kind: 'reset' });
    assert.equal(short(await ehr.transaction(two(), KEY)), 'ambiguous fhir-answer-lost');
    assert.equal((await ehr.transaction(two(), KEY, { lookFirst: true })).ok, true);
    assert.deepEqual(counts(), [1, 1]);
  });

  it('is open where the index is late, and found when it is not', async () => {
    const { server, ehr, counts } = await serve();
    server.fault({ method: 'POST', type: '', times: 1 }, { kind: 'lose-answer' });
    server.records.holdIndex();
    assert.equal(short(await ehr.transaction(two(), KEY)), 'ambiguous fhir-answer-lost');
    server.records.index();
    assert.equal((await ehr.transaction(two(), KEY, { lookFirst: true })).ok, true);
    assert.equal(server.writes.length, 1);
    assert.deepEqual(counts(), [1, 1]);
  });

  it('says at the next try that a server did only some of it, and sends nothing', async () => {
    const { server, ehr, counts } = await serve();
    server.fault({ method: 'POST', type: '' }, { kind: 'torn', entries: 1 });
    assert.equal(short(await ehr.transaction(two(), KEY)), 'ambiguous fhir-answer-lost');
    const told = failure(await ehr.transaction(two(), KEY, { lookFirst: true }));
    assert.deepEqual([told.class, told.code], ['permanent', 'fhir-transaction-torn']);
    assert.match(told.text, /only 1 of 2 entries/);
    assert.equal(server.writes.length, 1);
    assert.deepEqual(counts(), [1, 0]);
  });

  it('looks first on a server that does not know ifNoneExist', async () => {
    const { server, ehr, counts } = await serve();
    server.fault({ method: 'POST', type: '' }, { kind: 'ignores-condition' });
    await ehr.transaction(two(), KEY);
    assert.equal((await ehr.transaction(two(), KEY, { lookFirst: true })).ok, true);
    assert.deepEqual(counts(), [1, 1]);
  });

  it('changes only the version that it was made from', async () => {
    const { server, ehr } = await serve();
    server.put({ ...TASK, id: 'a' });
    const change = (ifMatch: string): object => ({
      resource: { ...TASK, id: 'a', status: 'ready' },
      request: { method: 'PUT', url: 'Task/a', ifMatch },
    });
    server.change('Task/a', { description: 'by somebody else' });
    assert.equal(short(await ehr.transaction(bundleOf(change('W/"1"')), KEY)), 'transient fhir-conflict');
    assert.equal(server.versions('Task/a'), 2);
    assert.equal((await ehr.transaction(bundleOf(change('W/"2"')), KEY)).ok, true);
    assert.equal(server.stored('Task')[0]?.['status'], 'ready');
  });

  it('finds its own changes after a lost answer, where it creates nothing', async () => {
    const { server, ehr } = await serve();
    for (const id of ['a', 'b', 'c']) server.put({ ...TASK, id });
    const bundle = (): FhirResource =>
      bundleOf(
        {
          resource: { ...TASK, id: 'a', status: 'ready' },
          request: { method: 'PUT', url: 'Task/a', ifMatch: 'W/"1"' },
        },
        { request: { method: 'DELETE', url: 'Task/b', ifMatch: 'W/"1"' } },
      );
    server.fault({ method: 'POST', type: '', times: 1 }, { kind: 'lose-answer' });
    assert.equal((await ehr.transaction(bundle(), KEY)).ok, true);
    assert.equal((await ehr.transaction(bundle(), KEY, { lookFirst: true })).ok, true);
    assert.deepEqual([server.versions('Task/a'), server.versions('Task/b')], [2, 2]);
    assert.equal(server.writes.length, 1);
  });

  it('takes nobody else’s change for its own', async () => {
    const { server, ehr } = await serve();
    server.put({ ...TASK, id: 'a' });
    const resource = { ...TASK, id: 'a', status: 'ready' };
    const bundle = bundleOf({ resource, request: { method: 'PUT', url: 'Task/a', ifMatch: 'W/"1"' } });
    server.fault({ method: 'POST', type: '', times: 1 }, { kind: 'reset' });
    server.change('Task/a', { status: 'accepted' });
    assert.equal(short(await ehr.transaction(bundle, KEY)), 'ambiguous fhir-answer-lost');
    assert.equal(short(await ehr.transaction(bundle, KEY, { lookFirst: true })), 'transient fhir-conflict');
    assert.equal(server.stored('Task')[0]?.['status'], 'accepted');
  });

  it('refuses before it sends what it could not look up or would overwrite', async () => {
    const { server, ehr } = await serve();
    const put = (request: object, resource: object = { ...TASK, id: 'a' }): FhirResource =>
      bundleOf({ resource, request: { method: 'PUT', url: 'Task/a', ifMatch: 'W/"1"', ...request } });
    const refused: readonly (readonly [FhirResource, RegExp])[] = [
      [
        { resourceType: 'Bundle', type: 'batch', entry: [creating(TASK, 'urn:uuid:1')] },
        /no Bundle of type transaction/,
      ],
      [TASK, /no Bundle of type transaction/],
      [bundleOf(), /no entry/],
      [bundleOf(...Array.from({ length: 1001 }, () => creating(TASK, 'urn:uuid:1'))), /more than 1000 entries/],
      [bundleOf({ resource: TASK }), /entry 1 has no request/],
      [bundleOf(creating(PATIENT, 'x'), { request: { method: 'GET', url: 'Task/1' } }), /entry 2 neither creates/],
      [bundleOf(creating({ resourceType: 'AuditEvent' }, 'x')), /AuditEvent, which has no place for an identifier/],
      [bundleOf({ resource: TASK, request: { method: 'POST', url: 'Patient' } }), /another url/],
      [put({ ifMatch: undefined }), /no ifMatch/],
      [put({ ifMatch: '*' }), /no ifMatch/],
      [put({ url: '../admin' }), /a url that is not Type\/id/],
      [put({ url: 'Task?identifier=x' }), /a url that is not Type\/id/],
      [put({}, { ...TASK, id: 'b' }), /another resource/],
    ];
    for (const [bundle, reason] of refused) {
      const told = failure(await ehr.transaction(bundle, KEY));
      assert.equal(told.code, 'fhir-transaction-invalid');
      assert.match(told.text, reason);
    }
    assert.equal(server.requests.length, 0);
  });
});
