import type { AuditLog, Clock, Millis } from '../../engine/index.ts';

/** A page that somebody keeps open asks again and again: that is one look. */
const ONE_LOOK_MS: Millis = 30 * 60_000;
const MOST_REMEMBERED = 10_000;

/** Who was shown the values that decisions were made of: recorded before they are, once in half an hour for each person and message. */
export function createDecisionLooks(
  audit: Pick<AuditLog, 'append'>,
  clock: Clock,
): { decisions(actor: string, messageId: string): Promise<void> } {
  const seen = new Map<string, Millis>();
  return {
    async decisions(actor, messageId) {
      const at = clock.now();
      const key = `${actor} ${messageId}`;
      const last = seen.get(key);
      if (last !== undefined && at >= last && at - last < ONE_LOOK_MS) return;
      await audit.append([{ at, type: 'message.decisions-viewed', actor, messageId, details: {} }]);
      seen.delete(key);
      seen.set(key, at);
      if (seen.size > MOST_REMEMBERED) seen.delete(seen.keys().next().value ?? '');
    },
  };
}
