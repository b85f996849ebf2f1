import type { Escalation } from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { expression } from '../kit/expression.ts';
import type { NodeHandle, Send } from '../kit/register.ts';
import type { EscalationTimerProperties } from './config.ts';
import { viewOf } from './view.ts';

/**
 * What another message has started about the same fact: `msg.escalation` with what it carries as `carry`, or with `id`
 * and `state` null. `toldSince`: people have heard of the fact again after it began, so that what it carries is no longer
 * what they know.
 */
export function finding(
  handle: NodeHandle<EscalationTimerProperties>,
): (msg: WardflowMessage, send: Send) => Promise<void> {
  const { RED, node, config, services } = handle;
  const fact = expression(RED, node, 'fact', config.fact, 'jsonata');
  return async (msg, send) => {
    const { context } = handle.workOf(msg);
    const { definition, messageId } = context;
    const about = { definition, name: config.escalation.trim(), fact: await fact.string(msg), messageId };
    const found = await services.engine.escalations.ofFact(about);
    msg['escalation'] = found
      ? { ...viewOf(found), carry: structuredClone(found.carry), toldSince: await toldSince(found, msg) }
      : { id: null, state: null };
    services.note(msg, found ? `Another message started an escalation about this: ${found.state}.` : 'None before.');
    send(msg);
  };

  /** The message that the gate compared with this one had an effect about that escalation: its discriminator names it. */
  async function toldSince({ id, messageId }: Escalation, msg: WardflowMessage): Promise<boolean> {
    const { first } = (msg['gate'] ?? {}) as { readonly first?: unknown };
    if (typeof first !== 'string' || first === messageId) return false;
    const effects = await services.engine.store.effects.ofMessage(first);
    return effects.some(({ discriminator }) => discriminator.startsWith(`${id}/`));
  }
}
