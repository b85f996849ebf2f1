import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { Hl7Group } from '../../engine/hl7/group.ts';
import { Hl7Message } from '../../engine/hl7/message.ts';
import { generateStructures, STRUCTURES_FILE } from '../../scripts/structures.ts';
import { mutant, random } from '../kit/hl7-mutants.ts';
import { counts, requireShared } from '../kit/requires.ts';
import { corpus } from '../kit/shared-corpus.ts';

const message = (type: string, version: string, ...segments: string[]): Hl7Message =>
  Hl7Message.parse([`MSH|^~\\&|A||||||${type}|1|P|${version}`, ...segments, ''].join('\r'));
/** `PATIENT(PID) ORDER(ORC OBR)`, without MSH. */
const shown = (group: Hl7Group): string =>
  group.members.map((one) => (one instanceof Hl7Group ? `${one.name}(${shown(one)})` : one.name)).join(' ');
const grouped = (type: string, ...segments: string[]): string =>
  shown(message(type, '2.5.1', ...segments).structure()).slice(4);

describe('the groups of a message', () => {
  it('are those of its structure', () => {
    const cases: readonly (readonly [type: string, segments: string, expected: string])[] = [
      [
        'ORU^R01^ORU_R01',
        'PID PD1 NTE NK1 PV1 PV2 ORC OBR NTE OBX NTE NTE OBX SPM OBX OBR OBX DSC',
        'PATIENT_RESULT(PATIENT(PID PD1 NTE NK1 VISIT(PV1 PV2)) ' +
          'ORDER_OBSERVATION(ORC OBR NTE OBSERVATION(OBX NTE NTE) OBSERVATION(OBX) SPECIMEN(SPM OBX)) ' +
          'ORDER_OBSERVATION(OBR OBSERVATION(OBX))) DSC',
      ],
      [
        'ORM^O01',
        'PID PV1 AL1 ORC OBR NTE DG1 OBX ORC RXO',
        'PATIENT(PID PATIENT_VISIT(PV1) AL1) ORDER(ORC ORDER_DETAIL(OBR NTE DG1 OBSERVATION(OBX))) ORDER(ORC ORDER_DETAIL(RXO))',
      ],
      [
        'OML^O21',
        'PID ORC TQ1 OBR OBX SPM SAC ORC OBR',
        'PATIENT(PID) ORDER(ORC TIMING(TQ1) OBSERVATION_REQUEST(OBR OBSERVATION(OBX) SPECIMEN(SPM CONTAINER(SAC)))) ' +
          'ORDER(ORC OBSERVATION_REQUEST(OBR))',
      ],
      [
        'OML^O21',
        'PID ORC OBR PID ORC OBR OBX OBX',
        'PATIENT(PID) ORDER(ORC OBSERVATION_REQUEST(OBR PRIOR_RESULT(PATIENT_PRIOR(PID) ' +
          'ORDER_PRIOR(ORC OBR OBSERVATION_PRIOR(OBX) OBSERVATION_PRIOR(OBX)))))',
      ],
      [
        'ADT^A01',
        'EVN PID NK1 NK1 PV1 OBX AL1 DG1 PR1 ROL PR1 GT1 IN1 IN2 IN3 IN1',
        'EVN PID NK1 NK1 PV1 OBX AL1 DG1 PROCEDURE(PR1 ROL) PROCEDURE(PR1) GT1 INSURANCE(IN1 IN2 IN3) INSURANCE(IN1)',
      ],
      [
        'SIU^S12',
        'SCH NTE PID PV1 RGS AIS NTE AIG AIL AIP RGS AIL',
        'SCH NTE PATIENT(PID PV1) RESOURCES(RGS SERVICE(AIS NTE) GENERAL_RESOURCE(AIG) LOCATION_RESOURCE(AIL) ' +
          'PERSONNEL_RESOURCE(AIP)) RESOURCES(RGS LOCATION_RESOURCE(AIL))',
      ],
      [
        'MDM^T02',
        'EVN PID PV1 ORC OBR TXA OBX NTE OBX',
        'EVN PID PV1 COMMON_ORDER(ORC OBR) TXA OBSERVATION(OBX NTE) OBSERVATION(OBX)',
      ],
      [
        'VXU^V04',
        'PID NK1 PV1 ORC RXA RXR OBX NTE ORC RXA',
        'PID NK1 PATIENT(PV1) ORDER(ORC RXA RXR OBSERVATION(OBX NTE)) ORDER(ORC RXA)',
      ],
      [
        'REF^I12',
        'RF1 PRD CTD PRD PID IN1 DG1 PR1 OBR OBX PV1 NTE',
        'RF1 PROVIDER_CONTACT(PRD CTD) PROVIDER_CONTACT(PRD) PID INSURANCE(IN1) DG1 PROCEDURE(PR1) ' +
          'OBSERVATION(OBR RESULTS_NOTES(OBX)) PATIENT_VISIT(PV1) NTE',
      ],
      [
        'DFT^P03',
        'EVN PID PV1 FT1 PR1 FT1 DG1 GT1 IN1',
        'EVN PID PV1 FINANCIAL(FT1 FINANCIAL_PROCEDURE(PR1)) FINANCIAL(FT1) DG1 GT1 INSURANCE(IN1)',
      ],
      [
        'RDE^O11',
        'PID ORC RXO RXR RXE TQ1 RXR RXC OBX ORC RXE',
        'PATIENT(PID) ORDER(ORC ORDER_DETAIL(RXO RXR) RXE TIMING_ENCODED(TQ1) RXR RXC OBSERVATION(OBX)) ORDER(ORC RXE)',
      ],
      ['ADT^A40^ADT_A39', 'EVN PID MRG PID MRG', 'EVN PATIENT(PID MRG) PATIENT(PID MRG)'],
    ];
    for (const [type, segments, expected] of cases) {
      const read = message(type, '2.5.1', ...segments.split(' '));
      assert.equal(shown(read.structure()).slice(4), expected, type);
      assert.deepEqual([...read.structure().unplaced(), ...read.structure().outOfOrder()], [], type);
    }
  });

  it('are iterated at any depth, read by paths of their own, and know what they stand under', () => {
    const read = message(
      'ORU^R01',
      '2.5.1',
      'PID|1||A1',
      'OBR|1|||K^Panel',
      'OBX|1|NM|a||1~2',
      'OBX|2|NM|b||3',
      'PID|1||B2',
      'OBR|1|||N',
      'OBX|1|NM|c||4',
    );
    const orders = [...read.groups('ORDER_OBSERVATION')];
    assert.deepEqual(
      orders.map((order) => [
        order.within('PATIENT_RESULT')?.get('PID-3'),
        order.get('OBR-4.2'),
        order.get('OBX[2]-5'),
        order.getAll('OBX-5'),
        order.getAll('OBX[1]-5'),
        [...order.groups('OBSERVATION')].map((one) => one.get('OBX-3')),
      ]),
      [
        ['A1', 'Panel', '3', ['1', '2', '3'], ['1', '2'], ['a', 'b']],
        ['B2', '', '', ['4'], ['4'], ['c']],
      ],
    );
    assert.equal(orders[0]?.parent?.group('PATIENT')?.segment('PID')?.get('3'), 'A1');
    assert.equal(orders[0]?.get('PID-3'), '');
    assert.deepEqual(orders[0]?.getAll('OBX[9]-5'), []);
    assert.equal(orders[0]?.within('VISIT'), undefined);
    assert.deepEqual(
      [...read.structure().groups()].map(({ name }) => name),
      ['PATIENT_RESULT', 'PATIENT_RESULT'],
    );
    assert.equal(read.structure().name, 'ORU_R01');
  });

  it('are found by the event where MSH-9.3 says nothing or nonsense, and by the code where there is no event', () => {
    for (const [type, expected] of [
      ['ADT^A08', 'ADT_A01'],
      ['ADT^A08^ADT_A08', 'ADT_A01'],
      ['ADT^A40', 'ADT_A39'],
      ['SIU^S26^nonsense', 'SIU_S12'],
      ['MDM^T08', 'MDM_T02'],
      ['ORU', 'ORU_R01'],
      ['ACK^R01', 'ACK'],
      ['ACK', 'ACK'],
      ['ORU^R01^ORM_O01', 'ORM_O01'],
      ['ABC^X99', ''],
      ['', ''],
      ['__proto__', ''],
    ] as const) {
      assert.equal(message(type, '2.3').structure().name, expected, type);
    }
    assert.equal(
      message('ABC^X99', '2.3', 'PID', 'OBR', 'OBX').structure('ORU_R01').group('OBSERVATION')?.name,
      'OBSERVATION',
    );
    assert.equal(shown(message('ABC^X99', '2.3', 'PID', 'OBX').structure()), 'MSH PID OBX');
    assert.equal(message('ORU^R01', '2.3').structure('nonsense').name, '');
  });

  it('are as the version of the message has them', () => {
    const group = (version: string): string | undefined =>
      message('ORU^R01', version, 'PID', 'OBX', 'OBR').structure().segment('OBX') &&
      shown(message('ORU^R01', version, 'PID', 'OBX', 'OBR').structure()).slice(4);
    const old = 'PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(OBSERVATION(OBX)) ORDER_OBSERVATION(OBR))';
    for (const version of ['2.3', '2.5.1', '']) assert.equal(group(version), old, version);
    const fresh = 'PATIENT_RESULT(PATIENT(PID PATIENT_OBSERVATION(OBX)) ORDER_OBSERVATION(OBR))';
    for (const version of ['2.7.1', '2.8.2', '2.10']) assert.equal(group(version), fresh, version);
  });
});

describe('what senders make of a structure', () => {
  const names = (segments: Iterable<{ readonly name: string }>): string[] => [...segments].map(({ name }) => name);
  const cases: readonly (readonly [
    what: string,
    type: string,
    given: string,
    expected: string,
    unplaced: string,
    late: string,
  ])[] = [
    [
      'an OBX before any OBR',
      'ORU^R01',
      'OBX OBR OBX',
      'PATIENT_RESULT(ORDER_OBSERVATION(OBSERVATION(OBX)) ORDER_OBSERVATION(OBR OBSERVATION(OBX)))',
      '',
      'OBX',
    ],
    [
      'segments of its own',
      'ORU^R01',
      'PID ZPI OBR ZBR OBX ZBX NTE',
      'PATIENT_RESULT(PATIENT(PID ZPI) ORDER_OBSERVATION(OBR ZBR OBSERVATION(OBX ZBX NTE)))',
      'ZPI ZBR ZBX',
      '',
    ],
    [
      'a visit behind the results',
      'ORU^R01',
      'PID OBR OBX PV1 OBX',
      'PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(OBR OBSERVATION(OBX PV1) OBSERVATION(OBX)))',
      'PV1',
      '',
    ],
    [
      'relatives behind the visit',
      'ORU^R01',
      'PID PV1 NK1 OBR',
      'PATIENT_RESULT(PATIENT(PID VISIT(PV1) NK1) ORDER_OBSERVATION(OBR))',
      '',
      'NK1',
    ],
    [
      'several OBR under one ORC',
      'ORM^O01',
      'ORC OBR OBR OBX',
      'ORDER(ORC ORDER_DETAIL(OBR) ORDER_DETAIL(OBR OBSERVATION(OBX)))',
      '',
      'OBR',
    ],
    [
      'vaccinations without ORC',
      'VXU^V04',
      'PID RXA RXR OBX RXA',
      'PID ORDER(RXA RXR OBSERVATION(OBX)) ORDER(RXA)',
      '',
      'RXA RXA',
    ],
    [
      'resources in another order',
      'SIU^S12',
      'SCH RGS AIL AIS NTE',
      'SCH RESOURCES(RGS LOCATION_RESOURCE(AIL) SERVICE(AIS NTE))',
      '',
      'AIS',
    ],
    ['a resource without its RGS', 'SIU^S12', 'SCH PID AIS', 'SCH PATIENT(PID) RESOURCES(SERVICE(AIS))', '', 'AIS'],
    ['an event behind the patient, a visit twice', 'ADT^A01', 'PID EVN PV1 PV1', 'PID EVN PV1 PV1', '', 'EVN PV1'],
    [
      'a second insurance part without the first',
      'ADT^A01',
      'EVN PID PV1 IN2 IN1',
      'EVN PID PV1 IN2 INSURANCE(IN1)',
      'IN2',
      '',
    ],
    ['lines that are no segments', 'ADT^A01', 'EVN remark PID', 'EVN remark PID', 'remark', ''],
  ];
  for (const [what, type, given, expected, unplaced, late] of cases) {
    it(`keeps its place: ${what}`, () => {
      assert.equal(grouped(type, ...given.split(' ')), expected);
      const root = message(type, '2.5.1', ...given.split(' ')).structure();
      assert.equal(names(root.unplaced()).join(' '), unplaced);
      assert.equal(names(root.outOfOrder()).join(' '), late);
    });
  }

  it('loses no segment and changes no order, whatever comes', () => {
    const all = 'PID PD1 NTE NK1 PV1 ORC OBR OBX SPM DSC ZZ1 RXA RGS AIS IN1 IN2 PR1 FT1 TXA MSH EVN'.split(' ');
    const types = [
      'ORU^R01',
      'ORM^O01',
      'OML^O21',
      'ADT^A01',
      'SIU^S12',
      'MDM^T02',
      'VXU^V04',
      'REF^I12',
      'DFT^P03',
      'RDE^O11',
      'PPR^PC1',
    ];
    for (let seed = 1; seed <= counts(600, 60_000); seed++) {
      const pick = random(seed);
      const segments = Array.from({ length: pick(25) }, () => all[pick(all.length)] ?? '');
      const read = message(types[pick(types.length)] ?? '', pick(2) === 0 ? '2.3' : '2.8', ...segments);
      assertWhole(read, `seed ${seed}`);
    }
    for (let seed = 1; seed <= counts(600, 60_000); seed++) {
      let read: Hl7Message;
      try {
        read = Hl7Message.parse(mutant(random(seed)));
      } catch {
        continue;
      }
      assertWhole(read, `seed ${seed}`);
    }
  });
});

function assertWhole(read: Hl7Message, what: string): void {
  assert.deepEqual(
    [...read.structure().segments()].map(({ at }) => at),
    [...read.segments()].map(({ at }) => at),
    what,
  );
}

describe('the structures', () => {
  it('are what their script makes, and small', () => {
    const kept = readFileSync(STRUCTURES_FILE, 'utf8');
    assert.equal(kept, generateStructures(), 'run node scripts/structures.ts');
    assert.ok(kept.length < 100_000);
  });

  it('of results give the orders that orders() gives', function () {
    let results = 0;
    for (const { name, bytes } of corpus(requireShared(this, 'data'))) {
      const read = Hl7Message.parse(bytes);
      assertWhole(read, name);
      if (read.structure().name !== 'ORU_R01') continue;
      results++;
      const walked = [...read.orders()].map(({ request, observations, specimenObservations }) => [
        request?.at,
        ...[...observations, ...specimenObservations].map(({ obx }) => obx.at),
      ]);
      const viewed = [...read.groups('ORDER_OBSERVATION')].map((order) => [
        order.segment('OBR')?.at,
        ...[...order.segments('OBX')].map(({ at }) => at),
      ]);
      assert.deepEqual(viewed, walked, name);
    }
    assert.ok(results > 100, `${results}`);
  });

  it('have a place for nearly all that others sent', function () {
    let [segments, unplaced] = [0, 0];
    for (const { bytes } of corpus(requireShared(this, 'data'))) {
      const root = Hl7Message.parse(bytes).structure();
      segments += [...root.segments()].length;
      unplaced += [...root.unplaced()].length;
    }
    assert.ok(segments > 10_000 && unplaced < segments / 100, `${unplaced} of ${segments}`);
  });
});
