/**
 * Writes engine/hl7/generated/structures.ts: which segments stand in which groups of a message, from the development
 * dependency hl7-dictionary (MIT). Two editions, since ORU_R01 and others changed
 * in between: 2.7.1 and 2.5.1, each with what an older version had and it has no more.
 *
 *     node scripts/structures.ts
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

interface Item {
  readonly name: string;
  readonly min: number;
  /** 0: without limit. */
  readonly max: number;
  readonly children?: readonly Item[];
  readonly compounds?: readonly { readonly name: string | null }[];
}
interface Version {
  readonly messages: Readonly<Record<string, { readonly segments: { readonly segments: readonly Item[] } }>>;
}
interface Dictionary {
  readonly definitions: Readonly<Record<string, Version>>;
  readonly tables: Readonly<Record<string, { readonly values: Readonly<Record<string, string>> }>>;
}

export const STRUCTURES_FILE = resolve(import.meta.dirname, '../engine/hl7/generated/structures.ts');

const UNTIL_2_5_1 = ['2.1', '2.2', '2.3', '2.3.1', '2.4', '2.5', '2.5.1'];
const SINCE_2_6 = ['2.6', '2.7', '2.7.1'];
const STRUCTURE = /^[A-Z]{3}(?:_[A-Z][A-Z0-9]{2})?$/;

/** Group names that the dictionary has otherwise than the standard (chapters 4 and 9). */
const RENAMED: Readonly<Record<string, string>> = { OBXNTE: 'OBSERVATION', GROUP: 'OBSERVATION', TIIMING: 'TIMING' };
/** Choices of which the standard takes one; the dictionary has all choices as lists. */
const TAKES_ONE = new Set(['OBR,RQD,RQ1,RXO,ODS,ODT', 'OBR,RXO,RXE']);

export function generateStructures(): string {
  const { definitions, tables } = createRequire(import.meta.url)('hl7-dictionary') as Dictionary;
  const aliases = aliasesOf(tables['354']?.values ?? {});
  const older = edition(definitions, UNTIL_2_5_1, aliases);
  const newer = edition(definitions, SINCE_2_6, aliases);
  for (const [name, text] of newer) if (older.get(name) === text) older.delete(name);
  const shared = new Set([...older.keys(), ...newer.keys()]);
  const kept = [...aliases].filter(([, structure]) => shared.has(structure));
  return [
    '// Made by scripts/structures.ts from hl7-dictionary (MIT): do not edit.',
    '// A line is a message structure and what stands in it, in order: [may be missing] {may be repeated} GROUP(...) ONE/OF/THESE.',
    ...block('SINCE_2_6', newer),
    '',
    '// The same for 2.5.1 and before, where that is another.',
    ...block('UNTIL_2_5_1', older),
    '',
    '// Which structure an event has that has none of its own name (table 0354).',
    ...block('SAME_AS', new Map(kept)),
    '',
  ].join('\n');
}

/** `ADT_A08` is built as `ADT_A01`. */
function aliasesOf(table: Readonly<Record<string, string>>): Map<string, string> {
  const aliases = new Map<string, string>();
  for (const [structure, events] of Object.entries(table)) {
    const [code] = structure.split('_');
    for (const event of events.split(/[\s,.]+/)) {
      const own = `${code}_${event}`;
      if (/^[A-Z][A-Z0-9]{2}$/.test(event) && !(own in table)) aliases.set(own, structure);
    }
  }
  // The dictionary has it twice; senders leave the event out (MSH-9 `ORU`).
  return aliases.set('ORU', 'ORU_R01');
}

function edition(
  definitions: Dictionary['definitions'],
  versions: readonly string[],
  aliases: ReadonlyMap<string, string>,
): Map<string, string> {
  const structures = new Map<string, string>();
  for (const version of versions) {
    for (const [name, { segments }] of Object.entries(definitions[version]?.messages ?? {})) {
      if (STRUCTURE.test(name) && !aliases.has(name)) structures.set(name, line(segments.segments));
    }
  }
  return structures;
}

function line(items: readonly Item[]): string {
  return items.flatMap(item).join(' ');
}

function item({ name, min, max, children, compounds }: Item): string[] {
  if (children) return [counted(`${groupName(name)}(${line(children)})`, min === 0, max === 0)];
  if (!compounds) return [counted(name, min === 0, max === 0)];
  const names = compounds.map((one) => one.name).filter((one) => one !== null);
  return names.length === 0 ? [] : [counted(names.join('/'), false, !TAKES_ONE.has(name))];
}

function counted(text: string, mayMiss: boolean, mayRepeat: boolean): string {
  const repeated = mayRepeat ? `{${text}}` : text;
  return mayMiss ? `[${repeated}]` : repeated;
}

function groupName(name: string): string {
  return RENAMED[name] ?? name.toUpperCase().replace(/\W+/g, '_');
}

function block(constant: string, entries: ReadonlyMap<string, string>): string[] {
  const lines = [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)).map((entry) => entry.join('|'));
  return ['', `export const ${constant} = \`\\`, lines.join('\n'), '`;'];
}

if (import.meta.main) {
  const text = generateStructures();
  writeFileSync(STRUCTURES_FILE, text);
  process.stdout.write(`engine/hl7/generated/structures.ts: ${text.length} characters\n`);
}
