/** What a coded value means by its table, and whether a table has it. */
import type { Hl7Dictionary, PartEntry, TableEntry } from './dictionary-contract.ts';

/** Values that a table has by a rule and not by a list, besides the site's own events and messages (Z..). */
const BY_RULE: Readonly<Record<string, RegExp>> = {
  '0003': /^Z/,
  '0076': /^Z/,
  '0354': /^(?:Z|[A-Z]{3}_Z)/,
  // A person's number in a country, by the country's code.
  '0203': /^NN[A-Z]{2,3}$/,
  // 2 and all that follow it.
  '0359': /^\d{1,3}$/,
  '0418': /^\d{1,3}$/,
};

export function missingFromTable(table: TableEntry, value: string): boolean {
  return !table.values.has(value) && !(BY_RULE[table.id]?.test(value) ?? false);
}

/** `Female` for F by table 0001; `undefined` where the part has no table, or the table has no such value. */
export function meaningOf(
  dictionary: Hl7Dictionary,
  part: PartEntry | undefined,
  type: string,
  value: string,
): string | undefined {
  if (!part || value.length > 80) return undefined;
  const [first] = dictionary.type(type)?.components ?? [];
  // A value that stands alone in a field of parts is the first of them (chapter 2, 2.5.3).
  if (first && !(isCoded(type) && part.table !== null)) return meaningOf(dictionary, first, first.type, value);
  return (part.table !== null && dictionary.table(part.table)?.values.get(value)) || undefined;
}

/** Types whose first component is of the table that the field names. Others mean one of their parts by it. */
export function isCoded(type: string): boolean {
  return type === 'CE' || type === 'CWE' || type === 'CNE';
}
