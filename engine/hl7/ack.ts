import { STANDARD_DELIMITERS } from './delimiters.ts';
import { escape, hexadecimal } from './escape.ts';
import { UTF8, type Charset } from './charset.ts';
import { Hl7Message } from './message.ts';
import { parsePath, tryPath } from './path.ts';
import { Hl7Source } from './source.ts';

/** MSA-1, table 0008: application acknowledgements, and accept acknowledgements (enhanced mode): accepted, error, rejected. */
export type AckCode = 'AA' | 'AE' | 'AR' | 'CA' | 'CE' | 'CR';

/** What an ERR segment says. */
export interface AckError {
  /** Table 0357. */
  readonly code: string;
  /** For the people at the sender's side. Never clinical. */
  readonly text?: string;
  /** Where in the message that is answered, as `PID-3[2].4`. */
  readonly location?: string;
}

export interface AckOptions {
  /** Chapter 2, sections 2.9.2 and 2.9.3. */
  readonly code: AckCode;
  /** MSA-3, for the people at the sender's side. Never clinical. */
  readonly text?: string;
  /** MSH-10 of the answer itself. */
  readonly controlId: string;
  /** Milliseconds since 1970; MSH-7 states it in UTC. */
  readonly now: number;
  /** MSH-9 instead of that of an ACK, in the usual separators: `RSP^K11^RSP_K11`. */
  readonly type?: string;
  readonly error?: AckError;
  /** Whole segments after those, in the usual separators, without their ends. */
  readonly segments?: readonly string[];
  /** MSH-15 and MSH-16 of the answer: what its own receiver is to answer. Absent: not stated. */
  readonly expects?: { readonly accept: 'AL' | 'NE'; readonly application: 'NE' };
}

/**
 * The answer to a message. MSA-2 is the message's MSH-10 as it stands, whatever else the message lacks; it is empty only
 * where there is no message to read (`undefined`). Sender and receiver change places; version, processing id and
 * character set are the sender's own. The separators are the usual ones, stated in MSH-1 and MSH-2 as always: many
 * senders look for `MSA|` whatever they send themselves.
 */
export function buildAck(message: Hl7Message | undefined, options: AckOptions): Hl7Message {
  const source = message?.source;
  const taken = (path: string): string => (source ? standard(source, path) : '');
  const trigger = taken('MSH-9.2');
  const header = [
    'MSH|^~\\&',
    taken('MSH-5'),
    taken('MSH-6'),
    taken('MSH-3'),
    taken('MSH-4'),
    utc(options.now),
    '',
    options.type ?? (trigger === '' ? 'ACK' : `ACK^${trigger}^ACK`),
    write(options.controlId),
    taken('MSH-11') || 'P',
    taken('MSH-12') || '2.5.1',
  ];
  const charset = taken('MSH-18');
  const { accept = '', application = '' } = options.expects ?? {};
  if (charset !== '' || accept !== '') header.push('', '', accept, application, '', charset);
  const answer = ['MSA', options.code, taken('MSH-10')];
  if (options.text) answer.push(write(options.text));
  const segments = [header.join('|').replace(/\|+$/, ''), answer.join('|')];
  if (options.error) segments.push(errorSegment(options.error, taken('MSH-12.1')));
  segments.push(...(options.segments ?? []));
  const { charset: written = UTF8, marked, damaged = false } = source ?? {};
  const text = withoutBlocks(segments.map((segment) => `${segment}\r`).join(''), written);
  return Hl7Message.of(new Hl7Source(text, written, marked, damaged));
}

/** A field that ends with the end block's first byte would end the frame of the answer; the value stays the same. */
function withoutBlocks(text: string, charset: Charset): string {
  let out = text;
  for (const block of ['\v', '\u001c']) {
    if (out.includes(block)) out = out.replaceAll(block, `\\${hexadecimal(block, charset)}\\`);
  }
  return out;
}

/** Names of HL7 table 0357. */
const ERROR_NAMES: Readonly<Record<string, string>> = {
  0: 'Message accepted',
  100: 'Segment sequence error',
  101: 'Required field missing',
  102: 'Data type error',
  103: 'Table value not found',
  200: 'Unsupported message type',
  201: 'Unsupported event code',
  202: 'Unsupported processing id',
  203: 'Unsupported version id',
  204: 'Unknown key identifier',
  205: 'Duplicate key identifier',
  206: 'Application record locked',
  207: 'Application internal error',
};

/** ERR-2, ERR-3, ERR-4 and ERR-8 since version 2.5; before, all is in ERR-1. A version that is not stated reads as a late one. */
function errorSegment({ code, text = '', location }: AckError, version: string): string {
  const name = ERROR_NAMES[code] ?? '';
  const path = location === undefined ? undefined : tryPath(location);
  const place = path ? [path.segment, path.occurrence || 1, path.field] : [];
  const [, major = '3', minor = '0'] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  if (Number(major) === 2 && Number(minor) < 5) {
    const [segment = '', occurrence = '', field = ''] = place;
    return `ERR|${segment}^${occurrence}^${field}^${write(code)}&${name}&HL70357`;
  }
  if (path && path.repetition + path.component > 0) place.push(path.repetition || 1);
  if (path && path.component > 0) place.push(path.component);
  if (path && path.subcomponent > 0) place.push(path.subcomponent);
  return `ERR||${place.join('^')}|${write(code)}^${name}^HL70357|E||||${write(text)}`.replace(/\|+$/, '');
}

/** No header field has as many. */
const MOST_COMPONENTS = 100;

/** A field in the usual separators: as it stands, bytes that could not be decoded included, or written anew. */
function standard(source: Hl7Source, path: string): string {
  const span = source.part(0, parsePath(path));
  if (!span) return '';
  const { field, component, repetition, escape: mark, subcomponent } = source.delimiters;
  const usual = field + component + repetition + mark + subcomponent === '|^~\\&';
  if (usual) return source.text.slice(span.from, span.to);
  const [first] = source.parts(span, repetition);
  const components = first ? source.parts(first, component, MOST_COMPONENTS) : [];
  return [...components].map((part) => write(source.readWithin(part, 1, 1))).join('^');
}

function write(value: string): string {
  return escape(value, STANDARD_DELIMITERS, { charset: UTF8 }) ?? value;
}

function utc(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19).replace(/\D/g, '')}+0000`;
}
