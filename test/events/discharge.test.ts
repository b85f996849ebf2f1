import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { derive } from './kit.ts';

const MSH = 'MSH|^~\\&|ADT|NORTH|WF|SOUTH|20260105||ADT^A03^ADT_A03|C-1|P|2.5.1';
const EVN = 'EVN|A03|20260105100000|||OP|20260105093000';
const PID = 'PID|1||4711^^^NORTH^MR||Example^Alex||19400101|U';
const pv1 = (fields: Readonly<Record<number, string>>): string => {
  const all: Record<number, string> = { 1: '1', 2: 'I', 3: '4W^12^A', 10: 'MED', 19: 'V77', 36: '01', ...fields };
  return ['PV1', ...Array.from({ length: 45 }, (_, i) => all[i + 1] ?? '')].join('|');
};

describe('a discharge', () => {
  it('is one event with the visit, the times, where to, and the diagnoses', () => {
    const segments = [
      MSH,
      EVN,
      PID,
      pv1({ 44: '20260101', 45: '20260105091500' }),
      'DG1|1||I50.9^Heart failure^I10',
      'DG1|2|||Text only',
    ];
    const [event, ...more] = derive(segments, { zone: '+01:00' });
    assert.deepEqual(more, []);
    assert.equal(event?.name, 'patient.discharged');
    assert.equal(event.type, 'org.wardflow.patient.discharged.v1');
    assert.equal(event.time, '2026-01-05T09:15:00+01:00');
    const { visit, dischargedAt, admittedAt, disposition, diagnoses, sourceTrigger } = event.data;
    assert.deepEqual([visit.number, visit.unit, visit.room, visit.bed], ['V77', '4W', '12', 'A']);
    assert.equal(dischargedAt, '2026-01-05T09:15:00+01:00');
    assert.equal(admittedAt, '2026-01-01');
    assert.equal(disposition, '01');
    assert.equal(sourceTrigger.code, 'A03');
    assert.deepEqual(diagnoses, [
      { system: 'http://hl7.org/fhir/sid/icd-10', code: 'I50.9', display: 'Heart failure' },
      { system: null, code: null, display: 'Text only' },
    ]);
  });

  it('happened when PV1-45 says, else EVN-6, else EVN-2; only the first two are the time of discharge', () => {
    const times = (...segments: string[]): (string | null | undefined)[] => {
      const [event] = derive([MSH, ...segments]);
      assert.ok(event?.name === 'patient.discharged');
      return [event.time, event.data.dischargedAt];
    };
    assert.deepEqual(times(EVN, PID, pv1({ 45: '202601050915' })), ['2026-01-05T09:15', '2026-01-05T09:15']);
    assert.deepEqual(times(EVN, PID, pv1({})), ['2026-01-05T09:30:00', '2026-01-05T09:30:00']);
    assert.deepEqual(times('EVN|A03|20260105100000', PID, pv1({})), ['2026-01-05T10:00:00', null]);
    assert.deepEqual(times(PID), [undefined, null]);
  });

  it('has the same identity when it is told again, and another for another visit or time', () => {
    const id = (control: string, fields: Readonly<Record<number, string>>): string | undefined =>
      derive([MSH.replace('C-1', control), EVN, PID, pv1(fields)])[0]?.id;
    assert.equal(id('C-1', {}), id('C-2', {}));
    assert.notEqual(id('C-1', {}), id('C-1', { 19: 'V78' }));
    assert.notEqual(id('C-1', {}), id('C-1', { 45: '20260105' }));
    assert.notEqual(id('C-1', { 19: '' }), id('C-2', { 19: '' }), 'nothing shared tells one visit from another');
  });
});

describe('other messages', () => {
  it('have no event yet', () => {
    for (const type of ['ADT^A01', 'ADT^A08', 'SIU^S12', 'ORM^O01', 'ORU^R30', 'ADT', '', 'ACK']) {
      assert.deepEqual(derive([MSH.replace('ADT^A03^ADT_A03', type), EVN, PID, pv1({})]), [], type);
    }
  });
});
