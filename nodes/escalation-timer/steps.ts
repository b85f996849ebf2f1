import type { ClaimedWork, Escalation, EscalationChildData } from '../../engine/index.ts';
import type { MessageContext, WardflowMessage } from '../../runtime/services.ts';
import { nodeErrors } from '../kit/errors.ts';
import { errorOf } from '../kit/failure.ts';
import { notify } from '../kit/notice.ts';
import { asPart } from '../kit/part.ts';
import { payloadOrNull } from '../kit/payload.ts';
import { definitionName, type NodeHandle } from '../kit/register.ts';
import { refuseSharedName, SOURCES } from '../kit/unique-name.ts';
import { STEP_LEASE_MS, type EscalationTimerProperties } from './config.ts';
import { stepView, viewOf } from './view.ts';

type Handle = NodeHandle<EscalationTimerProperties>;

/** Channel that the node serves itself, so that a ladder tells somebody even where the flow wires nothing to output 2. */
const CONSOLE = 'console';

/** Registers the source of the escalation's steps (output 2) and of its end (output 3). Returns what removes it. */
export function steps(handle: Handle): () => void {
  const { node, config, services } = handle;
  const definition = definitionName(handle);
  refuseSharedName(handle.RED, node, SOURCES, config.escalation.trim());
  services.registerSource({
    nodeId: node.id,
    id: `${definition}/${config.escalation.trim()}`,
    definition,
    capacity: config.capacity,
    leaseMs: STEP_LEASE_MS,
    emit: (work, context) => emit(handle, work, context),
  });
  return () => services.unregister(node.id);
}

async function emit(handle: Handle, work: ClaimedWork, context: MessageContext): Promise<void> {
  const { node, services } = handle;
  const data = work.child?.data as EscalationChildData | undefined;
  const escalation = data && (await services.engine.store.escalations.get(data.escalationId));
  if (!data || !escalation) throw nodeErrors.create('escalation-gone');
  const carry = escalation.carry as Readonly<Record<string, unknown>> | null;
  const msg: WardflowMessage = {
    ...carry,
    // Nobody goes untold because the message cannot be read (any more).
    payload: payloadOrNull(handle, work, asPart(carry?.['part'])),
    topic: escalation.name,
    wardflow: context,
  };
  if (data.kind === 'ended') {
    msg['escalation'] = viewOf(escalation);
    node.send([null, null, msg] as never);
    return;
  }
  msg['escalation'] = stepView(escalation, data.step);
  if (escalation.state === 'acknowledged' || escalation.state === 'cancelled') {
    // Somebody answered between the step and its turn: nobody is to be told any more.
    services.note(msg, 'Answered before this step had its turn: nobody was told.');
    services.settle(msg, { kind: 'done' });
    return;
  }
  await tellConsole(handle, work, escalation, data.step);
  node.send([null, msg, null] as never);
}

async function tellConsole(handle: Handle, work: ClaimedWork, escalation: Escalation, step: number): Promise<void> {
  const { channel, to, text } = stepView(escalation, step);
  if (channel !== CONSOLE) return;
  const result = await notify(handle.services, {
    work,
    name: `${escalation.name}.notice`,
    discriminator: `${escalation.id}/${step}`,
    escalationId: escalation.id,
    messageId: escalation.messageId,
    lane: escalation.lane,
    to: to ?? '',
    text: text ?? escalation.title,
  });
  if (result.kind === 'failed') throw errorOf(result.failure);
}
