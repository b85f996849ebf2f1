import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ends, frame, node, usePalette, type Settled } from '../kit/palette-runtime.ts';
import { adt, oru, potassium } from '../kit/hl7-messages.ts';

const way = (name: string): object =>
  node(name, 'audit log', { text: `"${name} " & gate.kind & ": " & gate.why`, textKind: 'jsonata', finish: true });

describe('idempotency gate', () => {
  const runtime = usePalette(async () => ({}));
  const deploy = (gate: object): Promise<unknown> =>
    runtime.deploy({
      flow: [
        ...frame('gate'),
        node('gate', 'idempotency gate', gate, ['one'], ['two'], ['three']),
        way('one'),
        way('two'),
        way('three'),
      ],
    });
  const took = async ({ id }: Settled): Promise<unknown[]> =>
    (await runtime.engine.store.audit.list({ messageId: id, type: 'flow.noted' })).map(
      ({ details }) => details['text'],
    );
  const result = (
    controlId: string,
    value: string,
    more: { status?: string; time?: string; patient?: string } = {},
  ): string => oru({ controlId, patient: 'G1', observations: [potassium(value)], ...more });
  const key = { keyFrom: 'expression', key: 'event.data.patient.identifier.value & event.data.code' };

  it('lets a fact through once, and tells a repeat, a correction and a conflict from each other', async () => {
    await deploy({ gate: 'once', ...key });
    const first = await runtime.sendAndSettle(result('G1', '5.1'));
    assert.deepEqual(await took(first), ['one new: Not seen before: let through.']);
    const conflict = await runtime.sendAndSettle(result('G2', '5.9'));
    assert.match(String((await took(conflict))[0]), /^three conflict: Differs from what came with message /);
    const corrected = await runtime.sendAndSettle(result('G3', '5.4', { status: 'C' }));
    assert.match(String((await took(corrected))[0]), /^three correction: Corrects what came with message /);
  });

  it('knows the same discharge from another message by the event alone', async () => {
    await deploy({ gate: 'discharges' });
    const first = await runtime.sendAndSettle(adt('A03', 'G4', 'G2'));
    const again = await runtime.sendAndSettle(adt('A03', 'G5', 'G2'));
    assert.deepEqual(await took(first), ['one new: Not seen before: let through.']);
    assert.match(String((await took(again))[0]), /^two repeat: The same fact with the same content came with message /);
  });

  it('lets the message that passed first through again when it is delivered again', async () => {
    await runtime.deploy({
      flow: [
        ...frame('gate'),
        node('gate', 'idempotency gate', { gate: 'again' }, ['fail'], ['two'], ['three']),
        node('fail', 'message failed', { failureClass: 'transient', reason: 'Not yet.' }),
        way('two'),
        way('three'),
      ],
    });
    const sent = await runtime.sendAndSettle(adt('A03', 'G6', 'G3'), ['waiting']);
    await deploy({ gate: 'again' });
    runtime.clock.advance(3_600_000);
    await runtime.settled(sent.id);
    assert.deepEqual(await took(sent), ['one new: Not seen before: let through.']);
  });

  it('makes a dead letter of a message that its key expression gives nothing for', async () => {
    await deploy({ gate: 'none', keyFrom: 'expression', key: 'event.data.nothing' });
    assert.deepEqual(ends(await runtime.sendAndSettle(adt('A03', 'G7', 'G4'))), ['dead permanent expression-empty']);
  });

  it('makes dead letters, and says why, when its key expression cannot be read', async () => {
    await deploy({ gate: 'bad', keyFrom: 'expression', key: 'event.(' });
    const sent = await runtime.sendAndSettle(adt('A03', 'G8', 'G5'));
    assert.deepEqual(ends(sent), ['dead permanent expression-wrong']);
    assert.equal(runtime.statuses.find(({ id }) => id === 'gate')?.fill, 'red');
  });
});
