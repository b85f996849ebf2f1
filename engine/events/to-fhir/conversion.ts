/** HL7 v2 to FHIR R4: what a conversion gives. It is a pure function of the message, the mappings and the context. */
import type { FhirResource } from '../../fhir/endpoint.ts';

export interface Conversion {
  /** Type `transaction`: each entry has a `urn:uuid:` fullUrl derived from the message, and a request that creates it once. */
  readonly bundle: FhirResource;
  /** For each value that was set: where it came from. */
  readonly lineage: readonly LineageEntry[];
  /** What the message says and the bundle does not. */
  readonly unmapped: readonly Unmapped[];
  /** The mapping that was used and its version (hash); `null`: the type has none, and the bundle is the minimal one. */
  readonly mapping: { readonly name: string; readonly version: string } | null;
}

export interface LineageEntry {
  /** Place in the bundle: `Patient[0].name[0].family`; the number is the resource's among those of its type. */
  readonly target: string;
  /** HL7 path with repetition: `PID-5[1].1`; `null`: a value that the mapping states. */
  readonly source: string | null;
  /** The code map it went through. */
  readonly map: { readonly name: string; readonly version: string; readonly relation: string } | null;
}

/**
 * - `no-mapping`: nothing took it
 * - `code-unknown`: the code map has no row for it
 * - `value-unreadable`: it is not what its data type says
 * - `value-deleted`: HL7 null; the sender deletes what the receiver has, which a create cannot say
 * - `time-shortened`: a time without a zone, or to the hour alone, which FHIR cannot carry: its date was kept
 * - `type-unknown`: there is no mapping for the type of message; the bundle is the minimal one
 */
export type UnmappedReason =
  'no-mapping' | 'code-unknown' | 'value-unreadable' | 'value-deleted' | 'time-shortened' | 'type-unknown';

export interface Unmapped {
  /** HL7 path, or a segment's name with its number: `PV1-18`, `PID-5[2]`, `PID-3[1].7`, `ZBE[1]`. */
  readonly source: string;
  /** No value: it is clinical. */
  readonly reason: UnmappedReason;
  /** The code map that did not know the code. */
  readonly map: string | null;
  /** What that code map says is to be done: `quarantine` means that the message is not to go on. */
  readonly policy: 'report' | 'quarantine';
}

export interface ConversionContext {
  /** When it was accepted. */
  readonly receivedAt: number;
  /** IANA zone or offset for times without one; `null`: such times become dates, and are reported. */
  readonly zone: string | null;
}
