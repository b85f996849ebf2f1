/** What hl7-dictionary says, corrected where it is known to be wrong: what the generated data is made of and checked against. */
import { createRequire } from 'node:module';
import {
  COMPONENT_TABLES,
  FIELD_CORRECTIONS,
  MORE_VALUES,
  NOT_IN,
  OPEN_TABLES,
  TAKEN_FROM,
} from './dictionary-corrections.ts';

/** As hl7-dictionary has it. `opt`: 1 optional, 2 required, 3 conditional, 4 withdrawn; `rep`: 0 without limit. */
export interface SourcePart {
  readonly desc: string;
  readonly datatype: string;
  readonly opt: number;
  readonly rep: number;
  readonly len?: number;
  readonly table?: number;
}

export interface SourceEntry {
  readonly title: string;
  readonly parts: readonly SourcePart[];
}

export interface SourceTable {
  readonly title: string;
  readonly kind: 'hl7' | 'user';
  readonly values: ReadonlyMap<string, string>;
}

interface RawVersion {
  readonly segments: Readonly<Record<string, { readonly desc: string; readonly fields: readonly SourcePart[] }>>;
  readonly fields: Readonly<Record<string, { readonly desc: string; readonly subfields: readonly SourcePart[] }>>;
}

interface Raw {
  readonly definitions: Readonly<Record<string, RawVersion>>;
  readonly tables: Readonly<
    Record<string, { readonly desc: string; readonly values: Readonly<Record<string, string>> }>
  >;
}

/** Oldest first. */
export const SOURCE_VERSIONS = ['2.1', '2.2', '2.3', '2.3.1', '2.4', '2.5', '2.5.1', '2.6', '2.7', '2.7.1'] as const;

const WITHDRAWN = 4;

export function rawDictionary(): Raw {
  return createRequire(import.meta.url)('hl7-dictionary') as Raw;
}

/** By version, then by name. */
export function sourceSegments(raw: Raw = rawDictionary()): Map<string, Map<string, SourceEntry>> {
  const versions = new Map<string, Map<string, SourceEntry>>();
  let before: ReadonlyMap<string, SourceEntry> = new Map();
  for (const version of SOURCE_VERSIONS) {
    const entries = new Map<string, SourceEntry>();
    for (const [name, { desc, fields }] of Object.entries(raw.definitions[version]?.segments ?? {})) {
      // 2.6 lists a data type (ED) among its segments.
      if (!/^[A-Z][A-Z0-9]{2}$/.test(name) || NOT_IN[name]?.includes(version)) continue;
      entries.set(name, { title: plain(desc), parts: fields.map((part) => tidy(part)) });
    }
    for (const [name, from] of Object.entries(TAKEN_FROM)) {
      const whole = raw.definitions[from[version] ?? '']?.segments[name];
      if (whole) entries.set(name, { title: plain(whole.desc), parts: whole.fields.map((part) => tidy(part)) });
    }
    for (const { versions: wrong, segment, field, right } of FIELD_CORRECTIONS) {
      const entry = entries.get(segment);
      if (!entry || !wrong.includes(version)) continue;
      const parts = entry.parts.map((part, i) => (i === field - 1 ? { ...part, ...right } : part));
      entries.set(segment, { ...entry, parts });
    }
    versions.set(version, withOldTypes(entries, before));
    before = versions.get(version) ?? before;
  }
  return versions;
}

export function sourceTypes(raw: Raw = rawDictionary()): Map<string, Map<string, SourceEntry>> {
  const versions = new Map<string, Map<string, SourceEntry>>();
  let before: ReadonlyMap<string, SourceEntry> = new Map();
  for (const version of SOURCE_VERSIONS) {
    const entries = new Map<string, SourceEntry>();
    for (const [name, { desc, subfields }] of Object.entries(raw.definitions[version]?.fields ?? {})) {
      const missing = COMPONENT_TABLES.find((one) => one.type === name && one.versions.includes(version))?.tables ?? [];
      const parts = subfields.map((part, i) => ({ ...tidy(part), ...(missing[i] && { table: missing[i] }) }));
      entries.set(name, { title: plain(desc), parts });
    }
    versions.set(version, withOldTypes(entries, before));
    before = versions.get(version) ?? before;
  }
  return versions;
}

/** The standard states no type for what it has withdrawn (the source says ST): the last one that it had tells what old messages hold. */
function withOldTypes(
  entries: ReadonlyMap<string, SourceEntry>,
  before: ReadonlyMap<string, SourceEntry>,
): Map<string, SourceEntry> {
  return new Map(
    [...entries].map(([name, { title, parts }]) => {
      const old = before.get(name)?.parts ?? [];
      return [name, { title, parts: parts.map((part, i) => (part.opt === WITHDRAWN ? asBefore(part, old[i]) : part)) }];
    }),
  );
}

function asBefore(part: SourcePart, old: SourcePart | undefined): SourcePart {
  return old ? { ...old, opt: WITHDRAWN, desc: old.desc } : part;
}

/** Tables have no versions in the source. */
export function sourceTables(raw: Raw = rawDictionary()): Map<string, SourceTable> {
  const kinds = tableKinds(raw);
  return new Map(
    Object.entries(raw.tables).map(([number, { desc, values }]) => {
      const id = number.padStart(4, '0');
      const meanings = new Map<string, string>();
      for (const [value, meaning] of Object.entries({ ...values, ...MORE_VALUES[id] })) {
        meanings.set(value.trim(), shortened(plain(meaning)));
      }
      const kind = OPEN_TABLES.includes(id) ? 'user' : (kinds.get(id) ?? 'user');
      return [id, { title: plain(desc), kind, values: meanings }];
    }),
  );
}

/**
 * The source does not say which tables are HL7's own. Data type ID is for those and IS for those of users (chapter 2,
 * 2.A), since 2.3: 2.1 and 2.2 had ID for all. The newest version that uses one of the two decides.
 */
function tableKinds(raw: Raw): Map<string, 'hl7' | 'user'> {
  const kinds = new Map<string, 'hl7' | 'user'>();
  for (const version of SOURCE_VERSIONS.slice(2)) {
    const { segments = {}, fields = {} } = raw.definitions[version] ?? {};
    const parts = [
      ...Object.values(segments).flatMap((segment) => segment.fields),
      ...Object.values(fields).flatMap((type) => type.subfields),
    ];
    const said = new Map<string, 'hl7' | 'user'>();
    for (const { datatype, table } of parts) {
      if (table === undefined || (datatype !== 'ID' && datatype !== 'IS')) continue;
      const id = String(table).padStart(4, '0');
      if (said.get(id) !== 'user') said.set(id, datatype === 'ID' ? 'hl7' : 'user');
    }
    for (const [id, kind] of said) kinds.set(id, kind);
  }
  return kinds;
}

function tidy(part: SourcePart): SourcePart {
  return { ...part, desc: plain(part.desc), datatype: part.datatype };
}

/** Some names end in footnote marks, some meanings have marks of a web page, some apostrophes and dashes are lost. */
function plain(text: string): string {
  return text
    .replace(/<[^>]{1,20}>/g, ' ')
    .replaceAll('`', "'")
    .replace(/[\\$|^~]/g, ' ')
    .replace(/(\w)[ _]s (?=[A-Z])/g, "$1's ")
    .replace(/ _ | ?вЂ“ ?/g, ' - ')
    .replace(/[+*\s]+$/, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The source cut long meanings somewhere in a word. */
function shortened(meaning: string): string {
  return meaning.length <= 120 ? meaning : `${meaning.slice(0, meaning.lastIndexOf(' ', 118))}…`;
}
