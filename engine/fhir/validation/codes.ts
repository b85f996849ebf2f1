import type { ValueSets } from './value-sets.ts';

const OUTSIDE = 'The code is not of the value set that is required here.';

/** A sentence where a required binding is not met; sets that cannot be listed are not judged. */
export function codeFault(value: unknown, type: string, url: string, sets: ValueSets): string | null {
  if (!isListed(url, sets)) return null;
  if (type === 'code' || type === 'string' || type === 'uri')
    return typeof value === 'string' && sets.has(url, value) === false ? OUTSIDE : null;
  if (type === 'Coding') return codingIs(value, url, sets) === false ? OUTSIDE : null;
  if (type !== 'CodeableConcept') return null;
  const codings = isObject(value) && Array.isArray(value['coding']) ? (value['coding'] as readonly unknown[]) : [];
  const judged = codings.map((coding) => codingIs(coding, url, sets));
  if (judged.length === 0) return !isExtended(value) ? 'A code of a required value set is missing here.' : null;
  return judged.every((one) => one === false) ? OUTSIDE : null;
}

function codingIs(value: unknown, url: string, sets: ValueSets): boolean | null {
  if (!isObject(value) || typeof value['code'] !== 'string') return isExtended(value) ? null : false;
  return sets.has(url, value['code'], typeof value['system'] === 'string' ? value['system'] : '');
}

function isListed(url: string, sets: ValueSets): boolean {
  return sets.has(url, '') !== null;
}

function isExtended(value: unknown): boolean {
  return isObject(value) && value['extension'] !== undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
