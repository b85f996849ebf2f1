import assert from 'node:assert/strict';
import jsonata from 'jsonata';
import { after, describe, it } from 'mocha';
import { createValidator, silentLog, systemClock, type Definition, type SendList } from '../../engine/index.ts';
import { fhirWrite } from '../../nodes/fhir-write/config.ts';
import { previewing } from '../../nodes/fhir-write/preview.ts';
import { withDefaults } from '../../nodes/kit/properties.ts';

const ENDPOINT = { id: 'c-ehr', type: 'wardflow-fhir-endpoint', name: 'ehr' };
const TASK = { status: 'requested', intent: 'order', description: 'Call the ward', note: [{ text: 'a' }] };

interface Bound {
  readonly sends?: SendList;
  readonly allow?: SendList;
  readonly provenance?: boolean;
}

const validator = createValidator({ clock: systemClock, log: silentLog });

/** Field -> what the preview shows of it, as the form gets it. */
async function shown(config: object, { sends, allow, provenance = false }: Bound = {}): Promise<Shown> {
  const msg = { payload: {}, event: null };
  const { rows } = await previewing({
    writesAt: (name) => (name === 'ehr' ? { allow, provenance } : undefined),
    validate: (resource) => validator.validate(resource),
  })({
    config: { ...withDefaults(fhirWrite, { effect: 'e', endpoint: 'c-ehr', ...config }) },
    msg,
    definition: {
      name: 'follow-up',
      version: 'v1',
      flow: [ENDPOINT],
      intent: sends ? { sends: { ehr: sends } } : {},
    } as unknown as Definition,
    now: new Date(0),
    value: async (source, kind) => (kind === 'jsonata' ? ((await jsonata(source).evaluate(msg)) as unknown) : source),
  });
  const seen = rows.map(({ field, problem, value }) => [field, problem?.title ?? value]);
  return JSON.parse(JSON.stringify(Object.fromEntries(seen))) as Shown;
}

interface Provenance {
  readonly target: readonly object[];
  readonly activity: { readonly coding: readonly { readonly code: string }[] };
  readonly agent: readonly { readonly who: { readonly identifier: { readonly value: string } } }[];
}

type Shown = Readonly<Record<string, unknown>>;
const OURS = { system: 'urn:wardflow:effect', value: 'key-of-the-effect' };

describe('the preview of fhir write', () => {
  after(() => validator.close());

  const create = { resource: JSON.stringify(TASK) };
  const update = { operation: 'update', reference: 'Task/1', referenceKind: 'str' };
  const patch = { operation: 'patch', reference: 'Task/1', referenceKind: 'str' };

  it('is the request that makes the resource once, and what FHIR R4 says of it', async () => {
    assert.deepEqual(await shown(create), {
      request: 'POST [ehr]/Task\nIf-None-Exist: identifier=urn%3Awardflow%3Aeffect%7Ckey-of-the-effect',
      body: { resourceType: 'Task', ...TASK, identifier: [OURS] },
      check: 'no errors, no warnings',
    });
  });

  it('is what both the definition and the binding permit, and names what is taken out', async () => {
    const lists = {
      sends: { Task: ['status', 'intent', 'description'] },
      allow: { Task: ['status', 'intent', 'note'] },
    };
    const { body, 'left-out': leftOut } = await shown(create, lists);
    assert.deepEqual(body, { resourceType: 'Task', status: 'requested', intent: 'order', identifier: [OURS] });
    assert.equal(leftOut, 'Task.description\nTask.note');
  });

  it('says what is wrong with a resource that would be sent', async () => {
    const { request, check } = await shown({ resource: '{ "status": "wanted", "intent": "order" }' });
    assert.match(String(request), /^POST/);
    assert.match(String(check), /^Task\.status: /);
  });

  it('says why nothing at all would be sent', async () => {
    assert.match(String((await shown(create, { allow: { Patient: ['*'] } }))['request']), /Task/);
    assert.match(String((await shown({ ...create, resourceType: 'Binary' }))['request']), /Binary/);
    assert.match(String((await shown({ ...create, resourceType: 'a/b' }))['request']), /type/);
    assert.match(String((await shown({ resource: 'nothing' }))['resource']), /resource/);
    assert.match(String((await shown({ resource: '{ "resourceType": "Patient" }' }))['resource']), /Task/);
  });

  it('is the version that is read and the elements that an update changes, without those it may not', async () => {
    const resource = '{ "status": "accepted", "description": null, "note": [{ "text": "a" }] }';
    assert.deepEqual(await shown({ ...update, resource }, { sends: { Task: ['note', 'description'] } }), {
      request: 'PUT [ehr]/Task/1\nIf-Match: W/"version-read-before"',
      body: { resourceType: 'Task', id: '1', description: null, note: [{ text: 'a' }] },
      'left-out': 'Task.status',
    });
  });

  it('shows an update of a resource that only a node before finds', async () => {
    const { request, reference } = await shown({ ...update, resource: '{ "status": "accepted" }', reference: '' });
    assert.match(String(request), /^PUT \[ehr\]\/Task\/id-not-known-here\n/);
    assert.match(String(reference), /reference/);
  });

  it('is the steps of a patch, without those of elements that may not be sent or whose value is empty', async () => {
    const steps = [
      { do: 'set', path: 'status', value: 'accepted', kind: 'str' },
      { do: 'append', path: 'note', value: '{ "text": "Seen" }', kind: 'jsonata' },
      { do: 'set', path: 'owner', value: 'nothing', kind: 'jsonata' },
      { do: 'remove', path: 'description', value: '', kind: 'str' },
    ];
    assert.deepEqual(await shown({ ...patch, steps }, { sends: { Task: ['status', 'note'] } }), {
      request: 'PATCH [ehr]/Task/1\nIf-Match: W/"version-read-before"\nContent-Type: application/json-patch+json',
      body: [
        { op: 'replace', path: '/status', value: 'accepted' },
        { op: 'add', path: '/note/-', value: { text: 'Seen' } },
      ],
      'left-out': 'Task.description',
    });
  });

  it('is each entry of a transaction', async () => {
    const entry = [
      { resource: { resourceType: 'Task', ...TASK }, request: { method: 'POST', url: 'Task' } },
      { request: { method: 'DELETE', url: 'Task/7', ifMatch: 'W/"2"' } },
    ];
    const resource = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
    const bound = { sends: { Task: ['status', 'intent'] }, provenance: true };
    const seen = await shown({ operation: 'transaction', resource }, bound);
    assert.equal(seen['request'], 'POST [ehr]');
    assert.equal(seen['left-out'], 'Task.description\nTask.note');
    assert.doesNotMatch(JSON.stringify(seen['body']), /Call the ward/);
    assert.match(
      JSON.stringify(seen['body']),
      /"ifNoneExist":"identifier=urn%3Awardflow%3Aeffect%7Ckey-of-the-effect\.0"/,
    );
    assert.deepEqual((seen['provenance'] as Provenance).target, [
      { reference: 'Task/id-made/_history/version-made' },
      { reference: 'Task/7/_history/version-made' },
    ]);
  });

  it('is the Provenance that follows, where the binding asks for one', async () => {
    const made = (await shown({ ...update, resource: '{ "status": "accepted" }' }, { provenance: true }))[
      'provenance'
    ] as Provenance;
    assert.deepEqual(made.target, [{ reference: 'Task/1/_history/version-made' }]);
    assert.equal(made.activity.coding[0]?.code, 'UPDATE');
    assert.equal(made.agent[0]?.who.identifier.value, 'follow-up@v1');
  });
});
