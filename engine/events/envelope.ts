import { hash as digest } from 'node:crypto';
import type { ClinicalEvent, EventContext, FormerEvent, PatientRef } from './clinical-event.ts';

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
  readonly late?: boolean;
  readonly data: Data;
}

/** As many as the largest whole number has. */
const SEQUENCE_DIGITS = 16;

export function envelope<Name extends string, Data>(
  facts: EventFacts<Name, Data>,
  context: StatedContext,
): ClinicalEvent<Name, Data> {
  const { name, source, key, fact, time, patient, late, data } = facts;
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
    ...(context.cause && {
      sequence: String(context.cause.sequence).padStart(SEQUENCE_DIGITS, '0'),
      causationid: context.cause.messageId,
      traceparent: context.cause.traceparent,
    }),
    mode: context.mode,
    businesskey: hash(fact.key),
    contenthash: hash(fact.content),
    ...(context.statedAt !== null && { statedtime: context.statedAt }),
    ...(fact.stage !== null && { stage: fact.stage }),
    correction: fact.correction || context.mode === 'correction',
    ...(late === true && { late }),
    ...stated(patient, data, context.identity),
    data,
    ...formerly(facts, context.identity),
  };
}

/** Of several who are one, the one that the event's own patient names. */
function stated(
  patient: string,
  data: unknown,
  identity: EventContext['identity'],
): { readonly statedsubject?: string } {
  const keys = Object.entries(identity?.survivors ?? {}).flatMap(([key, survivor]) =>
    survivor === patient ? key : [],
  );
  if (keys.length === 0) return {};
  const { identifier } = (data as { readonly patient?: Partial<PatientRef> }).patient ?? {};
  const named = identifier ? statedKey(identifier) : undefined;
  if (named === patient) return {};
  return { statedsubject: keys.find((key) => key === named) ?? keys[0] };
}

/** What it would be called by the patient's other keys: by one of them it may have been told before. */
function formerly(
  { name, key, fact, patient }: Pick<EventFacts<string, unknown>, 'name' | 'key' | 'fact' | 'patient'>,
  identity: EventContext['identity'],
): { readonly formerly?: readonly FormerEvent[] } {
  const others = own(identity?.former, patient) ?? [];
  if (others.length === 0) return {};
  const as = (subject: string, parts: BusinessKey): BusinessKey =>
    parts.map((part) => (part === patient ? subject : part));
  return {
    formerly: others.map((subject) => ({
      subject,
      id: hash([name, ...as(subject, key)]),
      businesskey: hash(as(subject, fact.key)),
    })),
  };
}

const own = <V>(of: Readonly<Record<string, V>> | undefined, key: string): V | undefined =>
  of && Object.hasOwn(of, key) ? of[key] : undefined;

/**
 * A time in a key: as an instant where its zone is known, since HL7 v2 and FHIR write the same one in different zones and to the
 * minute or to the second. One without a zone is taken as stated.
 */
export function keyTime(iso: string | null): string | null {
  if (iso === null || !/T\d\d:\d\d.*(Z|[+-]\d\d:\d\d)$/.test(iso)) return iso;
  const instant = Date.parse(iso.replace(/(\.\d{3})\d+/, '$1'));
  return Number.isNaN(instant) ? iso : new Date(instant).toISOString().replace('.000Z', 'Z');
}

/**
 * Opaque key of a patient: of the record that survives, where that is known. One that nobody can name stays alone: two unknown
 * patients must not be taken for one.
 */
export function patientKey({ identifier }: PatientRef, { correlationId, identity }: EventContext): string {
  if (!identifier) return hash(['unidentified', correlationId]);
  const key = statedKey(identifier);
  return own(identity?.survivors, key) ?? key;
}

/** Of the number itself, whoever is known by it. */
export function statedKey({ authority, value }: { readonly authority: string | null; readonly value: string }): string {
  return hash([authority, value]);
}

/** JSON keeps the parts apart whatever they hold. */
export function hash(parts: BusinessKey): string {
  return digest('sha256', JSON.stringify(parts));
}
