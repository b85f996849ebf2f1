import { hasMoreParts, Hl7Message, readBatch, WardflowError } from '../../engine/index.ts';
import { nodeErrors } from '../kit/errors.ts';
import type { Part } from '../kit/part.ts';

export interface ReadPart {
  readonly part: Part;
  /** Null: it cannot be read; `problem` says why. */
  readonly message: Hl7Message | null;
  readonly problem: { readonly code: string; readonly text: string } | null;
}

export interface SplitBatch {
  readonly parts: readonly ReadPart[];
  /** In words, where a trailer states another number than there is. */
  readonly differs: { readonly what: 'messages' | 'batches'; readonly stated: number; readonly found: number } | null;
}

export interface SplitOptions {
  readonly most: number;
  readonly fallbackCharset: string | undefined;
  /** The bytes are those of the journal. */
  readonly received: boolean;
  /** The node's label, for problems. */
  readonly node: string;
}

/** Throws `hl7-too-many-parts`: before anything is read, since a sender decides how many there are. */
export function partsOf(batch: Uint8Array | string, options: SplitOptions): SplitBatch {
  const { most, fallbackCharset, received, node } = options;
  if (hasMoreParts(batch, most)) throw nodeErrors.create('hl7-too-many-parts', { node, limit: most });
  const { batches, trailer } = typeof batch === 'string' ? readBatch(batch) : readBatch(batch);
  const count = batches.reduce((sum, { messages }) => sum + messages.length, 0);
  if (count > most) throw nodeErrors.create('hl7-too-many-parts', { node, limit: most });
  const parts: ReadPart[] = [];
  for (const { header, messages } of batches) {
    for (const text of messages) {
      const place = { index: parts.length + 1, count, batch: header?.controlId || null, received };
      parts.push(readPart(text, place, fallbackCharset));
    }
  }
  const wrong = batches.find((one) => (one.trailer?.count ?? one.messages.length) !== one.messages.length);
  const differs = wrong
    ? ({ what: 'messages', stated: wrong.trailer?.count ?? 0, found: wrong.messages.length } as const)
    : (trailer?.count ?? batches.length) === batches.length
      ? null
      : ({ what: 'batches', stated: trailer?.count ?? 0, found: batches.length } as const);
  return { parts, differs };
}

function readPart(
  text: Uint8Array | string,
  place: Omit<Part, 'controlId'>,
  fallbackCharset: string | undefined,
): ReadPart {
  try {
    const message = Hl7Message.parse(text, fallbackCharset === undefined ? {} : { fallbackCharset });
    return { part: { ...place, controlId: message.controlId || null }, message, problem: null };
  } catch (error) {
    if (!(error instanceof WardflowError)) throw error;
    return { part: { ...place, controlId: null }, message: null, problem: { code: error.code, text: error.message } };
  }
}
