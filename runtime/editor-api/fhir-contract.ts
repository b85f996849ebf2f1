/**
 * What the forms of the FHIR nodes ask of their runtime, below `EDITOR_API`, with the person's session. No address and no
 * credential of a server is in any answer. Problems are RFC 9457, as in `api/contract.ts`.
 */

import type { FhirLook, FhirLookRequest } from '../api/fhir-look-contract.ts';

export type { FhirLook };

/** GET /fhir/server?endpoint=<logical name> */
export interface FhirServerView {
  /** `none`: no endpoint was named. `silent`: it is not bound, does not answer, or states nothing that can be read. */
  readonly state: 'known' | 'silent' | 'none';
  /** '' where the server does not say. */
  readonly software: string;
  readonly fhirVersion: string;
  /** Why it is silent. */
  readonly problem: FhirProblem | null;
  /** Those of R4, and those that the server states besides. */
  readonly types: readonly FhirName[];
}

export interface FhirName {
  readonly name: string;
  /** Of a parameter: `token`; of an element: `CodeableConcept`; of a resource type ''. */
  readonly type: string;
  /** From the standard; '' where it knows none. */
  readonly text: string;
  /** Whether the server states it; `null`: that is not known. */
  readonly here: boolean | null;
}

export interface FhirProblem {
  readonly code: string;
  readonly title: string;
  readonly remedy: string;
}

/** GET /fhir/type?endpoint=<logical name>&type=<resource type> */
export interface FhirTypeView {
  readonly type: string;
  readonly text: string;
  readonly here: boolean | null;
  /** As the server states them (`read`, `search-type`, `patch`); `null`: that is not known. */
  readonly interactions: readonly string[] | null;
  readonly parameters: readonly FhirName[];
  /** Paths below the resource: `name.given`. */
  readonly elements: readonly FhirName[];
}

/** POST /fhir/test { endpoint } -> FhirTest: asks the server now, with the binding of this environment. */
export interface FhirTest {
  readonly ok: boolean;
  readonly software: string;
  readonly fhirVersion: string;
  /** `accepted`: something that needs it was answered. `none`: the binding has no credentials. `refused`; `unknown`: it did not come to that. */
  readonly credentials: 'accepted' | 'none' | 'refused' | 'unknown';
  /** Resource types that the server states. */
  readonly types: number;
  /** Of the slower of its requests, milliseconds. */
  readonly ms: number;
  readonly problem: FhirProblem | null;
}

/** POST /fhir/look -> FhirLook: a read of the server by hand, by way of the console, which decides whether the person may. */
export type FhirLookWish = Omit<FhirLookRequest, 'definition'> & {
  /** Id of the node's tab. */
  readonly tab?: string;
};
