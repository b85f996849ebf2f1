/** A FHIR server as flows see it: a name, guarded calls, typed answers. */
import type { EndpointHealth } from '../endpoints/endpoint-health.ts';
import type { Failure, Lane } from '../store/contract/index.ts';
import type { SendList } from './minimise/send-list.ts';

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
  /** Of a write: elements that were not sent, since not both lists permit them, such as `Patient.name.given`. Absent: none. */
  readonly removed?: readonly string[];
  /** Of an update or a patch: there was nothing to do, and nothing was written. */
  readonly unchanged?: true;
}

/** On whose behalf something is written: for the Provenance, where the endpoint's binding asks for one. */
export interface WriteOrigin {
  /** Of the effect: one Provenance for each. */
  readonly key: string;
  readonly definition: string;
  readonly definitionVersion: string;
  readonly messageId: string;
  /** An earlier try may have written it: then also what is found done gets its Provenance. */
  readonly maybeDone?: boolean;
}

export type FhirResult =
  { readonly ok: true; readonly answer: FhirAnswer } | { readonly ok: false; readonly failure: Failure };

/** Every call is guarded in the same way: line, deadline, limits, token, typed failures. */
export interface FhirEndpoint {
  readonly name: string;
  /** What its binding says of writing there: what may be sent (`undefined`: everything), and whether a Provenance follows. */
  readonly writes?: { readonly allow: SendList | undefined; readonly provenance: boolean };
  read(type: string, id: string): Promise<FhirResult>;
  /** One version (vread). 404 and 410 are typed failures (`fhir-not-found`, `fhir-gone`). */
  vread(type: string, id: string, version: string): Promise<FhirResult>;
  /** Bundle of history, newest first, at most `maxPages` pages; of all of the type where `id` is `null`. `since`: instant. */
  history(
    type: string,
    id: string | null,
    how?: { readonly since?: string; readonly maxPages?: number },
  ): Promise<FhirResult>;
  /**
   * `params` are encoded here; of several values for one name all have to be met, as by `date=ge...&date=le...` (R4 3.1.1.5). A
   * Bundle of at most `maxPages` pages, same origin only.
   */
  search(
    type: string,
    params: Readonly<Record<string, string | readonly string[]>>,
    maxPages?: number,
  ): Promise<FhirResult>;
  /**
   * If-None-Exist on our identifier, which is added to the resource: a repeat gives the one that exists. Not every
   * server honours If-None-Exist: with `lookFirst` (an earlier try may have happened) it is asked for before. Types that
   * have no identifier carry it as a tag, if they are `Provenance` or `Subscription`; others are refused.
   */
  createOnce(
    resource: FhirResource,
    identifier: { readonly system: string; readonly value: string },
    how?: { readonly lookFirst?: boolean },
  ): Promise<FhirResult>;
  /** Reads, applies `change`, writes with If-Match; on a conflict reads and re-evaluates, a few times. `null` from `change`: nothing to do. */
  update(type: string, id: string, change: (current: FhirResource) => FhirResource | null): Promise<FhirResult>;
  /**
   * JSON Patch (RFC 6902) made from what is read, sent with If-Match; on a conflict or a lost answer read and made anew, as `update`.
   * `null` from `make`: nothing to do.
   */
  patch(
    type: string,
    id: string,
    make: (current: FhirResource) => readonly JsonPatchStep[] | null,
  ): Promise<FhirResult>;
  /**
   * A Bundle of type transaction. Entries that create get our identifier and If-None-Exist (`key` and their place), entries
   * that change or delete need `ifMatch`; others are refused (`fhir-transaction-invalid`). After a lost answer the identifiers
   * are looked up: all there, the outcome is known; none there, it may be sent again. That only some are there is said at the
   * try after (`lookFirst`), since a server may index late: it does not do transactions then (`fhir-transaction-torn`).
   * The answer is the server's response Bundle, or one like it of what was found.
   */
  transaction(
    bundle: FhirResource,
    key: { readonly system: string; readonly value: string },
    how?: { readonly lookFirst?: boolean },
  ): Promise<FhirResult>;
  /** GET of an operation that changes nothing (`$events`, `$status`, `$everything`), on an instance where there is an id. */
  operation(
    name: string,
    on: { readonly type: string; readonly id?: string },
    params?: Readonly<Record<string, string>>,
  ): Promise<FhirResult>;
  /** DELETE with If-Match where a version is given. Not there is success. */
  remove(type: string, id: string, version?: string): Promise<FhirResult>;
  /** The CapabilityStatement without its narrative, kept for an hour; asked for once, however many want it. */
  capabilities(): Promise<FhirResult>;
  health(): EndpointHealth;
}

/** RFC 6902. */
export type JsonPatchStep =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string };

/** By whom an endpoint is used. */
export interface AskedFor {
  readonly sends?: SendList | undefined;
  readonly origin?: WriteOrigin | undefined;
}

export interface FhirEndpoints {
  /**
   * The endpoint bound under this name in bindings.json; a catalogued error (`endpoint-unbound`) otherwise. What is asked
   * of it waits for its places in the lane; default `routine`. `sends`: what the definition says that it sends there
   * (`sendsTo(intent, name)`); what else it writes is not sent, and named in the answer. `origin`: on whose behalf it writes.
   */
  get(name: string, lane?: Lane, how?: AskedFor): FhirEndpoint;
  health(): readonly EndpointHealth[];
}
