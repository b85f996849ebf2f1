/** POST /fhir-looks: one read of a FHIR server by hand, from the form of a node. It changes nothing, and is recorded. */

export interface FhirLookRequest {
  /** Logical name. */
  readonly endpoint: string;
  /** Whose form it is; absent: not deployed yet. Somebody who answers for a part needs one of theirs that names the endpoint. */
  readonly definition?: string;
  readonly operation: 'read' | 'vread' | 'search' | 'history';
  readonly type: string;
  /** Of all but `search`. */
  readonly id?: string;
  /** Of `vread`. */
  readonly version?: string;
  /** Of `history`: an instant. */
  readonly since?: string;
  /** Of `search`. */
  readonly parameters?: readonly { readonly name: string; readonly value: string }[];
}

export interface FhirLook {
  /** `nothing`: not there, or nothing matches. `deleted`: it was there. */
  readonly outcome: 'found' | 'nothing' | 'deleted' | 'failed';
  /** Milliseconds, waiting for its turn included. */
  readonly ms: number;
  /** On the first page, which is all that is asked for. */
  readonly found: number;
  /** As the server says; `null`: it does not. */
  readonly total: number | null;
  /** The server has further pages. */
  readonly more: boolean;
  /** The first of them. */
  readonly entries: readonly FhirLookEntry[];
  /** What the server answered, indented; '' where it gave no resource. */
  readonly json: string;
  /** `json` ends before the answer does. */
  readonly cut: boolean;
  readonly problem: { readonly code: string; readonly title: string; readonly remedy: string } | null;
}

export interface FhirLookEntry {
  /** `Patient/12` */
  readonly reference: string | null;
  readonly version: string | null;
  /** When it became so, as the server says. */
  readonly at: string | null;
  readonly deleted: boolean;
}
