import type { ShownValue } from './preview-contract.ts';

const LONGEST = 2_000;

/** A value for a form: text as it is, everything else as JSON, and HL7's own null told apart. */
export function shownValue(value: unknown): ShownValue {
  if (value === undefined || value === '' || value === null) return { state: 'empty', text: '', cut: false };
  if (value === '""') return { state: 'null', text: '""', cut: false };
  const text = typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');
  const cut = text.length > LONGEST;
  return { state: 'value', text: cut ? text.slice(0, LONGEST).toWellFormed() : text, cut };
}
