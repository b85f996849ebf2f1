import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { minimise, sendsTo, type FhirResource, type SendList } from '../../engine/index.ts';
import { ELEMENTS } from '../../engine/fhir/generated/elements.ts';
import { minimisePatch } from '../../engine/fhir/minimise/minimise-patch.ts';
import { elementLines } from '../../scripts/fhir-elements.ts';
import { FhirSimulator } from '../kit/fhir-simulator.ts';
import { endpointTo, failure, KEY, TASK, type EndpointUnderTest } from './kit.ts';

const less = (resource: FhirResource, sends?: SendList, allow?: SendList, current?: FhirResource) => {
  const made = minimise(resource, { sends, allow }, current);
  assert.ok(made.kind === 'minimised', made.kind === 'refused' ? made.failure.code : '');
  return made;
};
const refusal = (resource: FhirResource, sends?: SendList, allow?: SendList): string => {
  const made = minimise(resource, { sends, allow });
  return made.kind === 'refused' ? made.failure.code : 'not refused';
};

describe('what is sent to a FHIR server', () => {
  const PATIENT = {
    resourceType: 'Patient',
    id: 'p1',
    meta: { versionId: '3' },
    identifier: [
      { system: 'urn:site', value: 'A' },
      { system: 'urn:wardflow:effect', value: 'B' },
    ],
    name: [{ family: 'F', given: ['G'] }],
    birthDate: '1980-01-01',
    _birthDate: { extension: [] },
    text: { status: 'generated', div: '<div>F</div>' },
  };

  it('is what both lists permit, beside id, meta and our identifiers', () => {
    const sends = { Patient: ['name', 'birthDate'] };
    const made = less(PATIENT, sends, { Patient: ['name.family', 'gender'] });
    assert.deepEqual(made.value, {
      resourceType: 'Patient',
      id: 'p1',
      meta: { versionId: '3' },
      identifier: [{ system: 'urn:wardflow:effect', value: 'B' }],
      name: [{ family: 'F' }],
    });
    assert.deepEqual(made.removed, [
      'Patient._birthDate',
      'Patient.birthDate',
      'Patient.identifier',
      'Patient.name.given',
      'Patient.text',
    ]);
  });

  it('is everything where nothing was said, and nothing of a type that a list leaves out', () => {
    assert.equal(less(PATIENT).value, PATIENT);
    assert.deepEqual(less(PATIENT, { Patient: ['*'] }).removed, []);
    assert.equal(refusal(PATIENT, { Task: ['*'] }), 'fhir-not-in-sends');
    assert.equal(refusal(PATIENT, { Patient: ['*'] }, { Task: ['*'] }), 'fhir-not-in-allow');
    assert.equal(refusal(PATIENT, {}), 'fhir-not-in-sends');
    assert.equal(refusal({ resourceType: 'constructor' }, {}), 'fhir-not-in-sends');
  });

  it('takes a choice by any of its forms, and the extensions of a primitive with it', () => {
    const observation = {
      resourceType: 'Observation',
      status: 'final',
      code: {},
      valueQuantity: { value: 1 },
      _status: {},
      valuer: 1,
    };
    const made = less(observation, { Observation: ['status', 'code', 'value[x]'] });
    assert.deepEqual(Object.keys(made.value).toSorted(), [
      '_status',
      'code',
      'resourceType',
      'status',
      'valueQuantity',
    ]);
    assert.deepEqual(made.removed, ['Observation.valuer']);
    assert.deepEqual(less(observation, { Observation: ['status', 'code', 'valueString'] }).removed.length, 2);
  });

  it('is refused where what is left is invalid, or says something else', () => {
    const request = {
      resourceType: 'MedicationRequest',
      status: 'active',
      intent: 'order',
      subject: {},
      medicationCodeableConcept: {},
      doNotPerform: true,
    };
    const sends = ['status', 'intent', 'subject', 'medication[x]'];
    assert.equal(refusal(request, { MedicationRequest: sends.slice(0, 3) }), 'fhir-mandatory-not-permitted');
    assert.equal(refusal(request, { MedicationRequest: sends }), 'fhir-modifier-not-permitted');
    assert.equal(refusal(request, { MedicationRequest: [...sends, 'doNotPerform'] }), 'not refused');
    const modified = { ...TASK, modifierExtension: [{ url: 'urn:x', valueBoolean: true }] };
    assert.equal(refusal(modified, { Task: ['status', 'intent'] }), 'fhir-modifier-not-permitted');
  });

  it('names elements and never what stands in them', () => {
    const hostile = { ...TASK, 'Doe, Jane 1950': 1, note: [{ 'Doe, Jane': 1, text: 'Doe' }] };
    const made = less(hostile, { Task: ['status', 'intent', 'note.time'] });
    assert.deepEqual(made.removed, ['Task.(no element)', 'Task.note.(no element)', 'Task.note.text']);
  });

  it('leaves on the server what may not be changed', () => {
    const current = { resourceType: 'Patient', active: true, name: [{ family: 'F', given: ['G'] }], gender: 'female' };
    const wanted = { resourceType: 'Patient', active: false, name: [{ family: 'New', given: ['Other'] }] };
    const made = less(wanted, { Patient: ['active', 'name.family'] }, undefined, current);
    assert.deepEqual(made.value, {
      resourceType: 'Patient',
      active: false,
      name: [{ family: 'New', given: ['G'] }],
      gender: 'female',
    });
    assert.deepEqual(made.removed, ['Patient.gender', 'Patient.name.given']);
  });

  it('gives no entry of a list the rest of another', () => {
    const current = {
      resourceType: 'Patient',
      name: [
        { family: 'A', given: ['a'] },
        { family: 'B', given: ['b'] },
      ],
    };
    const lists = { Patient: ['name.family'] };
    const names = (...families: string[]): FhirResource => ({
      resourceType: 'Patient',
      name: families.map((family) => ({ family })),
    });
    const given = (resource: FhirResource): unknown =>
      (resource['name'] as { given?: string[] }[]).map((name) => name.given?.[0] ?? null);
    assert.deepEqual(given(less(names('New', 'A', 'B'), lists, undefined, current).value), [null, 'a', 'b']);
    assert.deepEqual(given(less(names('B', 'A'), lists, undefined, current).value), ['b', 'a']);
    assert.deepEqual(given(less(names('A', 'Changed'), lists, undefined, current).value), ['a', 'b']);
    assert.deepEqual(given(less(names('B'), lists, undefined, current).value), ['b']);
  });

  it('is of a patch what is permitted of each step', () => {
    const lists = { sends: { Patient: ['active', 'name.family'] }, allow: undefined };
    const made = minimisePatch(
      'Patient',
      [
        { op: 'replace', path: '/active', value: true },
        { op: 'replace', path: '/name/0/family', value: 'F' },
        { op: 'add', path: '/name/-', value: { family: 'F', given: ['G'] } },
        { op: 'add', path: '/name/0/given', value: ['G'] },
        { op: 'test', path: '/birthDate', value: '1980-01-01' },
        { op: 'remove', path: '/name/0' },
        { op: 'move', from: '/birthDate', path: '/active' },
        { op: 'replace', path: '', value: { resourceType: 'Patient', gender: 'male' } },
      ],
      lists,
    );
    assert.ok(made.kind === 'minimised');
    assert.deepEqual(made.value, [
      { op: 'replace', path: '/active', value: true },
      { op: 'replace', path: '/name/0/family', value: 'F' },
      { op: 'add', path: '/name/-', value: { family: 'F' } },
    ]);
    assert.deepEqual(made.removed, [
      'Patient',
      'Patient.active',
      'Patient.birthDate',
      'Patient.name',
      'Patient.name.given',
    ]);
  });

  it('is the half of the intent for this endpoint: saying it of another only permits nothing here', () => {
    assert.equal(sendsTo({}, 'ehr'), undefined);
    assert.deepEqual(sendsTo({ sends: { lab: { Task: ['*'] } } }, 'ehr'), {});
    assert.deepEqual(sendsTo({ sends: { ehr: { Task: ['status'] } } }, 'ehr'), { Task: ['status'] });
    assert.deepEqual(sendsTo({ sends: {} }, 'constructor'), {});
  });

  it('knows the mandatory and the modifying elements of R4', () => {
    assert.deepEqual(ELEMENTS.split('\n'), elementLines());
  }).timeout(20_000);

  describe('by an endpoint', () => {
    const open: (FhirSimulator | EndpointUnderTest)[] = [];
    afterEach(async () => {
      for (const one of open.splice(0)) await one.close();
    });
    const serve = async (allow: SendList | undefined, sends: SendList | undefined) => {
      const server = await FhirSimulator.start();
      const under = endpointTo(server.base, allow ? { allow } : {});
      open.push(under, server);
      return { server, ehr: under.endpoints.get('ehr', 'routine', { sends }) };
    };
    const FULL = { ...TASK, description: 'd', note: [{ text: 'n' }] };

    it('creates with what both permit, and says what was taken out', async () => {
      const { server, ehr } = await serve(
        { Task: ['status', 'intent', 'note'] },
        { Task: ['status', 'intent', 'description'] },
      );
      const result = await ehr.createOnce(FULL, KEY);
      assert.deepEqual(result.ok && result.answer.removed, ['Task.description', 'Task.note']);
      const sent = JSON.parse(server.writes[0]?.body ?? '') as object;
      assert.deepEqual(sent, { ...TASK, identifier: [KEY] });
      assert.equal(failure(await ehr.createOnce({ resourceType: 'Patient' }, KEY)).code, 'fhir-not-in-sends');
      assert.equal(server.writes.length, 1);
    });

    it('changes only what is permitted, and writes nothing where nothing is', async () => {
      const { server, ehr } = await serve(undefined, { Task: ['status'] });
      server.put({ ...FULL, id: 'a' });
      const result = await ehr.update('Task', 'a', (current) => ({ ...current, status: 'ready', description: 'x' }));
      assert.deepEqual(result.ok && result.answer.removed, ['Task.description']);
      const { status, description, note }: Record<string, unknown> = server.stored('Task')[0] ?? {};
      assert.deepEqual([status, description, note], ['ready', 'd', [{ text: 'n' }]]);
      const none = await ehr.update('Task', 'a', (current) => ({ ...current, description: 'x' }));
      assert.deepEqual(none.ok && none.answer.removed, ['Task.description']);
      assert.equal(server.writes.length, 1);
    });

    it('patches and transacts with what is permitted', async () => {
      const { server, ehr } = await serve(undefined, { Task: ['status', 'intent'] });
      server.put({ ...FULL, id: 'a' });
      const patched = await ehr.patch('Task', 'a', () => [
        { op: 'replace', path: '/status', value: 'ready' },
        { op: 'remove', path: '/note' },
      ]);
      assert.deepEqual(patched.ok && patched.answer.removed, ['Task.note']);
      assert.deepEqual(server.stored('Task')[0]?.['note'], [{ text: 'n' }]);
      const data = Buffer.from(JSON.stringify([{ op: 'remove', path: '/description' }])).toString('base64');
      server.put({ ...FULL, id: 'b' });
      const bundle = {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [
          { resource: FULL, request: { method: 'POST', url: 'Task' } },
          {
            resource: { ...FULL, id: 'a', status: 'accepted', note: [] },
            request: { method: 'PUT', url: 'Task/a', ifMatch: 'W/"2"' },
          },
          { resource: { resourceType: 'Binary', data }, request: { method: 'PATCH', url: 'Task/b', ifMatch: 'W/"1"' } },
        ],
      };
      const done = await ehr.transaction(bundle, KEY);
      assert.deepEqual(done.ok && done.answer.removed, ['Task.description', 'Task.note']);
      const sent = JSON.parse(server.writes.at(-1)?.body ?? '') as { entry: { resource: FhirResource }[] };
      const [made, put] = sent.entry.map(({ resource }) => resource);
      assert.deepEqual(made, { ...TASK, identifier: [{ system: KEY.system, value: `${KEY.value}.0` }] });
      assert.deepEqual([put?.['status'], put?.['note']], ['accepted', [{ text: 'n' }]]);
      const [a, b] = ['a', 'b'].map((id) => server.stored('Task').find((one) => one['id'] === id));
      assert.deepEqual([a?.['status'], b?.['description']], ['accepted', 'd']);
    });

    it('deletes only types that are permitted', async () => {
      const { server, ehr } = await serve({ Task: [] }, undefined);
      server.put({ resourceType: 'Patient', id: 'a' });
      assert.equal(failure(await ehr.remove('Patient', 'a')).code, 'fhir-not-in-allow');
      assert.equal(server.requests.length, 0);
    });
  });
});
