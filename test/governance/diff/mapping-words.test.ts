import assert from 'node:assert/strict';
import { linesOf, told } from './describe.ts';

const change = (path: string, before: object, after: object): readonly string[] =>
  told(linesOf({ [path]: JSON.stringify(before) }, { [path]: JSON.stringify(after) }));

describe('a changed code map', () => {
  const row = (from: string, to: string | null, more: object = {}): object => ({
    from,
    to,
    relation: to === null ? 'none' : 'equivalent',
    ...more,
  });
  const map = (rows: readonly object[], more: object = {}): object => ({
    kind: 'map',
    format: 1,
    name: 'sex',
    rows,
    unmapped: 'report',
    ...more,
  });
  const of = (before: object, after: object): readonly string[] => change('maps/sex.json', before, after);

  it('tells what each code says now, by the code and not by its place', () => {
    const before = map([row('M', 'male'), row('F', 'female'), row('U', 'unknown')]);
    const after = map([row('X', 'other', { relation: 'wider' }), row('F', 'female'), row('M', null)]);
    assert.deepEqual(of(before, after), [
      'code - Code map sex: X is known now, and becomes other (wider)',
      'code - Code map sex: M becomes male -> nothing',
      'code - Code map sex: U is not known any more (was unknown): such codes are left out and reported',
    ]);
  });

  it('tells what follows on unknown codes', () => {
    const rows = [row('M', 'male')];
    assert.deepEqual(of(map(rows), map(rows, { unmapped: 'quarantine' })), [
      'code - Code map sex: unknown codes are left out and reported -> fail the message',
    ]);
    assert.deepEqual(of(map(rows), map(rows, { unmapped: { use: 'unknown' } })), [
      'code - Code map sex: unknown codes are left out and reported -> become unknown',
    ]);
  });

  it('tells another order as a text', () => {
    const rows = [row('M', 'male'), row('F', 'female')];
    assert.deepEqual(of(map(rows), map(rows.toReversed())), [
      'text - Code map sex: its rows are listed in another order',
    ]);
  });
});

describe('a changed mapping', () => {
  const mapping = (set: object, more: object = {}): object => ({
    kind: 'mapping',
    format: 1,
    name: 'adt',
    source: ['ADT^A01'],
    resources: [{ id: 'patient', type: 'Patient', each: 'PID', set }],
    ...more,
  });
  const of = (before: object, after: object): readonly string[] => change('mappings/adt.json', before, after);
  const gender = { gender: { from: 'PID-8', as: 'code', with: 'administrative-sex' } };

  it('tells of each element where it comes from', () => {
    assert.deepEqual(
      of(mapping(gender), mapping({ gender: { from: 'PID-8', as: 'code' }, birthDate: { from: 'PID-7' } })),
      [
        'code - Mapping adt: patient.gender comes from PID-8 as code by administrative-sex -> PID-8 as code',
        'code - Mapping adt: patient.birthDate comes from nothing -> PID-7',
      ],
    );
  });

  it('tells which messages and resources it is about', () => {
    const visit = { id: 'visit', type: 'Encounter', each: 'PV1', set: { status: { value: 'unknown' } } };
    const after = mapping(gender, { source: ['ADT^A04'], resources: [visit] });
    assert.deepEqual(of(mapping(gender), after), [
      'code - Mapping adt: also for ADT^A04',
      'code - Mapping adt: not for ADT^A01 any more',
      'code - Mapping adt: new Encounter (visit) for each PV1',
      'code - Mapping adt: no Patient (patient) for each PID any more',
    ]);
  });

  it('tells what is not reported any more, and why', () => {
    const ignore = [{ path: 'PID-18', reason: 'An account is no part of the person' }];
    assert.deepEqual(of(mapping(gender), mapping(gender, { ignore })), [
      'code - Mapping adt: PID-18 is left out and not reported: An account is no part of the person',
    ]);
    assert.deepEqual(of(mapping(gender, { ignore }), mapping(gender)), [
      'code - Mapping adt: PID-18 is reported again',
    ]);
  });
});
