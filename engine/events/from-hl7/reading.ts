/** What a message says of itself, read once, and how its events are made. */
import type { Hl7Message } from '../../hl7/message.ts';
import type { Hl7Segment } from '../../hl7/segment.ts';
import type { ClinicalEvent, Coding, EventContext, PatientRef, VisitRef } from '../clinical-event.ts';
import type { EventData, EventName } from '../catalogue/index.ts';
import { envelope, hash, patientKey, type BusinessKey, type StatedContext } from '../envelope.ts';
import type { KnownStates, StateStatement } from '../event-state.ts';
import { patientRef, sourceOf, sourceTrigger, statedIn, text, time, visitRef } from './read-parts.ts';

export type CanonicalEvent = { [N in EventName]: ClinicalEvent<N, EventData<N>> }[EventName];

/** A message's statements about states, and its events once the states before it are known. Pure. */
export interface EventReading {
  /** Empty: its events need no state. */
  readonly statements: readonly StateStatement[];
  readonly events: (before: KnownStates) => readonly CanonicalEvent[];
}

export interface MessageParts {
  readonly message: Hl7Message;
  readonly context: StatedContext;
  readonly source: string;
  readonly controlId: string;
  readonly trigger: Coding;
  /** When what the message is about happened (EVN-6, EVN-2), as stated; `null`: it does not say. */
  readonly happened: string | null;
  /** When it was recorded (EVN-2, MSH-7), milliseconds; when it was accepted, where the message does not say. */
  readonly recordedAt: number;
  readonly happenedAt: number;
}

export function partsOf(message: Hl7Message, given: EventContext): MessageParts {
  const { zone, receivedAt } = given;
  const context: StatedContext = { ...given, statedAt: statedIn(message, zone) };
  const evn = message.segment('EVN');
  const [recorded, occurred] = [time(evn, '2', zone), time(evn, '6', zone)];
  const recordedAt = instant(recorded) ?? instant(context.statedAt) ?? receivedAt;
  return {
    message,
    context,
    source: sourceOf(message),
    controlId: text(message.segment('MSH'), '10') ?? '',
    trigger: sourceTrigger(message),
    happened: occurred ?? recorded,
    // A sender whose clock is ahead must not make all that follows look late.
    recordedAt: Math.min(recordedAt, receivedAt),
    happenedAt: Math.min(instant(occurred) ?? recordedAt, receivedAt),
  };
}

/** Milliseconds of a time to the minute or finer; one without a zone counts as UTC, as it is compared with its like. */
export function instant(iso: string | null): number | null {
  if (iso === null || !/T\d\d:\d\d/.test(iso)) return null;
  const zoned = /(Z|[+-]\d\d:\d\d)$/.test(iso) ? iso : `${iso}Z`;
  const at = Date.parse(zoned.replace(/(\.\d{3})\d+/, '$1'));
  return Number.isNaN(at) ? null : at;
}

/** Who and which visit; one reading for all events about them. */
export interface Subject {
  readonly patient: PatientRef;
  readonly visit: VisitRef;
  readonly key: string;
  readonly isIdentified: boolean;
}

export function subjectOf(parts: MessageParts, pid: Hl7Segment | undefined, pv1: Hl7Segment | undefined): Subject {
  const patient = patientRef(pid);
  return {
    patient,
    visit: visitRef(pv1),
    key: patientKey(patient, parts.context),
    isIdentified: patient.identifier !== null,
  };
}

export interface Told<N extends EventName> {
  readonly name: N;
  /** Behind the patient's key. */
  readonly key: BusinessKey;
  /** Names the fact through its life; default: `name` and key. */
  readonly fact?: BusinessKey;
  readonly stage?: number;
  readonly correction?: boolean;
  readonly late?: boolean;
  readonly time?: string | null;
  /** False: nothing but the message itself tells this fact from the next. */
  readonly isNamed: boolean;
  readonly data: EventData<N>;
}

export function tell<N extends EventName>(parts: MessageParts, subject: string, told: Told<N>): CanonicalEvent {
  const { name, key, fact, stage, correction, late, time: at, isNamed, data } = told;
  const fallback = isNamed ? [] : [parts.source, parts.controlId];
  const full: BusinessKey = [subject, ...key, ...fallback];
  const event: ClinicalEvent<N, EventData<N>> = envelope(
    {
      name,
      source: parts.source,
      key: full,
      fact: {
        key: fact ? [...fact, ...fallback] : [name, ...full],
        content: [contentHash(data)],
        stage: stage ?? null,
        correction: correction ?? false,
      },
      time: at === undefined ? parts.happened : at,
      patient: subject,
      ...(late === true && { late }),
      data,
    },
    parts.context,
  );
  // The compiler does not see that one member of the union was built.
  return event as unknown as CanonicalEvent;
}

/** Without the trigger: the same content however it is said. */
function contentHash(data: object): string {
  const { sourceTrigger: _trigger, ...content } = data as { readonly sourceTrigger?: unknown };
  return hash([JSON.stringify(content)]);
}

/** A copy for each event: what a flow writes into one must not show in another. */
export function shellOf(
  parts: MessageParts,
  { patient, visit }: Subject,
  derivedFrom: 'trigger' | 'difference' = 'trigger',
): { sourceTrigger: Coding; patient: PatientRef; visit: VisitRef; derivedFrom: 'trigger' | 'difference' } {
  return { ...personOf(parts, patient, derivedFrom), visit: { ...visit } };
}

export function personOf(
  parts: MessageParts,
  patient: PatientRef,
  derivedFrom: 'trigger' | 'difference' = 'trigger',
): { sourceTrigger: Coding; patient: PatientRef; derivedFrom: 'trigger' | 'difference' } {
  return { sourceTrigger: { ...parts.trigger }, patient: copyOf(patient), derivedFrom };
}

export function copyOf(patient: PatientRef): PatientRef {
  return {
    ...patient,
    identifier: patient.identifier && { ...patient.identifier },
    identifiers: patient.identifiers.map((one) => ({ ...one })),
  };
}
