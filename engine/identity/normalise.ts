/** How elements are compared: as the same people write them twice. `null`: not stated, or nothing to compare. */
import type { IdentityElement } from './identity-file.ts';

const LONGEST = 200;

/**
 * Names: without case, diacritics, spaces, hyphens and signs; of given names the first field alone. Dates of birth: whole days. Sex: HL7
 * table 0001 (`U`, unknown, states nothing). Postcodes: letters and digits.
 */
export function normalised(element: IdentityElement, value: string | null): string | null {
  const given = value?.trim() ?? '';
  if (given === '' || given === '""' || given.length > LONGEST) return null;
  switch (element) {
    case 'family':
    case 'given':
      return orNull(folded(given).replaceAll(/[^\p{L}\p{N}]/gu, ''));
    case 'birthDate':
      return /^\d{4}-\d{2}-\d{2}$/.test(given.slice(0, 10)) ? given.slice(0, 10) : null;
    case 'sex':
      return /^[MFOAN]$/.test(given.toUpperCase()) ? given.toUpperCase() : null;
    case 'postcode':
      return orNull(given.toUpperCase().replaceAll(/[^\p{L}\p{N}]/gu, ''));
    default:
      return element satisfies never;
  }
}

/** Upper case first: it makes SS of a sharp s. */
const folded = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toUpperCase().toLowerCase();

const orNull = (text: string): string | null => (text === '' ? null : text);
