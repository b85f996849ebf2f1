import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Hl7Message } from '../../engine/hl7/message.ts';

const TEXT = [
  'MSH|^~\\&|LAB|NORTH|WF|SOUTH|20260105081500||ORU^R01^ORU_R01|C-1|P|2.5.1',
  'PID|1||4711^^^NORTH&1.2.3&ISO^MR~0815^^^SOUTH^PI||Example^Alex||""|U',
  'OBR|1|P1|F1|24323-8^Panel^LN',
  'OBX|1|NM|2823-3^Potassium^LN||6.9|mmol/L',
  'OBX|2|ST|X^Y||second',
  'ZPI|site|own',
  '',
].join('\r');

const message = Hl7Message.parse(TEXT);

describe('a path', () => {
  it('reads fields, components, subcomponents, repetitions and occurrences, all from 1', () => {
    assert.equal(message.get('PID-3.1'), '4711');
    assert.equal(message.get('PID-3.4.2'), '1.2.3');
    assert.equal(message.get('PID-3[2].1'), '0815');
    assert.equal(message.get('PID-3[2].4.1'), 'SOUTH');
    assert.equal(message.get('OBX[2]-5'), 'second');
    assert.equal(message.get('ZPI-2'), 'own');
  });

  it('that leaves parts out reads the first of them, while raw gives the whole as it stands', () => {
    assert.equal(message.get('PID-5'), 'Example');
    assert.equal(message.get('PID-3.4'), 'NORTH');
    assert.equal(message.raw('PID-5'), 'Example^Alex');
    assert.equal(message.raw('PID-3'), '4711^^^NORTH&1.2.3&ISO^MR~0815^^^SOUTH^PI');
    assert.equal(message.raw('PID-3[2]'), '0815^^^SOUTH^PI');
    assert.equal(message.raw('PID-3.4'), 'NORTH&1.2.3&ISO');
  });

  it('to an absent segment, occurrence, field, repetition, component or subcomponent reads as empty', () => {
    for (const path of ['PV1-3', 'OBX[3]-5', 'PID-30', 'PID-3[3]', 'PID-3[3].4.2', 'PID-5.9', 'PID-5.1.2', 'OBX-5.2']) {
      assert.equal(message.get(path), '', path);
      assert.equal(message.raw(path), '', path);
    }
  });

  it('counts MSH-1 as the separator and MSH-2 as the encoding characters, unparted', () => {
    assert.equal(message.get('MSH-1'), '|');
    assert.equal(message.get('MSH-2'), '^~\\&');
    assert.equal(message.get('MSH-2.2'), '');
    assert.equal(message.get('MSH-2[2]'), '');
    assert.equal(message.get('MSH-3'), 'LAB');
    assert.equal(message.get('MSH-9.2'), 'R01');
    assert.equal(message.get('MSH-12'), '2.5.1');
  });

  it('keeps HL7 null apart from empty', () => {
    assert.equal(message.get('PID-7'), '""');
    assert.equal(message.isNull('PID-7'), true);
    assert.equal(message.get('PID-6'), '');
    assert.equal(message.isNull('PID-6'), false);
  });

  it('in any other spelling is refused, and the refusal shows the right one', () => {
    const wrong = [
      'PID.3.1',
      'pid-3',
      'PID-0',
      'PID-3.0',
      'PID',
      'PID-',
      'PID-3.1.1.1',
      'PID-3[0]',
      'PID-1000',
      '',
      ' PID-3',
    ];
    for (const path of wrong) {
      assert.throws(() => message.get(path), { code: 'hl7-bad-path', remedy: /PID-3\.1/ }, path);
    }
  });
});

describe('getAll', () => {
  it('gives a value for each repetition', () => {
    assert.deepEqual(message.getAll('PID-3.1'), ['4711', '0815']);
    assert.deepEqual(message.getAll('PID-3[2].1'), ['0815']);
  });

  it('goes over all segments of the name unless the path says which', () => {
    assert.deepEqual(message.getAll('OBX-5'), ['6.9', 'second']);
    assert.deepEqual(message.getAll('OBX[2]-5'), ['second']);
    assert.deepEqual(message.getAll('AL1-3'), []);
  });
});

describe('segments', () => {
  it('come in order with their own short paths', () => {
    assert.deepEqual(
      [...message.segments()].map((segment) => segment.name),
      ['MSH', 'PID', 'OBR', 'OBX', 'OBX', 'ZPI'],
    );
    assert.deepEqual(
      [...message.segments('OBX')].map((segment) => [segment.get('3.1'), segment.get('OBX-5'), segment.get(1)]),
      [
        ['2823-3', '6.9', '1'],
        ['X', 'second', '2'],
      ],
    );
  });

  it('refuse a path of another segment', () => {
    assert.throws(() => message.segment('OBX')?.get('PID-3'), TypeError);
  });

  it('know how many fields they have', () => {
    assert.equal(message.segment('MSH')?.fieldCount, 12);
    assert.equal(message.segment('PID')?.fieldCount, 8);
  });

  it('end at CR, LF or CR LF alike, and empty lines are none', () => {
    for (const end of ['\r', '\n', '\r\n', '\r\r\n', '\n\n\r']) {
      const read = Hl7Message.parse(TEXT.replaceAll('\r', end));
      assert.equal([...read.segments()].length, 6, JSON.stringify(end));
      assert.equal(read.get('OBX[2]-5'), 'second');
    }
  });

  it('are found by their whole name only', () => {
    const read = Hl7Message.parse('MSH|^~\\&|A\rZPID|wrong\rPIDX|wrong\rPID\rPID|1\r');
    assert.equal(read.get('PID-1'), '');
    assert.equal(read.get('PID[2]-1'), '1');
  });
});

describe('separators', () => {
  it('are the ones that the message states', () => {
    const read = Hl7Message.parse('MSH#*@!%#APP#FAC###20260105##ADT*A01#7#P#2.5\rPID#1##1*2%3@4##A!S!B*a|b^c\r');
    assert.equal(read.type, 'ADT^A01');
    assert.equal(read.get('PID-3.2.2'), '3');
    assert.equal(read.get('PID-3[2]'), '4');
    assert.equal(read.get('PID-5.1'), 'A*B');
    assert.equal(read.get('PID-5.2'), 'a|b^c');
  });

  it('that MSH-2 does not state part nothing', () => {
    const read = Hl7Message.parse('MSH|^|APP||||||ADT^A01|7\rPID|1||1~2&3\\F\\\r');
    assert.equal(read.get('PID-3'), '1~2&3\\F\\');
    assert.equal(read.controlId, '7');
  });
});

describe('what is no message', () => {
  it('is refused with a reason', () => {
    for (const text of ['', 'hello', 'MS', 'PID|1\rMSH|^~\\&|', 'msh|^~\\&|']) {
      assert.throws(() => Hl7Message.parse(text), { code: 'hl7-no-msh' }, text);
    }
    for (const text of ['MSH', 'MSHA', 'MSH\r', 'MSH ^~\\&']) {
      assert.throws(() => Hl7Message.parse(text), { code: 'hl7-bad-delimiters' }, text);
    }
    assert.throws(() => Hl7Message.parse('FHS|^~\\&|A\rMSH|^~\\&|A\r'), { code: 'hl7-batch' });
  });

  it('may still be as short as its encoding characters', () => {
    for (const text of ['MSH|', 'MSH|^', 'MSH|^~\\&', 'MSH|^~\\&|', 'MSH|^~\\&\r']) {
      const read = Hl7Message.parse(text);
      assert.equal(read.controlId, '');
      assert.equal(read.toString(), text);
    }
  });

  it('may have marks, blanks and a start block before MSH', () => {
    for (const before of ['\ufeff', '\r\n', '  ', '\x0b', '\ufeff\n']) {
      const read = Hl7Message.parse(`${before}${TEXT}`);
      assert.equal(read.get('PID-3.1'), '4711');
      assert.equal(read.toString(), `${before}${TEXT}`);
    }
  });
});

describe('a field of 5 MB', () => {
  it('costs little to read past and reads whole', () => {
    const large = 'x'.repeat(5 * 1024 * 1024);
    const read = Hl7Message.parse(`MSH|^~\\&|A||||||ORU^R01|7\rOBX|1|ED|A^B||^^^Base64^${large}|unit|range\rPV1|1|I\r`);
    const before = process.hrtime.bigint();
    for (let i = 0; i < 200; i++) {
      assert.equal(read.get('OBX-6'), 'unit');
      assert.equal(read.get('OBX-3.2'), 'B');
      assert.equal(read.get('PV1-2'), 'I');
    }
    const ms = Number(process.hrtime.bigint() - before) / 1e6;
    assert.ok(ms < 4000, `${ms} ms for 600 reads`);
    assert.equal(read.get('OBX-5.5').length, large.length);
  });
});
