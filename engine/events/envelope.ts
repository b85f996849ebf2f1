import { hash as digest } from 'node:crypto';
import type { ClinicalEvent, EventContext, PatientRef } from './clinical-event.ts';

/** What tells one fact from another, in parts; two messages about the same fact have the same parts. */
export type BusinessKey = readonly (string | number | null)[];

/** A clinical fact through its life: the same parts from its first mention over its progress to its corrections. */
export interface FactParts {
  readonly key: BusinessKey;
  /** What the fact says; two messages with the same content say the same. */
  readonly content: BusinessKey;
  /** How far it has come, where it has stages: 1 preliminary, 2 final. */
  readonly stage: number | null;
  readonly correction: boolean;
}

/** The context of a message's events, with what the message says of itself. */
export interface StatedContext extends EventContext {
  /** MSH-7 as an RFC 3339 instant; `null` where it is not stated to the minute at least. */
  readonly statedAt: string | null;
}

export interface EventFacts<Name extends string, Data> {
  readonly name: Name;
  readonly source: string;
  readonly key: BusinessKey;
  /** What a gate needs to know the fact by; without its name and times, which a fact may change as it goes on. */
  readonly fact: FactParts;
  /** RFC 3339 as stated; `null` where the message does not say. */
  readonly time: string | null;
  readonly patient: string;
  readonly data: Data;
}

export function envelope<Name extends string, Data>(
  facts: EventFacts<Name, Data>,
  context: StatedContext,
): ClinicalEvent<Name, Data> {
  const { name, source, key, fact, time, patient, data } = facts;
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
    businesskey: hash(fact.key),
    contenthash: hash(fact.content),
    ...(context.statedAt !== null && { statedtime: context.statedAt }),
    ...(fact.stage !== null && { stage: fact.stage }),
    correction: fact.correction || context.mode === 'correction',
    data,
  };
}

/** Opaque key of a patient. One that nobody can name stays alone: two unknown patients must not be taken for one. */
export function patientKey(patient: PatientRef, context: EventContext): string {
  const { identifier } = patient;
  return identifier ? hash([identifier.authority, identifier.value]) : hash(['unidentified', context.correlationId]);
}

/** JSON keeps the parts apart whatever they hold. */
export function hash(parts: BusinessKey): string {
  return digest('sha256', JSON.stringify(parts));
}
