/**
 * Writes engine/hl7/generated/names.ts: names of segments, fields and components from the development dependency
 * hl7-dictionary (MIT), for 2.7.1; what a later version dropped keeps the name of the last version that had it.
 *
 *     node scripts/dictionary.ts
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

interface Part {
  readonly desc: string;
  readonly datatype: string;
}
interface Version {
  readonly segments: Readonly<Record<string, { readonly desc: string; readonly fields: readonly Part[] }>>;
  readonly fields: Readonly<Record<string, { readonly desc: string; readonly subfields: readonly Part[] }>>;
}

export const NAMES_FILE = resolve(import.meta.dirname, '../engine/hl7/generated/names.ts');

/** Oldest first, so that newer names replace older ones. */
const VERSIONS = ['2.1', '2.2', '2.3', '2.3.1', '2.4', '2.5', '2.5.1', '2.6', '2.7', '2.7.1'];

export function generateNames(): string {
  const load = createRequire(import.meta.url);
  const { definitions } = load('hl7-dictionary') as { definitions: Readonly<Record<string, Version>> };
  const segments = new Map<string, string[]>();
  const types = new Map<string, string[]>();
  for (const version of VERSIONS) {
    const { segments: bySegment, fields: byType } = definitions[version] ?? { segments: {}, fields: {} };
    for (const [name, { desc, fields }] of Object.entries(bySegment)) merge(segments, name, desc, fields);
    for (const [name, { desc, subfields }] of Object.entries(byType)) {
      if (subfields.length > 0) merge(types, name, desc, subfields);
    }
  }
  const used = new Set(
    [...segments.values()].flatMap((parts) => parts.slice(1).map((part) => part.split(' ')[0] ?? '')),
  );
  for (const [name, parts] of types) {
    if (used.has(name)) for (const part of parts.slice(1)) used.add(part.split(' ')[0] ?? '');
  }
  const kept = new Map([...types].filter(([name]) => used.has(name)));
  return [
    '// Made by scripts/dictionary.ts from hl7-dictionary (MIT): do not edit.',
    '// A line is a name, its meaning, and its parts in order, each "TYPE Name of the part", between bars.',
    ...block('SEGMENTS', segments),
    ...block('TYPES', kept),
    '',
  ].join('\n');
}

function merge(into: Map<string, string[]>, name: string, meaning: string, parts: readonly Part[]): void {
  if (!/^[A-Z][A-Z0-9]{1,2}$/.test(name)) return;
  const line = into.get(name) ?? [];
  line[0] = plain(meaning);
  for (const [i, { datatype, desc }] of parts.entries()) line[i + 1] = `${datatype} ${plain(desc)}`;
  into.set(name, line);
}

function plain(text: string): string {
  // Some names end in the footnote marks of the standard's tables.
  return text
    .replace(/[`\\$|]/g, ' ')
    .replace(/[+*\s]+$/, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function block(constant: string, entries: Map<string, string[]>): string[] {
  const lines = [...entries]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, parts]) => [name, ...parts].join('|'));
  return ['', `export const ${constant} = \`\\`, lines.join('\n'), '`;'];
}

if (import.meta.main) {
  const text = generateNames();
  writeFileSync(NAMES_FILE, text);
  process.stdout.write(`engine/hl7/generated/names.ts: ${text.length} characters\n`);
}
