import assert from 'node:assert/strict';
import {
  assertSound,
  convert,
  defectsOf,
  entriesOf,
  oneOf,
  resourcesOf,
  segment,
  sourcesOf,
  unmappedOf,
} from './kit.ts';

const msh = (type: string, control = 'C1'): string =>
  `MSH|^~\\&|ADT|NORTH|WARDFLOW|HOSP|20260105081500+0000||${type}|${control}|P|2.5.1`;
const PID =
  'PID|1||4711^^^NORTH&2.16.840.1.113883.19.5&ISO^MR||EXAMPLE^ALEX^Q^JR^DR^^L||19800105|F|||1 MAIN ST^^TOWN^ST^12345^US^H';
const VISIT = { 2: 'I', 3: '4W^12^A^NORTH', 19: 'V100^^^NORTH^VN' };
const PV1 = segment('PV1', { ...VISIT, 44: '20260105080000+0000' });
const event = (trigger: string, pv1 = PV1): readonly string[] => [
  msh(`ADT^${trigger}`),
  'EVN||20260105081500',
  PID,
  pv1,
];

describe('an admission in FHIR', () => {
  it('is a patient, a visit and where they are, each created once', async () => {
    const conversion = await convert(event('A01'));
    assertSound(conversion);
    assert.deepEqual(
      entriesOf(conversion).map(({ request }) => `${request.method} ${request.url} ${request.ifNoneExist ?? ''}`),
      [
        'POST MessageHeader ',
        'POST Patient identifier=urn%3Aoid%3A2.16.840.1.113883.19.5%7C4711',
        'POST Encounter identifier=urn%3Aid%3ANORTH%7CV100',
        'POST Location identifier=urn%3Aid%3Afacility%7CNORTH',
        'POST Location identifier=urn%3Aid%3ANORTH%7C4W%5E12%5EA',
      ],
    );
    const patient = oneOf(conversion, 'Patient');
    assert.equal(patient['gender'], 'female');
    assert.equal(patient['birthDate'], '1980-01-05');
    assert.deepEqual(patient['name'], [
      { use: 'official', family: 'EXAMPLE', given: ['ALEX', 'Q'], prefix: ['DR'], suffix: ['JR'] },
    ]);
    const encounter = oneOf(conversion, 'Encounter');
    assert.equal(encounter['status'], 'in-progress');
    assert.deepEqual(encounter['period'], { start: '2026-01-05T08:00:00+00:00' });
    assert.equal((encounter['class'] as { code: string }).code, 'IMP');
  });

  it('says of each value where it came from', async () => {
    const conversion = await convert(event('A01'));
    assert.deepEqual(sourcesOf(conversion, 'Patient[0].name[0].family'), ['PID-5[1].1']);
    assert.deepEqual(sourcesOf(conversion, 'Patient[0].identifier[0].system'), ['PID-3[1].4.2']);
    assert.deepEqual(sourcesOf(conversion, 'Encounter[0].subject.reference'), [null]);
    const gender = conversion.lineage.find(({ target }) => target === 'Patient[0].gender');
    assert.equal(gender?.map?.name, 'administrative-sex');
    assert.equal(gender?.map?.relation, 'equivalent');
    assert.match(gender?.map?.version ?? '', /^[0-9a-f]{64}$/);
  });

  it('gives the same bundle for the same message, and another for another', async () => {
    const [first, again] = [await convert(event('A01')), await convert(event('A01'))];
    assert.deepEqual(again, first);
    const other = await convert([msh('ADT^A01', 'C2'), ...event('A01').slice(1)]);
    assert.notEqual(entriesOf(other)[1]?.fullUrl, entriesOf(first)[1]?.fullUrl);
  });

  it('reports what nothing took, by place and without its value', async () => {
    const conversion = await convert([...event('A01'), 'ZBE|1|SECRET', segment('GT1', { 3: 'SECRET' })]);
    assert.ok(unmappedOf(conversion).includes('ZBE[1] no-mapping'));
    assert.ok(!JSON.stringify(conversion.unmapped).includes('SECRET'));
  });
});

describe('a visit that is expected', () => {
  it('has its times as planned, and not as those of a period', async () => {
    const conversion = await convert([
      ...event('A05', segment('PV1', { ...VISIT, 2: 'P' })),
      segment('PV2', { 8: '20260107080000+0000', 9: '20260109' }),
    ]);
    assertSound(conversion);
    const visit = oneOf(conversion, 'Encounter');
    assert.deepEqual(defectsOf(visit), []);
    assert.equal(visit['period'], undefined);
    const planned = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter.planned';
    assert.deepEqual(visit['extension'], [
      { url: `${planned}StartDate`, valueDateTime: '2026-01-07T08:00:00+00:00' },
      { url: `${planned}EndDate`, valueDateTime: '2026-01-09' },
    ]);
  });
});

describe('the status of a visit', () => {
  const statusOf = async (trigger: string, pv1 = PV1): Promise<unknown> => {
    const conversion = await convert(event(trigger, pv1));
    const encounter = oneOf(conversion, 'Encounter');
    assert.deepEqual(defectsOf(encounter), []);
    return encounter['status'] ?? encounter['_status'];
  };
  const ABSENT = {
    extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
  };
  const discharged = `${PV1}|20260106090000+0000`;
  const bare = segment('PV1', VISIT);

  it('is what the event itself says', async () => {
    const said = {
      A01: 'in-progress',
      A02: 'in-progress',
      A03: 'finished',
      A04: 'arrived',
      A05: 'planned',
      A11: 'cancelled',
      A14: 'planned',
    };
    for (const [trigger, status] of Object.entries(said)) assert.equal(await statusOf(trigger, bare), status, trigger);
  });

  it('is not overwritten by an event that says only that something changed', async () => {
    assert.deepEqual(await statusOf('A08', bare), ABSENT);
    assert.deepEqual(await statusOf('A31', bare), ABSENT);
    assert.equal(await statusOf('A08'), 'in-progress');
    assert.equal(await statusOf('A08', discharged), 'finished');
    assert.equal(await statusOf('A08', bare.replace('|I|', '|P|')), 'planned');
  });

  it('is finished by a discharge time, unless the event takes the discharge back', async () => {
    assert.equal(await statusOf('A01', discharged), 'finished');
    assert.equal(await statusOf('A13', discharged), 'in-progress');
    const encounter = oneOf(await convert(event('A13', discharged)), 'Encounter');
    assert.deepEqual(encounter['period'], { start: '2026-01-05T08:00:00+00:00' });
  });
});

describe('a merge in FHIR', () => {
  const MRG = 'MRG|0815^^^NORTH&2.16.840.1.113883.19.5&ISO^MR';

  it('is two records, the old one inactive and replaced by the new one', async () => {
    const conversion = await convert([msh('ADT^A40^ADT_A39'), 'EVN||20260105', PID, MRG]);
    assertSound(conversion);
    const [survivor, old] = resourcesOf(conversion, 'Patient');
    const urls = entriesOf(conversion).map(({ fullUrl }) => fullUrl);
    assert.equal(old?.['active'], false);
    assert.deepEqual(old?.['link'], [{ other: { reference: urls[1] }, type: 'replaced-by' }]);
    assert.deepEqual(survivor?.['link'], [{ other: { reference: urls[2] }, type: 'replaces' }]);
    assert.equal(survivor?.['active'], undefined);
  });

  it('keeps the pairs of a message with several apart', async () => {
    const second = [PID.replace('4711', '4712'), MRG.replace('0815', '0816')];
    const conversion = await convert([msh('ADT^A40^ADT_A39'), 'EVN||20260105', PID, MRG, ...second]);
    const entries = entriesOf(conversion).filter(({ resource }) => resource.resourceType === 'Patient');
    const byNumber = new Map(
      entries.map((one) => [(one.resource['identifier'] as { value: string }[])[0]?.value, one] as const),
    );
    const links = (number: string): unknown => byNumber.get(number)?.resource['link'];
    assert.deepEqual(links('0816'), [{ other: { reference: byNumber.get('4712')?.fullUrl }, type: 'replaced-by' }]);
    assert.deepEqual(links('0815'), [{ other: { reference: byNumber.get('4711')?.fullUrl }, type: 'replaced-by' }]);
  });

  it('of an identifier alone is one record that keeps the old one as such', async () => {
    const conversion = await convert([msh('ADT^A47^ADT_A30'), 'EVN||20260105', PID, MRG]);
    assertSound(conversion);
    const identifiers = oneOf(conversion, 'Patient')['identifier'] as readonly { use?: string; value: string }[];
    assert.deepEqual(
      identifiers.map(({ use, value }) => [use, value]),
      [
        [undefined, '4711'],
        ['old', '0815'],
      ],
    );
  });
});
