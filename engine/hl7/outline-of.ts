/** Makes a message's outline (outline.ts), a page of segments at a time, in bounded time and size whatever the message holds. */
import { Adviser } from './advise.ts';
import type { Hl7Dictionary } from './dictionary-contract.ts';
import { dictionaryOf, newestSegment } from './dictionary.ts';
import type { Hl7Message } from './message.ts';
import { matching } from './outline-search.ts';
import { outlineSegment, type SegmentTask } from './outline-segment.ts';
import type { MessageOutline, OutlineSegment } from './outline.ts';

export interface OutlineOptions {
  /** The segment to begin at, from 0. */
  readonly from?: number;
  /** How many segments at most; default 200. */
  readonly most?: number;
  /** Characters of a value; default 4,000. */
  readonly longest?: number;
  /** With the fields of the dictionary that the message leaves empty. */
  readonly empties?: boolean;
  /** Only what has this in its path, name, value or meaning, and what it belongs to. */
  readonly find?: string;
  /** With advice on the whole message, not only on the segments shown. */
  readonly advise?: boolean;
}

/** A page ends early when it is full: segments may have very many parts. */
const MOST_NODES = 20_000;
/** Searching looks into so many parts before it only reads the text itself. */
const MOST_LOOKED_AT = 60_000;
const MOST_ADVICE = 200;
const MOST_ADVICE_HERE = 1000;
/** Segments are counted up to here. */
const MOST_SEGMENTS = 1_000_000;

export function outlineOf(message: Hl7Message, options: OutlineOptions = {}): MessageOutline {
  const { from = 0, most = 200, longest = 4000, empties = false, find = '', advise = false } = options;
  const { source } = message;
  const stated = message.get('MSH-12').slice(0, 40);
  const dictionary = dictionaryOf(stated);
  const adviser = new Adviser(message, MOST_ADVICE_HERE, 'each');
  const wanted = find.trim().toLowerCase().slice(0, 100);
  const whole = new Adviser(message, MOST_ADVICE);
  const advised = advise ? whole.look() : 0;
  const segments: OutlineSegment[] = [];
  const occurrences = new Map<string, number>();
  let nodes = 0;
  let looked = 0;
  let next: number | null = null;
  let total = 0;
  for (; total < MOST_SEGMENTS && source.segment(total); total++) {
    const name = source.nameOf(total);
    const occurrence = (occurrences.get(name) ?? 0) + 1;
    // Other lines are numbered by their place, and may begin with anything.
    if (/^[A-Z][A-Z0-9]{2}$/.test(name)) occurrences.set(name, occurrence);
    if (total < from || next !== null) continue;
    if (segments.length >= most || nodes >= MOST_NODES) {
      next = total;
      continue;
    }
    const task: SegmentTask = { source, dictionary, at: total, name, occurrence, longest, empties };
    if (wanted !== '' && looked >= MOST_LOOKED_AT && !textHas(task, wanted)) continue;
    const { segment, parts } = outlineSegment(task);
    looked += parts;
    const shown = wanted === '' ? segment : matching(segment, wanted);
    if (!shown) continue;
    segments.push(shown);
    nodes += parts;
    adviser.lookAt(total, occurrence);
  }
  return {
    type: message.type.slice(0, 80),
    title: eventTitle(message, dictionary),
    version: { stated, named: dictionary.version },
    charset: message.charset,
    damaged: source.damaged,
    segments,
    total,
    next,
    advice: whole.all(),
    advised,
    here: adviser.all(),
  };
}

/** Cheaper than to take the segment apart: what it says is searched as it stands, with its names. */
function textHas({ source, dictionary, at, name, occurrence }: SegmentTask, wanted: string): boolean {
  const span = source.segment(at);
  if (!span) return false;
  const path = (occurrence === 1 ? name : `${name}[${occurrence}]`).toLowerCase();
  if (wanted === path || wanted.startsWith(`${path}-`)) return true;
  const entry = dictionary.segment(name) ?? newestSegment(name);
  return (
    source.text.slice(span.from, span.to).toLowerCase().includes(wanted) ||
    `${name} ${entry?.title ?? ''}`.toLowerCase().includes(wanted)
  );
}

function eventTitle(message: Hl7Message, dictionary: Hl7Dictionary): string {
  return dictionary.table('0003')?.values.get(message.get('MSH-9.2')) ?? '';
}
