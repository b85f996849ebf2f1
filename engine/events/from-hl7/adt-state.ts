/** What an ADT message states about a patient and a visit, as it is kept to be compared with. */
import type { Hl7Message } from '../../hl7/message.ts';
import type { Hl7Segment } from '../../hl7/segment.ts';
import { hash } from '../envelope.ts';
import type { StateStatement, StateValue } from '../event-state.ts';
import type { Trigger } from './adt-triggers.ts';
import type { MessageParts, Subject } from './reading.ts';
import { instant } from './reading.ts';
import { text, time } from './read-parts.ts';

/** Names as `changed` gives them. */
const PATIENT_FIELDS = {
  identifiers: 3,
  name: 5,
  birthDate: 7,
  sex: 8,
  race: 10,
  address: 11,
  homePhone: 13,
  businessPhone: 14,
  language: 15,
  maritalStatus: 16,
  religion: 17,
  ethnicGroup: 22,
} as const;

const VISIT_FIELDS = {
  admissionType: 4,
  attending: 7,
  referring: 8,
  consulting: 9,
  service: 10,
  temporaryLocation: 11,
  admitSource: 14,
  admitting: 17,
  disposition: 36,
} as const;
const VISIT_MORE_FIELDS = { accommodation: 2, admitReason: 3, expectedAdmission: 8, expectedDischarge: 9 } as const;

export const patientStateKey = (subject: string): string => `patient:${subject.slice(0, 32)}`;
export const visitStateKey = (subject: string, visit: string): string => `visit:${hash([subject, visit]).slice(0, 32)}`;

const LONGEST = 200;

/** HL7 null says that there is nothing; an empty field says nothing (chapter 2, 2.5.3). */
function statedIn(segment: Hl7Segment | undefined, field: number): string | null | undefined {
  const raw = segment?.raw(field).trim() ?? '';
  if (raw === '') return undefined;
  return raw === '""' ? null : raw;
}

function told(
  fields: Record<string, StateValue>,
  salt: string,
  segment: Hl7Segment | undefined,
  names: Readonly<Record<string, number>>,
): void {
  for (const [name, field] of Object.entries(names)) {
    const value = statedIn(segment, field);
    // Salted: whether two people share an address is nobody's to read from here.
    if (value !== undefined) fields[name] = value === null ? null : hash([salt, name, value]).slice(0, 12);
  }
}

export function patientStatement(
  parts: MessageParts,
  { key: subject, isIdentified }: Subject,
  pid: Hl7Segment | undefined,
): StateStatement | null {
  if (!isIdentified) return null;
  const key = patientStateKey(subject);
  const fields: Record<string, StateValue> = { known: true };
  told(fields, key, pid, PATIENT_FIELDS);
  const deceased = deceasedIn(pid);
  if (deceased !== null) fields['deceased'] = deceased;
  return { key, at: parts.recordedAt, happened: parts.happenedAt, fields, moved: [] };
}

/** PID-30, or PID-29 alone; `null`: not stated. */
export function deceasedIn(pid: Hl7Segment | undefined): boolean | null {
  const said = text(pid, '30')?.toUpperCase();
  if (said === 'Y' || said === 'N') return said === 'Y';
  return time(pid, '29', null) === null ? null : true;
}

const STATUS: Partial<Readonly<Record<Trigger, string>>> = {
  preadmit: 'expected',
  admit: 'in',
  register: 'in',
  transfer: 'in',
  'to-inpatient': 'in',
  'to-outpatient': 'in',
  discharge: 'ended',
  'cancel-admit': 'cancelled',
  'cancel-discharge': 'in',
};
/** Those that say where a patient came to be. */
const MOVES = new Set<Trigger>([
  'admit',
  'register',
  'transfer',
  'to-inpatient',
  'to-outpatient',
  'cancel-transfer',
  'cancel-discharge',
]);

export function visitStatement(
  parts: MessageParts,
  { key: subject, visit, isIdentified }: Subject,
  trigger: Trigger,
  pv1: Hl7Segment | undefined,
  pv2: Hl7Segment | undefined,
): StateStatement | null {
  if (!isIdentified || visit.number === null) return null;
  const key = visitStateKey(subject, visit.number);
  const fields: Record<string, StateValue> = {};
  const moved: string[] = [];
  const say = (name: string, value: StateValue, moves: boolean): void => {
    fields[name] = value;
    if (moves) moved.push(name);
  };
  const status = STATUS[trigger];
  if (status !== undefined) say('status', status, true);
  if (visit.class !== null)
    say('class', cut(visit.class), trigger.startsWith('to-') || trigger === 'admit' || trigger === 'register');
  const location = locationOf(visit);
  if (location !== null) say('location', location, MOVES.has(trigger));
  if (trigger === 'leave' || trigger === 'return') say('leave', trigger === 'leave', true);
  told(fields, key, pv1, VISIT_FIELDS);
  told(fields, key, pv2, VISIT_MORE_FIELDS);
  const found = diagnosesIn(parts.message);
  if (found !== null) fields['diagnoses'] = hash([key, found]).slice(0, 12);
  return {
    key,
    at: parts.recordedAt,
    happened: Math.min(begunOrEnded(parts, trigger, pv1), parts.context.receivedAt),
    fields,
    moved,
  };
}

/** PV1-45 and PV1-44 say when a stay ended and began, better than the event's own segment. */
function begunOrEnded({ happenedAt, context }: MessageParts, trigger: Trigger, pv1: Hl7Segment | undefined): number {
  const field = trigger === 'discharge' ? '45' : trigger === 'admit' || trigger === 'register' ? '44' : null;
  return (field === null ? null : instant(time(pv1, field, context.zone))) ?? happenedAt;
}

function diagnosesIn(message: Hl7Message): string | null {
  const found: string[] = [];
  for (const dg1 of message.segments('DG1')) if (found.push(`${dg1.raw(3)}|${dg1.raw(4)}`) === 100) break;
  return found.length === 0 ? null : found.join('\n');
}

const cut = (value: string): string => value.slice(0, LONGEST);

/** Unit, room and bed as one value: together they are one place. */
export function locationOf({ unit, room, bed }: Subject['visit']): string | null {
  if (unit === null && room === null && bed === null) return null;
  return JSON.stringify([unit, room, bed].map((part) => (part === null ? null : cut(part))));
}

export function placeFrom(location: StateValue | undefined): {
  unit: string | null;
  room: string | null;
  bed: string | null;
} | null {
  if (typeof location !== 'string') return null;
  const [unit = null, room = null, bed = null] = JSON.parse(location) as (string | null)[];
  return { unit, room, bed };
}
