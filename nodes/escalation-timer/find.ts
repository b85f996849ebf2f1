import type { Escalation } from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { expression } from '../kit/expression.ts';
import type { NodeHandle, Send } from '../kit/register.ts';
import type { EscalationTimerProperties } from './config.ts';
import { factsOf } from './facts.ts';
import { viewOf } from './view.ts';

/**
 * What another message has started about the same fact: `msg.escalation` with what it carries as `carry`, or with `id`
 * and `state` null. `toldSince`: people have heard of the fact again after it began, so that what it carries is no longer
 * what they know. `untold`: its steps came to nothing, so that nobody knows.
 */
export function finding(
  handle: NodeHandle<EscalationTimerProperties>,
): (msg: WardflowMessage, send: Send) => Promise<void> {
  const { RED, node, config, services } = handle;
  const fact = expression(RED, node, 'fact', config.fact, 'jsonata');
  return async (msg, send) => {
    const { context } = handle.workOf(msg);
    const { definition, messageId } = context;
    const about = { definition, name: config.escalation.trim(), ...(await factsOf(msg, fact)), messageId };
    const found = await services.engine.escalations.ofFact(about);
    msg['escalation'] = found
      ? {
          ...viewOf(found),
          carry: structuredClone(found.carry),
          // Also by messages that have ended as dead letters since: what people heard, they heard.
          toldSince: found.restatedBy?.some((id) => id !== messageId) ?? false,
          untold: await isUntold(found),
        }
      : { id: null, state: null };
    services.note(msg, found ? `Another message started an escalation about this: ${found.state}.` : 'None before.');
    send(msg);
  };

  /** None of its steps had an effect, and some have ended as dead letters. One that is still to come does not count. */
  async function isUntold({ id, messageId, subscription, state, nextStep }: Escalation): Promise<boolean> {
    if (nextStep === 0 || state === 'acknowledged') return false;
    const { effects, work } = services.engine.store;
    const did = await effects.ofMessage(messageId);
    if (did.some((effect) => effect.state === 'done' && effect.discriminator.startsWith(`${id}/`))) return false;
    const steps = (await work.ofMessage(messageId)).filter((one) => one.subscription === subscription);
    return steps.some((one) => one.state === 'dead' || one.state === 'discarded');
  }
}
