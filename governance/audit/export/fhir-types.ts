/** As much of FHIR R4 AuditEvent as an export needs. */
export interface Coding {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
}
export interface Reference {
  readonly reference?: string;
  readonly type?: string;
  readonly identifier?: { readonly system: string; readonly value: string };
  readonly display?: string;
}
export interface AuditEventAgent {
  readonly type?: { readonly coding: readonly Coding[] };
  readonly who?: Reference;
  readonly name?: string;
  readonly requestor: boolean;
  /** 1 machine name, 2 IP address. */
  readonly network?: { readonly address: string; readonly type: '1' | '2' };
}
export interface AuditEventEntity {
  readonly what?: Reference;
  readonly type: Coding;
  readonly role?: Coding;
  readonly name?: string;
  readonly description?: string;
  /** Base64. */
  readonly query?: string;
  readonly detail?: readonly { readonly type: string; readonly valueString: string }[];
}
export interface AuditEvent {
  readonly resourceType: 'AuditEvent';
  readonly id: string;
  readonly meta?: { readonly profile: readonly string[] };
  readonly text: { readonly status: 'generated'; readonly div: string };
  readonly type: Coding;
  readonly subtype: readonly Coding[];
  readonly action: 'C' | 'R' | 'U' | 'D' | 'E';
  readonly recorded: string;
  readonly outcome: '0' | '4' | '8';
  readonly outcomeDesc?: string;
  readonly agent: readonly AuditEventAgent[];
  readonly source: { readonly site: string; readonly observer: Reference; readonly type: readonly Coding[] };
  readonly entity: readonly AuditEventEntity[];
}
