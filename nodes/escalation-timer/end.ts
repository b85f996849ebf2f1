import type { WardflowMessage } from '../../runtime/services.ts';
import { discriminator } from '../kit/discriminator.ts';
import { expression } from '../kit/expression.ts';
import { oneLine } from '../kit/one-line.ts';
import type { NodeHandle, Send } from '../kit/register.ts';
import type { EscalationTimerProperties } from './config.ts';
import { factsOf } from './facts.ts';
import { viewOf } from './view.ts';

type Handle = NodeHandle<EscalationTimerProperties>;

/** Ends an escalation from within a flow. `msg.escalation.outcome` says whether there was one to end. */
export function ending(
  handle: Handle,
  mode: 'acknowledge' | 'cancel',
): (msg: WardflowMessage, send: Send) => Promise<void> {
  const { RED, node, config, services } = handle;
  const discriminate = discriminator(RED, node, config.discriminator);
  const startedBy =
    config.messageId.trim() === '' ? undefined : expression(RED, node, 'messageId', config.messageId, 'jsonata');
  const aboutFact = config.fact.trim() === '' ? undefined : expression(RED, node, 'fact', config.fact, 'jsonata');
  return async (msg, send) => {
    const { context } = handle.workOf(msg);
    const { escalations, store } = services.engine;
    const messageId = (await startedBy?.string(msg)) ?? context.messageId;
    const { definition } = context;
    const name = config.escalation.trim();
    const meant = aboutFact
      ? await escalations.ofFact({ definition, name, ...(await factsOf(msg, aboutFact)), messageId })
      : await store.escalations.byKey(escalations.keyOf(messageId, definition, name, await discriminate(msg)));
    const id = ownStep(msg, name) ?? meant?.id;
    const reason = oneLine(config.reason);
    const by = { actor: `flow:${context.definition}`, via: 'flow', ...(reason === '' ? {} : { reason }) } as const;
    const outcome = id === undefined ? 'unknown' : await escalations[mode](id, by);
    const escalation = id === undefined ? undefined : await store.escalations.get(id);
    msg['escalation'] = { ...(escalation ? viewOf(escalation) : { id: null, state: null }), outcome };
    services.note(msg, SENTENCES[outcome]);
    send(msg);
  };
}

const SENTENCES = {
  acknowledged: 'Escalation acknowledged.',
  cancelled: 'Escalation cancelled.',
  'already-ended': 'The escalation had ended before.',
  unknown: 'There is no such escalation.',
} as const;

/** A message that came from a step of the same escalation says itself which one is meant. */
function ownStep(msg: WardflowMessage, name: string): string | undefined {
  const at = msg['escalation'] as { readonly id?: unknown; readonly name?: unknown } | undefined;
  return at?.name === name && typeof at.id === 'string' ? at.id : undefined;
}
