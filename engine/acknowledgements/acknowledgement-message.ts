/** Application acknowledgements as messages. Pure. */
import type { Millis } from '../base/clock.ts';
import { buildAck, type AckOptions } from '../hl7/ack.ts';
import { Hl7Message } from '../hl7/message.ts';
import type { AnswerContent } from './acknowledgement-service.ts';
import { acknowledgementErrors } from './errors.ts';

/** MSA-1 `AE`, ERR-3 `207^Application internal error` (table 0357). */
export const INTERNAL_ERROR = '207';
const LARGEST = 64 * 1024;
const SEGMENT = /^[A-Z][A-Z0-9]{2}(\|.*)?$/;
const CONTROL = /\p{Cc}/u;

export interface Numbered {
  /** MSH-10 of the answer. */
  readonly controlId: string;
  readonly now: Millis;
  /** It goes to a receiver of its own, which says that it has it (2.9.3.2); on the sender's connection nobody does. */
  readonly ownConnection: boolean;
  /** What its sender writes in where MSH-18 says nothing: the answer is in the same. */
  readonly fallbackCharset?: string | undefined;
}

/** `message`: the one that is answered, as received; `undefined` or unreadable: nothing of its header is repeated. */
export function acknowledgementMessage(
  message: Uint8Array | undefined,
  { code, text, error, type, segments = [] }: AnswerContent,
  { controlId, now, ownConnection, fallbackCharset }: Numbered,
): Uint8Array {
  refuseBad(segments);
  const options: AckOptions = {
    code,
    controlId,
    now,
    segments,
    ...(text !== undefined && { text }),
    ...(error && { error }),
    ...(type !== undefined && { type }),
    expects: { accept: ownConnection ? 'AL' : 'NE', application: 'NE' },
  };
  return buildAck(message && readable(message, fallbackCharset), options).toBytes();
}

function readable(bytes: Uint8Array, fallbackCharset: string | undefined): Hl7Message | undefined {
  try {
    return Hl7Message.parse(bytes, fallbackCharset === undefined ? {} : { fallbackCharset });
  } catch {
    return undefined;
  }
}

function refuseBad(segments: readonly string[]): void {
  let size = 0;
  for (const [index, segment] of segments.entries()) {
    size += segment.length + 1;
    if (size > LARGEST) throw acknowledgementErrors.create('acknowledgement-too-large', { limit: LARGEST });
    if (!SEGMENT.test(segment) || CONTROL.test(segment) || /^MS[HA]/.test(segment))
      throw acknowledgementErrors.create('acknowledgement-bad-segment', { number: index + 1 });
  }
}
