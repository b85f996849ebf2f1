import { readHeader, type BatchHeader } from '../hl7/batch-envelope.ts';
import { Hl7Message } from '../hl7/message.ts';

/** How far a header is looked for: it is one segment of a few fields. */
const LOOKED_AT = 4096;
const HEADER = /^(?:\u00ef\u00bb\u00bf)?[\r\n \t\v]*((?:FHS|BHS)[^\r\n]*)/;

/** The header that a batch begins with (chapter 2, sections 2.14.2 and 2.14.3); `undefined` for what is no batch. */
export function headerOfBatch(bytes: Uint8Array): BatchHeader | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, LOOKED_AT));
  const line = HEADER.exec(buffer.toString('latin1'))?.[1];
  return line === undefined ? undefined : readHeader(Buffer.from(line, 'latin1').toString('utf8'));
}

/**
 * The header as a message, for whoever answers: its sender is the batch's, and its control id BHS-11 or FHS-11, which the
 * answer repeats as MSA-2. `undefined` where that cannot be written.
 */
export function batchAsMessage(header: BatchHeader, now: number): Hl7Message | undefined {
  const { sender, receiver, controlId } = header;
  try {
    return Hl7Message.build({ type: '', controlId, sender, receiver, time: now });
  } catch {
    return undefined;
  }
}
