/** Completes what somebody types of a path, by place (`PI`, `PID-`, `PID-3.`) or by name (`assigning auth`). */
import type { Hl7Dictionary, PartEntry, PathSuggestion, SegmentEntry } from './dictionary-contract.ts';

export interface SuggestOptions {
  /** How many at most; default 20. */
  readonly limit?: number;
}

const LONGEST_TYPED = 100;
const MOST_WORDS = 6;
/** The segments that flows read most come first where many have a part of that name. */
const FIRST = [
  'MSH',
  'PID',
  'PV1',
  'OBR',
  'OBX',
  'ORC',
  'NK1',
  'EVN',
  'AL1',
  'DG1',
  'IN1',
  'MRG',
  'PV2',
  'NTE',
  'SCH',
  'RXE',
];

const WEIGHT = { R: 0, C: 1, O: 1, W: 2 } as const;

/** Also `pid-3`, and `PID.3.1` as others write it. */
const PLACE =
  /^([A-Za-z][A-Za-z0-9]{2})(\[[1-9]\d{0,4}\])?(?:[-.](?:([1-9]\d{0,2})(\[[1-9]\d{0,3}\])?(?:\.(?:([1-9]\d{0,2})(?:\.([1-9]\d{0,2})?)?)?)?)?)?$/;

export function suggestPaths(
  typed: string,
  dictionary: Hl7Dictionary,
  { limit = 20 }: SuggestOptions = {},
): PathSuggestion[] {
  const text = typed.slice(0, LONGEST_TYPED).trim();
  if (text === '' || limit < 1) return [];
  const byPlace = atPlace(text, dictionary);
  const found = byPlace.length > 0 ? byPlace : [...bySegment(text, dictionary), ...byName(text, dictionary, limit)];
  return found.slice(0, limit);
}

/** `PID-`, `PID-3`, `OBX[2]-5.`: the parts at that place; what was typed of occurrence and repetition is kept. */
function atPlace(text: string, dictionary: Hl7Dictionary): PathSuggestion[] {
  const match = PLACE.exec(text);
  const segment = match && dictionary.segment((match[1] ?? '').toUpperCase());
  if (!segment) return [];
  const [, , occurrence = '', field, repetition = '', component, subcomponent] = match;
  const begin = `${segment.name}${occurrence}-`;
  if (field === undefined) return fieldsOf(segment, begin, '', dictionary);
  const below = `${begin}${field}${repetition}`;
  const entry = segment.fields[Number(field) - 1];
  if (
    !text
      .slice(match[1]?.length)
      .replace(/^(\[\d+\])?[-.]/, '')
      .includes('.')
  ) {
    // `PID-3` begins PID-3 and PID-30.
    if (repetition === '') return fieldsOf(segment, begin, field, dictionary);
    return entry ? [suggestion(below, [entry], dictionary)] : [];
  }
  if (!entry) return [];
  const parts = dictionary.type(entry.type)?.components ?? [];
  if (component === undefined)
    return parts.map((part) => suggestion(`${below}.${part.position}`, [entry, part], dictionary));
  if (subcomponent === undefined && !text.endsWith('.')) {
    return beginning(parts, component).map((part) =>
      suggestion(`${below}.${part.position}`, [entry, part], dictionary),
    );
  }
  const part = parts[Number(component) - 1];
  if (!part) return [];
  return beginning(dictionary.type(part.type)?.components ?? [], subcomponent ?? '').map((last) =>
    suggestion(`${below}.${component}.${last.position}`, [entry, part, last], dictionary),
  );
}

function fieldsOf(segment: SegmentEntry, begin: string, digits: string, dictionary: Hl7Dictionary): PathSuggestion[] {
  return beginning(segment.fields, digits).map((field) => suggestion(`${begin}${field.position}`, [field], dictionary));
}

function beginning(parts: readonly PartEntry[], digits: string): readonly PartEntry[] {
  return digits === '' ? parts : parts.filter(({ position }) => String(position).startsWith(digits));
}

/** `PI`: the segments whose names begin so. */
function bySegment(text: string, dictionary: Hl7Dictionary): PathSuggestion[] {
  const wanted = text.toUpperCase();
  if (wanted.length > 3) return [];
  return ranked(dictionary)
    .filter((name) => name.startsWith(wanted))
    .map((name) => ({ path: name, name: dictionary.segment(name)?.title ?? '', type: '', deeper: true }));
}

/** Every word begins a word of the segment's, the field's or the component's name. Fields before components. */
function byName(text: string, dictionary: Hl7Dictionary, limit: number): PathSuggestion[] {
  const words = text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
    .slice(0, MOST_WORDS);
  if (words.length === 0 || text.length < 2) return [];
  const all = (1 << words.length) - 1;
  const found = (name: string): number => {
    const lower = ` ${name.toLowerCase().replace(/[^a-z0-9]+/g, ' ')}`;
    let mask = 0;
    for (const [i, word] of words.entries()) if (lower.includes(` ${word}`)) mask |= 1 << i;
    return mask;
  };
  const ofTypes = new Map<string, readonly { readonly part: PartEntry; readonly mask: number }[]>();
  const partsOf = (type: string) => {
    let parts = ofTypes.get(type);
    if (!parts) {
      const components = dictionary.type(type)?.components ?? [];
      parts = components.map((part) => ({ part, mask: found(part.name) })).filter(({ mask }) => mask !== 0);
      ofTypes.set(type, parts);
    }
    return parts;
  };
  const fields: PathSuggestion[] = [];
  const components: PathSuggestion[] = [];
  for (const name of ranked(dictionary)) {
    if (fields.length >= limit) break;
    const segment = dictionary.segment(name);
    const own = found(`${name} ${segment?.title ?? ''}`);
    for (const field of likeliest(segment?.fields ?? [])) {
      const mask = found(field.name);
      const path = `${name}-${field.position}`;
      if (mask !== 0 && (own | mask) === all) fields.push(suggestion(path, [field], dictionary));
      if (components.length >= limit) continue;
      for (const { part, mask: below } of partsOf(field.type)) {
        // A component of a field that is found anyway is not worth a line.
        if ((own | mask) === all || (own | mask | below) !== all) continue;
        components.push(suggestion(`${path}.${part.position}`, [field, part], dictionary));
      }
    }
  }
  return [...fields, ...components];
}

function suggestion(path: string, parts: readonly PartEntry[], dictionary: Hl7Dictionary): PathSuggestion {
  const type = parts.at(-1)?.type ?? '';
  const name = parts.map((part) => part.name).join(', ');
  // Behind a subcomponent there is nothing (chapter 2, 2.5.3).
  return { path, name, type, deeper: parts.length < 3 && (dictionary.type(type)?.components.length ?? 0) > 0 };
}

/** Required ones first, what is withdrawn last: of five identifiers of a patient PID-3 is the one that is meant. */
function likeliest(fields: readonly PartEntry[]): readonly PartEntry[] {
  return fields.toSorted((a, b) => WEIGHT[a.optionality] - WEIGHT[b.optionality]);
}

function ranked(dictionary: Hl7Dictionary): string[] {
  const names = dictionary.segmentNames();
  const first = FIRST.filter((name) => names.includes(name));
  return [...first, ...names.filter((name) => !FIRST.includes(name))];
}
