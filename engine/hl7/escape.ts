/** Escape sequences of HL7 v2 chapter 2, section 2.7, both ways. */
import type { Charset } from './charset.ts';
import type { Delimiters } from './delimiters.ts';

/** Asked for only where an escape depends on it: finding out costs a look at MSH-18. */
export interface InCharset {
  readonly charset: Charset;
}

/** What an unclosed or foreign escape could hide in: no sequence that we know is longer, but for hexadecimal data. */
const HEXADECIMAL = /^X((?:[0-9A-Fa-f]{2})+)$/;
const SPACING = /^\.sp(?:\+?(\d{1,2}))?$/;
/** Lines that one `\.sp+n\` may leave: more in a few characters would let a sender fill memory. */
const MOST_LINES = 20;

/**
 * Text as people read it. `\.br\` and `\.sp\` become line feeds, highlighting (`\H\`, `\N\`) goes, `\X..\` is read in
 * the message's character set; an escape that is unknown, unclosed or undecodable stays exactly as it is.
 */
export function unescape(value: string, delimiters: Delimiters, within: InCharset): string {
  const mark = delimiters.escape;
  if (mark === '') return value;
  let open = value.indexOf(mark);
  if (open < 0) return value;
  let out = '';
  let from = 0;
  while (open >= 0) {
    const close = value.indexOf(mark, open + 1);
    if (close < 0) break;
    const meaning = meaningOf(value.slice(open + 1, close), delimiters, within);
    if (meaning === undefined) {
      // The closing mark may open the next sequence: `\unknown\F\`.
      out += value.slice(from, close);
      from = close;
      open = close;
    } else {
      out += value.slice(from, open) + meaning;
      from = close + 1;
      open = value.indexOf(mark, from);
    }
  }
  return out + value.slice(from);
}

/** What stands between two escape characters, as text; `undefined` for what is no escape that we know. */
export function meaningOf(sequence: string, delimiters: Delimiters, within: InCharset): string | undefined {
  switch (sequence) {
    case 'F':
      return delimiters.field;
    case 'S':
      return delimiters.component || undefined;
    case 'T':
      return delimiters.subcomponent || undefined;
    case 'R':
      return delimiters.repetition || undefined;
    case 'E':
      return delimiters.escape;
    case 'P':
      return delimiters.truncation || undefined;
    case 'H':
    case 'N':
      return '';
    case '.br':
      return '\n';
    default:
      break;
  }
  const spacing = SPACING.exec(sequence);
  if (spacing) {
    const lines = Number(spacing[1] ?? 1);
    return lines <= MOST_LINES ? '\n'.repeat(lines) : undefined;
  }
  const digits = HEXADECIMAL.exec(sequence)?.[1];
  if (digits === undefined) return undefined;
  const bytes = Buffer.from(digits, 'hex');
  const text = within.charset.decode(bytes);
  return text.isWellFormed() ? text : undefined;
}

/**
 * The other way: whatever the value holds, it stays one value. Line feeds become `\.br\`; carriage returns and the two
 * bytes that MLLP frames with become `\X..\`. `undefined` where the message states no escape character and needs one.
 */
export function escape(value: string, delimiters: Delimiters, within: InCharset): string | undefined {
  let out = '';
  let from = 0;
  for (let i = 0; i < value.length; i++) {
    if (isLetterOrDigit(value.charCodeAt(i))) continue;
    const sequence = sequenceFor(value.charAt(i), delimiters, within);
    if (sequence === undefined) continue;
    if (delimiters.escape === '') return undefined;
    out += value.slice(from, i) + delimiters.escape + sequence + delimiters.escape;
    from = i + 1;
  }
  return from === 0 ? value : out + value.slice(from);
}

/** Those never separate (delimiters.ts). */
function isLetterOrDigit(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57);
}

/** `X0D`: what stands between the escape characters for a character that may not stand for itself. */
export function hexadecimal(character: string, charset: Charset): string {
  return `X${(charset.encode(character) ?? Buffer.from(character)).toString('hex').toUpperCase()}`;
}

function sequenceFor(character: string, delimiters: Delimiters, within: InCharset): string | undefined {
  switch (character) {
    case delimiters.field:
      return 'F';
    case delimiters.component:
      return 'S';
    case delimiters.subcomponent:
      return 'T';
    case delimiters.repetition:
      return 'R';
    case delimiters.escape:
      return 'E';
    case delimiters.truncation:
      return 'P';
    case '\n':
      return '.br';
    case '\r':
    case '\v':
    case '\x1c':
      return hexadecimal(character, within.charset);
    default:
      return undefined;
  }
}
