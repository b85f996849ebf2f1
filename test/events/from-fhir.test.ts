import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { deriveFhirEvents, type FhirResource } from '../../engine/index.ts';
import { counts } from '../kit/requires.ts';
import {
  changed,
  encounter,
  fhirContext,
  msh,
  names,
  observation,
  patient,
  pid,
  SIDES,
  started,
  versioned,
  type Fact,
} from './both-sides.ts';
import { Known, schemaProblems } from './known.ts';

const fact = fc.record({
  mrn: fc.integer({ min: 1, max: 99_999 }).map((n) => `M${n}`),
  visit: fc.integer({ min: 1, max: 99_999 }).map((n) => `V${n}`),
  number: fc.integer({ min: 1, max: 99_999 }).map((n) => `N${n}`),
  at: fc.integer({ min: Date.UTC(2020, 0, 1) / 60_000, max: Date.UTC(2025, 11, 31) / 60_000 }).map((n) => n * 60_000),
  zones: fc.tuple(fc.constantFrom(0, 60, -300, 330), fc.constantFrom(0, 120, -480, 345)),
});

describe('the same fact from HL7 v2 and from FHIR', () => {
  for (const [name, hl7, fhir] of SIDES)
    it(`has the same id and fact: ${name}`, () => {
      let compared = 0;
      fc.assert(
        fc.property(fact, (one) => {
          const known = new Known();
          if (name === 'patient.deceased') known.tell([msh('ADT^A28'), pid(one)]);
          const told = known.tell(hl7(one)).find((event) => event.name === name);
          const seen = fhir(one).find((event) => event.name === name);
          assert.ok(told && seen, `${String(told?.name)} and ${String(seen?.name)}`);
          assert.equal(seen.id, told.id);
          assert.equal(seen.subject, told.subject);
          assert.equal(seen.businesskey, told.businesskey);
          assert.equal(seen.data.possibleDuplicateOf, undefined);
          assert.deepEqual(schemaProblems(seen), []);
          compared++;
        }),
        { seed: 5, numRuns: counts(20, 2000) },
      );
      assert.ok(compared >= 20);
    });

  it('is another for another patient, visit or number', () => {
    const one: Fact = { mrn: 'M1', visit: 'V1', number: 'N1', at: Date.UTC(2025, 0, 1), zones: [0, 0] };
    for (const [name, , fhir] of SIDES) {
      const id = (of: Fact): string | undefined => fhir(of).find((event) => event.name === name)?.id;
      assert.notEqual(id({ ...one, mrn: 'M2' }), id(one), name);
      if (!name.startsWith('patient.registered') && name !== 'patient.deceased')
        assert.notEqual(id({ ...one, visit: 'V2', number: 'N2' }), id(one), name);
    }
  });
});

describe('a change from FHIR', () => {
  const one: Fact = { mrn: 'M1', visit: 'V1', number: 'N1', at: Date.UTC(2025, 0, 1), zones: [0, 0] };

  it('without an identifier that both sides know says what to look for, and guesses nothing', () => {
    const [event] = changed(null, encounter({ ...one }, { identifier: undefined, ...started(one) }), patient('M1'));
    assert.equal(event?.name, 'patient.admitted');
    assert.deepEqual(event.data.possibleDuplicateOf, {
      name: 'patient.admitted',
      subject: event.subject,
      time: '2025-01-01T00:00:00Z',
    });
    assert.deepEqual(schemaProblems(event), []);
  });

  it('of a patient whom nobody has read is of nobody else', () => {
    const of = (mrn: string) =>
      deriveFhirEvents(versioned(encounter({ ...one, mrn }, started(one))), null, fhirContext());
    assert.notEqual(of('M1')[0]?.subject, of('M2')[0]?.subject);
    assert.equal(of('M1')[0]?.data.possibleDuplicateOf?.subject, null);
  });

  it('says what of a patient is different', () => {
    const [event] = changed(patient('M1'), patient('M1', { gender: 'female', address: [{ city: 'A' }] }));
    assert.ok(event?.name === 'patient.updated');
    assert.deepEqual(event.data.changed, ['sex', 'address']);
  });

  it('that says the same is no event', () => {
    assert.deepEqual(names(changed(patient('M1'), patient('M1'))), []);
    const result = observation(one, 'final');
    assert.deepEqual(names(changed(result, { ...result, note: [{ text: 'x' }] }, patient('M1'))), []);
    const version1 = { ...patient('M1'), meta: { versionId: '1' } };
    assert.deepEqual(deriveFhirEvents({ ...version1, gender: 'male' }, version1, fhirContext()), []);
  });

  it('that is older than what is known is late', () => {
    const at = (time: string, more: object) => ({
      ...patient('M1', more),
      meta: { versionId: time, lastUpdated: time },
    });
    const [event] = deriveFhirEvents(
      at('2026-01-05T08:00:00Z', { gender: 'male' }),
      at('2026-01-05T09:00:00Z', { gender: 'female' }),
      fhirContext(),
    );
    assert.equal(event?.late, true);
  });

  it('takes a discharge back, calls a stay off, moves to leave', () => {
    const then = (before: object, now: object) =>
      names(changed(encounter(one, before), encounter(one, now), patient('M1')));
    assert.deepEqual(then({ status: 'finished' }, {}), ['discharge.cancelled']);
    assert.deepEqual(then({}, { status: 'cancelled' }), ['admission.cancelled']);
    assert.deepEqual(then({}, { status: 'onleave' }), ['encounter.updated']);
  });

  it('of an outpatient who becomes an inpatient is a change of class and an admission', () => {
    assert.deepEqual(names(changed(encounter(one, { class: { code: 'AMB' } }), encounter(one, {}), patient('M1'))), [
      'encounter.class-changed',
      'patient.admitted',
    ]);
  });

  it("of the EHR's own task is told", () => {
    const task = (status: string): FhirResource => ({ resourceType: 'Task', id: 't1', status, intent: 'order' });
    assert.deepEqual(names(changed(null, task('requested'))), ['task.created']);
    assert.deepEqual(names(changed(task('in-progress'), task('completed'))), ['task.completed']);
    assert.deepEqual(names(changed(task('requested'), task('in-progress'))), []);
  });

  it('of what has no event is told as unmapped', () => {
    const [event] = changed(null, { resourceType: 'Goal', id: 'g1' });
    assert.equal(event?.name, 'message.unmapped');
    assert.deepEqual(schemaProblems(event), []);
  });

  it('never throws and always fits its schema, whatever a server sends', () => {
    let derived = 0;
    const types = [
      'Patient',
      'Encounter',
      'ServiceRequest',
      'Observation',
      'Appointment',
      'Task',
      'Immunization',
      'ChargeItem',
      'DocumentReference',
      'MedicationRequest',
      'DiagnosticReport',
    ];
    const members = [
      'identifier',
      'name',
      'status',
      'class',
      'period',
      'location',
      'code',
      'subject',
      'start',
      'link',
      'participant',
      'result',
      'meta',
      'interpretation',
      'deceasedDateTime',
      'valueQuantity',
    ];
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 4 }),
      fc.constantFrom(
        'active',
        'booked',
        'final',
        'in-progress',
        'finished',
        'completed',
        'planned',
        'billable',
        'noshow',
      ),
    );
    const resource = fc
      .tuple(fc.constantFrom(...types), fc.dictionary(fc.constantFrom(...members), value))
      .map(([resourceType, rest]): FhirResource => ({ id: 'x', ...rest, resourceType }));
    fc.assert(
      fc.property(resource, fc.option(resource), (current, before) => {
        const events = deriveFhirEvents(current, before, fhirContext());
        derived += events.length;
        for (const event of events) assert.deepEqual(schemaProblems(event), []);
      }),
      { seed: 6, numRuns: counts(1500, 50_000) },
    );
    assert.ok(derived > 200);
  });
});
