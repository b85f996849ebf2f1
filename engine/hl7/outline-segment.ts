/** One segment of an outline: its fields with names by the message's version, taken apart where they have parts. */
import type { Hl7Dictionary, PartEntry } from './dictionary-contract.ts';
import { newestSegment } from './dictionary.ts';
import type { OutlineNode, OutlineSegment } from './outline.ts';
import type { Hl7Source, Span } from './source.ts';
import { meaningOf } from './table-meaning.ts';

export interface SegmentTask {
  readonly source: Hl7Source;
  readonly dictionary: Hl7Dictionary;
  /** Place of the segment, from 0. */
  readonly at: number;
  readonly name: string;
  /** Among those of its name, from 1. */
  readonly occurrence: number;
  readonly longest: number;
  readonly empties: boolean;
}

/** Parts of one node that are shown; `more` tells how many there are besides. */
const MOST_CHILDREN = 500;
const MOST_PARTS = 5000;
/** Of a segment's raw text. */
const LONGEST_RAW = 20_000;
const SEGMENT_NAME = /^[A-Z][A-Z0-9]{2}$/;

export function outlineSegment(task: SegmentTask): { readonly segment: OutlineSegment; readonly parts: number } {
  const reader = new SegmentReader(task);
  return { segment: reader.segment(), parts: reader.parts };
}

interface Place {
  readonly path: string;
  readonly level: OutlineNode['level'];
  readonly entry: PartEntry | undefined;
  readonly span: Span;
  /** Of the field that it is part of: OBX-5 is of the type that OBX-2 says. */
  readonly varying: string;
}

class SegmentReader {
  parts = 0;
  private readonly task: SegmentTask;
  private readonly begin: number;

  constructor(task: SegmentTask) {
    this.task = task;
    this.begin = task.source.segment(task.at)?.from ?? 0;
  }

  segment(): OutlineSegment {
    const { source, at, name, occurrence, dictionary } = this.task;
    const span = source.segment(at) ?? { from: 0, to: 0 };
    const raw = source.text.slice(span.from, Math.min(span.to, span.from + LONGEST_RAW)).toWellFormed();
    const shown = { index: at, at: 0, length: span.to - span.from, raw, type: '' } as const;
    if (!SEGMENT_NAME.test(name)) {
      // Not a segment: the line as it stands.
      const value = raw.slice(0, this.task.longest);
      return { ...shown, path: `line ${at + 1}`, level: 'segment', name: '', state: 'value', value, children: [] };
    }
    const path = occurrence === 1 ? name : `${name}[${occurrence}]`;
    const { children, more } = this.fields(path);
    const title = (dictionary.segment(name) ?? newestSegment(name))?.title ?? '';
    const node = { ...shown, path, level: 'segment', name: title, state: 'value', value: '', children } as const;
    return more > 0 ? { ...node, more } : node;
  }

  private fields(path: string): { children: OutlineNode[]; more: number } {
    const { source, at, name, dictionary, empties } = this.task;
    const entries = dictionary.segment(name)?.fields ?? [];
    const newest = newestSegment(name)?.fields ?? [];
    const children: OutlineNode[] = [];
    let varying = '';
    let number = 0;
    let more = 0;
    for (const span of source.fields(at)) {
      number++;
      const entry = entries[number - 1];
      if (name === 'OBX' && number === 2)
        varying = source.readable({ from: span.from, to: Math.min(span.to, span.from + 8) });
      if (span.from === span.to && !empties && entry?.optionality !== 'R') continue;
      if (children.length >= MOST_CHILDREN || this.parts >= MOST_PARTS) {
        more++;
        continue;
      }
      const place: Place = {
        path: `${path}-${number}`,
        level: 'field',
        entry: entry ?? newest[number - 1],
        span,
        varying,
      };
      children.push(source.isOpaque(at, number) ? this.leaf(place) : this.field(place));
    }
    // Behind the segment's end: what is required, or all that the standard knows.
    const end = (source.segment(at)?.to ?? this.begin) - this.begin;
    for (const entry of entries.slice(number)) {
      if (!empties && entry.optionality !== 'R') continue;
      const span = { from: this.begin + end, to: this.begin + end };
      children.push(this.leaf({ path: `${path}-${entry.position}`, level: 'field', entry, span, varying }));
    }
    return { children, more };
  }

  private field(place: Place): OutlineNode {
    const { source } = this.task;
    const { repetition } = source.delimiters;
    const times = source.count(place.span, repetition);
    if (times < 2) return this.components(place);
    const children: OutlineNode[] = [];
    for (const span of source.parts(place.span, repetition, MOST_CHILDREN)) {
      if (this.parts >= MOST_PARTS) break;
      const path = `${place.path}[${children.length + 1}]`;
      children.push(this.components({ ...place, path, level: 'repetition', span }));
    }
    return this.branch(place, children, times);
  }

  private components(place: Place): OutlineNode {
    return this.below(place, this.task.source.delimiters.component, 'component');
  }

  private below(place: Place, separator: string, level: 'component' | 'subcomponent'): OutlineNode {
    const { source, dictionary } = this.task;
    const times = separator === '' ? 1 : source.count(place.span, separator);
    if (times < 2) {
      const inner = source.delimiters.subcomponent;
      if (level === 'subcomponent' || source.count(place.span, inner) < 2) return this.leaf(place);
      const [entry] = dictionary.type(typeOf(place))?.components ?? [];
      const only: Place = { ...place, path: `${place.path}.1`, level, entry, varying: '' };
      return this.branch(place, [this.below(only, inner, 'subcomponent')], 1);
    }
    const type = typeOf(place);
    const entries = dictionary.type(type)?.components ?? [];
    const children: OutlineNode[] = [];
    let number = 0;
    for (const span of source.parts(place.span, separator, MOST_CHILDREN)) {
      number++;
      if (span.from === span.to) continue;
      if (this.parts >= MOST_PARTS) break;
      const entry = this.coded(place.entry, type, entries[number - 1], number, place.span, separator);
      const child: Place = { path: `${place.path}.${number}`, level, entry, span, varying: '' };
      const deeper = level === 'component' && source.count(span, source.delimiters.subcomponent) > 1;
      children.push(deeper ? this.below(child, source.delimiters.subcomponent, 'subcomponent') : this.leaf(child));
    }
    return this.branch(place, children, times, number);
  }

  /** The code of a coded element is of its field's table, unless it names another coding system. */
  private coded(
    field: PartEntry | undefined,
    type: string,
    entry: PartEntry | undefined,
    number: number,
    span: Span,
    separator: string,
  ): PartEntry | undefined {
    if (!entry || number !== 1 || field?.table == null || !['CE', 'CWE', 'CNE'].includes(type)) return entry;
    const system = [...this.task.source.parts(span, separator, 3)][2];
    const stated = system ? this.task.source.text.slice(system.from, Math.min(system.to, system.from + 12)) : '';
    return stated === '' || stated === `HL7${field.table}` ? { ...entry, table: field.table } : entry;
  }

  private branch(place: Place, children: readonly OutlineNode[], times: number, seen = children.length): OutlineNode {
    const node = { ...this.common(place), state: 'value', value: '', children } as const;
    return times > seen ? { ...node, more: times - seen } : node;
  }

  private leaf(place: Place): OutlineNode {
    const { source, longest, dictionary } = this.task;
    const { from, to } = place.span;
    const common = this.common(place);
    if (from === to) return { ...common, state: 'empty', value: '', children: [] };
    // Only so much is unescaped as can be shown: an escape takes more characters than what it stands for.
    const value = this.isOpaque(place)
      ? source.text.slice(from, to)
      : source.readable({ from, to: Math.min(to, from + longest * 2) });
    if (value === '""') return { ...common, state: 'null', value, children: [] };
    const shown = value.length > longest ? value.slice(0, longest).toWellFormed() : value;
    const meaning = meaningOf(dictionary, place.entry, typeOf(place), value);
    return { ...common, state: 'value', value: shown, children: [], ...(meaning !== undefined && { meaning }) };
  }

  private isOpaque({ path, level }: Place): boolean {
    return level === 'field' && /-[12]$/.test(path) && this.task.source.isOpaque(this.task.at, 1);
  }

  private common(place: Place): Pick<OutlineNode, 'path' | 'level' | 'name' | 'type' | 'at' | 'length'> {
    this.parts++;
    const { path, level, entry, span } = place;
    const length = span.to - span.from;
    return { path, level, name: entry?.name ?? '', type: typeOf(place), at: span.from - this.begin, length };
  }
}

function typeOf({ entry, varying }: Place): string {
  return entry?.type === 'VARIES' ? varying : (entry?.type ?? '');
}
