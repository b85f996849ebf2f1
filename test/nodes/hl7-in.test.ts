import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { startSandbox, type Sandbox } from '../../demo/sandbox-fhir/start-sandbox.ts';
import { frame, node, PaletteRuntime } from '../kit/palette-runtime.ts';
import { oru, potassium } from '../kit/hl7-messages.ts';

describe('hl7 in', () => {
  const runtime = new PaletteRuntime();
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox({ port: 0 });
    await runtime.start(sandbox.url);
  });
  after(async () => {
    await runtime.stop();
    await sandbox.close();
  });

  it('sends one message for each clinical event and is done when all have ended', async () => {
    await runtime.deploy({
      flow: [
        ...frame('note'),
        node(
          'note',
          'audit log',
          { text: '"saw " & event.name & " " & topic & " " & payload.controlId', textKind: 'jsonata' },
          ['done'],
        ),
      ],
    });
    const { id, work } = await runtime.sendAndSettle(
      oru({ controlId: 'A1', patient: 'P1', observations: [potassium('4.1'), potassium('6.9', 'HH')] }),
    );
    assert.deepEqual(
      work.map(({ state, failure }) => [state, failure?.code]),
      [['done', undefined]],
    );
    const notes = await runtime.engine.store.audit.list({ messageId: id, type: 'flow.noted' });
    assert.deepEqual(notes.map(({ details }) => details['text']).toSorted(), [
      'saw lab.result.critical lab.result.critical A1',
      'saw lab.result.final lab.result.final A1',
      'saw lab.result.final lab.result.final A1',
    ]);
  });
});
