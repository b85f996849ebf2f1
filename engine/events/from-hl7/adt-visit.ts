/** The events of a visit: those that a trigger names, and those that follow from the difference. */
import type { EventData, EventName } from '../catalogue/index.ts';
import { keyTime } from '../envelope.ts';
import { isNews, type KnownState, type StateStatement } from '../event-state.ts';
import { contentOf, differences, isLate, timeOf, type View } from './adt-difference.ts';
import { locationOf, placeFrom } from './adt-state.ts';
import type { Trigger } from './adt-triggers.ts';
import { discharge, dischargeKey } from './discharge.ts';
import { time } from './read-parts.ts';
import { shellOf, tell, type CanonicalEvent, type MessageParts, type Subject, type Told } from './reading.ts';

/** Have events of their own. */
const VISIT_ELSEWHERE = new Set(['status', 'class', 'location']);

export function ofVisit(
  parts: MessageParts,
  trigger: Trigger,
  view: View,
  known: KnownState | undefined,
): CanonicalEvent[] {
  const { subject, visit } = view;
  const late = isLate(visit, known);
  const own = ofTrigger(parts, trigger, view, known, late);
  if (visit === null || !COMPARED.has(trigger)) return own;
  if (!known) return trigger === 'update' ? [encounterUpdated(parts, subject, visit, null, false)] : own;
  return [
    ...own,
    ...(trigger === 'update' ? ofPlaceAndClass(parts, view, visit, known) : []),
    ...differences(visit, known, VISIT_ELSEWHERE).map((found) =>
      encounterUpdated(parts, subject, visit, found.changed, found.late),
    ),
  ];
}

/** Whose own event, if any, does not tell all that the visit has of new. */
const COMPARED = new Set<Trigger>(['update', 'leave', 'return']);

function encounterUpdated(
  parts: MessageParts,
  subject: Subject,
  statement: StateStatement,
  changed: readonly string[] | null,
  late: boolean,
): CanonicalEvent {
  return tell(parts, subject.key, {
    name: 'encounter.updated',
    key: [subject.visit.number, timeOf(parts), contentOf(statement, changed), late ? 'late' : null],
    fact: ['encounter.registered', subject.key, subject.visit.number],
    correction: true,
    late,
    isNamed: true,
    data: { ...shellOf(parts, subject, changed === null ? 'trigger' : 'difference'), changed },
  });
}

/** A08 with another place or class than was known; that of an older one is no movement. */
function ofPlaceAndClass(
  parts: MessageParts,
  { subject }: View,
  statement: StateStatement,
  known: KnownState,
): CanonicalEvent[] {
  const events: CanonicalEvent[] = [];
  const isChange = (field: string): boolean =>
    statement.fields[field] !== undefined &&
    known.fields[field] !== undefined &&
    known.fields[field]?.[0] !== statement.fields[field] &&
    isNews(statement, field, known);
  if (isChange('class')) events.push(classChanged(parts, subject, known, 'difference', false));
  if (isChange('location')) events.push(transferred(parts, subject, known, 'difference', false));
  return events;
}

function transferred(
  parts: MessageParts,
  subject: Subject,
  known: KnownState | undefined,
  derivedFrom: 'trigger' | 'difference',
  late: boolean,
): CanonicalEvent {
  const { unit, room, bed } = subject.visit;
  return visitEvent(parts, subject, {
    name: 'patient.transferred',
    late,
    data: {
      ...shellOf(parts, subject, derivedFrom),
      from: late ? null : placeFrom(known?.fields['location']?.[0]),
      to: { unit, room, bed },
    },
  });
}

function classChanged(
  parts: MessageParts,
  subject: Subject,
  known: KnownState | undefined,
  derivedFrom: 'trigger' | 'difference',
  late: boolean,
): CanonicalEvent {
  const to = subject.visit.class;
  const from = late ? undefined : known?.fields['class']?.[0];
  return visitEvent(parts, subject, {
    name: 'encounter.class-changed',
    more: [to],
    late,
    data: { ...shellOf(parts, subject, derivedFrom), from: typeof from === 'string' ? from : null, to },
  });
}

interface VisitEvent<N extends EventName> extends Partial<Pick<Told<N>, 'fact' | 'stage' | 'correction' | 'time'>> {
  readonly name: N;
  /** In the key, beside visit number and time. */
  readonly more?: readonly (string | null)[];
  readonly late: boolean;
  readonly data: EventData<N>;
}

function visitEvent<N extends EventName>(parts: MessageParts, subject: Subject, event: VisitEvent<N>): CanonicalEvent {
  const { more = [], ...rest } = event;
  const at = event.time ?? parts.happened;
  return tell(parts, subject.key, {
    ...rest,
    key: [subject.visit.number, ...more, keyTime(at)],
    time: at,
    isNamed: subject.isIdentified && subject.visit.number !== null && at !== null,
  });
}

function ofTrigger(
  parts: MessageParts,
  trigger: Trigger,
  view: View,
  known: KnownState | undefined,
  late: boolean,
): CanonicalEvent[] {
  const { subject, pv1, pv2 } = view;
  const { zone } = parts.context;
  const { number } = subject.visit;
  const shell = shellOf(parts, subject);
  const stay = ['encounter.registered', subject.key, number] as const;
  switch (trigger) {
    case 'preadmit': {
      const expectedAt = time(pv2, '8', zone) ?? time(pv1, '44', zone);
      return [
        visitEvent(parts, subject, {
          name: 'encounter.preadmitted',
          fact: stay,
          stage: 1,
          late,
          time: time(pv1, '44', zone) ?? parts.happened,
          data: { ...shell, expectedAt },
        }),
      ];
    }
    case 'admit':
    case 'register':
    case 'to-inpatient': {
      const admittedAt = time(pv1, '44', zone);
      const name = trigger === 'register' ? 'encounter.registered' : 'patient.admitted';
      // Of A06, PV1-44 may be when the visit began as an outpatient's.
      const at = trigger === 'to-inpatient' ? parts.happened : (admittedAt ?? parts.happened);
      const begun = visitEvent(parts, subject, {
        name,
        fact: stay,
        stage: 2,
        late,
        time: at,
        data: { ...shell, admittedAt },
      });
      return trigger === 'to-inpatient' ? [classChanged(parts, subject, known, 'trigger', late), begun] : [begun];
    }
    case 'to-outpatient':
      return [classChanged(parts, subject, known, 'trigger', late)];
    case 'transfer':
      return locationOf(subject.visit) === null ? [] : [transferred(parts, subject, known, 'trigger', late)];
    case 'discharge':
      return [discharge(parts.message, parts.context, late)];
    case 'plan-discharge': {
      const expectedAt = time(pv2, '9', zone);
      return [
        visitEvent(parts, subject, {
          name: 'discharge.planned',
          more: [keyTime(expectedAt)],
          late,
          data: { ...shell, expectedAt },
        }),
      ];
    }
    case 'cancel-plan':
      return [visitEvent(parts, subject, { name: 'discharge.plan-cancelled', late, data: shell })];
    case 'cancel-admit':
      return [
        visitEvent(parts, subject, { name: 'admission.cancelled', fact: stay, correction: true, late, data: shell }),
      ];
    case 'cancel-transfer': {
      const { unit, room, bed } = subject.visit;
      const from = late ? null : placeFrom(known?.fields['location']?.[0]);
      return [
        visitEvent(parts, subject, {
          name: 'transfer.cancelled',
          correction: true,
          late,
          data: { ...shell, from, to: { unit, room, bed } },
        }),
      ];
    }
    case 'cancel-discharge':
      return [
        visitEvent(parts, subject, {
          name: 'discharge.cancelled',
          ...(number !== null && { fact: dischargeKey(subject.key, number) }),
          correction: true,
          late,
          data: shell,
        }),
      ];
    case 'leave':
    case 'return':
      return known ? [] : [leaveUnknown(parts, view)];
    case 'update':
    case 'person':
    case 'new-person':
    case 'merge':
    case 'identifier':
      return [];
    default:
      return trigger satisfies never;
  }
}

/** Nothing was known of the visit: that the patient is away, or back, is still said. */
function leaveUnknown(parts: MessageParts, { subject }: View): CanonicalEvent {
  return visitEvent(parts, subject, {
    name: 'encounter.updated',
    fact: ['encounter.registered', subject.key, subject.visit.number],
    correction: true,
    late: false,
    data: { ...shellOf(parts, subject), changed: ['leave'] },
  });
}
