/** The form of FHIR's primitive types (R4 2.24.0.1); each rule answers with a sentence, or `null` where all is well. */
import { readMoment } from './moments.ts';

type Rule = (value: unknown) => string | null;

const OID = /^urn:oid:[0-2](?:\.(?:0|[1-9]\d*))+$/;
const UUID = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const LONGEST_STRING = 1024 * 1024;

const number =
  (least: number, most: number, what: string): Rule =>
  (value) => {
    if (typeof value !== 'number') return `${what} is a JSON number.`;
    return Number.isInteger(value) && value >= least && value <= most ? null : `This is not ${what}.`;
  };

const text =
  (rule: (value: string) => string | null): Rule =>
  (value) => {
    if (typeof value !== 'string') return 'A JSON string is expected here.';
    return value === '' ? 'A string is never empty.' : rule(value);
  };

const matching = (form: RegExp, sentence: string): Rule => text((value) => (form.test(value) ? null : sentence));

const prose: Rule = text((value) => {
  if (value.length > LONGEST_STRING) return 'A string has at most 1 MiB.';
  return hasControls(value) ? 'A string has no control characters but tab, line feed and carriage return.' : null;
});

const uri: Rule = text((value) => {
  if (/\s/.test(value)) return 'A URI has no white space.';
  if (value.startsWith('urn:oid:') && !OID.test(value)) return 'This is not the form of an OID.';
  // Upper case is not as it should be written, but means the same (RFC 4122, 3).
  return value.startsWith('urn:uuid:') && !UUID.test(value.toLowerCase()) ? 'This is not the form of a UUID.' : null;
});

const PRIMITIVES: Readonly<Record<string, Rule>> = {
  boolean: (value) => (typeof value === 'boolean' ? null : 'A boolean is `true` or `false` in JSON.'),
  integer: number(-(2 ** 31), 2 ** 31 - 1, 'an integer of 32 bits'),
  unsignedInt: number(0, 2 ** 31 - 1, 'an integer from 0'),
  positiveInt: number(1, 2 ** 31 - 1, 'an integer from 1'),
  decimal: (value) => (typeof value === 'number' ? null : 'A decimal is a JSON number.'),
  string: prose,
  markdown: prose,
  xhtml: text(() => null),
  code: matching(/^\S+(?:\s\S+)*$/, 'A code has no white space at its ends and no two spaces together.'),
  id: matching(/^[A-Za-z0-9\-.]{1,64}$/, 'An id is 1 to 64 letters, digits, hyphens and dots.'),
  uri,
  url: uri,
  canonical: uri,
  oid: matching(OID, 'This is not the form of an OID.'),
  uuid: matching(UUID, 'This is not the form of a UUID.'),
  base64Binary: text((value) => {
    const plain = value.replace(/\s+/g, '');
    return plain.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(plain) ? null : 'This is not base64.';
  }),
  date: text((value) => (readMoment(value)?.hasTime === false ? null : 'This is not a date of the calendar.')),
  dateTime: text((value) => {
    const moment = readMoment(value);
    if (!moment) return 'This is not a date or a time of the calendar.';
    return moment.hasTime && !moment.hasZone ? 'A dateTime with a time has a zone.' : null;
  }),
  instant: text((value) => {
    const moment = readMoment(value);
    if (!moment?.hasTime) return 'An instant is a date with a time to the second.';
    return moment.hasZone ? null : 'An instant has a zone.';
  }),
  time: matching(/^(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?$/, 'A time is hh:mm:ss.'),
};

export function isPrimitive(type: string): boolean {
  return Object.hasOwn(PRIMITIVES, type);
}

export function wrongForm(type: string, value: unknown): string | null {
  return PRIMITIVES[type]?.(value) ?? null;
}

function hasControls(value: string): boolean {
  for (let at = 0; at < value.length; at += 1) {
    const unit = value.charCodeAt(at);
    if (unit < 32 && unit !== 9 && unit !== 10 && unit !== 13) return true;
  }
  return false;
}
