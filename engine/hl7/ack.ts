import { STANDARD_DELIMITERS } from './delimiters.ts';
import { escape } from './escape.ts';
import { UTF8 } from './charset.ts';
import { Hl7Message } from './message.ts';
import { parsePath } from './path.ts';
import { Hl7Source } from './source.ts';

export interface AckOptions {
  /** MSA-1, original mode (chapter 2, section 2.9.2): accepted, error, rejected. */
  readonly code: 'AA' | 'AE' | 'AR';
  /** MSA-3, for the people at the sender's side. Never clinical. */
  readonly text?: string;
  /** MSH-10 of the answer itself. */
  readonly controlId: string;
  /** Milliseconds since 1970; MSH-7 states it in UTC. */
  readonly now: number;
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
    trigger === '' ? 'ACK' : `ACK^${trigger}^ACK`,
    write(options.controlId),
    taken('MSH-11') || 'P',
    taken('MSH-12') || '2.5.1',
  ];
  const charset = taken('MSH-18');
  if (charset !== '') header.push('', '', '', '', '', charset);
  const answer = ['MSA', options.code, taken('MSH-10')];
  if (options.text) answer.push(write(options.text));
  const text = withoutBlocks(`${header.join('|')}\r${answer.join('|')}\r`);
  const { charset: written = UTF8, marked, damaged = false } = source ?? {};
  return Hl7Message.of(new Hl7Source(text, written, marked, damaged));
}

/** A field that ends with the end block's first byte would end the frame of the answer; the value stays the same. */
function withoutBlocks(text: string): string {
  return text.replaceAll('\v', '\\X0B\\').replaceAll('\u001c', '\\X1C\\');
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
