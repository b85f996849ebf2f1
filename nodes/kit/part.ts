/** Parts of a batch: `msg.part`, and finding one again in the batch as it was received. */
import { readBatch } from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';

/** `msg.part`, as `hl7 split` makes it. */
export interface Part {
  /** Among all parts, from 1. */
  readonly index: number;
  readonly count: number;
  /** MSH-10; null where it cannot be read. */
  readonly controlId: string | null;
  /** BHS-11 of its batch; null where there is none. */
  readonly batch: string | null;
  /** Its bytes are in the journal, in the frame that was received: later stages read it again from there. */
  readonly received: boolean;
}

/** `undefined`: the message is no part, or has a `part` of somebody else's. */
export function partOf(msg: WardflowMessage): Part | undefined {
  return asPart(msg['part']);
}

/** A part as it comes out of the store. */
export function asPart(value: unknown): Part | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { index, count, received } = value as Partial<Part>;
  const isPart = isPlace(index) && isPlace(count) && index <= count && typeof received === 'boolean';
  return isPart ? (value as Part) : undefined;
}

const isPlace = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;

/** What tells effects of the parts of one message apart. */
export function partId(msg: WardflowMessage): string | undefined {
  const part = partOf(msg);
  return part && `part/${part.index}`;
}

/** The bytes of a part of the frame; all of them where it has no such part. */
export function partBytes(frame: Uint8Array, part: Part | undefined): Uint8Array {
  if (!part?.received) return frame;
  let left = part.index;
  for (const { messages } of readBatch(frame).batches) {
    const found = messages[left - 1];
    if (found) return found;
    left -= messages.length;
  }
  return frame;
}
