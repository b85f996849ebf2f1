/** Encounter: what its status, class and place became. */
import { keyTime } from '../envelope.ts';
import { dischargeKey } from '../from-hl7/discharge.ts';
import type { CanonicalEvent } from '../from-hl7/reading.ts';
import {
  activeLocation,
  classOf,
  placeOf,
  shellFor,
  statusOf,
  tellChange,
  visitNumberOf,
  whoIs,
  resolved,
  type FhirChange,
  type Whom,
} from './change.ts';
import { conceptIn, element, elements, isSame, referenceIn, stringIn, timeIn } from './read-resource.ts';

const UNDER_WAY = new Set(['arrived', 'triaged', 'in-progress', 'onleave']);
const CALLED_OFF = new Set(['cancelled', 'entered-in-error']);

const COMPARED: Readonly<Record<string, string>> = {
  type: 'admissionType',
  serviceType: 'service',
  participant: 'attending',
  diagnosis: 'diagnoses',
  hospitalization: 'hospitalization',
  reasonCode: 'admitReason',
  period: 'period',
};

export function encounterEvents(change: FhirChange): CanonicalEvent[] {
  const { current, before } = change;
  const reference = referenceIn(current['subject']);
  const who = whoIs(change, resolved(change, current['subject']), reference, current);
  const [now, then] = [statusOf(current), statusOf(before)];
  const events: CanonicalEvent[] = now === then ? [] : byStatus(change, who, now, then);
  if (before === null) return events;
  const isUnderWay = UNDER_WAY.has(now ?? '') && UNDER_WAY.has(then ?? '');
  events.push(...classChanged(change, who), ...(isUnderWay ? moved(change, who) : []));
  const changed = Object.entries(COMPARED)
    .filter(([name]) => !isSame(current[name], before[name]))
    .map(([, word]) => word);
  const onLeave = (now === 'onleave') !== (then === 'onleave') && isUnderWay ? ['leave'] : [];
  // What ends or begins a visit says its period with it.
  const told = events.length > 0 ? changed.filter((word) => word !== 'period' && word !== 'hospitalization') : changed;
  if (told.length + onLeave.length > 0)
    events.push(
      tellChange(change, who, {
        name: 'encounter.updated',
        key: [visitNumberOf(current), keyTime(change.updatedAt)],
        fact: stay(change, who),
        correction: true,
        time: change.updatedAt,
        isShared: false,
        data: { ...shellFor(who), changed: [...onLeave, ...told] },
      }),
    );
  return events;
}

const stay = ({ current }: FhirChange, who: Whom) => ['encounter.registered', who.key, visitNumberOf(current)] as const;

function byStatus(change: FhirChange, who: Whom, now: string | null, then: string | null): CanonicalEvent[] {
  const { current } = change;
  const number = visitNumberOf(current);
  const { start, end } = element(current['period']);
  const [admittedAt, dischargedAt] = [timeIn(start), timeIn(end)];
  const shell = shellFor(who);
  if (now === 'planned')
    return [
      tellChange(change, who, {
        name: 'encounter.preadmitted',
        key: [number, keyTime(admittedAt)],
        fact: stay(change, who),
        stage: 1,
        time: admittedAt,
        isShared: number !== null && admittedAt !== null,
        data: { ...shell, expectedAt: admittedAt },
      }),
    ];
  if (now === 'finished') return [discharged(change, who, number, admittedAt, dischargedAt)];
  if (CALLED_OFF.has(now ?? ''))
    return [
      tellChange(change, who, {
        name: 'admission.cancelled',
        key: [number, keyTime(change.updatedAt)],
        fact: stay(change, who),
        correction: true,
        time: null,
        // FHIR does not say when it was called off.
        isShared: false,
        data: shell,
      }),
    ];
  if (!UNDER_WAY.has(now ?? '')) return [];
  if (then === 'finished')
    return [
      tellChange(change, who, {
        name: 'discharge.cancelled',
        key: [number, keyTime(change.updatedAt)],
        ...(number !== null && { fact: dischargeKey(who.key, number) }),
        correction: true,
        time: null,
        isShared: false,
        data: shell,
      }),
    ];
  if (UNDER_WAY.has(then ?? '')) return [];
  return [
    tellChange(change, who, {
      name: who.visit.class === 'I' ? 'patient.admitted' : 'encounter.registered',
      key: [number, keyTime(admittedAt)],
      fact: stay(change, who),
      stage: 2,
      time: admittedAt,
      isShared: number !== null && admittedAt !== null,
      data: { ...shell, admittedAt },
    }),
  ];
}

function discharged(
  change: FhirChange,
  who: Whom,
  number: string | null,
  admittedAt: string | null,
  dischargedAt: string | null,
): CanonicalEvent {
  const { current } = change;
  const { patient, visit } = who;
  return tellChange(change, who, {
    name: 'patient.discharged',
    key: [number, keyTime(dischargedAt)],
    ...(number !== null && { fact: dischargeKey(who.key, number) }),
    time: dischargedAt,
    isShared: number !== null && dischargedAt !== null,
    data: {
      patient,
      visit,
      dischargedAt,
      admittedAt,
      disposition: conceptIn(element(current['hospitalization'])['dischargeDisposition']).code,
      diagnoses: elements(current['diagnosis'])
        .map(({ condition }) => resolved(change, condition))
        .flatMap((condition) => (condition ? [conceptIn(condition['code'])] : [])),
    },
  });
}

/** When: the period of the new class, else when the one before ended (Encounter.classHistory). */
function classChanged(change: FhirChange, who: Whom): CanonicalEvent[] {
  const { current, before } = change;
  const [to, from] = [classOf(current), classOf(before)];
  if (to === from || to === null) return [];
  const history = elements(current['classHistory']);
  const coded = (resource: FhirChange['before']): string | null => stringIn(element(resource?.['class'])['code']);
  const entry = (code: string | null) => history.findLast((one) => stringIn(element(one['class'])['code']) === code);
  const at =
    timeIn(element(entry(coded(current))?.['period'])['start']) ??
    timeIn(element(entry(coded(before))?.['period'])['end']);
  const number = visitNumberOf(current);
  const isShared = number !== null && at !== null;
  const changed = tellChange(change, who, {
    name: 'encounter.class-changed',
    key: [number, to, keyTime(at)],
    time: at,
    isShared,
    data: { ...shellFor(who), from, to },
  });
  if (to !== 'I' || !UNDER_WAY.has(statusOf(current) ?? '') || !UNDER_WAY.has(statusOf(before) ?? '')) return [changed];
  const admitted = tellChange(change, who, {
    name: 'patient.admitted',
    key: [number, keyTime(at)],
    fact: stay(change, who),
    stage: 2,
    time: at,
    isShared,
    data: { ...shellFor(who), admittedAt: timeIn(element(current['period'])['start']) },
  });
  return [changed, admitted];
}

function moved(change: FhirChange, who: Whom): CanonicalEvent[] {
  const { current, before, context } = change;
  const [now, then] = [activeLocation(current), activeLocation(before)];
  if (!now || isSame(now['location'], then?.['location'])) return [];
  const at = timeIn(element(now['period'])['start']);
  const number = visitNumberOf(current);
  return [
    tellChange(change, who, {
      name: 'patient.transferred',
      key: [number, keyTime(at)],
      time: at,
      isShared: number !== null && at !== null,
      data: { ...shellFor(who), from: then ? placeOf(then, context) : null, to: placeOf(now, context) },
    }),
  ];
}
