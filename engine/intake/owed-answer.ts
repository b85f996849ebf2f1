import { acknowledgementMessage } from '../acknowledgements/acknowledgement-message.ts';
import { engineAnswer } from '../acknowledgements/create-acknowledgements.ts';
import type { AckConditions } from '../hl7/acknowledgement-mode.ts';
import type { NewMessage, OwedAcknowledgement } from '../store/contract/index.ts';
import type { EnhancedMode } from './feed.ts';

/** However short the resend window: a receiver of its own may be away for a while. */
const KEPT_AT_LEAST_MS = 24 * 3_600_000;

/** What is owed to the sender of a message that was taken over; `undefined`: it wants to hear nothing more. */
export function owedAnswer(
  { application: condition }: AckConditions,
  { answerMs, endpoint }: EnhancedMode,
  message: Pick<NewMessage, 'receivedAt' | 'bytes'>,
  wanted: boolean,
  { resendWindowMs, controlId }: { readonly resendWindowMs: number; readonly controlId: string },
): OwedAcknowledgement | undefined {
  if (condition === 'NE') return undefined;
  const { receivedAt: now, bytes } = message;
  const dueAt = now + answerMs;
  const owed = {
    condition,
    dueAt,
    lapseAt: Math.max(now + Math.max(resendWindowMs, KEPT_AT_LEAST_MS), dueAt),
    endpoint,
  };
  if (wanted) return owed;
  const content = engineAnswer('unrouted');
  const made = acknowledgementMessage(bytes, content, { controlId, now, ownConnection: endpoint !== null });
  return { ...owed, made: { code: content.code, bytes: made, by: 'unrouted' } };
}
