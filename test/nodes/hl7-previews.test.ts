import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import jsonata from 'jsonata';
import { describe, it } from 'mocha';
import { Hl7Message } from '../../engine/index.ts';
import { hl7Build } from '../../nodes/hl7-build/config.ts';
import { previewOfBuild } from '../../nodes/hl7-build/preview.ts';
import { hl7Edit } from '../../nodes/hl7-edit/config.ts';
import { previewOfEdit } from '../../nodes/hl7-edit/preview.ts';
import { previewOfJson } from '../../nodes/hl7-json/preview.ts';
import { hl7Out } from '../../nodes/hl7-out/config.ts';
import { previewOfOut } from '../../nodes/hl7-out/preview.ts';
import { withDefaults } from '../../nodes/kit/properties.ts';
import type { PreviewGiven } from '../../runtime/services.ts';
import { adt } from '../kit/hl7-messages.ts';

const step = (parts: object): object => ({ do: 'set', path: '', value: '', kind: 'str', when: '', ...parts });
const given = (config: object): PreviewGiven => {
  const msg = { payload: Hl7Message.parse(adt('A01', 'P1', '0042')), event: null };
  return {
    config: config as Readonly<Record<string, unknown>>,
    msg,
    definition: undefined,
    now: new Date(0),
    zone: null,
    value: (source, kind, over) =>
      kind === 'jsonata' ? (jsonata(source).evaluate(over ?? msg) as Promise<unknown>) : Promise.resolve(source),
  };
};

describe('what the forms show of a sample', () => {
  it('is each step of an edit with what it changes, and what one cannot do', async () => {
    const config = withDefaults(hl7Edit, {
      steps: [
        step({ path: 'PID-3.1', value: '$replace(here.value, /^0+/, "")', kind: 'jsonata' }),
        step({ path: 'half' }),
        step({ path: 'NK1-2', value: 'x' }),
        step({ do: 'clear', path: 'PID-8', when: 'false' }),
      ],
    });
    const { rows, after } = await previewOfEdit(given(config));
    assert.deepEqual(
      rows.map(({ field, path, before, value, problem }) => [field, path, before, value, problem !== undefined]),
      [
        ['steps[0]', 'PID-3.1', '0042', '42', false],
        ['steps[2]', 'NK1-2', undefined, undefined, true],
        ['steps[3]', 'PID-8', undefined, undefined, false],
      ],
    );
    assert.equal(after?.get('PID-3'), '42');
  });

  it('is the message that would be built', async () => {
    const config = withDefaults(hl7Build, {
      message: 'm',
      messageType: 'ADT^A31',
      steps: [step({ path: 'PID-3', value: 'PID-3', kind: 'hl7' })],
    });
    const { rows, after } = await previewOfBuild(given(config));
    assert.match(
      after?.toString() ?? '',
      /^MSH\|\^~\\&\|WARDFLOW\|\|\|\|19700101000000\+0000\|\|ADT\^A31\|PREVIEW\|P\|2\.5\.1\rPID\|\|\|0042\^/,
    );
    assert.deepEqual(
      rows.map(({ path, value }) => [path, value]),
      [['PID-3', '0042^^^NORTH^MR']],
    );
  });

  it('is a problem where JSON is none', async () => {
    const config = withDefaults(hl7Build, { message: 'm', from: 'json', json: '{ "a": 1 }' });
    const { rows } = await previewOfBuild(given(config));
    assert.equal(rows[0]?.problem !== undefined, true);
  });

  it('is the JSON of a message', () => {
    const { rows } = previewOfJson(given({ direction: 'auto' }));
    assert.equal((rows[0]?.value as { kind?: unknown } | undefined)?.kind, 'hl7-message');
    assert.deepEqual(previewOfJson(given({ direction: 'to-hl7' })).rows, [{ field: 'direction', skipped: true }]);
  });

  it('is the message that would be sent, with its new control id', async () => {
    const sent = await previewOfOut(given(withDefaults(hl7Out, {})));
    assert.equal(sent.after?.get('PID-3'), '0042');
    assert.equal(sent.made, true);
    const renewed = await previewOfOut(given(withDefaults(hl7Out, { controlId: 'new' })));
    assert.equal(renewed.after?.get('MSH-10'), 'WFPREVIEW');
    const text = '$join(["MSH|^~\\\\&|A|B|C|D|20260101||ADT^A01|X|P|2.5.1", "PID|1"], "\n")';
    const made = await previewOfOut(given(withDefaults(hl7Out, { message: text, messageKind: 'jsonata' })));
    assert.equal(made.after?.get('MSH-3'), 'A');
    const other = await previewOfOut(given(withDefaults(hl7Out, { message: '{"a": 1}', messageKind: 'jsonata' })));
    assert.equal(other.after, undefined);
    assert.equal(other.rows[0]?.field, 'message');
  });

  it('never fails, whatever is in the form', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.anything(), { maxLength: 4 }), fc.anything(), async (steps, other) => {
        await previewOfEdit(given({ name: other, steps, ifMissing: other }));
        await previewOfEdit(given({ name: other, steps: other, ifMissing: other }));
        await previewOfOut(given({ message: other, messageKind: other, controlId: other, discriminator: other }));
        await previewOfBuild(given(withDefaults(hl7Build, { message: other, messageType: other, steps, from: other })));
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});
