import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { previewOfJson } from '../../runtime/editor-api/preview-message.ts';

const ONE_PATIENT = { resourceType: 'Patient', id: 'p1', identifier: [{ system: 'urn:made-up', value: '1' }] };
const previewedJson = (json: unknown): ReturnType<typeof previewOfJson> => previewOfJson(json, 0);

describe('a sample that is no HL7 message', () => {
  it('is a resource with the event of it being new, for rules and events to be tried on', () => {
    const { msg, type, events } = previewedJson(ONE_PATIENT);
    assert.deepEqual([type, events > 0], ['Patient', true]);
    assert.equal((msg.event as { readonly name: string }).name.startsWith('patient.'), true);
    assert.deepEqual(msg['fhir'], { status: 200, resource: ONE_PATIENT });
  });

  it('is the event that came by HTTP, as its node sends it', () => {
    const json = { type: 'order.created', order: 7 };
    const { msg, type, events } = previewedJson(json);
    assert.deepEqual([type, events, msg.event, msg.payload], ['order.created', 0, null, json]);
  });

  it('is whatever was sent: no text of it makes the preview fail', () => {
    for (const json of [null, 7, 'text', [], { resourceType: 7 }, { type: {} }, { resourceType: 'Patient', name: 7 }])
      assert.equal(typeof previewedJson(json).type, 'string');
  });
});
