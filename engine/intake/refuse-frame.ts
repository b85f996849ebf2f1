import type { WardflowError } from '../base/errors.ts';
import { buildAck } from '../hl7/ack.ts';
import { asksFor, conditionsOf, type AckConditions } from '../hl7/acknowledgement-mode.ts';
import { Hl7Message } from '../hl7/message.ts';
import type { FrameOutcome } from '../mllp/connection.ts';
import type { Framed } from '../mllp/framer.ts';
import type { FeedSettings } from './feed.ts';

/**
 * AE with the reason, CR in enhanced mode: the frame was not taken over and is not kept; its sender has to send it again.
 * Where the sender wants to hear neither, the connection says it by closing. Never throws.
 */
export function refuseFrame(
  framed: Exclude<Framed, { kind: 'junk' }>,
  feed: Pick<FeedSettings, 'fallbackCharset' | 'enhanced'>,
  error: WardflowError,
  { controlId, now }: { readonly controlId: string; readonly now: number },
): FrameOutcome {
  const said = { code: 'AE', controlId, now, text: error.message } as const;
  try {
    const message = Hl7Message.parse(framed.bytes, { fallbackCharset: feed.fallbackCharset });
    const code = codeOf(feed.enhanced && conditionsOf(message));
    if (code === null) return { kind: 'withhold' };
    return { kind: 'answer', bytes: buildAck(message, { ...said, code }).toBytes() };
  } catch {
    // Not to be read, or a header that cannot be repeated.
    return { kind: 'answer', bytes: buildAck(undefined, said).toBytes() };
  }
}

function codeOf(asked: AckConditions | undefined): 'AE' | 'AR' | 'CR' | null {
  if (!asked) return 'AE';
  if (asksFor(asked.accept, 'bad')) return 'CR';
  return asksFor(asked.application, 'bad') ? 'AR' : null;
}
