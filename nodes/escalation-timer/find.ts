import type { WardflowMessage } from '../../runtime/services.ts';
import { expression } from '../kit/expression.ts';
import type { NodeHandle, Send } from '../kit/register.ts';
import type { EscalationTimerProperties } from './config.ts';
import { viewOf } from './view.ts';

/**
 * What another message has started about the same fact: `msg.escalation` with what it carries as `carry`, or with `id`
 * and `state` null.
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
    msg['escalation'] = found ? { ...viewOf(found), carry: structuredClone(found.carry) } : { id: null, state: null };
    services.note(msg, found ? `Another message started an escalation about this: ${found.state}.` : 'None before.');
    send(msg);
  };
}
