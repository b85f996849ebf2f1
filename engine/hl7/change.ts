import { placed } from './edit.ts';
import { parsePath, SEGMENT_NAME, type Hl7Path } from './path.ts';
import { refusal } from './refuse.ts';
import type { Hl7Source, Span } from './source.ts';

/** One of several edits that are made together (`Hl7Message.change`). */
export type Hl7Change =
  /** As `set` (`value`: escaped) and `setRaw` (`raw`: with its own separators). */
  | { readonly kind: 'value' | 'raw'; readonly path: string; readonly text: string }
  /** Takes a repetition out, so that those behind it move up: `PID-3[2]`. */
  | { readonly kind: 'remove-repetition'; readonly path: string }
  /** Takes a segment out, with its line end. `occurrence` from 1. */
  | { readonly kind: 'remove-segment'; readonly segment: string; readonly occurrence: number }
  /** Puts an empty segment directly behind another one; at the end where `after` is null. */
  | {
      readonly kind: 'add-segment';
      readonly segment: string;
      readonly after: { readonly segment: string; readonly occurrence: number } | null;
    };

interface Splice extends Span {
  readonly text: string;
}

/**
 * All changes at once: each finds its place in the message as it is, then the text is written anew in one walk, so that
 * ten thousand segments cost about what one does. Each change must have a place of its own.
 */
export function withChanges(source: Hl7Source, changes: readonly Hl7Change[]): Hl7Source {
  const splices: Splice[] = [];
  const fields = new Map<string, { readonly span: Span; readonly without: Set<number> }>();
  for (const change of changes) {
    switch (change.kind) {
      case 'value':
      case 'raw':
        splices.push(placed(source, change.path, change.text, change.kind));
        break;
      case 'remove-repetition':
        noteRepetition(source, change.path, fields);
        break;
      case 'remove-segment':
        splices.push(segmentSplice(source, change));
        break;
      case 'add-segment':
        splices.push(newSegment(source, change));
        break;
      default:
        return change satisfies never;
    }
  }
  const { repetition } = source.delimiters;
  for (const { span, without } of fields.values()) {
    const kept = [...source.parts(span, repetition)].filter((_, at) => !without.has(at + 1));
    splices.push({ ...span, text: kept.map(({ from, to }) => source.text.slice(from, to)).join(repetition) });
  }
  return written(source, splices);
}

function written(source: Hl7Source, splices: readonly Splice[]): Hl7Source {
  const [only, ...more] = splices;
  if (!only) return source;
  if (more.length === 0) return source.spliced(only, only.text);
  source.refuseGrowth(splices.reduce((sum, { from, to, text }) => sum + text.length - (to - from), 0));
  const inOrder = splices.toSorted((a, b) => a.from - b.from);
  const parts: string[] = [];
  const whole: Span = { from: inOrder[0]?.from ?? 0, to: inOrder.at(-1)?.to ?? 0 };
  let at = whole.from;
  for (const { from, to, text } of inOrder) {
    if (from < at) throw new TypeError('two changes of one message are in the same place');
    parts.push(source.text.slice(at, from), text);
    at = to;
  }
  return source.spliced(whole, parts.join(''));
}

function noteRepetition(
  source: Hl7Source,
  path: string,
  fields: Map<string, { readonly span: Span; readonly without: Set<number> }>,
): void {
  const parsed = parsePath(path);
  const { field, repetition, component } = parsed;
  if (repetition === 0 || component > 0) throw new TypeError('remove-repetition takes a path such as PID-3[2]');
  const at = segmentAt(source, parsed, path);
  if (source.isOpaque(at, field)) throw refusal('hl7-delimiters-fixed', path);
  const span = source.field(at, field);
  if (!span) return;
  const key = `${at} ${field}`;
  const known = fields.get(key) ?? { span, without: new Set() };
  known.without.add(repetition);
  fields.set(key, known);
}

function segmentAt(
  source: Hl7Source,
  { segment, occurrence }: Pick<Hl7Path, 'segment' | 'occurrence'>,
  path: string,
): number {
  const at = source.find(segment, occurrence || 1);
  if (at < 0) throw refusal('hl7-no-segment', path, { segment });
  return at;
}

const LINE_END = /\r\n|\r|\n/y;

function segmentSplice(source: Hl7Source, change: { readonly segment: string; readonly occurrence: number }): Splice {
  const path = `${change.segment}[${change.occurrence}]`;
  const at = segmentAt(source, change, path);
  if (at === 0) throw refusal('hl7-delimiters-fixed', 'MSH');
  const span = source.segment(at) ?? { from: 0, to: 0 };
  LINE_END.lastIndex = span.to;
  const end = LINE_END.exec(source.text);
  if (end) return { from: span.from, to: span.to + end[0].length, text: '' };
  // The last one of a message that ends without a line end: the end of the one before goes with it.
  return { from: source.segment(at - 1)?.to ?? span.from, to: span.to, text: '' };
}

function newSegment(source: Hl7Source, change: Extract<Hl7Change, { kind: 'add-segment' }>): Splice {
  const { segment, after } = change;
  if (!SEGMENT_NAME.test(segment) || segment === 'MSH') throw refusal('hl7-bad-path', segment.slice(0, 40));
  let at: number;
  if (after) at = segmentAt(source, after, segment);
  else for (at = 0; source.segment(at + 1);) at++;
  const { to } = source.segment(at) ?? { to: 0 };
  const end = /\r\n|\r|\n/.exec(source.text)?.[0] ?? '\r';
  return { from: to, to, text: end + segment };
}
