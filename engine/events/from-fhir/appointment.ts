/** Appointment: booked, moved, called off, missed. */
import { hash, keyTime } from '../envelope.ts';
import type { CanonicalEvent } from '../from-hl7/reading.ts';
import { shellFor, statusOf, tellChange, whom, type FhirChange } from './change.ts';
import {
  anyIdentifierOf,
  conceptIn,
  element,
  elements,
  identifierOf,
  isSame,
  stringIn,
  timeIn,
} from './read-resource.ts';

type Name = `appointment.${'booked' | 'rescheduled' | 'updated' | 'cancelled' | 'missed'}`;

const NOT_YET = new Set(['proposed', 'pending', 'waitlist']);
const CALLED_OFF = new Set(['cancelled', 'entered-in-error']);
const COMPARED = ['status', 'end', 'serviceType', 'appointmentType', 'participant', 'reasonCode', 'description'];

function nameOf({ current, before }: FhirChange): Name | null {
  const [now, then] = [statusOf(current), statusOf(before)];
  if (NOT_YET.has(now ?? '')) return null;
  if (CALLED_OFF.has(now ?? '')) return CALLED_OFF.has(then ?? '') ? null : 'appointment.cancelled';
  if (now === 'noshow') return then === 'noshow' ? null : 'appointment.missed';
  if (before === null || NOT_YET.has(then ?? ''))
    return now === 'booked' ? 'appointment.booked' : 'appointment.updated';
  if (keyTime(timeIn(current['start'])) !== keyTime(timeIn(before['start']))) return 'appointment.rescheduled';
  return COMPARED.every((name) => isSame(current[name], before[name])) ? null : 'appointment.updated';
}

export function appointmentEvents(change: FhirChange): CanonicalEvent[] {
  const { current } = change;
  const name = nameOf(change);
  if (name === null) return [];
  const patient = elements(current['participant'])
    .map(({ actor }) => actor)
    .find((actor) => /(^|\/)Patient\//.test(stringIn(element(actor)['reference']) ?? ''));
  const who = whom(change, patient, undefined);
  const [placer, filler] = [identifierOf(current, 'PLAC'), identifierOf(current, 'FILL')];
  const number = filler ?? placer ?? anyIdentifierOf(current);
  const start = timeIn(current['start']);
  const [reason] = elements(current['reasonCode']);
  const appointment = {
    placer,
    filler: filler ?? (placer === null ? number : null),
    start,
    end: timeIn(current['end']),
    status: statusOf(current),
    type: conceptIn(current['appointmentType']),
    reason: conceptIn(current['cancelationReason'] ?? reason),
  };
  const isUpdate = name === 'appointment.updated';
  return [
    tellChange(change, who, {
      name,
      key: [number, keyTime(start), ...(isUpdate ? [hash([JSON.stringify(appointment)])] : [])],
      ...(number !== null && { fact: ['appointment', number] }),
      correction: name !== 'appointment.booked',
      time: change.updatedAt,
      isShared: number !== null && start !== null && !isUpdate,
      data: { ...shellFor(who), appointment },
    }),
  ];
}
