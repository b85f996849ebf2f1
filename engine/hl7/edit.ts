import { escape } from './escape.ts';
import { parsePath, SEGMENT_NAME, type Hl7Path } from './path.ts';
import { refusal } from './refuse.ts';
import { ENDS_SOMETHING } from './write-value.ts';
import { levels } from './delimiters.ts';
import { isAsciiText, type Hl7Source, type Span } from './source.ts';

/** A source with one part replaced by a value, escaped; every other character stays. */
export function withValue(source: Hl7Source, path: string, value: string): Hl7Source {
  const { from, to, text } = placed(source, path, value, 'value');
  return source.spliced({ from, to }, text);
}

/** A source with one part replaced by text that brings its own separators and escapes. */
export function withRaw(source: Hl7Source, path: string, text: string): Hl7Source {
  const found = placed(source, path, text, 'raw');
  return source.spliced({ from: found.from, to: found.to }, found.text);
}

/** Where a text goes and what is written there: `value` is escaped, `raw` brings its own separators. */
export function placed(
  source: Hl7Source,
  path: string,
  text: string,
  kind: 'value' | 'raw',
): Span & { readonly text: string } {
  const parsed = parsePath(path);
  if (kind === 'value') {
    const escaped = escape(text.toWellFormed(), source.delimiters, source);
    if (escaped === undefined) throw refusal('hl7-no-separator', path);
    return splice(source, path, parsed, escaped);
  }
  if (ENDS_SOMETHING.some((character) => text.includes(character))) {
    throw refusal('hl7-line-end', path);
  }
  return splice(source, path, parsed, text.toWellFormed());
}

/** A source with an empty segment added: after the last of the name `after`, else at the end. */
export function withSegment(source: Hl7Source, name: string, after?: string): Hl7Source {
  if (!SEGMENT_NAME.test(name)) throw refusal('hl7-bad-path', name.slice(0, 40));
  const { text } = source;
  let anchor: Span | undefined;
  for (let at = 0, span = source.segment(0); span; span = source.segment(++at)) {
    if (after === undefined || source.nameOf(at) === after) anchor = span;
  }
  if (!anchor) throw refusal('hl7-no-segment', name, { segment: String(after) });
  const lineEnd = /\r\n|\r|\n/.exec(text)?.[0] ?? '\r';
  return source.spliced({ from: anchor.to, to: anchor.to }, lineEnd + name);
}

function splice(source: Hl7Source, path: string, parsed: Hl7Path, value: string): Span & { readonly text: string } {
  const at = source.find(parsed.segment, parsed.occurrence || 1);
  if (at < 0) throw refusal('hl7-no-segment', path);
  if (source.isOpaque(at, parsed.field)) throw refusal('hl7-delimiters-fixed', path);
  const { span, padding } = place(source, at, path, parsed);
  const text = padding + value;
  const changesCharset = parsed.segment === 'MSH' && parsed.field === 18;
  if (changesCharset || !isAsciiText(value)) {
    const next = changesCharset ? source.spliced(span, text) : source;
    if (next.charset.encode(changesCharset ? next.text : value) === undefined) {
      throw refusal('hl7-not-in-charset', path, { charset: next.charset.name });
    }
  }
  return { from: span.from, to: span.to, text };
}

/** Where the value goes, and the separators that the parts before it lack. */
function place(source: Hl7Source, at: number, path: string, parsed: Hl7Path): { span: Span; padding: string } {
  const { delimiters } = source;
  let span = source.field(at, parsed.field);
  let padding = '';
  if (!span) {
    const segment = source.segment(at) ?? { from: 0, to: 0 };
    const present = source.count(segment, delimiters.field) - (source.isOpaque(at, 1) ? 0 : 1);
    padding = delimiters.field.repeat(parsed.field - present);
    span = { from: segment.to, to: segment.to };
  }
  for (const [separator, wanted] of levels(parsed, delimiters)) {
    const part: Span | undefined = source.nth(span, separator, separator.charCodeAt(0), wanted);
    if (!part && separator === '') throw refusal('hl7-no-separator', path);
    padding += part ? '' : separator.repeat(wanted - Math.max(1, source.count(span, separator)));
    span = part ?? { from: span.to, to: span.to };
  }
  return { span, padding };
}
