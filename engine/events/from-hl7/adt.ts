/**
 * ADT: the trigger says what the sender called it, the difference to what was known says what is different. A08 and A04 are never
 * taken at their word alone.
 */
import type { Hl7Segment } from '../../hl7/segment.ts';
import { statedKey } from '../envelope.ts';
import { isNews, type KnownState, type KnownStates, type StateStatement } from '../event-state.ts';
import { contentOf, differences, timeOf, type View } from './adt-difference.ts';
import { deceasedIn, patientStatement, visitStatement } from './adt-state.ts';
import { TRIGGERS, type Trigger } from './adt-triggers.ts';
import { ofVisit } from './adt-visit.ts';
import { merges, previousIdentifiers } from './merges.ts';
import { time } from './read-parts.ts';
import {
  copyOf,
  personOf,
  subjectOf,
  tell,
  type CanonicalEvent,
  type EventReading,
  type MessageParts,
  type Subject,
} from './reading.ts';
import { unmapped } from './unmapped.ts';

export function readAdt(parts: MessageParts, code: string): EventReading {
  const named = TRIGGERS[code];
  if (named === undefined) return { statements: [], events: () => [unmapped(parts, 'trigger-unknown')] };
  const views = segmentsOf(parts, code).map(({ pid, pv1, pv2 }): View => {
    const subject = subjectOf(parts, pid, pv1);
    const trigger = meant(named, subject);
    return {
      subject,
      pid,
      pv1,
      pv2,
      patient: patientStatement(parts, subject, pid),
      visit: isAboutVisit(trigger) ? visitStatement(parts, subject, trigger, pv1, pv2) : null,
    };
  });
  return {
    statements: views.flatMap(({ patient, visit }) => [patient, visit].filter((one) => one !== null)),
    events(before) {
      const found = views.flatMap((view) => eventsOf(parts, meant(named, view.subject), view, before));
      return found.length > 0 || !says(named) ? found : [unmapped(parts, 'states-nothing')];
    },
  };
}

/** An update that changes nothing states nothing new, and is in order; of all others something is expected. */
const says = (trigger: Trigger): boolean => !['update', 'person', 'new-person', 'register'].includes(trigger);
const isAboutVisit = (trigger: Trigger): boolean => !['person', 'new-person', 'merge', 'identifier'].includes(trigger);

function segmentsOf(
  { message }: MessageParts,
  code: string,
): { pid: Hl7Segment | undefined; pv1: Hl7Segment | undefined; pv2: Hl7Segment | undefined }[] {
  const nth = (n: number) => ({
    pid: message.segment('PID', n),
    pv1: message.segment('PV1', n),
    pv2: code === 'A17' ? undefined : message.segment('PV2', n),
  });
  return code === 'A17' && message.segment('PID', 2) ? [nth(1), nth(2)] : [nth(1)];
}

/**
 * Sites send A04 for emergency, clinic and mere registration: PV1-2 tells them apart. One without a visit, or with class N (not
 * applicable), registers a person.
 */
function meant(trigger: Trigger, { visit }: Subject): Trigger {
  if (trigger !== 'register') return trigger;
  if (visit.class === 'I') return 'admit';
  if (visit.class === 'P') return 'preadmit';
  return visit.number === null || visit.class === 'N' ? 'new-person' : 'register';
}

const NEW_PATIENT = new Set<Trigger>(['admit', 'register', 'preadmit', 'new-person']);

function eventsOf(parts: MessageParts, trigger: Trigger, view: View, before: KnownStates): CanonicalEvent[] {
  const { subject } = view;
  const events: CanonicalEvent[] = [];
  const knownPatient = stateOf(before, view.patient);
  if (trigger === 'merge') events.push(...merges(parts, subject));
  else if (trigger === 'identifier') events.push(...identifierChanged(parts, subject));
  else {
    events.push(...ofPatient(parts, trigger, view, knownPatient));
    if (isAboutVisit(trigger)) events.push(...ofVisit(parts, trigger, view, stateOf(before, view.visit)));
  }
  const dead = deceased(parts, view, knownPatient);
  return dead ? [...events, dead] : events;
}

const stateOf = (before: KnownStates, statement: StateStatement | null): KnownState | undefined =>
  statement !== null && Object.hasOwn(before, statement.key) ? before[statement.key] : undefined;

function ofPatient(
  parts: MessageParts,
  trigger: Trigger,
  { subject, patient }: View,
  known: KnownState | undefined,
): CanonicalEvent[] {
  if (!subject.isIdentified || patient === null) return [];
  if (!known) {
    if (NEW_PATIENT.has(trigger))
      return [
        tell(parts, subject.key, {
          name: 'patient.registered',
          key: [],
          fact: ['patient.registered', subject.key],
          isNamed: true,
          data: personOf(parts, subject.patient),
        }),
      ];
    return trigger === 'person' ? [patientUpdated(parts, subject, patient, null, false)] : [];
  }
  return differences(patient, known, PERSON_ELSEWHERE).map(({ changed, late }) =>
    patientUpdated(parts, subject, patient, changed, late),
  );
}

const PERSON_ELSEWHERE = new Set(['known', 'deceased']);
function patientUpdated(
  parts: MessageParts,
  subject: Subject,
  statement: StateStatement,
  changed: readonly string[] | null,
  late: boolean,
): CanonicalEvent {
  return tell(parts, subject.key, {
    name: 'patient.updated',
    key: [timeOf(parts), contentOf(statement, changed), late ? 'late' : null],
    fact: ['patient.registered', subject.key],
    correction: true,
    late,
    isNamed: true,
    data: { ...personOf(parts, subject.patient, changed === null ? 'trigger' : 'difference'), changed },
  });
}

function deceased(
  parts: MessageParts,
  { subject, pid, patient }: View,
  known: KnownState | undefined,
): CanonicalEvent | null {
  if (patient === null || deceasedIn(pid) !== true || known?.fields['deceased']?.[0] === true) return null;
  const deceasedAt = time(pid, '29', parts.context.zone);
  return tell(parts, subject.key, {
    name: 'patient.deceased',
    key: [],
    time: deceasedAt ?? parts.happened,
    late: !isNews(patient, 'deceased', known),
    isNamed: true,
    data: { ...personOf(parts, subject.patient, 'difference'), deceasedAt },
  });
}

function identifierChanged(parts: MessageParts, subject: Subject): CanonicalEvent[] {
  const previous = previousIdentifiers(parts.message.segment('MRG'));
  if (!subject.isIdentified || !previous?.identifier) return [];
  return [
    tell(parts, subject.key, {
      name: 'patient.identifier-changed',
      key: [statedKey(previous.identifier)],
      isNamed: true,
      data: { ...personOf(parts, subject.patient), previous: copyOf(previous) },
    }),
  ];
}
