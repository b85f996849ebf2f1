import { dictionaryOf } from '../hl7/dictionary.ts';
import { missingFromTable } from '../hl7/table-meaning.ts';
import { isR4Type } from '../fhir/minimise/element-rules.ts';
import type { RedactAction } from './profile.ts';

/** Stands for a value that was there. */
export const MASK = '***';
/** Hash of a text under a key that is thrown away with the export: equal values are told apart from others in it, and nowhere else. */
export type HashOf = (text: string) => string;

const ID = /^(?:[0-9A-HJKMNP-TV-Z]{26}|[0-9a-f]{64})$/;
const NAME = /^[a-z_][a-z0-9_.-]{0,62}(?:[:/][a-z0-9_.-]{1,63})?$/;
const HL7_TIME = /^(?:19|20)\d{2}(?:\d{2}){0,5}(?:\.\d{1,4})?(?:[+-]\d{4})?$/;
const ISO_TIME = /^(?:19|20)\d{2}(?:-\d{2}){0,2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/;
const NUMBER = /^\d{1,9}$/;

/** One value; `undefined`: it is left out. What was not there stays so. */
export function redactValue(value: unknown, action: RedactAction, hash: HashOf): unknown {
  if (value === null || value === undefined || value === '') return value;
  if (action === 'keep') return value;
  if (action === 'drop') return undefined;
  if (Array.isArray(value)) return value.map((one) => redactValue(one, action, hash));
  if (action === 'hash') return `#${hash(typeof value === 'string' ? value : JSON.stringify(value))}`;
  if (action === 'id') return typeof value === 'string' && ID.test(value) ? value : redactValue(value, 'hash', hash);
  return hasForm(value, action) ? value : MASK;
}

function hasForm(value: unknown, action: Exclude<RedactAction, 'keep' | 'drop' | 'hash' | 'id'>): boolean {
  if (typeof value === 'boolean') return action === 'flag';
  if (typeof value === 'number') return action === 'number' || (action === 'time' && isMillis(value));
  if (typeof value !== 'string') return false;
  if (typeof action === 'object')
    return 'oneOf' in action ? action.oneOf.includes(value) : isInTable(action.table, value);
  switch (action) {
    case 'time':
      return HL7_TIME.test(value) || ISO_TIME.test(value);
    case 'number':
      return NUMBER.test(value);
    case 'name':
      return NAME.test(value);
    case 'type':
      return isR4Type(value);
    case 'mask':
    case 'flag':
    case 'resource':
      return false;
    default:
      return action satisfies never;
  }
}

const isMillis = (value: number): boolean => Number.isInteger(value) && value > 0 && value < 1e14;

function isInTable(id: string, value: string): boolean {
  const table = dictionaryOf('2.7.1').table(id);
  // A site's own values are any three letters.
  return table !== undefined && !value.startsWith('Z') && !missingFromTable(table, value);
}
