import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import type { FhirEndpoint, FhirResource } from '../../engine/index.ts';
import { FhirSimulator, type Resource } from '../kit/fhir-simulator.ts';
import { endpointTo, KEY, TASK, type EndpointUnderTest } from './kit.ts';

describe('the Provenance of a write', () => {
  const open: (FhirSimulator | EndpointUnderTest)[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  const serve = async (provenance = true) => {
    const server = await FhirSimulator.start();
    const under = endpointTo(server.base, { provenance, allow: { Task: ['*'], Patient: ['*'] } });
    open.push(under, server);
    const ehr = (key = 'k1', maybeDone = false): FhirEndpoint =>
      under.endpoints.get('ehr', 'routine', {
        origin: { key, definition: 'critical-lab-result', definitionVersion: '3', messageId: 'm1', maybeDone },
      });
    const made = (): readonly Resource[] => server.stored('Provenance');
    const targets = (): unknown =>
      made().map(({ target }) => (target as { reference: string }[]).map((one) => one.reference));
    return { ...under, server, ehr, made, targets };
  };

  it('says which version was written, when, by which definition and out of which message', async () => {
    const { server, ehr, made, clock } = await serve();
    const result = await ehr().createOnce(TASK, KEY);
    assert.equal(result.ok && result.answer.resource?.resourceType, 'Task');
    const { id: _, meta, ...one } = made()[0] ?? { resourceType: '' };
    assert.deepEqual((meta as { tag: unknown }).tag, [{ system: 'urn:wardflow:provenance', code: 'k1' }]);
    const system = 'http://terminology.hl7.org/CodeSystem';
    assert.deepEqual(one, {
      resourceType: 'Provenance',
      target: [{ reference: 'Task/1/_history/1' }],
      recorded: new Date(clock.now()).toISOString(),
      activity: { coding: [{ system: `${system}/v3-DataOperation`, code: 'CREATE' }] },
      agent: [
        {
          type: { coding: [{ system: `${system}/provenance-participant-type`, code: 'assembler' }] },
          who: { identifier: { system: 'urn:wardflow:definition', value: 'critical-lab-result@3' } },
        },
      ],
      entity: [{ role: 'source', what: { identifier: { system: 'urn:wardflow:message', value: 'm1' } } }],
    });
    assert.equal(server.writes.length, 2);
  });

  it('is made once, however often the write is delivered', async () => {
    const { server, ehr, made } = await serve();
    await ehr().createOnce(TASK, KEY);
    await ehr('k1', true).createOnce(TASK, KEY, { lookFirst: true });
    assert.equal(made().length, 1);
    server.fault({ method: 'POST', type: 'Provenance', times: 1 }, { kind: 'lose-answer' });
    await ehr('k2').createOnce(TASK, { ...KEY, value: 'other' });
    await ehr('k2', true).createOnce(TASK, { ...KEY, value: 'other' }, { lookFirst: true });
    assert.equal(made().length, 2);
    assert.equal(server.stored('Task').length, 2);
  });

  it('is of what was changed, and not of what was found as wanted', async () => {
    const { server, ehr, targets } = await serve();
    server.put({ ...TASK, id: 'a' });
    const change = (current: FhirResource): FhirResource | null =>
      current['status'] === 'ready' ? null : { ...TASK, id: 'a', status: 'ready' };
    await ehr('k1').update('Task', 'a', change);
    const again = await ehr('k2').update('Task', 'a', change);
    assert.equal(again.ok && again.answer.unchanged, true);
    assert.deepEqual(targets(), [['Task/a/_history/2']]);
    await ehr('k3', true).update('Task', 'a', change);
    await ehr('k4').patch('Task', 'a', () => [
      { op: 'replace', path: '/priority', value: 'stat' },
      { op: 'test', path: '/intent', value: 'x' },
    ]);
    await ehr('k5').patch('Task', 'a', () => [{ op: 'add', path: '/priority', value: 'stat' }]);
    assert.deepEqual(targets(), [['Task/a/_history/2'], ['Task/a/_history/2'], ['Task/a/_history/3']]);
  });

  it('is one for a transaction, of all that it wrote', async () => {
    const { ehr, targets } = await serve();
    const entry = ['Task', 'Patient'].map((type) => ({
      resource: type === 'Task' ? TASK : { resourceType: type },
      request: { method: 'POST', url: type },
    }));
    await ehr().transaction({ resourceType: 'Bundle', type: 'transaction', entry }, KEY);
    assert.deepEqual(targets(), [['Task/1/_history/1', 'Patient/2/_history/1']]);
  });

  it('fails no write when it cannot be made', async () => {
    const { server, ehr, made } = await serve();
    for (const fault of [{ kind: 'status', status: 403 }, { kind: 'reset' }, { kind: 'not-json' }] as const) {
      server.fault({ type: 'Provenance', times: 2 }, fault);
      assert.equal((await ehr(fault.kind).createOnce(TASK, { ...KEY, value: fault.kind })).ok, true);
      server.mend();
    }
    assert.equal(server.stored('Task').length, 3);
    assert.equal(made().length, 1, 'the one behind the page of a proxy was made');
  });

  it('is not made where the binding does not ask for it, nor for a write that failed', async () => {
    const without = await serve(false);
    await without.ehr().createOnce(TASK, KEY);
    assert.equal(without.server.writes.length, 1);
    const { server, ehr } = await serve();
    server.fault({ method: 'POST', type: 'Task' }, { kind: 'status', status: 422 });
    await ehr().createOnce(TASK, KEY);
    assert.equal(server.writes.length, 1);
  });
});
