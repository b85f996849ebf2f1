/** The header of a message that is built. */
import { Hl7Message, hl7FromJson, parseHl7Time, writeHl7Time } from '../../engine/index.ts';
import { nodeErrors } from '../kit/errors.ts';
import { sha256 } from '../kit/sha256.ts';
import type { Hl7BuildProperties } from './config.ts';

export interface HeaderGiven {
  readonly time: string;
  readonly controlId: string;
  /** JSON of the message to begin with; `undefined`: there is none. */
  readonly json?: unknown;
}

/** With its header and, of JSON, its segments. Time and control id are always its own; settings go before JSON. */
export function begun(
  config: Pick<Hl7BuildProperties, 'messageType' | 'sender' | 'receiver' | 'hl7Version' | 'processing' | 'charset'>,
  { time, controlId, json }: HeaderGiven,
): Hl7Message {
  const message =
    json === undefined
      ? Hl7Message.build({ type: config.messageType.trim(), controlId, time })
      : hl7FromJson(json).set('MSH-7', time).set('MSH-10', controlId);
  const put = (path: string, text: string): void => {
    if (text === '') return;
    message.set(path, '');
    // Components may be named (`LAB^1.2.3^ISO`); nothing else parts what stands in a form.
    for (const [at, part] of text.split('^').entries()) if (part !== '') message.set(`${path}.${at + 1}`, part);
  };
  // First of all: whatever follows has to be written in it.
  put('MSH-18', config.charset.trim());
  const [application = '', facility = ''] = config.sender.trim().split('|');
  const [to = '', toFacility = ''] = config.receiver.trim().split('|');
  for (const [path, text] of [
    ['MSH-3', application],
    ['MSH-4', facility],
    ['MSH-5', to],
    ['MSH-6', toFacility],
    ['MSH-12', config.hl7Version.trim()],
    ...(json === undefined || message.get('MSH-11') === '' ? [['MSH-11', config.processing] as const] : []),
    ...(json === undefined ? [] : [['MSH-9', config.messageType.trim()] as const]),
  ] as const) {
    put(path, text);
  }
  return message;
}

/** Says that it is in UTF-8 where it has to: an empty MSH-18 means ASCII (table 0211). */
export function withCharset(message: Hl7Message): Hl7Message {
  return message.get('MSH-18') === '' && /[^\0-\x7f]/.test(message.toString())
    ? message.set('MSH-18', 'UNICODE UTF-8')
    : message;
}

/** Twenty characters, as the versions before 2.7 have room for; the same for each delivery of one message. */
export function controlIdOf(messageId: string, definition: string, name: string, discriminator: string): string {
  return sha256(JSON.stringify([messageId, definition, name, discriminator.toWellFormed()]))
    .slice(0, 20)
    .toUpperCase();
}

const HAS_ZONE = /(?:Z|[+-]\d\d:\d\d)$/;

/** MSH-7 of what an expression gave: milliseconds, ISO 8601 with its zone, or an HL7 time as it is to stand. */
export function timeOf(value: unknown, node: string): string {
  try {
    if (typeof value === 'number') return writeHl7Time(value);
    if (typeof value === 'string') {
      if (parseHl7Time(value)) return value;
      if (HAS_ZONE.test(value) && !Number.isNaN(Date.parse(value))) return writeHl7Time(Date.parse(value));
    }
  } catch {
    // No instant of the years 1 to 9999.
  }
  throw nodeErrors.create('hl7-time-wrong', { node });
}
