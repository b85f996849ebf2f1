/**
 * Writes engine/hl7/generated/: segments, data types and tables of HL7 2.1 to 2.7.1, from the development dependency
 * hl7-dictionary (MIT) with our corrections (dictionary-corrections.ts). From one version to the next only what changed is
 * kept; the files' head says how to read a line.
 *
 *     node scripts/dictionary.ts
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  SOURCE_VERSIONS,
  sourceSegments,
  sourceTables,
  sourceTypes,
  type SourceEntry,
  type SourcePart,
  type SourceTable,
} from './dictionary-source.ts';

export const GENERATED = resolve(import.meta.dirname, '../engine/hl7/generated');

const OPTIONALITY = ['', 'O', 'R', 'C', 'W'];
const HEAD = '// Made by scripts/dictionary.ts from hl7-dictionary (MIT): do not edit.';
const READING = [
  '// A line is a name and its states, between bars. A state begins with the place (0-9) of the first version that it is for',
  '// among 2.1, 2.2, 2.3, 2.3.1, 2.4, 2.5, 2.5.1, 2.6, 2.7, 2.7.1, then title ^ number of parts, then the parts that',
  '// changed, each ~ position ^ name ^ type ^ optionality ^ repetitions ^ table ^ length; empty: as before; -: none.',
  '// "!": from this version on there is none.',
];

/** File names and their text. */
export function generateDictionary(): Record<string, string> {
  return {
    'segments.ts': [HEAD, ...READING, ...block('SEGMENTS', historyLines(sourceSegments())), ''].join('\n'),
    'types.ts': [HEAD, ...READING, ...block('TYPES', historyLines(sourceTypes())), ''].join('\n'),
    'tables.ts': [
      HEAD,
      "// A line is a number, the kind (h: HL7's, u: of users), the title, and ~ value ^ meaning.",
      ...block('TABLES', tableLines(sourceTables())),
      '',
    ].join('\n'),
  };
}

function historyLines(versions: ReadonlyMap<string, ReadonlyMap<string, SourceEntry>>): string[] {
  const names = new Set([...versions.values()].flatMap((entries) => [...entries.keys()]));
  return [...names].toSorted().map((name) => {
    let before: SourceEntry | undefined;
    const states: string[] = [];
    for (const [place, version] of SOURCE_VERSIONS.entries()) {
      const entry = versions.get(version)?.get(name);
      const change = entry ? changeOf(before, entry) : before && '!';
      if (change) states.push(`${place}${change}`);
      before = entry;
    }
    return [name, ...states].join('|');
  });
}

/** '' where nothing changed. */
function changeOf(before: SourceEntry | undefined, after: SourceEntry): string {
  const title = before?.title === after.title ? '' : after.title;
  const count = before?.parts.length === after.parts.length ? '' : String(after.parts.length);
  const parts = after.parts.flatMap((part, i) => {
    const old = before?.parts[i] && attributes(before.parts[i]);
    const changed = attributes(part).map((value, at) => (old?.[at] === value ? '' : value));
    return changed.some((value) => value !== '') ? [`~${[i + 1, ...changed].join('^').replace(/\^+$/, '')}`] : [];
  });
  return title === '' && count === '' && parts.length === 0 ? '' : `${title}^${count}${parts.join('')}`;
}

function attributes({ desc, datatype, opt, rep, table, len }: SourcePart): string[] {
  return [
    desc || '-',
    datatype,
    OPTIONALITY[opt] ?? 'O',
    rep === 0 ? '*' : String(rep),
    table === undefined ? '-' : String(table).padStart(4, '0'),
    len === undefined ? '-' : String(len),
  ];
}

function tableLines(tables: ReadonlyMap<string, SourceTable>): string[] {
  return [...tables]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, { kind, title, values }]) => {
      const pairs = [...values].map(([value, meaning]) => {
        if (/[|^~`\\]/.test(value)) throw new Error(`a value of table ${id} holds a separator`);
        return `~${value}^${meaning}`;
      });
      return `${id}${kind === 'hl7' ? 'h' : 'u'}${title}${pairs.join('')}`;
    });
}

function block(constant: string, lines: readonly string[]): string[] {
  const text = lines.join('\n');
  if (text.includes('${') || text.includes('`')) throw new Error(`${constant} holds what ends a template`);
  return ['', `export const ${constant} = \`\\`, text, '`;'];
}

if (import.meta.main) {
  for (const [file, text] of Object.entries(generateDictionary())) {
    writeFileSync(resolve(GENERATED, file), text);
    process.stdout.write(`engine/hl7/generated/${file}: ${text.length} characters\n`);
  }
}
