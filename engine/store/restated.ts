import type { Escalation } from './contract/index.ts';

/** `restatedBy` once people are told for one more message. Two are enough: whether any other than a given one is among them. */
export function restated({ restatedBy = [] }: Escalation, messageId: string): readonly string[] {
  return [...restatedBy.filter((one) => one !== messageId), messageId].slice(-2);
}
