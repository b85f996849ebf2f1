import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { isExpressionLimit, prepareFhirPath, type FhirPathLimits } from '../../engine/index.ts';

const PATIENT = {
  resourceType: 'Patient',
  id: 'example',
  active: true,
  identifier: [
    { system: 'urn:example:mrn', value: 'A-1' },
    { system: 'urn:example:other', value: 'B-2' },
  ],
  name: [{ family: 'Example', given: ['Ada', 'Bea'] }],
  multipleBirthInteger: 2,
};
const of = (source: string, limits?: FhirPathLimits): readonly unknown[] => prepareFhirPath(source)(PATIENT, limits);
const LIMITS: FhirPathLimits = { timeMs: 200, values: 100_000, characters: 1_000_000 };

describe('FHIRPath', () => {
  for (const [source, found] of [
    ['Patient.name.given', ['Ada', 'Bea']],
    ["identifier.where(system = 'urn:example:mrn').value", ['A-1']],
    ['Patient.multipleBirth', [2]],
    ["name.first().family & ', ' & name.given.first()", ['Example, Ada']],
    ['birthDate', []],
    ["%resource.id.matches('^[a-z]+$')", [true]],
    ["name.given.join(' ')", ['Ada Bea']],
    ['active and multipleBirth > 1', [true]],
    ["'('", ['(']],
    ["id.replaceMatches('(e)x', '$1y')", ['eyample']],
  ] as const)
    it(`reads ${source}`, () => assert.deepEqual(of(source), found));

  for (const [what, source, kind] of [
    ['what stands after its end', 'name.family name.given', 'syntax'],
    ['brackets that hide what stands after its end', 'id) family (id', 'syntax'],
    ['nothing', ' ', 'syntax'],
    ['half an expression', 'name.', 'syntax'],
    ['a function that would find nothing, whatever it is given', "id.split('x')", 'function'],
    ['what every object answers to', 'id.constructor', 'syntax'],
    ['a function that every object has', 'valueOf()', 'function'],
  ] as const)
    it(`refuses ${what} when it is prepared`, () =>
      assert.throws(
        () => prepareFhirPath(source),
        (error: { readonly kind?: unknown }) => error.kind === kind,
      ));

  it('tells nothing of the resource where it fails', () => {
    assert.throws(
      () => of("name.given & 'x'"),
      (error: Error) => !`${error.message} ${error.stack ?? ''} ${String(error.cause)}`.includes('Ada'),
    );
  });

  const wide = { resourceType: 'Bundle', entry: Array.from({ length: 400 }, (_, at) => ({ fullUrl: `urn:${at}` })) };
  for (const [what, source, resource] of [
    ['a regular expression that tries ever more', `'${'a'.repeat(40)}!'.matches('^(a+)+$')`, PATIENT],
    ['one that replaces', `'${'a'.repeat(40)}!'.replaceMatches('^(a+)+$', 'x')`, PATIENT],
    ['signs that double the work', `${'-'.repeat(200)}multipleBirth`, PATIENT],
    ['selections within each other', 'entry.select(%resource.entry.select(%resource.entry.select(fullUrl)))', wide],
    ['text that grows', `'x'${".replace('x', 'xxxxxxxxxx')".repeat(60)}`, PATIENT],
    ['text that its own matches fill', `'${'x'.repeat(2000)}'.replaceMatches('(?=(.*))', '$1$1$1$1')`, PATIENT],
    [
      'lists that are compared with each other',
      'entry.where(%resource.entry.distinct().count() > 0).fullUrl.distinct()',
      { ...wide, entry: Array.from({ length: 2000 }, (_, at) => ({ fullUrl: `urn:${at}` })) },
    ],
  ] as const)
    it(`ends ${what}`, () => {
      const began = performance.now();
      assert.throws(() => prepareFhirPath(source)(resource, LIMITS), isExpressionLimit);
      assert.ok(performance.now() - began < 3000);
      assert.deepEqual(of('id'), ['example'], 'the next one is as good as ever');
    });

  it('refuses what is very long', () => {
    assert.throws(() => prepareFhirPath(`${'id | '.repeat(2000)}id`), isExpressionLimit);
  });
});
