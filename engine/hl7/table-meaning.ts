/** What a coded value means by its table, and whether a table has it. */
import type { TableEntry } from './dictionary-contract.ts';

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
