import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { adt, oru, potassium, sodium } from '../kit/hl7-messages.ts';
import { ends, frame, node, usePalette, type Settled } from '../kit/palette-runtime.ts';

const shown = (expression: string): object =>
  node('shown', 'audit log', { text: expression, textKind: 'jsonata', finish: true });

describe('hl7 edit', () => {
  const runtime = usePalette(async () => ({}));
  const run = async (
    body: string,
    steps: readonly object[],
    expression: string,
    settings: object = {},
  ): Promise<Settled> => {
    const full = steps.map((step) => ({ do: 'set', value: '', kind: 'str', when: '', ...step }));
    await runtime.deploy({
      flow: [...frame('edit'), node('edit', 'hl7 edit', { steps: full, ...settings }, ['shown']), shown(expression)],
    });
    return runtime.sendAndSettle(body, ['done', 'dead']);
  };
  const told = async (sent: Settled): Promise<readonly string[]> => {
    const notes = await runtime.engine.store.audit.list({ messageId: sent.id, type: 'flow.noted' });
    return notes.map(({ details }) => String(details['text'])).toSorted();
  };
  const failure = ({ work }: Settled): string => work[0]?.failure?.text ?? '';

  it('changes the message that goes on, by text, expression, property and path', async () => {
    const sent = await run(
      adt('A01', 'E1', '0042'),
      [
        { path: 'MSH-5', value: 'ARCHIVE' },
        { path: 'PID-3.1', value: '$replace(here.value, /^0+/, "")', kind: 'jsonata' },
        { path: 'PID-2', value: 'PID-3', kind: 'hl7' },
        { path: 'PID-4', value: 'wardflow.lane', kind: 'msg' },
        { path: 'PID-8', value: '$lookup({"U": "unknown"}, here.value)', kind: 'jsonata', when: 'here.value = "U"' },
      ],
      '$join([payload.fields.`MSH-5`, payload.fields.`PID-3`, payload.fields.`PID-2.5`, payload.fields.`PID-4`, payload.fields.`PID-8`], " ")',
    );
    assert.deepEqual(ends(sent), ['done']);
    assert.deepEqual(await told(sent), ['ARCHIVE 42 MR routine unknown']);
  });

  it('says in the trace which places it has changed, and no value', async () => {
    const sent = await run(adt('A01', 'E2', '0042'), [{ path: 'PID-3.1', value: '77' }], '"x"');
    const notes = sent.work[0]?.attempts.flatMap(({ steps }) => steps.flatMap(({ note }) => note ?? []));
    assert.deepEqual(notes?.[0], 'Changed PID-3.1.');
  });

  it('changes each message of a fan-out for itself, and never what is in the journal', async () => {
    await runtime.deploy({
      flow: [
        ...frame('edit', { types: [] }),
        node('edit', 'hl7 edit', { steps: [{ do: 'set', path: 'OBX[*]-5', value: '0', kind: 'str', when: '' }] }, [
          'shown',
          'other',
        ]),
        node('other', 'hl7 edit', { steps: [{ do: 'set', path: 'OBX[2]-5', value: '9', kind: 'str', when: '' }] }, [
          'shown',
        ]),
        shown('payload.fields.`OBX[1]-5` & payload.fields.`OBX[2]-5`'),
      ],
    });
    const body = oru({ controlId: 'E3', patient: 'E3', observations: [potassium('4.1'), sodium('140')] });
    const sent = await runtime.sendAndSettle(body);
    assert.deepEqual(await told(sent), ['00', '00', '09', '09']);
    const stored = await runtime.engine.store.journal.bytes(sent.id);
    assert.equal(Buffer.from(stored ?? []).toString(), body);
  });

  it('is a dead letter that names the step and its place, and no value, when a step cannot be done', async () => {
    const sent = await run(
      adt('A01', 'E4', 'E4'),
      [
        { path: 'PID-8', value: 'F' },
        { path: 'NK1-2', value: 'Secret^Name' },
      ],
      '"x"',
    );
    assert.deepEqual(ends(sent), ['dead permanent hl7-segment-missing']);
    assert.equal(failure(sent), 'Step 2 of "hl7 edit": The message has no segment NK1, so NK1-2 could not be set.');
  });

  it('says of an expression without a value which step it is of', async () => {
    const sent = await run(adt('A01', 'E5', 'E5'), [{ path: 'PID-8', value: 'nowhere', kind: 'jsonata' }], '"x"');
    assert.deepEqual(ends(sent), ['dead permanent expression-empty']);
    assert.equal(failure(sent), 'The field "step 1, value" of the node "hl7 edit" came out empty for this message.');
  });

  it('ends expressions that would never end', async () => {
    const sent = await run(
      adt('A01', 'E6', 'E6'),
      [{ path: 'PID-8', value: '($f := function($x) { $f($x + 1) }; $f(0))', kind: 'jsonata' }],
      '"x"',
    );
    assert.deepEqual(ends(sent), ['dead permanent expression-limit']);
  });

  it('does not reach what it is not given', async () => {
    const sent = await run(
      adt('A01', 'E7', 'E7'),
      [
        {
          path: 'PID-8',
          value: 'payload.source.text',
          kind: 'jsonata',
          when: '$exists(payload.constructor.constructor)',
        },
      ],
      'payload.fields.`PID-8`',
    );
    assert.deepEqual([ends(sent), await told(sent)], [['done'], ['U']]);
  });

  it('refuses what is no HL7 message', async () => {
    await runtime.deploy({
      flow: [
        ...frame('change'),
        node('change', 'change', { rules: [{ t: 'set', p: 'payload', pt: 'msg', to: 'text', tot: 'str' }] }, ['edit']),
        node('edit', 'hl7 edit', { steps: [{ do: 'clear', path: 'PID-8', value: '', kind: 'str', when: '' }] }, [
          'done',
        ]),
      ],
    });
    assert.deepEqual(ends(await runtime.sendAndSettle(adt('A01', 'E8', 'E8'))), ['dead permanent hl7-payload']);
  });

  it('makes dead letters when a step is set up wrongly', async () => {
    const sent = await run(adt('A01', 'E9', 'E9'), [{ path: 'PID', value: 'x' }], '"x"');
    assert.deepEqual(ends(sent), ['dead permanent node-settings-wrong']);
  });
});
