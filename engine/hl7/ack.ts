import { STANDARD_DELIMITERS, type Delimiters } from './delimiters.ts';
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
 * where there is no message to read (`undefined`). Sender and receiver change places; version, processing id,
 * character set and separators are the sender's own, so that whoever wrote the message can read the answer.
 */
export function buildAck(message: Hl7Message | undefined, options: AckOptions): Hl7Message {
  const own = message?.source.delimiters;
  const delimiters = own && own.subcomponent !== '' ? own : STANDARD_DELIMITERS;
  const sameSeparators = delimiters === own;
  // As it stands, undecodable bytes included: the answer's MSA-2 has the very bytes of MSH-10.
  const taken = (path: string): string =>
    sameSeparators && message ? exact(message.source, path) : write(message?.get(path) ?? '', delimiters);
  const trigger = taken('MSH-9.2');
  const { component } = delimiters;
  const header = [
    `MSH${delimiters.field}${encodingCharacters(delimiters)}`,
    taken('MSH-5'),
    taken('MSH-6'),
    taken('MSH-3'),
    taken('MSH-4'),
    utc(options.now),
    '',
    trigger === '' ? 'ACK' : ['ACK', trigger, 'ACK'].join(component),
    write(options.controlId, delimiters),
    taken('MSH-11') || 'P',
    taken('MSH-12') || '2.5.1',
  ];
  const charset = taken('MSH-18');
  if (charset !== '') header.push('', '', '', '', '', charset);
  const answer = ['MSA', options.code, taken('MSH-10')];
  if (options.text) answer.push(write(options.text, delimiters));
  const text = `${header.join(delimiters.field)}\r${answer.join(delimiters.field)}\r`;
  const { charset: written = UTF8, marked, damaged = false } = message?.source ?? {};
  return Hl7Message.of(new Hl7Source(text, written, marked, damaged));
}

function exact(source: Hl7Source, path: string): string {
  const span = source.part(0, parsePath(path));
  return span ? source.text.slice(span.from, span.to) : '';
}

function encodingCharacters(delimiters: Delimiters): string {
  const { component, repetition, subcomponent, truncation } = delimiters;
  return component + repetition + delimiters.escape + subcomponent + truncation;
}

function write(value: string, delimiters: Delimiters): string {
  return escape(value, delimiters, UTF8) ?? value;
}

function utc(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19).replace(/\D/g, '')}+0000`;
}
