/** A message as a tree with the names of its segments and fields, for people who may see it. */
import { dictionaryOf, Hl7Message, type Hl7Dictionary } from '../../engine/index.ts';
import type { BodySegment, MessageBody } from './contract.ts';

/** A document within a field is not for reading here; what is cut is found in the raw body. */
const LONGEST_VALUE = 32 * 1024;
const MOST_LINES = 2000;

export function messageBody(bytes: Uint8Array, fallbackCharset = 'UTF-8'): MessageBody {
  let message: Hl7Message;
  try {
    message = Hl7Message.parse(bytes, { fallbackCharset });
  } catch {
    return unreadable(bytes);
  }
  const dictionary = dictionaryOf(message.get('MSH-12'));
  const { segments: rows, truncated = false } = message.toJSON();
  const segments: BodySegment[] = rows.map(({ segment: name = '', ...values }) => ({
    name,
    title: dictionary.segment(name)?.title ?? null,
    fields: Object.entries(values).map(([path, value]) => ({ path, title: titleOf(path, dictionary), value })),
  }));
  return shortened({ charset: message.charset, segments }, truncated);
}

function shortened(body: MessageBody, truncated: boolean): MessageBody {
  let cut = truncated;
  const short = (value: string): string => {
    if (value.length <= LONGEST_VALUE) return value;
    cut = true;
    return `${value.slice(0, LONGEST_VALUE).toWellFormed()}…`;
  };
  const segments = body.segments.map(({ fields, ...segment }) => ({
    ...segment,
    fields: fields.map((field) => ({ ...field, value: short(field.value) })),
  }));
  return { charset: body.charset, segments, ...(cut && { truncated: true }) };
}

/** What cannot be read as HL7 is shown line by line, each byte as it is. */
function unreadable(bytes: Uint8Array): MessageBody {
  const lines = Buffer.from(bytes)
    .toString('latin1')
    .split(/\r\n|\r|\n/, MOST_LINES + 1);
  const segments = lines.slice(0, MOST_LINES).map((value, i) => ({
    name: '',
    title: null,
    fields: [{ path: `line ${i + 1}`, title: null, value }],
  }));
  return shortened({ charset: 'unknown', segments }, lines.length > MOST_LINES);
}

function titleOf(path: string, dictionary: Hl7Dictionary): string | null {
  const match = /^([A-Z][A-Z0-9]{2})-(\d+)/.exec(path);
  return dictionary.segment(match?.[1] ?? '')?.fields[Number(match?.[2]) - 1]?.name ?? null;
}
