import type { Hl7Segment } from '../../hl7/segment.ts';
import { text } from './read-parts.ts';

export interface ObservationValue {
  /** A number for NM and for SN without comparator; otherwise the text. */
  readonly value: number | string | null;
  readonly valueText: string;
}

/** NM (chapter 2A, section 2A.3.46): sign, digits, decimal point; no exponent. */
const NUMERIC = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;
const CODED = new Set(['CE', 'CWE', 'CNE', 'CF', 'IS', 'ID']);
/** Documents and pictures: they stay in the message. */
const ENCAPSULATED = new Set(['ED', 'RP']);
/** An event travels as JSON through flows and decisions; longer texts are read from the message. */
const LONGEST_TEXT = 64 * 1024;
/** A report has a repetition for each line; a coded answer has as many as there are things to tick. */
const MOST_LINES = 2000;
const MOST_CODES = 100;

/** OBX-5 by OBX-2. Never a number that the sender did not write as one. */
export function observationValue(obx: Hl7Segment): ObservationValue {
  const type = text(obx, '2') ?? '';
  if (ENCAPSULATED.has(type)) return { value: null, valueText: '' };
  if (type === 'SN') return structuredNumeric(obx);
  const plain = (): string[] => (type === 'FT' ? obx.lines('5').slice(0, MOST_LINES) : obx.getAll('5', MOST_LINES));
  const repetitions = CODED.has(type) ? codedTexts(obx) : plain();
  const valueText = repetitions.join('\n').slice(0, LONGEST_TEXT).toWellFormed();
  const stated = valueText.trim();
  if (stated === '' || stated === '""') return { value: null, valueText };
  return { value: (type === 'NM' ? number(stated) : undefined) ?? stated, valueText };
}

/** What people read of each code, else the code. */
function codedTexts(obx: Hl7Segment): string[] {
  const codes = obx.getAll('5.1', MOST_CODES);
  return obx.getAll('5.2', MOST_CODES).map((shown, i) => shown || (codes[i] ?? ''));
}

/** SN (2A.3.67): comparator, number, separator or suffix, number. */
function structuredNumeric(obx: Hl7Segment): ObservationValue {
  const [comparator, first, separator, second] = ['5.1', '5.2', '5.3', '5.4'].map((path) => text(obx, path));
  const valueText = [comparator, first, separator, second].filter((part) => part !== null).join('');
  const plain = (comparator === null || comparator === '=') && separator === null && second === null;
  const value = plain && first ? number(first) : undefined;
  return { value: value ?? (valueText === '' ? null : valueText), valueText };
}

function number(stated: string): number | undefined {
  const value = NUMERIC.test(stated) ? Number(stated) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}
