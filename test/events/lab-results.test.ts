import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { LabResultData } from '../../engine/index.ts';
import { derive } from './kit.ts';

const MSH = 'MSH|^~\\&|LAB|NORTH HOSPITAL|WF|SOUTH|20260105||ORU^R01^ORU_R01|C-1|P|2.5.1';
const PID = 'PID|1||0815^^^REGION^PI~4711^^^NORTH&1.2.3&ISO^MR||Example^Alex^M||19700101|U';
const PV1 = 'PV1|1|I|4W^12^A||||0012^Doctor^Dana|||MED|||||||||V77';
const ORC = 'ORC|RE|P9|F9';
const OBR = 'OBR|1|P1|F1|24323-8^Metabolic panel^LN|||20260105070000+0000||||||||||||||||||F';
const obx = (fields: Readonly<Record<number, string>>): string => {
  const all: Record<number, string> = { 1: '1', 2: 'NM', 3: '2823-3^Potassium^LN', 5: '6.9', 11: 'F', ...fields };
  return ['OBX', ...Array.from({ length: 19 }, (_, i) => all[i + 1] ?? '')].join('|');
};
const events = (...segments: string[]): ReturnType<typeof derive> => derive([MSH, PID, PV1, ORC, OBR, ...segments]);
const dataOf = (event: ReturnType<typeof derive>[number] | undefined): LabResultData => {
  assert.ok(event && event.name !== 'patient.discharged');
  return event.data;
};
const data = (fields: Readonly<Record<number, string>>): LabResultData => dataOf(events(obx(fields))[0]);
const names = (fields: Readonly<Record<number, string>>): string[] => events(obx(fields)).map(({ name }) => name);

describe('a result', () => {
  it('is an event with everything that a rule asks for', () => {
    const [event] = derive([
      MSH,
      PID,
      PV1,
      ORC,
      OBR,
      obx({ 4: '1.1', 6: 'mmol/L^^UCUM', 7: '3.5-5.1', 8: 'H', 14: '202601050815' }),
    ]);
    assert.deepEqual(event, {
      specversion: '1.0',
      id: event?.id,
      businesskey: event?.businesskey,
      contenthash: event?.contenthash,
      stage: 2,
      correction: false,
      source: '/v2/NORTH%20HOSPITAL/LAB',
      type: 'org.wardflow.lab.result.final.v1',
      name: 'lab.result.final',
      subject: event?.subject,
      time: '2026-01-05T08:15',
      datacontenttype: 'application/json',
      recordedtime: '2026-01-05T08:30:00.000Z',
      partitionkey: event?.subject,
      correlationid: 'CORRELATION',
      causationid: 'MESSAGE',
      sequence: '0000000000000007',
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      mode: 'live',
      data: {
        sourceTrigger: { system: 'http://terminology.hl7.org/CodeSystem/v2-0003', code: 'R01', display: null },
        patient: {
          identifier: { value: '4711', authority: 'NORTH', type: 'MR' },
          identifiers: [
            { value: '0815', authority: 'REGION', type: 'PI' },
            { value: '4711', authority: 'NORTH', type: 'MR' },
          ],
          name: 'Alex M Example',
          birthDate: '1970-01-01',
          sex: 'U',
        },
        visit: {
          number: 'V77',
          class: 'I',
          unit: '4W',
          room: '12',
          bed: 'A',
          service: 'MED',
          attending: 'Dana Doctor',
        },
        code: '2823-3',
        codeSystem: 'http://loinc.org',
        display: 'Potassium',
        value: 6.9,
        valueText: '6.9',
        unit: 'mmol/L',
        referenceRange: '3.5-5.1',
        flags: ['H'],
        status: 'F',
        observedAt: '2026-01-05T08:15',
        order: {
          placer: 'P1',
          filler: 'F1',
          service: { system: 'http://loinc.org', code: '24323-8', display: 'Metabolic panel' },
        },
        subId: '1.1',
      },
    });
  });

  it('names its patient and facts by hashes only, in all but its data', () => {
    const [event] = events(obx({}));
    const { data: _, ...context } = event ?? { data: null };
    assert.doesNotMatch(JSON.stringify(context), /4711|0815|Example|6\.9|F1"/);
    assert.match(event?.id ?? '', /^[0-9a-f]{64}$/);
    assert.match(event?.subject ?? '', /^[0-9a-f]{64}$/);
  });

  it('is preliminary, final or corrected by OBX-11, and by OBR-25 where that is empty', () => {
    const expected: Readonly<Record<string, string>> = {
      P: 'preliminary',
      R: 'preliminary',
      S: 'preliminary',
      F: 'final',
      U: 'final',
      C: 'corrected',
      D: 'corrected',
      W: 'corrected',
      '': 'final',
    };
    for (const [status, name] of Object.entries(expected)) {
      assert.deepEqual(names({ 11: status }), [`lab.result.${name}`], status);
    }
    assert.equal(data({ 11: '' }).status, 'F');
  });

  it('that is only ordered or pending is no event while nothing is stated with it', () => {
    for (const status of ['I', 'N', 'O'])
      for (const nothing of ['', '""', '^', '~']) assert.deepEqual(names({ 11: status, 5: nothing }), [], status);
  });

  it('that cannot be had corrects what was told of it before, as the same fact', () => {
    for (const nothing of ['', '""', '^', '~']) {
      const [event, ...more] = events(obx({ 11: 'X', 5: nothing }));
      assert.deepEqual([event?.name, event?.correction, more.length], ['lab.result.corrected', true, 0]);
      assert.equal(event?.businesskey, events(obx({ 11: 'F' }))[0]?.businesskey);
      assert.notEqual(event?.contenthash, events(obx({ 11: 'F' }))[0]?.contenthash);
      assert.equal(dataOf(event).value, null);
    }
  });

  it('is unverified where its value or flag comes without a status that a result has, and critical as any', () => {
    for (const status of ['I', 'N', 'O', 'X', 'Z', 'f', '?']) {
      assert.deepEqual(names({ 11: status }), ['lab.result.unverified'], status);
      assert.deepEqual(names({ 11: status, 5: '', 8: 'H' }), ['lab.result.unverified'], status);
      assert.deepEqual(names({ 11: status, 8: 'HH' }), ['lab.result.unverified', 'lab.result.critical'], status);
      assert.equal(data({ 11: status }).status, status);
    }
    assert.deepEqual(names({ 11: 'Z', 5: '' }), ['lab.result.unverified']);
    assert.deepEqual(names({ 11: 'X', 2: 'ED', 5: '^IMAGE^PNG^Base64^AAAA' }), ['lab.result.unverified']);
    const [event] = events(obx({ 11: 'Z' }));
    assert.equal(event?.stage, undefined);
  });

  it('shares nothing with the others of its message', () => {
    const [final, critical] = events(obx({ 8: 'HH' }), obx({})).map((event) => dataOf(event));
    assert.deepEqual(final, critical);
    assert.notEqual(final, critical);
    for (const part of ['patient', 'visit', 'order', 'flags', 'sourceTrigger'] as const)
      assert.notEqual(final?.[part], critical?.[part], part);
    assert.notEqual(final?.patient.identifiers[0], critical?.patient.identifiers[0]);
  });

  it('is told wherever in the message it stands', () => {
    const hh = obx({ 8: 'HH' });
    const told = ['lab.result.final', 'lab.result.critical'];
    for (const segments of [
      [OBR, 'SPM|1', hh],
      ['SPM|1', OBR, hh],
      ['SPM|1', hh],
      [hh],
      [hh, OBR],
      [ORC, hh],
      [ORC, hh, OBR],
      ['NTE|1||x', hh],
    ])
      assert.deepEqual(
        derive([MSH, PID, ...segments]).map(({ name }) => name),
        told,
        segments.map((segment) => segment.slice(0, 3)).join(),
      );
  });

  it('is critical by small letters as well, and however many flags stand before', () => {
    assert.deepEqual(data({ 8: 'hh' }).flags, ['HH']);
    assert.equal(names({ 8: `${'H~'.repeat(90)}hh` }).length, 2);
    assert.deepEqual(data({ 8: 'H~H~HH' }).flags, ['H', 'HH']);
  });

  it('is critical in addition where OBX-8 says LL, HH or AA, in whatever repetition', () => {
    for (const flag of ['LL', 'HH', 'AA', 'D~HH', 'HH^Critical high^HL70078', ' HH ']) {
      assert.deepEqual(names({ 8: flag }), ['lab.result.final', 'lab.result.critical'], flag);
    }
    for (const flag of ['', 'H', 'L', 'A', 'N', '""']) assert.deepEqual(names({ 8: flag }), ['lab.result.final'], flag);
    assert.deepEqual(names({ 8: 'HH', 11: 'C' }), ['lab.result.corrected', 'lab.result.critical']);
  });

  it('that is taken back is not told as critical', () => {
    for (const status of ['D', 'W']) assert.deepEqual(names({ 8: 'HH', 11: status }), ['lab.result.corrected']);
  });

  it('is told even where nobody states its status', () => {
    const unstated = OBR.replace(/\|F$/, '|');
    assert.deepEqual(
      derive([MSH, PID, unstated, obx({ 8: 'HH', 11: '' }), obx({ 8: 'N', 11: '' })]).map(({ name }) => name),
      ['lab.result.unverified', 'lab.result.critical', 'lab.result.unverified'],
    );
  });
});

describe('the value', () => {
  it('is a number where the sender wrote one as a number, and the text otherwise', () => {
    const cases: readonly (readonly [string, string, number | string | null])[] = [
      ['NM', '6.9', 6.9],
      ['NM', '-0.5', -0.5],
      ['NM', '+7', 7],
      ['NM', '.5', 0.5],
      ['NM', '0', 0],
      ['NM', ' 12 ', 12],
      ['NM', '1e5', '1e5'],
      ['NM', '0x10', '0x10'],
      ['NM', '<5', '<5'],
      ['NM', '5,2', '5,2'],
      ['NM', 'Infinity', 'Infinity'],
      ['NM', '9'.repeat(400), '9'.repeat(400)],
      ['NM', 'HEMOLYZED', 'HEMOLYZED'],
      ['NM', '', null],
      ['NM', '""', null],
      ['ST', '6.9', '6.9'],
      ['SN', '^100', 100],
      ['SN', '=^100', 100],
      ['SN', '>^100', '>100'],
      ['SN', '^100^-^200', '100-200'],
      ['SN', '^1^:^128', '1:128'],
      ['SN', '', null],
      ['CWE', 'G-A200^Positive^SNM', 'Positive'],
      ['CE', '260373001^^SCT', '260373001'],
      ['TX', 'one~two', 'one\ntwo'],
      ['FT', 'a\\.br\\b\\T\\c', 'a\nb&c'],
      ['ED', '^IMAGE^PNG^Base64^AAAA', null],
      ['', 'plain', 'plain'],
    ];
    for (const [type, text, value] of cases) assert.equal(data({ 2: type, 5: text }).value, value, `${type} ${text}`);
  });

  it('reads as many codes as anybody ticks, of however many there are', () => {
    const { valueText } = data({ 2: 'CE', 5: 'a^b~c~'.repeat(6000) });
    assert.equal(valueText.split('\n').length, 100);
    assert.deepEqual(valueText.split('\n').slice(0, 2), ['b', 'c']);
  });

  it('keeps its text as stated', () => {
    assert.equal(data({ 5: '6.90' }).valueText, '6.90');
    assert.equal(data({ 5: '6.90' }).value, 6.9);
    assert.equal(data({ 2: 'SN', 5: '>^100' }).valueText, '>100');
    assert.equal(data({ 5: '""' }).valueText, '""');
  });
});

describe('the code', () => {
  it('is LOINC from whichever triplet has it, else the first', () => {
    assert.equal(data({ 3: 'K^Kalium^L^2823-3^Potassium^LN' }).code, '2823-3');
    assert.equal(data({ 3: 'K^Kalium^L^2823-3^^LN' }).display, 'Kalium');
    assert.equal(data({ 3: 'K^Kalium^L' }).code, 'K');
    assert.equal(data({ 3: 'K^Kalium^L' }).codeSystem, 'L');
    assert.equal(data({ 3: '' }).code, null);
  });
});

describe('the identity of a result', () => {
  const id = (fields: Readonly<Record<number, string>>, ...more: string[]): string | undefined =>
    derive([MSH, PID, ...more, OBR, obx(fields)])[0]?.id;

  it('is the same however often and in whatever message it is told', () => {
    const again = derive([MSH.replace('C-1', 'C-2'), PID, PV1, OBR, obx({ 1: '7' })])[0]?.id;
    assert.equal(again, id({}));
  });

  it('is another for another code, sub-id, status, time, order, patient or fact', () => {
    const patient = derive([MSH, PID.replace('4711', '4712'), OBR, obx({})])[0]?.id;
    const order = derive([MSH, PID, OBR.replace('F1', 'F2'), obx({})])[0]?.id;
    const all = [
      id({}),
      id({ 3: '2951-2^Sodium^LN' }),
      id({ 4: '2' }),
      id({ 11: 'C' }),
      id({ 14: '20260105' }),
      patient,
      order,
      ...events(obx({ 8: 'HH' }))
        .map((event) => event.id)
        .slice(1),
    ];
    assert.equal(new Set(all).size, 8);
  });

  it('stays the same when the value is corrected in place, so that a gate can see the difference', () => {
    assert.equal(id({ 5: '6.9' }), id({ 5: '5.9' }));
  });

  it('tells repeats within one message apart', () => {
    const ids = events(obx({ 8: 'HH' }), obx({ 8: 'HH' })).map((event) => event.id);
    assert.equal(new Set(ids).size, 4);
  });

  it('without any order number is bound to its message', () => {
    const bare = OBR.replace('P1|F1', '|');
    const [one] = derive([MSH, PID, bare, obx({})]);
    const [two] = derive([MSH.replace('C-1', 'C-2'), PID, bare, obx({})]);
    assert.notEqual(one?.id, two?.id);
  });

  it('takes the order numbers of ORC where OBR has none', () => {
    const [event] = derive([MSH, PID, ORC, OBR.replace('P1|F1', '|'), obx({})]);
    assert.equal(dataOf(event).order.filler, 'F9');
  });

  it('never makes one patient of two that have no identifier', () => {
    const nobody = 'PID|1||^^^NORTH^MR||Example^Alex';
    const [one] = derive([MSH, nobody, OBR, obx({})], { correlationId: 'A' });
    const [two] = derive([MSH, nobody, OBR, obx({})], { correlationId: 'B' });
    assert.notEqual(one?.subject, two?.subject);
    assert.equal(dataOf(one).patient.identifier, null);
  });
});

describe('the time of a result', () => {
  it("is OBX-14, else OBR-7, as precise as stated, in the zone stated or the feed's", () => {
    assert.equal(data({ 14: '20260105' }).observedAt, '2026-01-05');
    assert.equal(data({}).observedAt, '2026-01-05T07:00:00+00:00');
    assert.equal(data({ 14: 'yesterday' }).observedAt, '2026-01-05T07:00:00+00:00');
    const zoned = derive([MSH, PID, OBR, obx({ 14: '20260705081500' })], { zone: 'Europe/Berlin' });
    assert.equal(zoned[0]?.time, '2026-07-05T08:15:00+02:00');
    const untimed = derive([MSH, PID, 'OBR|1||F1', obx({})]);
    assert.ok(!('time' in (untimed[0] ?? {})));
  });
});
