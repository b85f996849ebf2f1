import type { OperationOutcome, Resource } from '@medplum/fhirtypes';
import type { SandboxRepository } from './repository.ts';

/**
 * A rule that real EHRs have: nothing is written for a patient whose record is closed (`active: false`, as after a
 * merge). `null`: it may be written. Patients that are not known here are taken on trust.
 */
export function closedRecord(resource: unknown, repository: SandboxRepository): OperationOutcome | null {
  if (typeof resource !== 'object' || resource === null || !('resourceType' in resource)) return null;
  for (const element of ['for', 'subject'] as const) {
    const patient = patientOf((resource as Partial<Record<string, unknown>>)[element], repository);
    if (!patient || !('active' in patient) || patient.active !== false) continue;
    const expression = [`${String(resource.resourceType)}.${element}`];
    const details = { text: 'The record of this patient is closed.' };
    return {
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code: 'business-rule', details, expression }],
    };
  }
  return null;
}

function patientOf(reference: unknown, repository: SandboxRepository): Resource | undefined {
  if (typeof reference !== 'object' || reference === null) return undefined;
  const { reference: literal, identifier } = reference as { reference?: unknown; identifier?: unknown };
  if (typeof literal === 'string') return repository.stored('Patient', literal.replace(/^.*Patient\//, ''));
  const { system, value } = (identifier ?? {}) as { system?: unknown; value?: unknown };
  if (typeof system !== 'string' || typeof value !== 'string') return undefined;
  return repository.withIdentifier('Patient', system, value)[0];
}
