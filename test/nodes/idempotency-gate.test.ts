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

  describe('says why a changed message is a correction, or that a person should look', () => {
    const LATER = '20260105093000+0000';
    const EARLIER = '20260105070000+0000';
    const order = (controlId: string, control: string, text: string, time = '20260105081500+0000'): string =>
      [
        `MSH|^~\\&|CPOE|NORTH|WARDFLOW|NORTH|${time}||ORM^O01|${controlId}|P|2.5.1`,
        'PID|1||G9^^^NORTH^MR||Example^Alex||19700101|U',
        `ORC|${control}|P77|F77`,
        `OBR|1|P77|F77|24323-8^${text}^LN`,
        '',
      ].join('\r');
    const stay = (trigger: string, controlId: string, unit: string, time?: string): string =>
      adt(trigger, controlId, 'G9', unit, time);
    type Case = readonly [what: string, first: string, second: string, says: RegExp];
    const cases: readonly Case[] = [
      ...['C', 'W', 'D'].map((status): Case => [
        `OBX-11 ${status}`,
        result(`H1${status}`, '5.1'),
        result(`H2${status}`, '5.9', { status }),
        /^three correction: .* the sender says s/,
      ]),
      [
        'ADT A08 with another body',
        stay('A01', 'H3', '4W'),
        stay('A08', 'H4', '5W'),
        /^three correction: .* the sender says s/,
      ],
      [
        'ORC-1 XO',
        order('H5', 'NW', 'Panel'),
        order('H6', 'XO', 'Other panel'),
        /^three correction: .* the sender says s/,
      ],
      [
        'a later MSH-7 with another body',
        result('H7', '5.1'),
        result('H8', '5.9', { time: LATER }),
        /^three correction: .* stated late/,
      ],
      [
        'an earlier MSH-7 with another body',
        result('H9', '5.1'),
        result('H10', '5.9', { time: EARLIER }),
        /^three conflict: .* stated b/,
      ],
      [
        'the same MSH-7 with another body',
        result('H11', '5.1'),
        result('H12', '5.9'),
        /^three conflict: .* is not said/,
      ],
      [
        'a later MSH-7 with the same body',
        stay('A01', 'H13', '4W'),
        stay('A01', 'H14', '4W', undefined).replace('|20260105081500+0000||ADT', `|${LATER}||ADT`),
        /^two repeat: /,
      ],
    ];
    for (const [nth, [what, first, second, says]] of cases.entries())
      it(what, async () => {
        const fact = first.includes('ORU^R01') ? key : {};
        await deploy({ gate: `case-${nth}`, ...fact });
        assert.match(String((await took(await runtime.sendAndSettle(first)))[0]), /^one new: /);
        assert.match(String((await took(await runtime.sendAndSettle(second)))[0]), says);
      });
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
