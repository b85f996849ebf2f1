import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Hl7Message } from '../../engine/index.ts';
import { addressing, describe as describeMessage } from '../../engine/intake/describe.ts';
import { matches } from '../../engine/intake/filter.ts';

const HEAD = 'MSH|^~\\&|LAB^1.2^ISO|NORTH|||20260105||ORU^R01^ORU_R01|C1|P|2.5';
const message = (...segments: string[]): Hl7Message => Hl7Message.parse([HEAD, ...segments, ''].join('\r'));
const keys = (...segments: string[]): string[] =>
  describeMessage(message(...segments)).keys.map(({ kind, value }) => `${kind} ${value}`);

describe('search keys', () => {
  it('are every patient identifier, both numbers of every order, and the visit, each once', () => {
    assert.deepEqual(
      keys(
        'PID|1||11^^^A~22^^^B',
        'PV1|1|I' + '|'.repeat(17) + 'V1^^^X',
        'ORC|RE|P1^A|F1^B',
        'OBR|1|P1|F1',
        'OBR|2|P2|F2',
        'PID|2||33',
      ),
      ['patient 11', 'patient 22', 'visit V1', 'order P1', 'order F1', 'order P2', 'order F2', 'patient 33'],
    );
  });

  it('leave out blanks and HL7 null, and are limited in length and number', () => {
    assert.deepEqual(keys('PID|1||""~ ~'), []);
    assert.equal(keys(`PID|1||${'x'.repeat(5000)}`)[0]?.length, 'patient '.length + 200);
    assert.equal(keys(`PID|1||${Array.from({ length: 500 }, (_, i) => `id${i}`).join('~')}`).length, 100);
  });
});

describe('the hint that lists show of a patient', () => {
  const hint = (pid: string): string | null => describeMessage(message(pid)).patientHint;

  it('is initials and the end of the identifier', () => {
    assert.equal(hint('PID|1||MRN004711^^^A||Doe^jane'), 'J.D. …4711');
    assert.equal(hint('PID|1||MRN004711||Ößler'), 'Ö. …4711');
  });

  it('never shows more than half of an identifier, and is absent when nothing is known', () => {
    assert.equal(hint('PID|1||4711||Doe^Jane'), 'J.D. …11');
    assert.equal(hint('PID|1||4'), null);
    assert.equal(hint('PID|1'), null);
    assert.equal(hint('PID|1||||""^""'), null);
  });
});

describe('a subscription', () => {
  const wants = (types: string[], senders: string[] = [], text = HEAD): boolean =>
    matches({ types, senders }, addressing(Hl7Message.parse(text)));

  it('wants everything, a type with all its triggers, or one trigger', () => {
    assert.ok(wants([]));
    assert.ok(wants(['ORU']));
    assert.ok(wants(['ORU^*']));
    assert.ok(wants(['ADT', 'ORU^R01']));
    assert.ok(!wants(['ORU^R30']));
    assert.ok(!wants(['ADT^*']));
    assert.ok(!wants(['ORU^R01'], [], HEAD.replace('ORU^R01^ORU_R01', 'ORU')));
    assert.ok(wants(['ORU'], [], HEAD.replace('ORU^R01^ORU_R01', 'ORU')));
  });

  it('wants what comes from one application, or from one at one facility', () => {
    assert.ok(wants([], ['LAB']));
    assert.ok(wants([], ['LAB|NORTH']));
    assert.ok(!wants([], ['LAB|SOUTH']));
    assert.ok(!wants([], ['PHARMACY']));
    assert.ok(!wants(['ORU^R01'], ['PHARMACY']));
  });
});
