/** What the forms of FHIR nodes ask: a real runtime with a bound server, asked with sessions of a real console. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { AuditList } from '../../runtime/api/contract.ts';
import type { FhirLook, FhirServerView, FhirTest, FhirTypeView } from '../../runtime/editor-api/fhir-contract.ts';
import { standardNames, statedBy, typeView } from '../../runtime/editor-api/fhir-names.ts';
import { startEditorBench, type EditorBench } from '../kit/editor-bench.ts';

describe('FHIR forms in the editor', function () {
  this.timeout(120_000);
  let bench: EditorBench;
  let analyst: string;
  before(async () => {
    bench = await startEditorBench({ definitions: ['_shared', 'critical-lab-result'] });
    analyst = await bench.cookieOf('analyst');
  });
  after(() => bench?.stop());

  it('are answered to people with a session alone', async () => {
    for (const path of ['/fhir/server', '/fhir/type?type=Patient'])
      assert.equal((await bench.ask('', path)).status, 401, path);
    assert.equal((await bench.ask('', '/fhir/test', { endpoint: 'ehr' })).status, 401);
  });

  it('offer the names of the standard where no server can be asked', async () => {
    const none = (await bench.ask(analyst, '/fhir/server')).json<FhirServerView>();
    assert.equal(none.state, 'none');
    assert.ok(none.types.length > 140 && none.types.every(({ here }) => here === null));
    const unbound = (await bench.ask(analyst, '/fhir/server?endpoint=nowhere')).json<FhirServerView>();
    assert.deepEqual([unbound.state, unbound.problem?.code], ['silent', 'endpoint-unbound']);
    const patient = (await bench.ask(analyst, '/fhir/type?type=Patient')).json<FhirTypeView>();
    const birthdate = patient.parameters.find(({ name }) => name === 'birthdate');
    assert.deepEqual([birthdate?.type, birthdate?.here, patient.here], ['date', null, null]);
    assert.ok(patient.elements.some(({ name, type }) => name === 'name.family' && type === 'string'));
    assert.ok(patient.elements.some(({ name }) => name === 'deceasedBoolean'));
  });

  it('refuse what is no name', async () => {
    for (const path of [
      '/fhir/server?endpoint=..%2Fx',
      '/fhir/type?type=patient',
      '/fhir/type',
      '/fhir/type?type=__proto__',
    ])
      assert.equal((await bench.ask(analyst, path)).status, 400, path);
    assert.equal((await bench.ask(analyst, '/fhir/type?type=Nonesuch')).status, 404);
    assert.equal((await bench.ask(analyst, '/fhir/test', { endpoint: 'http://x' })).status, 400);
  });

  it('say what is wrong with a connection, with a remedy and no address, and not as often as somebody likes', async () => {
    const test = (await bench.ask(analyst, '/fhir/test', { endpoint: 'nowhere' })).json<FhirTest>();
    assert.deepEqual([test.ok, test.credentials, test.problem?.code], [false, 'unknown', 'endpoint-unbound']);
    assert.ok((test.problem?.remedy ?? '') !== '');
    const statuses = await Promise.all(
      Array.from({ length: 12 }, async () => (await bench.ask(analyst, '/fhir/test', { endpoint: 'nowhere' })).status),
    );
    assert.ok(statuses.includes(429));
  });

  it('look at a server by way of the console, for who may', async () => {
    const wish = { endpoint: 'nowhere', operation: 'read', type: 'Patient', id: '1' };
    assert.equal((await bench.ask('', '/fhir/look', wish)).status, 401);
    const look = (await bench.ask(analyst, '/fhir/look', wish)).json<FhirLook>();
    assert.deepEqual([look.outcome, look.problem?.code], ['failed', 'endpoint-unbound']);
    const reviewer = await bench.cookieOf('reviewer');
    const refused = await bench.ask(reviewer, '/fhir/look', wish);
    assert.deepEqual([refused.status, refused.json()['code']], [403, 'permission-missing']);
    assert.equal((await bench.ask(analyst, '/fhir/look', { ...wish, type: '../x' })).status, 400);
    assert.equal((await bench.ask(analyst, '/fhir/look', { ...wish, path: '/x' })).status, 400);
    const { records } = await bench.runtime.api<AuditList>('/audit?type=ehr.looked-at');
    assert.deepEqual(
      records.map(({ actor }) => actor.split(':')[0]),
      ['user'],
    );
  });

  it('mark what a server does not state, and take no harm of what it states', async () => {
    const standard = await standardNames();
    const stated = statedBy({
      resourceType: 'CapabilityStatement',
      fhirVersion: '4.0.1',
      software: { name: 'x'.repeat(5000) },
      rest: [
        null,
        {
          resource: [
            { type: '__proto__' },
            { type: 5 },
            {
              type: 'Patient',
              interaction: [{ code: 'read' }, 7],
              searchParam: [{ name: 'identifier', type: 'token' }, { name: 'own-one' }, { name: '<b>' }, null],
            },
          ],
        },
      ],
    });
    assert.ok(stated && stated.software.length <= 200);
    assert.deepEqual([...stated.types.keys()], ['Patient']);
    const patient = typeView('Patient', standard, stated);
    assert.deepEqual(patient?.interactions?.[0], 'read');
    const here = new Map(patient?.parameters.map((one) => [one.name, one.here]));
    assert.deepEqual(
      [here.get('identifier'), here.get('birthdate'), here.get('own-one'), here.has('<b>')],
      [true, false, true, false],
    );
    assert.equal(typeView('Task', standard, stated)?.here, false);
    assert.equal(statedBy({ resourceType: 'Patient' }), undefined);
  });
});
