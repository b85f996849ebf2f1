/** Application acknowledgements as flows make them: the first counts, and is durable before it is sent. */
import type { AckError } from '../hl7/ack.ts';
import type { AcknowledgementRecord, ApplicationCode, ClaimedWork } from '../store/contract/index.ts';

export interface AnswerContent {
  readonly code: ApplicationCode;
  /** MSA-3. Never clinical. */
  readonly text?: string;
  readonly error?: AckError;
  /** MSH-9 instead of that of an ACK: `RSP^K11^RSP_K11`. */
  readonly type?: string;
  /** Whole segments behind MSA and ERR, in the separators `|^~\&`. */
  readonly segments?: readonly string[];
}

export interface AnswerRequest extends AnswerContent {
  readonly work: Pick<ClaimedWork, 'messageId' | 'definition' | 'message'>;
}

export type AnswerOutcome =
  /** `made-before`: another answer had been made; `record` is that one. `unwanted`: MSH-16 asks for none of this outcome. */
  | { readonly kind: 'made' | 'made-before' | 'unwanted'; readonly record: AcknowledgementRecord }
  /** The sender asked for none (MSH-16 is NE, or both fields are empty), or its feed is in original mode. */
  | { readonly kind: 'not-owed' };

export interface AcknowledgementService {
  /**
   * Durable when it resolves; sending follows by itself. Rejects with `acknowledgement-bad-segment`, `acknowledgement-too-large`,
   * or `hl7-not-in-charset` where the sender's character set cannot carry the text.
   */
  answer(request: AnswerRequest): Promise<AnswerOutcome>;
}
