import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Hl7Message, messageFact, type MessageFact } from '../../engine/index.ts';
import { derive } from './kit.ts';

const SENT = '20260105081500';
const msh = (type: string, controlId = 'C-1', time = SENT): string =>
  `MSH|^~\\&|LAB|NORTH|WF|SOUTH|${time}||${type}|${controlId}|P|2.5.1`;
const PID = 'PID|1||4711^^^NORTH^MR||Example^Alex||19400101|U';
const obr = (filler = 'F1', status = 'F'): string =>
  `OBR|1|P1|${filler}|24323-8^Panel^LN|||20260105081500|||||||||||||||20260105081500|||${status}`;
const obx = (value: string, status: string, more: { code?: string; sub?: string; flag?: string; at?: string } = {}) =>
  `OBX|1|NM|${more.code ?? '2823-3'}^Test^LN|${more.sub ?? ''}|${value}|mmol/L||${more.flag ?? ''}|||${status}|||${more.at ?? '20260105080000'}`;

describe('the fact behind a result', () => {
  const fact = (...segments: string[]) => {
    const [event] = derive([msh('ORU^R01'), PID, ...segments]);
    assert.ok(event);
    return event;
  };
  const first = fact(obr(), obx('5.1', 'P'));

  it('is one from its preliminary state over the final one to its correction, each an event of its own', () => {
    const all = [first, fact(obr(), obx('5.1', 'F')), fact(obr(), obx('4.1', 'C', { at: '20260105080500' }))];
    assert.equal(new Set(all.map(({ businesskey }) => businesskey)).size, 1);
    assert.equal(new Set(all.map(({ id }) => id)).size, 3);
    assert.deepEqual(
      all.map(({ stage, correction }) => [stage, correction]),
      [
        [1, false],
        [2, false],
        [2, true],
      ],
    );
  });

  it('is another for another order, code, sub-id or patient', () => {
    const keys = [
      first,
      fact(obr('F2'), obx('5.1', 'P')),
      fact(obr(), obx('5.1', 'P', { code: '2951-2' })),
      fact(obr(), obx('5.1', 'P', { sub: '2' })),
      derive([msh('ORU^R01'), PID.replace('4711', '4712'), obr(), obx('5.1', 'P')])[0],
    ].map((event) => event?.businesskey);
    assert.equal(new Set(keys).size, 5);
  });

  it('is another where no order number tells it from the next', () => {
    const unnamed = (controlId: string): string | undefined =>
      derive([msh('ORU^R01', controlId), PID, 'OBR|1|||24323-8^Panel^LN', obx('5.1', 'F')])[0]?.businesskey;
    assert.notEqual(unnamed('C-1'), unnamed('C-2'));
    assert.equal(unnamed('C-1'), unnamed('C-1'));
  });

  it('is beside the fact that the result is critical', () => {
    const [final, critical] = derive([msh('ORU^R01'), PID, obr(), obx('7.1', 'F', { flag: 'HH' })]);
    assert.equal(critical?.name, 'lab.result.critical');
    assert.notEqual(final?.businesskey, critical.businesskey);
  });

  it('has another content for another value, unit, flag, status or time, and the same however it is sent', () => {
    const contents = [
      obx('5.1', 'F'),
      obx('5.2', 'F'),
      obx('5.1', 'P'),
      obx('5.1', 'F', { flag: 'H' }),
      obx('5.1', 'F', { at: '20260105080001' }),
    ].map((segment) => fact(obr(), segment).contenthash);
    assert.equal(new Set(contents).size, contents.length);
    const again = derive([msh('ORU^R01', 'C-2', '20260105090000'), PID, 'PV1|1|I|5W', obr(), obx('5.1', 'F')]);
    assert.equal(again[0]?.contenthash, contents[0]);
  });

  it('is corrected where OBX-11 or OBR-25 says so', () => {
    const corrections = [
      fact(obr(), obx('5', 'C')),
      fact(obr(), obx('5', 'D')),
      fact(obr(), obx('5', 'W')),
      fact(obr('F1', 'C'), obx('5', 'F')),
      fact(obr(), obx('5', 'F')),
    ].map(({ correction }) => correction);
    assert.deepEqual(corrections, [true, true, true, true, false]);
  });

  it('was stated when MSH-7 says, if to the minute', () => {
    const stated = (time: string): string | undefined =>
      derive([msh('ORU^R01', 'C-1', time), PID, obr(), obx('5', 'F')])[0]?.statedtime;
    assert.equal(stated('20260105081500+0100'), '2026-01-05T08:15:00+01:00');
    assert.equal(stated('20260105'), undefined);
    assert.equal(stated('rubbish'), undefined);
  });
});

describe('the fact behind a message without events', () => {
  const fact = (type: string, segments: readonly string[], controlId = 'C-1'): MessageFact =>
    messageFact(Hl7Message.parse([msh(type, controlId), ...segments, ''].join('\r')), null);
  const stay = [PID, 'PV1|1|I|4W||||||||||||||||V77'];

  it('is the stay for an admission and what changes it', () => {
    const found = ['ADT^A05', 'ADT^A01', 'ADT^A04', 'ADT^A08', 'ADT^A11'].map((type, i) => fact(type, stay, `C-${i}`));
    assert.equal(new Set(found.map(({ businesskey }) => businesskey)).size, 1);
    assert.deepEqual(
      found.map(({ stage, correction }) => [stage, correction]),
      [
        [1, false],
        [2, false],
        [2, false],
        [undefined, true],
        [undefined, true],
      ],
    );
    assert.notEqual(fact('ADT^A01', [PID, 'PV1|1|I|4W||||||||||||||||V78']).businesskey, found[0]?.businesskey);
  });

  it('is the discharge that A13 takes back', () => {
    const [event] = derive([msh('ADT^A03'), ...stay, ''].slice(0, 3));
    const cancelled = fact('ADT^A13', stay);
    assert.equal(cancelled.businesskey, event?.businesskey);
    assert.equal(cancelled.correction, true);
  });

  it('is the order that ORC-1 changes', () => {
    const order = (control: string, number = 'P1'): MessageFact =>
      fact('ORM^O01', [PID, `ORC|${control}|${number}|F1`, 'OBR|1|P1']);
    assert.equal(order('NW').correction, false);
    for (const control of ['XO', 'RP', 'CA', 'DC']) {
      assert.equal(order(control).correction, true, control);
      assert.equal(order(control).businesskey, order('NW').businesskey, control);
    }
    assert.notEqual(order('NW').businesskey, order('NW', 'P2').businesskey);
  });

  it('is the appointment that S12 books and others change', () => {
    const booked = fact('SIU^S12', ['SCH|A1|B1']);
    const moved = fact('SIU^S13', ['SCH|A1|B1']);
    assert.deepEqual([booked.correction, moved.correction], [false, true]);
    assert.equal(booked.businesskey, moved.businesskey);
  });

  it('is the message itself where nothing names it', () => {
    for (const [type, segments] of [
      ['ADT^A01', [PID]],
      ['ADT^A01', ['PV1|1|I|4W||||||||||||||||V77']],
      ['ORM^O01', [PID, 'ORC|NW']],
      ['MDM^T02', [PID]],
      ['', []],
    ] as const) {
      assert.notEqual(fact(type, segments, 'C-1').businesskey, fact(type, segments, 'C-2').businesskey, type);
      assert.equal(fact(type, segments).businesskey, fact(type, segments).businesskey, type);
    }
  });

  it('says the same in two messages that differ in their header and trigger alone', () => {
    const evn = 'EVN|A01|20260105';
    assert.equal(fact('ADT^A01', [evn, ...stay]).contenthash, fact('ADT^A08', stay, 'C-2').contenthash);
    assert.notEqual(
      fact('ADT^A01', stay).contenthash,
      fact('ADT^A01', [PID, 'PV1|1|I|5W||||||||||||||||V77']).contenthash,
    );
  });
});
