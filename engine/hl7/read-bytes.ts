import { isAscii } from 'node:buffer';
import { charsetNamed, UTF8, type Charset } from './charset.ts';
import { canEncode, type Delimiters } from './delimiters.ts';
import { hl7Errors } from './errors.ts';
import { Hl7Source } from './source.ts';

export interface ParseOptions {
  /** Character set where MSH-18 states none or one we do not know, by its HL7 name; default UTF-8. */
  readonly fallbackCharset?: string;
}

/** Reads bytes as stored, or text. Reversible: `Hl7Message.toBytes()` of what nobody edited gives the same bytes. */
export function readSource(input: Uint8Array | string, options: ParseOptions = {}): Hl7Source {
  const fallback = (options.fallbackCharset && charsetNamed(options.fallbackCharset)) || UTF8;
  if (typeof input === 'string') return new Hl7Source(input.toWellFormed(), fallback);
  const bytes = Buffer.isBuffer(input) ? input : Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  const marked = markedCharset(bytes);
  if (marked) {
    if (marked.name !== UTF8.name && bytes.length % 2 === 1) throw hl7Errors.create('hl7-bad-utf16');
    const text = marked.decode(bytes);
    return new Hl7Source(text, fallback, marked, !text.isWellFormed());
  }
  if (isAscii(bytes)) return new Hl7Source(bytes.toString('latin1'), fallback, undefined, false, undefined, true);
  const stated = charsetNamed(statedCharset(bytes)) ?? fallback;
  const text = stated.decode(bytes);
  const damaged = !text.isWellFormed();
  const source = new Hl7Source(text, fallback, undefined, damaged);
  // Separators beyond ASCII may be others in the text than in the bytes, and MSH-18 with them: what decoded it encodes it.
  return isBeyondAscii(source.delimiters) ? new Hl7Source(text, fallback, stated, damaged) : source;
}

/** Such separators leave MSH-18 open: see above. */
export function isBeyondAscii(delimiters: Delimiters): boolean {
  return Object.values(delimiters).some((character: string) => character > '\x7f');
}

/** What the first bytes decide whatever MSH-18 says: a byte order mark, or `MSH` in two-byte characters. */
function markedCharset(bytes: Buffer): Charset | undefined {
  const [a, b, c] = [bytes[0], bytes[1], bytes[2]];
  if (a === 0xef && b === 0xbb && c === 0xbf) return UTF8;
  if ((a === 0xff && b === 0xfe) || (a === 0x4d && b === 0)) return charsetNamed('UTF-16LE');
  if ((a === 0xfe && b === 0xff) || (a === 0 && b === 0x4d)) return charsetNamed('UTF-16BE');
  return undefined;
}

/** MSH-18 (its first repetition: the others are for the switching escapes of ISO 2022) before anything is decoded. */
function statedCharset(bytes: Buffer): string {
  const begin = bytes.indexOf('MSH');
  if (begin < 0) return '';
  const ends = [bytes.indexOf(13, begin), bytes.indexOf(10, begin)].filter((end) => end >= 0);
  const line = bytes.toString('latin1', begin, Math.min(bytes.length, ...ends));
  const [component, second] = [line.charAt(4), line.charAt(5)];
  const repetition = component > ' ' && second <= '\x7f' && canEncode(second) ? second : '\n';
  return (line.split(line.charAt(3), 18)[17] ?? '').split(repetition)[0] ?? '';
}
