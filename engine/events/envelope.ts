import { createHash } from 'node:crypto';
import type { ClinicalEvent, EventContext, PatientRef } from './clinical-event.ts';

/** What tells one fact from another, in parts; two messages about the same fact have the same parts. */
export type BusinessKey = readonly (string | number | null)[];

export interface EventFacts<Name extends string, Data> {
  readonly name: Name;
  readonly source: string;
  readonly key: BusinessKey;
  /** RFC 3339 as stated; `null` where the message does not say. */
  readonly time: string | null;
  readonly patient: string;
  readonly data: Data;
}

export function envelope<Name extends string, Data>(
  facts: EventFacts<Name, Data>,
  context: EventContext,
): ClinicalEvent<Name, Data> {
  const { name, source, key, time, patient, data } = facts;
  return {
    specversion: '1.0',
    id: hash([name, ...key]),
    source,
    type: `org.wardflow.${name}.v1`,
    name,
    subject: patient,
    ...(time !== null && { time }),
    datacontenttype: 'application/json',
    recordedtime: new Date(context.receivedAt).toISOString(),
    partitionkey: patient,
    correlationid: context.correlationId,
    mode: context.mode,
    data,
  };
}

/** Opaque key of a patient. One that nobody can name stays alone: two unknown patients must not be taken for one. */
export function patientKey(patient: PatientRef, context: EventContext): string {
  const { identifier } = patient;
  return identifier ? hash([identifier.authority, identifier.value]) : hash(['unidentified', context.correlationId]);
}

/** JSON keeps the parts apart whatever they hold. */
function hash(parts: BusinessKey): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
