import { escape } from './escape.ts';
import type { Hl7Source, Span } from './source.ts';
import type { Hl7Component, Hl7Leaf, Hl7RawBytes, Hl7RawText, Hl7Repetition, Hl7Value } from './value.ts';
import { ENDS_SOMETHING } from './write-value.ts';

/** A field as plain data, such that `writeField` gives its text again, character by character. */
export function readField(source: Hl7Source, span: Span): Hl7Value {
  const { repetition } = source.delimiters;
  if (!holds(source, span, repetition)) return readRepetition(source, span);
  return { repeat: Array.from(source.parts(span, repetition), (part) => readRepetition(source, part)) };
}

function readRepetition(source: Hl7Source, span: Span): Hl7Repetition {
  const { component, subcomponent } = source.delimiters;
  const hasSubcomponents = holds(source, span, subcomponent);
  if (!hasSubcomponents && !holds(source, span, component)) return readLeaf(source, span);
  return Array.from(source.parts(span, component), (part): Hl7Component => {
    if (!hasSubcomponents || !holds(source, part, subcomponent)) return readLeaf(source, part);
    return Array.from(source.parts(part, subcomponent), (leaf) => readLeaf(source, leaf));
  });
}

function readLeaf(source: Hl7Source, { from, to }: Span): Hl7Leaf {
  const stands = source.text.slice(from, to);
  if (stands === '""') return null;
  const text = source.readable({ from, to });
  return escape(text, source.delimiters, source) === stands ? text : exact(source, stands, text);
}

/** Text that stands for itself, such as MSH-2 or the name of a segment. */
export function readVerbatim(source: Hl7Source, stands: string): string | Hl7RawText | Hl7RawBytes {
  return stands.isWellFormed() ? stands : exact(source, stands, stands.toWellFormed());
}

/** What no reading says: as text where text can say it. JSON is no place for halves of characters and framing bytes. */
function exact(source: Hl7Source, stands: string, text: string): Hl7RawText | Hl7RawBytes {
  const isPlain = stands.isWellFormed() && !ENDS_SOMETHING.some((character) => stands.includes(character));
  if (isPlain) return { text, raw: stands };
  const bytes = source.charset.encode(stands);
  return bytes ? { text, bytes: bytes.toString('base64') } : { text, raw: stands };
}

function holds(source: Hl7Source, { from, to }: Span, separator: string): boolean {
  if (separator === '') return false;
  const at = source.text.slice(from, to).indexOf(separator);
  return at >= 0;
}
