import type { WithId } from '@medplum/core';
import type { Patient as FhirPatient } from '@medplum/fhirtypes';
import { population } from '../hospital/people.ts';

/** The synthetic hospital's patients as the EHR knows them. The record of the first is closed: see demo/README.md. */
export function knownPatients(): readonly WithId<FhirPatient>[] {
  return population().map((patient, i) => ({
    resourceType: 'Patient',
    id: `mrn-${patient.mrn}`,
    active: i !== 0,
    identifier: [{ system: 'urn:wardflow:authority:NORTHGATE', value: patient.mrn }],
    name: [{ family: patient.family, given: [patient.given] }],
    gender: patient.sex === 'F' ? 'female' : 'male',
    birthDate: `${patient.born.slice(0, 4)}-${patient.born.slice(4, 6)}-${patient.born.slice(6)}`,
  }));
}
