/** The shared sample messages, cut into single messages without any of the product's code. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CorpusMessage {
  /** File, and number within it. */
  readonly name: string;
  readonly bytes: Buffer;
  /** MSH-10 read naively; '' when the message has none. */
  readonly controlId: string;
}

/** Every message of `data/hl7` (files that hold several are cut at each MSH) and of `data/streams`, bytes as stored. */
export function corpus(sharedData: string): CorpusMessage[] {
  const out: CorpusMessage[] = [];
  const hl7 = join(sharedData, 'hl7');
  for (const file of readdirSync(hl7)
    .filter((name) => name.endsWith('.hl7'))
    .toSorted()) {
    messagesOfFile(readFileSync(join(hl7, file))).forEach((bytes, index) => out.push(named(`${file}#${index}`, bytes)));
  }
  const streams = join(sharedData, 'streams');
  for (const file of readdirSync(streams)
    .filter((name) => name.endsWith('.out'))
    .toSorted()) {
    const text = readFileSync(join(streams, file), 'latin1');
    text
      .split('\n\n')
      .filter((part) => part.includes('MSH'))
      .forEach((part, index) => out.push(named(`${file}#${index}`, Buffer.from(part, 'latin1'))));
  }
  return out;
}

function named(name: string, bytes: Buffer): CorpusMessage {
  return { name, bytes, controlId: controlIdOf(bytes) };
}

function controlIdOf(bytes: Buffer): string {
  const text = bytes.toString('latin1').replace(/^\xef\xbb\xbf/, '');
  if (!text.startsWith('MSH')) return '';
  const separator = text.charAt(3);
  return (
    text
      .split(/[\r\n]/, 1)[0]
      ?.split(separator)[9]
      ?.trim() ?? ''
  );
}

/** Cuts at each line that begins with MSH; drops the batch envelope lines around the messages, nothing else. */
function messagesOfFile(bytes: Buffer): Buffer[] {
  const text = bytes.toString('latin1');
  const starts = [...text.matchAll(/(^|[\r\n])(?:\xef\xbb\xbf)?MSH/g)].map((m) => m.index + (m[1]?.length ?? 0));
  if (starts.length <= 1 && !/^(?:\xef\xbb\xbf)?(FHS|BHS)/.test(text)) return [bytes];
  return starts.map((start, index) => {
    const end = starts[index + 1] ?? text.length;
    const message = text.slice(start, end).replace(/(^|[\r\n])(FHS|BHS|BTS|FTS)[^\r\n]*(?=[\r\n]|$)/g, '$1');
    return Buffer.from(message, 'latin1');
  });
}
