import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Hl7Message } from '../../engine/hl7/message.ts';

const orders = (...segments: string[]): (readonly [string, string, string[], string[]])[] =>
  [...Hl7Message.parse(['MSH|^~\\&|A||||||ORU^R01|1', ...segments, ''].join('\r')).orders()].map((order) => [
    `${order.patient?.get('3') ?? '-'} ${order.visit?.get('2') ?? '-'} ${order.common?.get('1') ?? '-'}`,
    order.request?.get('3') ?? '-',
    order.observations.map(({ obx, notes }) => [obx.get('1'), ...notes.map((note) => note.get('3'))].join('+')),
    order.specimenObservations.map(({ obx }) => obx.get('1')),
  ]);

describe('the orders of a result message', () => {
  it('have each their own request, common order and observations', () => {
    assert.deepEqual(
      orders('PID|1||P1', 'PV1|1|I', 'ORC|RE', 'OBR|1||F1', 'OBX|1', 'OBX|2', 'ORC|XX', 'OBR|2||F2', 'OBX|3'),
      [
        ['P1 I RE', 'F1', ['1', '2'], []],
        ['P1 I XX', 'F2', ['3'], []],
      ],
    );
  });

  it('need no common order, and may have no observations', () => {
    assert.deepEqual(orders('PID|1||P1', 'OBR|1||F1', 'OBR|2||F2', 'OBX|1'), [
      ['P1 - -', 'F1', [], []],
      ['P1 - -', 'F2', ['1'], []],
    ]);
  });

  it('belong to the patient they stand under', () => {
    assert.deepEqual(orders('PID|1||P1', 'PV1|1|I', 'OBR|1||F1', 'OBX|1', 'PID|2||P2', 'OBR|1||F2', 'OBX|2'), [
      ['P1 I -', 'F1', ['1'], []],
      ['P2 - -', 'F2', ['2'], []],
    ]);
  });

  it('keep notes with their observation and what is said of the specimen apart', () => {
    assert.deepEqual(orders('OBR|1||F1', 'NTE|1||order', 'OBX|1', 'NTE|1||a', 'NTE|2||b', 'OBX|2', 'SPM|1', 'OBX|3'), [
      ['- - -', 'F1', ['1+a+b', '2'], ['3']],
    ]);
  });

  it('lose no observation that stands before any request, under a common order alone, or behind a specimen', () => {
    assert.deepEqual(orders('PID|1||P1', 'OBX|9', 'OBR|1||F1', 'OBX|1'), [
      ['P1 - -', '-', ['9'], []],
      ['P1 - -', 'F1', ['1'], []],
    ]);
    assert.deepEqual(orders('OBX|9'), [['- - -', '-', ['9'], []]]);
    assert.deepEqual(orders('ORC|RE', 'OBX|1', 'ORC|XX', 'OBR|1||F1', 'OBX|2'), [
      ['- - RE', '-', ['1'], []],
      ['- - XX', 'F1', ['2'], []],
    ]);
    assert.deepEqual(orders('SPM|1', 'OBX|1'), [['- - -', '-', [], ['1']]]);
    assert.deepEqual(orders('SPM|1', 'OBR|1||F1', 'OBX|1'), [['- - -', 'F1', ['1'], []]]);
    assert.deepEqual(orders('PID|1||P1', 'OBX|1', 'PID|2||P2', 'OBX|2'), [
      ['P1 - -', '-', ['1'], []],
      ['P2 - -', '-', ['2'], []],
    ]);
  });
});
