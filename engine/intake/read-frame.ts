import { WardflowError } from '../base/errors.ts';
import { buildAck } from '../hl7/ack.ts';
import { Hl7Message } from '../hl7/message.ts';
import { mllpErrors } from '../mllp/errors.ts';
import type { Framed } from '../mllp/framer.ts';
import type { Answer } from '../store/contract/index.ts';
import { describe, type Description } from './describe.ts';
import { intakeErrors } from './errors.ts';
import type { FeedSettings } from './feed.ts';

export interface ReadFrame extends Description {
  /** Set where the frame can be worked on. */
  readonly message?: Hl7Message;
  readonly quarantine?: { readonly code: string; readonly text: string };
  readonly answer: Answer;
}

export interface AnswerOptions {
  /** MSH-10 of the answer. */
  readonly controlId: string;
  readonly now: number;
  readonly maxFrameBytes: number;
}

const NOTHING_KNOWN: Description = {
  controlId: null,
  type: null,
  sender: null,
  messageTime: null,
  keys: [],
  patientHint: null,
};

/**
 * What a frame is and how it is answered (original mode): AA for what was taken over, AE for what goes to quarantine.
 * MSA-2 is MSH-10 whenever that can be read, in a broken frame too. Never throws.
 */
export function readFrame(
  framed: Exclude<Framed, { kind: 'junk' }>,
  feed: Pick<FeedSettings, 'fallbackCharset'>,
  options: AnswerOptions,
): ReadFrame {
  let message: Hl7Message | undefined;
  let known = NOTHING_KNOWN;
  let refusal: WardflowError | undefined;
  try {
    message = Hl7Message.parse(framed.bytes, { fallbackCharset: feed.fallbackCharset });
    known = describe(message);
    if (known.controlId === null) refusal = intakeErrors.create('intake-no-control-id');
  } catch (error) {
    refusal = error instanceof WardflowError ? error : intakeErrors.create('intake-unreadable', {}, { cause: error });
  }
  if (framed.kind === 'too-large') {
    refusal = mllpErrors.create('mllp-frame-too-large', { limit: options.maxFrameBytes });
  } else if (framed.kind === 'unterminated') {
    refusal = mllpErrors.create('mllp-frame-unterminated');
  }
  const answer = answerTo(message, refusal, options);
  if (!refusal && message) return { ...known, message, answer };
  const { code, message: text } = refusal ?? intakeErrors.create('intake-unreadable');
  return { ...known, quarantine: { code, text }, answer };
}

function answerTo(message: Hl7Message | undefined, refusal: WardflowError | undefined, options: AnswerOptions): Answer {
  const code = refusal ? 'AE' : 'AA';
  const said = {
    code,
    controlId: options.controlId,
    now: options.now,
    ...(refusal && { text: refusal.message }),
  } as const;
  try {
    return { code, bytes: buildAck(message, said).toBytes() };
  } catch {
    // Only a header that cannot be written back could do this; the sender still has to hear something.
    const bare = buildAck(undefined, {
      ...said,
      code: 'AE',
      text: refusal?.message ?? 'The header cannot be repeated.',
    });
    return { code: 'AE', bytes: bare.toBytes() };
  }
}
