import type { NodeServices, WardflowMessage } from '../../runtime/services.ts';

/**
 * Notes, before an effect, that people hear of another message's escalation by it: its discriminator begins with the id of
 * `msg.escalation` and `/`. Noted in the store, since the message may yet end as a dead letter, and what it told stays told.
 */
export async function noteRestated(
  { engine }: NodeServices,
  msg: WardflowMessage,
  messageId: string,
  discriminator: string,
): Promise<void> {
  const id: unknown = (msg['escalation'] as { readonly id?: unknown } | null | undefined)?.id;
  if (typeof id !== 'string' || !discriminator.startsWith(`${id}/`)) return;
  await engine.store.escalations.restate(id, messageId);
}
