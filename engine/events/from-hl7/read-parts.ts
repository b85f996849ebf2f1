/** Pieces of HL7 data types as canonical events have them. A value that is missing, blank or HL7 null is `null`. */
import { inZone, parseHl7Time } from '../../hl7/datetime.ts';
import type { Hl7Message } from '../../hl7/message.ts';
import type { Hl7Segment } from '../../hl7/segment.ts';
import type { Coding, PatientRef, VisitRef } from '../clinical-event.ts';

/** Names of HL7 table 0396 that have a canonical URI; what a sender calls its own tables stays as it calls them. */
const SYSTEMS: Readonly<Record<string, string>> = {
  LN: 'http://loinc.org',
  SCT: 'http://snomed.info/sct',
  UCUM: 'http://unitsofmeasure.org',
  I10: 'http://hl7.org/fhir/sid/icd-10',
  I10C: 'http://hl7.org/fhir/sid/icd-10-cm',
};

const MOST_IDENTIFIERS = 50;
/**
 * Of a code, a number, a name or a unit. What an order states stands in the event of each of its results and in the
 * hashes of their keys: without a limit, a long message would take time and memory by the square of its length.
 */
const LONGEST = 1000;

export function text(segment: Hl7Segment | undefined, path: string): string | null {
  return stated(segment?.get(path) ?? '');
}

function stated(value: string): string | null {
  const trimmed = cut(value.trim());
  return trimmed === '' || trimmed === '""' ? null : trimmed;
}

export function cut(value: string): string {
  return value.length > LONGEST ? value.slice(0, LONGEST).toWellFormed() : value;
}

/** A time as stated, with the feed's zone where it states none. */
export function time(segment: Hl7Segment | undefined, path: string, zone: string | null): string | null {
  const parsed = parseHl7Time(text(segment, path) ?? '');
  return parsed && inZone(parsed, zone).iso;
}

/** When the sender made the message (MSH-7); `null` for a mere date, which says nothing of which message came later. */
export function statedIn(message: Hl7Message, zone: string | null): string | null {
  const made = time(message.segment('MSH'), '7', zone);
  return made !== null && /T\d\d:\d\d/.test(made) ? made : null;
}

/** The codings of a CE, CWE or CNE field: its first, its alternate and (CWE) its second alternate. */
export function codings(segment: Hl7Segment | undefined, field: number): Coding[] {
  return [1, 4, 10]
    .map((first) => {
      const system = text(segment, `${field}.${first + 2}`);
      return {
        system: system === null ? null : (SYSTEMS[system.toUpperCase()] ?? system),
        code: text(segment, `${field}.${first}`),
        display: text(segment, `${field}.${first + 1}`),
      };
    })
    .filter(({ code, display }) => code !== null || display !== null);
}

export const NO_CODING: Coding = { system: null, code: null, display: null };

export function patientRef(pid: Hl7Segment | undefined): PatientRef {
  return {
    ...personFrom(pid, { identifiers: '3', name: '5' }),
    birthDate: parseHl7Time(text(pid, '7') ?? '')?.iso.slice(0, 10) ?? null,
    sex: text(pid, '8'),
  };
}

/** Identifiers (CX) and name (XPN) in the fields given. */
export function personFrom(
  segment: Hl7Segment | undefined,
  fields: { readonly identifiers: string; readonly name: string },
): PatientRef {
  const identifiers = identifiersOf(segment, fields.identifiers);
  const name = ['2', '3', '1']
    .map((component) => text(segment, `${fields.name}.${component}`))
    .filter((part) => part !== null)
    .join(' ');
  return {
    identifier: identifiers.find(({ type }) => type === 'MR') ?? identifiers[0] ?? null,
    identifiers,
    name: name === '' ? null : name,
    birthDate: null,
    sex: null,
  };
}

function identifiersOf(segment: Hl7Segment | undefined, field: string): PatientRef['identifiers'] {
  const all = (path: string): (string | null)[] => (segment?.getAll(path, MOST_IDENTIFIERS) ?? []).map(stated);
  const [authorities, authorityIds, types] = [all(`${field}.4.1`), all(`${field}.4.2`), all(`${field}.5`)];
  return all(`${field}.1`).flatMap((value, i) =>
    value === null ? [] : [{ value, authority: authorities[i] ?? authorityIds[i] ?? null, type: types[i] ?? null }],
  );
}

export function visitRef(pv1?: Hl7Segment): VisitRef {
  const attending = [text(pv1, '7.3'), text(pv1, '7.2')].filter((part) => part !== null).join(' ');
  return {
    number: text(pv1, '19.1'),
    class: text(pv1, '2'),
    unit: text(pv1, '3.1'),
    room: text(pv1, '3.2'),
    bed: text(pv1, '3.3'),
    service: text(pv1, '10'),
    attending: attending === '' ? text(pv1, '7.1') : attending,
  };
}

/** `/v2/{sending facility}/{sending application}`. */
export function sourceOf(message: Hl7Message): string {
  const part = (path: string): string => encodeURIComponent(cut(message.get(path).trim()).toWellFormed());
  return `/v2/${part('MSH-4.1')}/${part('MSH-3.1')}`;
}

export function sourceTrigger(message: Hl7Message): Coding {
  const code = message.get('MSH-9.2').trim();
  return code === '' ? NO_CODING : { system: 'http://terminology.hl7.org/CodeSystem/v2-0003', code, display: null };
}
