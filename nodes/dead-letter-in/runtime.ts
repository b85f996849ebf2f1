import type { NodeAPI } from 'node-red';
import type { ClaimedWork } from '../../engine/index.ts';
import type { DeadLetterData } from '../../runtime/dead-letters.ts';
import type { MessageContext, WardflowMessage } from '../../runtime/services.ts';
import { payloadOrNull } from '../kit/payload.ts';
import { registerNode } from '../kit/register.ts';
import { registerSource } from '../kit/source.ts';
import { DEAD_LETTER_LEASE_MS, deadLetterIn } from './config.ts';

export default function deadLetterInNode(RED: NodeAPI): void {
  registerNode(RED, deadLetterIn, (handle) => {
    const { config } = handle;
    const message = (work: ClaimedWork, context: MessageContext): WardflowMessage => ({
      topic: 'dead-letter',
      event: null,
      payload: payloadOrNull(handle, work),
      wardflow: context,
      deadLetter: deadLetterOf(work),
    });
    return registerSource(handle, {
      name: config.source.trim(),
      capacity: config.capacity,
      leaseMs: DEAD_LETTER_LEASE_MS,
      message,
    });
  });
}

/** `msg.deadLetter`: what died, where and why. No content of the message. */
function deadLetterOf({ child, message }: ClaimedWork): object | null {
  if (!child) return null;
  const { failure, subscription, attempt, at } = child.data as DeadLetterData;
  const { code, class: kind, text, remedy, node } = failure;
  return {
    workId: child.parentWorkId,
    source: subscription,
    attempts: attempt,
    at: new Date(at).toISOString(),
    feed: message.feed,
    controlId: message.controlId,
    failure: { code, class: kind, text, remedy: remedy ?? null, node: node ?? null },
  };
}
