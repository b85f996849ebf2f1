/** A message as a tree with the names of its segments and fields, for people who may see it. */
import { Hl7Message, fieldName, segmentName } from '../../engine/index.ts';
import type { BodySegment, MessageBody } from './contract.ts';

/** More fields than any real message has; what is cut is found in the raw body. */
const MOST_FIELDS = 20_000;

export function messageBody(bytes: Uint8Array, fallbackCharset = 'UTF-8'): MessageBody {
  let message: Hl7Message;
  try {
    message = Hl7Message.parse(bytes, { fallbackCharset });
  } catch {
    return unreadable(bytes);
  }
  let left = MOST_FIELDS;
  const segments: BodySegment[] = [];
  for (const { segment: name = '', ...values } of message.toJSON().segments) {
    const fields = Object.entries(values)
      .slice(0, left)
      .map(([path, value]) => ({ path, title: titleOf(path), value }));
    left -= fields.length;
    segments.push({ name, title: segmentName(name) ?? null, fields });
  }
  return { charset: message.charset, segments };
}

/** What cannot be read as HL7 is shown line by line, each byte as it is. */
function unreadable(bytes: Uint8Array): MessageBody {
  const lines = Buffer.from(bytes)
    .toString('latin1')
    .split(/\r\n|\r|\n/)
    .slice(0, 2000);
  return {
    charset: 'unknown',
    segments: lines.map((value, i) => ({
      name: '',
      title: null,
      fields: [{ path: `line ${i + 1}`, title: null, value }],
    })),
  };
}

function titleOf(path: string): string | null {
  const match = /^([A-Z][A-Z0-9]{2})-(\d+)/.exec(path);
  return match ? (fieldName(match[1] ?? '', Number(match[2])) ?? null) : null;
}
