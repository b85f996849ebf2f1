/**
 * Canonical clinical events: CloudEvents 1.0 in structured JSON form, with `name` (the short past-tense fact) as an
 * extension so that a switch node reads well. Context attributes carry no patient identifier; `data` may.
 */
export interface ClinicalEvent<Name extends string = string, Data = unknown> {
  readonly specversion: '1.0';
  /** SHA-256 over name and business key: the same fact has the same id wherever it comes from. */
  readonly id: string;
  /** `/v2/{sending facility}/{sending application}`. */
  readonly source: string;
  /** `org.wardflow.<name>.v1`. */
  readonly type: string;
  readonly name: Name;
  /** Opaque key of the patient: hash of assigning authority and identifier. */
  readonly subject: string;
  /** When it happened, RFC 3339 with the precision stated; absent when the message does not say. */
  readonly time?: string;
  readonly datacontenttype: 'application/json';
  /** When Wardflow accepted the message. */
  readonly recordedtime: string;
  /** Orders are kept for each of these: the patient. */
  readonly partitionkey: string;
  /** Order in which messages were accepted, as digits that sort as text (CloudEvents extension "sequence"). */
  readonly sequence?: string;
  /** The same in everything that follows from one message. */
  readonly correlationid: string;
  /** Id of the message that told it. */
  readonly causationid?: string;
  /** W3C Trace Context of the message (CloudEvents extension "distributed tracing"). */
  readonly traceparent?: string;
  readonly mode: 'live' | 'replay' | 'correction';
  /**
   * SHA-256 over what names the fact through its life (of a result: order, code and sub-id): a preliminary result, the
   * final one and its correction are one fact and have one key, while each is an event with an `id` of its own.
   */
  readonly businesskey: string;
  /** SHA-256 over what the fact says: the same in two messages that say the same. */
  readonly contenthash: string;
  /** When the sender stated it (MSH-7), RFC 3339; absent where it does not say. */
  readonly statedtime?: string;
  /** How far the fact has come, where it has stages: 1 preliminary, 2 final. */
  readonly stage?: number;
  /** The sender says that it corrects what was said before. */
  readonly correction: boolean;
  /** It happened before what is known already: it is told, and the state that is known stays. */
  readonly late?: true;
  /** Key of the number that the message states, where another survives. */
  readonly statedsubject?: string;
  readonly data: Data;
  /** No part of the event: sources take it out, and give it to those who look for what was told before. */
  readonly formerly?: readonly FormerEvent[];
}

/** What an event would be called by another key of its patient. */
export interface FormerEvent {
  readonly subject: string;
  readonly id: string;
  readonly businesskey: string;
}

export interface Coding {
  readonly system: string | null;
  readonly code: string | null;
  readonly display: string | null;
}

export interface PatientRef {
  /** The identifier chosen (MR first), and all of PID-3. */
  readonly identifier: {
    readonly value: string;
    readonly authority: string | null;
    readonly type: string | null;
  } | null;
  readonly identifiers: readonly {
    readonly value: string;
    readonly authority: string | null;
    readonly type: string | null;
  }[];
  readonly name: string | null;
  readonly birthDate: string | null;
  readonly sex: string | null;
}

export interface VisitRef {
  readonly number: string | null;
  readonly class: string | null;
  readonly unit: string | null;
  readonly room: string | null;
  readonly bed: string | null;
  readonly service: string | null;
  readonly attending: string | null;
}

/** Of an event from FHIR. */
export interface FhirOrigin {
  readonly resource?: { readonly type: string; readonly id: string; readonly version: string | null };
  /** Nothing that HL7 v2 knows too names the fact: an event of this name and time from there may be the same. */
  readonly possibleDuplicateOf?: {
    readonly name: string;
    readonly subject: string | null;
    readonly time: string | null;
  };
}

export interface LabResultData extends FhirOrigin {
  readonly sourceTrigger: Coding;
  readonly patient: PatientRef;
  readonly visit: VisitRef;
  /** The value as `event.data.code`: LOINC where OBX-3 has one in either triplet, else the first code. */
  readonly code: string | null;
  readonly codeSystem: string | null;
  readonly display: string | null;
  /** A number for NM and for SN without comparator; otherwise the text; `null` when absent. */
  readonly value: number | string | null;
  /** As stated in OBX-5, unescaped. */
  readonly valueText: string;
  readonly unit: string | null;
  readonly referenceRange: string | null;
  readonly flags: readonly string[];
  /** OBX-11, else OBR-25, as stated. */
  readonly status: string | null;
  readonly observedAt: string | null;
  readonly order: { readonly placer: string | null; readonly filler: string | null; readonly service: Coding };
  readonly subId: string | null;
}

export interface DischargeData extends FhirOrigin {
  readonly sourceTrigger: Coding;
  readonly patient: PatientRef;
  readonly visit: VisitRef;
  readonly dischargedAt: string | null;
  readonly admittedAt: string | null;
  readonly disposition: string | null;
  readonly diagnoses: readonly Coding[];
}

/**
 * `unverified`: a value or a flag whose status the message does not state, or states as one that no result should have
 * (pending, not obtainable, unknown). It is to be judged as a result is: it may be one.
 */
export type LabEventName =
  | 'lab.result.preliminary'
  | 'lab.result.final'
  | 'lab.result.corrected'
  | 'lab.result.unverified'
  | 'lab.result.critical';
export type LabResultEvent = ClinicalEvent<LabEventName, LabResultData>;
export type PatientDischargedEvent = ClinicalEvent<'patient.discharged', DischargeData>;

export interface EventContext {
  readonly receivedAt: number;
  readonly correlationId: string;
  /** Absent in previews: the message in the journal. */
  readonly cause?: {
    readonly messageId: string;
    readonly traceparent: string;
    /** Place among what was accepted. */
    readonly sequence: number;
  };
  /** IANA zone or offset of the feed, where the message states none; `null`: leave times without a zone. */
  readonly zone: string | null;
  readonly mode: 'live' | 'replay' | 'correction';
  /** Who is known by which key (`Identities.take`); absent: everybody by their own. */
  readonly identity?: {
    readonly survivors: Readonly<Record<string, string>>;
    readonly former: Readonly<Record<string, readonly string[]>>;
  };
}
