/**
 * Character sets of HL7 table 0211. Decoding is reversible: a byte that means nothing in the character set becomes the
 * lone surrogate U+DC00 + byte, and encoding turns it back, so that what nobody touched leaves as it came. Reading a
 * value shows such a byte as U+FFFD.
 */
import { isUtf8 } from 'node:buffer';

export interface Charset {
  /** Canonical name, e.g. `UTF-8`, `8859/1`. */
  readonly name: string;
  decode(bytes: Uint8Array): string;
  /** `undefined` where a character has no place in the character set. */
  encode(text: string): Buffer | undefined;
}

const NON_ASCII_BASE = 0xdc00;

const utf8: Charset = {
  name: 'UTF-8',
  decode: (bytes) => (isUtf8(bytes) ? view(bytes).toString('utf8') : decodeDamagedUtf8(bytes)),
  encode: (text) => (text.isWellFormed() ? Buffer.from(text, 'utf8') : encodeDamagedUtf8(text)),
};

function utf16(name: string, bigEndian: boolean): Charset {
  return {
    name,
    decode(bytes) {
      // Whole messages have an even number (read-bytes.ts); an escape may name half a character.
      const even = bytes.length - (bytes.length % 2);
      const whole = bigEndian ? Buffer.from(bytes.subarray(0, even)).swap16() : view(bytes).subarray(0, even);
      const half = bytes[even];
      return whole.toString('utf16le') + (half === undefined ? '' : String.fromCharCode(NON_ASCII_BASE + half));
    },
    encode(text) {
      const bytes = Buffer.from(text, 'utf16le');
      return bigEndian ? bytes.swap16() : bytes;
    },
  };
}

/** ISO 8859-1 is the first 256 characters of Unicode (unlike the web's label of that name, which is windows-1252). */
const latin1: Charset = {
  name: '8859/1',
  decode: (bytes) => view(bytes).toString('latin1'),
  encode: (text) => (BEYOND_LATIN1.test(text) ? undefined : Buffer.from(text, 'latin1')),
};
const BEYOND_LATIN1 = /[^\0-\xff]/;

/** ISO 8859-9 = 8859-1 but for six Turkish letters; the web's label of that name means windows-1254. */
const TURKISH = new Map([
  [0xd0, 'Ğ'],
  [0xdd, 'İ'],
  [0xde, 'Ş'],
  [0xf0, 'ğ'],
  [0xfd, 'ı'],
  [0xfe, 'ş'],
]);

/** MSH-18 or a feed's fallback, as people write it, to the name of a table. */
const SINGLE_BYTE: Readonly<Record<string, string>> = {
  '8859/2': 'iso-8859-2',
  '8859/3': 'iso-8859-3',
  '8859/4': 'iso-8859-4',
  '8859/5': 'iso-8859-5',
  '8859/6': 'iso-8859-6',
  '8859/7': 'iso-8859-7',
  '8859/8': 'iso-8859-8',
  '8859/10': 'iso-8859-10',
  '8859/13': 'iso-8859-13',
  '8859/14': 'iso-8859-14',
  '8859/15': 'iso-8859-15',
  '8859/16': 'iso-8859-16',
  'windows-1250': 'windows-1250',
  'windows-1251': 'windows-1251',
  'windows-1252': 'windows-1252',
  'windows-1253': 'windows-1253',
  'windows-1254': 'windows-1254',
  'windows-1255': 'windows-1255',
  'windows-1256': 'windows-1256',
  'windows-1257': 'windows-1257',
  'windows-1258': 'windows-1258',
};

const known = new Map<string, Charset>([
  ['UTF-8', utf8],
  ['8859/1', latin1],
  ['UTF-16LE', utf16('UTF-16LE', false)],
  ['UTF-16BE', utf16('UTF-16BE', true)],
]);

/**
 * The character set of that name; `undefined` for one we have no table for. `ASCII` gives `undefined` too: its
 * bytes read the same in every fallback, and a sender that says ASCII and sends more has said nothing about the rest.
 */
export function charsetNamed(stated: string): Charset | undefined {
  const name = canonical(stated);
  const found = known.get(name);
  if (found) return found;
  const label = SINGLE_BYTE[name];
  const made = name === '8859/9' ? singleByte(name, turkish()) : label ? singleByte(name, tableOf(label)) : undefined;
  if (made) known.set(name, made);
  return made;
}

export const UTF8 = utf8;

function canonical(stated: string): string {
  // Names are ASCII: what else is trimmed or has capitals would read otherwise before it is decoded.
  if (/[^\t -~]/.test(stated)) return '';
  const name = stated.trim().toUpperCase().replace(/\s+/g, ' ');
  const iso = /^(?:ISO[ -]?)?8859[/-]([0-9]{1,2})$/.exec(name);
  if (iso) return `8859/${Number(iso[1])}`;
  const windows = /^(?:WINDOWS|CP)-?(125[0-8])$/.exec(name);
  if (windows) return `windows-${windows[1]}`;
  if (name === 'LATIN1' || name === 'LATIN-1') return '8859/1';
  // A frame whose first bytes could be read one by one is not UTF-16, whatever "UNICODE" was meant to say.
  if (/^(UNICODE( UTF-?(8|16|32))?|UTF-?8)$/.test(name)) return 'UTF-8';
  return name;
}

function singleByte(name: string, table: readonly string[]): Charset {
  const back = new Map(table.map((character, byte) => [character, byte]));
  return {
    name,
    decode(bytes) {
      const text = view(bytes).toString('latin1');
      return text.replace(/[\x80-\xff]/g, (character) => table[character.charCodeAt(0)] ?? character);
    },
    encode(text) {
      const bytes = Buffer.alloc(text.length);
      for (let i = 0; i < text.length; i++) {
        const byte = back.get(text.charAt(i));
        if (byte === undefined) return undefined;
        bytes[i] = byte;
      }
      return bytes;
    },
  };
}

function tableOf(label: string): string[] {
  const decoder = new TextDecoder(label);
  return Array.from({ length: 256 }, (_, byte) => {
    const character = byte < 0x80 ? String.fromCharCode(byte) : decoder.decode(Uint8Array.of(byte));
    return character === '\ufffd' ? String.fromCharCode(NON_ASCII_BASE + byte) : character;
  });
}

function turkish(): string[] {
  return Array.from({ length: 256 }, (_, byte) => TURKISH.get(byte) ?? String.fromCharCode(byte));
}

function decodeDamagedUtf8(bytes: Uint8Array): string {
  const buffer = view(bytes);
  const parts: string[] = [];
  let good = 0;
  for (let i = 0; i < bytes.length;) {
    const length = sequenceLength(bytes, i);
    if (length > 0) {
      i += length;
      continue;
    }
    parts.push(buffer.toString('utf8', good, i), String.fromCharCode(NON_ASCII_BASE + (bytes[i] ?? 0)));
    good = ++i;
  }
  parts.push(buffer.toString('utf8', good));
  return parts.join('');
}

/** Length of the well-formed sequence at `at` (Unicode, table 3-7), or 0. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  const second = bytes[at + 1] ?? 0;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i = 2; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

/** Lone surrogates only: a pair is an ordinary character of the sender. */
const LONE = /[\ud800-\udbff][\udc00-\udfff]|([\ud800-\udfff])/g;

function encodeDamagedUtf8(text: string): Buffer | undefined {
  const parts: Buffer[] = [];
  let from = 0;
  for (const match of text.matchAll(LONE)) {
    if (match[1] === undefined) continue;
    const byte = match[1].charCodeAt(0) - NON_ASCII_BASE;
    if (byte < 0x80 || byte > 0xff) return undefined;
    parts.push(Buffer.from(text.slice(from, match.index), 'utf8'), Buffer.of(byte));
    from = match.index + 1;
  }
  parts.push(Buffer.from(text.slice(from), 'utf8'));
  return Buffer.concat(parts);
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
