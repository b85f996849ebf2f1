import assert from 'node:assert/strict';
import { WardflowError } from '../../../engine/index.ts';
import { assertSound, convert, oneOf, segment, unmappedOf } from './kit.ts';

const MSH = 'MSH|^~\\&|ADT|NORTH|WARDFLOW|HOSP|20260105081500||ADT^A01|C1|P|2.5.1';
const code = (wanted: string) => (error: unknown) => error instanceof WardflowError && error.code === wanted;

describe('a message that is too large for FHIR', () => {
  it('is refused by its segments, its repetitions and what it would make', async () => {
    const many = (count: number, line: string): readonly string[] => Array.from({ length: count }, () => line);
    await assert.rejects(convert([MSH, ...many(20_001, 'ZZZ|1')]), code('conversion-too-many-segments'));
    await assert.rejects(
      convert([MSH, segment('PID', { 3: many(2_001, '1').join('~') })]),
      code('conversion-too-many-repetitions'),
    );
    await assert.rejects(
      convert([MSH, 'PID|||1', ...many(5_001, 'AL1||DA|X^Y')]),
      code('conversion-too-many-resources'),
    );
  });

  it('is reported to a limit where nothing of it is known', async () => {
    const { unmapped } = await convert([MSH, ...Array.from({ length: 5_000 }, () => 'ZZZ|1')]);
    assert.equal(unmapped.length, 2_000);
  });
});

describe('what FHIR cannot carry', () => {
  const pid = (fields: Readonly<Record<number, string>>): string => segment('PID', { 3: '1^^^A', ...fields });

  it('is no date that the message did not state', async () => {
    for (const [stated, told] of [
      ['1980', '1980'],
      ['198001', '1980-01'],
      ['19800105', '1980-01-05'],
      ['unknown', undefined],
      ['19801332', undefined],
    ] as const) {
      const conversion = await convert([MSH, pid({ 7: stated })]);
      assert.equal(oneOf(conversion, 'Patient')['birthDate'], told, stated);
      assert.equal(unmappedOf(conversion).includes('PID-7[1].1 value-unreadable'), told === undefined);
    }
  });

  it('is no time without a zone, nor to the hour alone', async () => {
    const died = async (stated: string, zone: string | null): Promise<readonly [unknown, boolean]> => {
      const conversion = await convert([MSH, pid({ 29: stated })], zone);
      assertSound(conversion);
      const isCut = unmappedOf(conversion).includes('PID-29[1].1 time-shortened');
      return [oneOf(conversion, 'Patient')['deceasedDateTime'], isCut];
    };
    assert.deepEqual(await died('202601050815', null), ['2026-01-05', true]);
    assert.deepEqual(await died('202601050815', '+01:00'), ['2026-01-05T08:15:00+01:00', false]);
    assert.deepEqual(await died('2026010508-0500', null), ['2026-01-05', true]);
    assert.deepEqual(await died('20260105081500-0500', '+01:00'), ['2026-01-05T08:15:00-05:00', false]);
    // Clocks went back: there are two of them.
    assert.deepEqual(await died('20251026023000', 'Europe/Vienna'), ['2025-10-26', true]);
  });

  it('is no value that the sender deletes', async () => {
    const conversion = await convert([MSH, pid({ 8: '""', 7: '""' })]);
    const patient = oneOf(conversion, 'Patient');
    assert.deepEqual([patient['gender'], patient['birthDate']], [undefined, undefined]);
    assert.ok(unmappedOf(conversion).includes('PID-8 value-deleted'));
  });

  it('is no period that ends before it begins', async () => {
    const visit = segment('PV1', { 2: 'I', 19: 'V1', 44: '20260105', 45: '20260101' });
    const conversion = await convert([MSH, pid({}), visit]);
    assertSound(conversion);
    assert.deepEqual(oneOf(conversion, 'Encounter')['period'], { start: '2026-01-05' });
    assert.ok(unmappedOf(conversion).includes('PV1-45[1].1 value-unreadable'));
  });

  it('is told by place where a resource cannot be without what is missing', async () => {
    const conversion = await convert([MSH, pid({}), 'AL1||DA||SV']);
    assert.equal(oneOf(conversion, 'Patient')['resourceType'], 'Patient');
    assert.ok(unmappedOf(conversion).includes('AL1-4[1].1 no-mapping'));
  });

  it('keeps names that objects have of themselves harmless', async () => {
    const conversion = await convert([MSH, pid({ 3: '__proto__^^^constructor^toString', 5: '__proto__^constructor' })]);
    assertSound(conversion);
    assert.deepEqual(oneOf(conversion, 'Patient')['name'], [{ family: '__proto__', given: ['constructor'] }]);
  });
});
