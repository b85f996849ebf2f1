/** What `fhir read` and `fhir write` share: the endpoint by its config node, references, and `msg.fhir`. */
import type { FhirAnswer, FhirEndpoint, FhirResource, Lane, AskedFor } from '../../engine/index.ts';
import { fhirEndpoint } from '../wardflow-fhir-endpoint/config.ts';
import { nodeErrors } from './errors.ts';
import { configOf, type NodeHandle } from './register.ts';

/** `msg.fhir` after a read or a write of one resource. */
export interface FhirOutcome {
  /** HTTP status of the answer. */
  readonly status: number;
  readonly id: string | null;
  /** `Task/12`. */
  readonly reference: string | null;
  readonly etag: string | null;
  readonly resource: FhirResource | null;
}

export function endpointName(handle: NodeHandle<unknown>, configNodeId: string): string {
  return configOf(handle, fhirEndpoint, configNodeId, 'endpoint').name.trim();
}

/** Asked for at each use: a binding may be mended while the flow runs. Calls wait for their turn in the lane. */
export function endpointOf(handle: NodeHandle<unknown>, name: string, lane: Lane, how?: AskedFor): FhirEndpoint {
  return handle.services.engine.endpoints.get(name, lane, how);
}

export function outcomeOf(type: string, answer: FhirAnswer): FhirOutcome {
  const id = answer.resource?.id ?? idIn(type, answer.location ?? '');
  return {
    status: answer.status,
    id,
    reference: id === null ? null : `${type}/${id}`,
    etag: answer.etag,
    resource: answer.resource,
  };
}

const ID = '[A-Za-z0-9.-]{1,64}';

function idIn(type: string, location: string): string | null {
  return new RegExp(`(?:^|/)${type}/(${ID})(?:/_history/|$)`).exec(location)?.[1] ?? null;
}

/** The id in what an expression gave: an id, `Task/12`, or an absolute reference that ends so. */
export function resourceId(
  type: string,
  given: string,
  where: { readonly field: string; readonly node: string },
): string {
  const id = new RegExp(`^(?:(?:[^\\s?#]*/)?${type}/)?(${ID})(?:/_history/${ID})?$`).exec(given.trim())?.[1];
  if (id === undefined) throw nodeErrors.create('reference-wrong', { ...where, type });
  return id;
}
