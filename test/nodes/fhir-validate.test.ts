/** `fhir validate` over the real validator: what was found decides where a message goes. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { adt } from '../kit/hl7-messages.ts';
import { ends, frame, node, usePalette, type Settled } from '../kit/palette-runtime.ts';

const VALID =
  '{ "resourceType": "Patient", "active": true, "text": { "status": "generated", "div": "<div xmlns=\\"http://www.w3.org/1999/xhtml\\">x</div>" } }';
const WRONG = '{ "resourceType": "Patient", "gender": "EXAMPLE-VALUE", "nonsense": 1 }';

describe('fhir validate', () => {
  const runtime = usePalette(async () => ({}));
  let sent = 0;
  const check = async (
    resource: string,
    more: object = {},
    outputs = ['valid', 'warnings', 'errors'],
  ): Promise<Settled> => {
    const made = node(
      'make',
      'change',
      { rules: [{ t: 'set', p: 'payload', pt: 'msg', to: resource, tot: 'jsonata' }] },
      ['check'],
    );
    const say = (id: string): object =>
      node(id, 'audit log', {
        text: `"${id} " & validation.errors & " " & validation.findings[0].path`,
        textKind: 'jsonata',
        finish: true,
      });
    await runtime.deploy({
      flow: [
        ...frame('make'),
        made,
        node('check', 'fhir validate', more, ...outputs.map((id) => [id])),
        ...outputs.map(say),
      ],
    });
    const patient = `V${++sent}`;
    return runtime.sendAndSettle(adt('A03', patient, patient), ['done', 'dead', 'waiting']);
  };
  const said = async ({ id }: Settled): Promise<string> => {
    const [noted] = await runtime.engine.store.audit.list({ messageId: id, type: 'flow.noted' });
    return String(noted?.details['text']);
  };

  it('sends what is valid to the first output', async () => {
    assert.match(await said(await check(VALID)), /^valid 0$/);
  }).timeout(60_000);

  it('sends what is wrong to the last, with what was found and where', async () => {
    const settled = await check(WRONG);
    assert.match(await said(settled), /^errors [1-9]\d* Patient/);
    assert.doesNotMatch(JSON.stringify(settled.work), /EXAMPLE-VALUE/);
  });

  it('lets warnings go on as valid, and errors have the second output then', async () => {
    const merged = { onWarnings: 'valid' };
    assert.match(await said(await check(WRONG, merged, ['valid', 'errors'])), /^errors /);
    assert.match(await said(await check(VALID, merged, ['valid', 'errors'])), /^valid /);
  });

  it('has errors wait for a person where it says so, and names no value', async () => {
    const settled = await check(WRONG, { onErrors: 'fail' }, ['valid', 'warnings']);
    assert.deepEqual(ends(settled), ['dead permanent fhir-not-valid']);
    const text = settled.work[0]?.failure?.text ?? '';
    assert.match(text, /Patient/);
    assert.doesNotMatch(text, /EXAMPLE-VALUE/);
  });

  it('refuses what is no resource, and a message that carries none', async () => {
    assert.deepEqual(ends(await check('"text"')), ['dead permanent expression-empty']);
    assert.deepEqual(ends(await check(VALID, { resource: '{"a": 1}', resourceKind: 'jsonata' })), [
      'dead permanent expression-kind',
    ]);
  });
});
