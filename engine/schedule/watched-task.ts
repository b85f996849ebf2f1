/**
 * The Task an escalation watches, by id (`Task/12`) or, before it is written, by an identifier in the form of a
 * conditional reference (`Task?identifier=system|value`, FHIR R4 2.36.0.3): so a ladder need not wait for the EHR.
 */
import { carriersIn, identifierTerm } from '../fhir/identifier.ts';
import type { FhirEndpoint, FhirResource, FhirResult } from '../fhir/endpoint.ts';
import type { Failure } from '../store/contract/index.ts';

export type WatchedTask =
  | { readonly by: 'id'; readonly id: string }
  | { readonly by: 'identifier'; readonly system: string; readonly value: string };

const BY_ID = /^Task\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[A-Za-z0-9.-]{1,64})?$/;
const BY_IDENTIFIER = /^Task\?identifier=([^|\s]{1,200})\|([^|\s]{1,200})$/;

/** `null` for anything else: statuses of other resources mean other things. */
export function watchedTask(reference: string): WatchedTask | null {
  const [, id] = BY_ID.exec(reference) ?? [];
  if (id !== undefined) return { by: 'id', id };
  const [, system, value] = BY_IDENTIFIER.exec(reference) ?? [];
  return system === undefined || value === undefined ? null : { by: 'identifier', system, value };
}

/** The Task's status as the server has it, `null` where there is no such Task or no status; or why it cannot be asked. */
export async function taskStatus(endpoint: FhirEndpoint, task: WatchedTask): Promise<{ status: unknown } | Failure> {
  if (task.by === 'id') return statusIn(await endpoint.read('Task', task.id), (resource) => resource);
  const found = await endpoint.search('Task', { identifier: identifierTerm(task) }, 1);
  return statusIn(found, (bundle) => carriersIn(bundle, 'Task', task)[0]);
}

function statusIn(
  result: FhirResult,
  task: (resource: FhirResource) => FhirResource | undefined,
): { status: unknown } | Failure {
  if (!result.ok) return result.failure.class === 'permanent' ? { status: null } : result.failure;
  const { resource } = result.answer;
  return { status: (resource && task(resource)?.['status']) ?? null };
}
