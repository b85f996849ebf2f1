/** A FHIR server as flows see it: a name, guarded calls, typed answers. */
import type { EndpointHealth } from '../endpoints/endpoint-health.ts';
import type { Failure, Lane } from '../store/contract/index.ts';

export interface FhirResource {
  readonly resourceType: string;
  readonly id?: string;
  readonly [element: string]: unknown;
}

export interface FhirAnswer {
  readonly status: number;
  readonly resource: FhirResource | null;
  readonly etag: string | null;
  readonly location: string | null;
}

export type FhirResult =
  { readonly ok: true; readonly answer: FhirAnswer } | { readonly ok: false; readonly failure: Failure };

export interface FhirEndpoint {
  readonly name: string;
  read(type: string, id: string): Promise<FhirResult>;
  /** `params` are encoded here; a Bundle of at most `maxPages` pages, same origin only. */
  search(type: string, params: Readonly<Record<string, string>>, maxPages?: number): Promise<FhirResult>;
  /**
   * If-None-Exist on our identifier, which is added to the resource: a repeat gives the one that exists. Not every
   * server honours If-None-Exist: with `lookFirst` (an earlier try may have happened) it is asked for before.
   */
  createOnce(
    resource: FhirResource,
    identifier: { readonly system: string; readonly value: string },
    how?: { readonly lookFirst?: boolean },
  ): Promise<FhirResult>;
  /** Reads, applies `change`, writes with If-Match; on a conflict reads and re-evaluates, a few times. `null` from `change`: nothing to do. */
  update(type: string, id: string, change: (current: FhirResource) => FhirResource | null): Promise<FhirResult>;
  health(): EndpointHealth;
}

export interface FhirEndpoints {
  /**
   * The endpoint bound under this name in bindings.json; a catalogued error (`endpoint-unbound`) otherwise. What is asked
   * of it waits for its places in the lane; default `routine`.
   */
  get(name: string, lane?: Lane): FhirEndpoint;
  health(): readonly EndpointHealth[];
}
