import { components, header, message, segment, stamp, value } from './hl7-text.ts';
import { flagOf, type Analyte, type Panel } from './lab-panels.ts';
import type { Patient } from './people.ts';
import type { Unit } from './units.ts';

/** A stay in hospital: what ADT, results and appointments share. Times are epoch milliseconds. */
export interface Stay {
  readonly patient: Patient;
  readonly visit: string;
  readonly unit: Unit;
  readonly room: string;
  readonly bed: string;
  readonly attending: Clinician;
  readonly diagnosis: readonly [string, string];
  readonly admittedAt: number;
}

export interface Clinician {
  readonly id: string;
  readonly family: string;
  readonly given: string;
}

/** What a message says beside its content. */
export interface Sent {
  /** MSH-10. */
  readonly controlId: string;
  readonly at: number;
}

const FACILITY = 'NORTHGATE';
const MINUTE = 60_000;

const person = ({ id, family, given }: Clinician): string => components(id, family, given, '', '', 'Dr');

function msh(sender: string, type: string, structure: string, { controlId, at }: Sent): string {
  const [code = '', trigger = ''] = type.split('^');
  return header({
    3: sender,
    4: FACILITY,
    5: 'WARDFLOW',
    6: FACILITY,
    7: stamp(at),
    9: components(code, trigger, structure),
    10: controlId,
    11: 'P',
    12: '2.5.1',
    15: 'AL',
    16: 'NE',
    18: 'UNICODE UTF-8',
  });
}

function pid(patient: Patient): string {
  return segment('PID', {
    1: '1',
    3: components(patient.mrn, '', '', FACILITY, 'MR'),
    5: components(patient.family, patient.given),
    7: patient.born,
    8: patient.sex,
    11: components(patient.street, '', patient.city, '', patient.postcode),
    13: value(patient.phone),
  });
}

function pv1(stay: Stay, more: Readonly<Record<number, string>> = {}): string {
  return segment('PV1', {
    1: '1',
    2: 'I',
    3: components(stay.unit.code, stay.room, stay.bed, FACILITY),
    7: person(stay.attending),
    10: stay.unit.service,
    19: components(stay.visit, '', '', FACILITY, 'VN'),
    44: stamp(stay.admittedAt),
    ...more,
  });
}

const dg1 = ([code, text]: Stay['diagnosis']): string =>
  segment('DG1', { 1: '1', 3: components(code, text, 'I10'), 6: 'W' });

const evn = (trigger: string, at: number): string => segment('EVN', { 1: trigger, 2: stamp(at) });

export function admitted(stay: Stay, sent: Sent): string {
  return message(
    msh('ADT1', 'ADT^A01', 'ADT_A01', sent),
    evn('A01', sent.at),
    pid(stay.patient),
    pv1(stay),
    dg1(stay.diagnosis),
  );
}

export function transferred(stay: Stay, fromUnit: string, sent: Sent): string {
  const before = { 6: components(fromUnit, '', '', FACILITY) };
  return message(msh('ADT1', 'ADT^A02', 'ADT_A02', sent), evn('A02', sent.at), pid(stay.patient), pv1(stay, before));
}

export function updated(stay: Stay, sent: Sent): string {
  return message(
    msh('ADT1', 'ADT^A08', 'ADT_A01', sent),
    evn('A08', sent.at),
    pid(stay.patient),
    pv1(stay),
    dg1(stay.diagnosis),
  );
}

/** PV1-36: table 0112. */
export function discharged(stay: Stay, disposition: string, sent: Sent): string {
  const left = { 36: disposition, 45: stamp(sent.at - 5 * MINUTE) };
  return message(
    msh('ADT1', 'ADT^A03', 'ADT_A03', sent),
    evn('A03', sent.at),
    pid(stay.patient),
    pv1(stay, left),
    dg1(stay.diagnosis),
  );
}

export interface LabReport {
  readonly panel: Panel;
  readonly placer: string;
  readonly filler: string;
  /** Minutes from specimen to this report. */
  readonly minutes: number;
  /** `F` final, `C` corrected, `P` preliminary. */
  readonly status: 'F' | 'C' | 'P';
  readonly values: readonly (readonly [Analyte, number])[];
}

export function labReport(stay: Stay, report: LabReport, sent: Sent, takenAt: number): string {
  const service = components(report.panel.code, report.panel.name, 'LN');
  const rows = report.values.map(([analyte, measured], i) =>
    segment('OBX', {
      1: String(i + 1),
      2: 'NM',
      3: components(analyte.loinc, analyte.name, 'LN'),
      5: measured.toFixed(analyte.decimals),
      6: components(analyte.unit, '', 'UCUM'),
      7: value(`${analyte.low}-${analyte.high}`),
      8: flagOf(analyte, Number(measured.toFixed(analyte.decimals))),
      11: report.status,
      14: stamp(takenAt),
    }),
  );
  return message(
    msh('LAB1', 'ORU^R01', 'ORU_R01', sent),
    pid(stay.patient),
    pv1(stay),
    segment('ORC', { 1: 'RE', 2: report.placer, 3: report.filler, 12: person(stay.attending) }),
    segment('OBR', {
      1: '1',
      2: report.placer,
      3: report.filler,
      4: service,
      7: stamp(takenAt),
      16: person(stay.attending),
      22: stamp(sent.at),
      24: 'LAB',
      25: report.status,
    }),
    ...rows,
  );
}

export interface Booking {
  readonly placer: string;
  readonly filler: string;
  readonly startsAt: number;
  readonly minutes: number;
  readonly clinic: string;
  readonly reason: string;
}

/** Who keeps the appointment book. */
const DESK = components('0031', 'Example', 'Clerk');

export function booked(stay: Stay, booking: Booking, sent: Sent): string {
  const start = stamp(booking.startsAt);
  return message(
    msh('SCHED1', 'SIU^S12', 'SIU_S12', sent),
    segment('SCH', {
      1: booking.placer,
      2: booking.filler,
      6: components('CHECKUP', 'A routine check-up'),
      7: components('ROUTINE', 'Routine appointment', 'HL70276'),
      8: components('FOLLOWUP', booking.reason),
      9: String(booking.minutes),
      10: components('min', 'minutes', 'UCUM'),
      11: `^^${booking.minutes}^${start}`,
      16: DESK,
      20: DESK,
      25: 'Booked',
    }),
    pid(stay.patient),
    segment('RGS', { 1: '1', 2: 'A' }),
    segment('AIL', {
      1: '1',
      2: 'A',
      3: components(booking.clinic, '', '', FACILITY),
      6: start,
      9: String(booking.minutes),
      10: 'min',
    }),
    segment('AIP', { 1: '1', 2: 'A', 3: person(stay.attending), 6: start, 9: String(booking.minutes), 10: 'min' }),
  );
}
