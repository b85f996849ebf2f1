import { WardflowError } from '../base/errors.ts';
import { buildAck, type AckCode } from '../hl7/ack.ts';
import { asksFor, conditionsOf, type AckConditions } from '../hl7/acknowledgement-mode.ts';
import { Hl7Message } from '../hl7/message.ts';
import { mllpErrors } from '../mllp/errors.ts';
import type { Framed } from '../mllp/framer.ts';
import type { Answer } from '../store/contract/index.ts';
import { batchAsMessage, headerOfBatch } from './batch-header.ts';
import { describe, type Description } from './describe.ts';
import { intakeErrors } from './errors.ts';
import type { FeedSettings } from './feed.ts';

export interface ReadFrame extends Description {
  /** Set where the frame can be worked on. */
  readonly message?: Hl7Message;
  readonly quarantine?: { readonly code: string; readonly text: string };
  readonly answer: Answer;
  /** Set in enhanced mode: what the sender wants to hear. */
  readonly asked?: AckConditions;
}

export interface AnswerOptions {
  /** MSH-10 of the answer. */
  readonly controlId: string;
  readonly now: number;
  readonly maxFrameBytes: number;
  /** Why it goes to quarantine, whatever can be read of it. */
  readonly refusal?: WardflowError;
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
 * What a frame is and how it is answered: AA for what was taken over, AE for what goes to quarantine; in enhanced mode CA and
 * CE, where the sender asks for them. What goes to quarantine and may not be answered CE is answered AE, as far as asked.
 * MSA-2 is MSH-10 whenever that can be read, in a broken frame too, and of a batch its control id. Never throws.
 */
export function readFrame(
  framed: Exclude<Framed, { kind: 'junk' }>,
  feed: Pick<FeedSettings, 'fallbackCharset' | 'enhanced'>,
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
  refusal = options.refusal ?? refusal;
  const asked = feed.enhanced && message && conditionsOf(message);
  const code = codeOf(asked, refusal ? 'bad' : 'good');
  const answer =
    code === '' ? NO_ANSWER : answerTo(message ?? batchBehind(framed.bytes, options), code, refusal, options);
  if (!refusal && message) return { ...known, message, answer, ...(asked && { asked }) };
  const why = refusal ?? intakeErrors.create('intake-unreadable');
  return { ...known, quarantine: { code: why.code, text: why.message }, answer, ...(asked && { asked }) };
}

/** Who has sent a batch, and its control id: its answer has to be known for one to it. */
function batchBehind(bytes: Uint8Array, { now }: AnswerOptions): Hl7Message | undefined {
  const header = headerOfBatch(bytes);
  return header && batchAsMessage(header, now);
}

const NO_ANSWER: Answer = { code: '', bytes: new Uint8Array(0) };

/** MSA-1 of what is answered at once; '' where the sender wants nothing. */
function codeOf(asked: AckConditions | undefined, outcome: 'good' | 'bad'): AckCode | '' {
  if (!asked) return outcome === 'good' ? 'AA' : 'AE';
  if (asksFor(asked.accept, outcome)) return outcome === 'good' ? 'CA' : 'CE';
  return outcome === 'bad' && asksFor(asked.application, 'bad') ? 'AE' : '';
}

function answerTo(
  message: Hl7Message | undefined,
  code: AckCode,
  refusal: WardflowError | undefined,
  options: AnswerOptions,
): Answer {
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
