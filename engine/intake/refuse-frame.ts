import type { WardflowError } from '../base/errors.ts';
import { buildAck } from '../hl7/ack.ts';
import { Hl7Message } from '../hl7/message.ts';
import type { FrameOutcome } from '../mllp/connection.ts';
import type { Framed } from '../mllp/framer.ts';
import type { FeedSettings } from './feed.ts';

/** AE with the reason: the frame was not taken over and is not kept; its sender has to send it again. Never throws. */
export function refuseFrame(
  framed: Exclude<Framed, { kind: 'junk' }>,
  feed: Pick<FeedSettings, 'fallbackCharset'>,
  error: WardflowError,
  { controlId, now }: { readonly controlId: string; readonly now: number },
): FrameOutcome {
  const said = { code: 'AE', controlId, now, text: error.message } as const;
  try {
    const message = Hl7Message.parse(framed.bytes, { fallbackCharset: feed.fallbackCharset });
    return { kind: 'answer', bytes: buildAck(message, said).toBytes() };
  } catch {
    // Not to be read, or a header that cannot be repeated.
    return { kind: 'answer', bytes: buildAck(undefined, said).toBytes() };
  }
}
