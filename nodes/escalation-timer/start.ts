import { ladderSteps, LANES, type Ladder, type LadderPlan, type Lane } from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { carriedOrCut } from '../kit/cut-carry.ts';
import { discriminator } from '../kit/discriminator.ts';
import { nodeErrors } from '../kit/errors.ts';
import { statedPatient } from '../kit/identity.ts';
import { expression } from '../kit/expression.ts';
import { endpointName } from '../kit/fhir.ts';
import { oneLine } from '../kit/one-line.ts';
import { partOf } from '../kit/part.ts';
import type { NodeHandle, Send } from '../kit/register.ts';
import { taskIdIn } from '../kit/task-id-in.ts';
import type { EscalationTimerProperties } from './config.ts';
import { factsOf } from './facts.ts';
import { viewOf } from './view.ts';

type Handle = NodeHandle<EscalationTimerProperties>;

/** Starts an escalation; a redelivery finds the one that was started. Output 1. */
export function starting(handle: Handle): (msg: WardflowMessage, send: Send) => Promise<void> {
  const { RED, node, config, services } = handle;
  const ladderName = expression(RED, node, 'ladder', config.ladder, config.ladderKind);
  const title = expression(RED, node, 'title', config.title, config.titleKind);
  const laneSource =
    config.lane.trim() === ''
      ? expression(RED, node, 'lane', 'decision.outputs.lane', 'msg')
      : expression(RED, node, 'lane', config.lane, config.laneKind);
  const discriminate = discriminator(RED, node, config.discriminator);
  const watched = watching(handle);
  const taskOf = config.task.trim() === '' ? undefined : expression(RED, node, 'task', config.task, config.taskKind);
  const aboutFact = config.fact.trim() === '' ? undefined : expression(RED, node, 'fact', config.fact, 'jsonata');
  return async (msg, send) => {
    const { context, work } = handle.workOf(msg);
    const ladder = await ladderOf(handle, msg, await ladderName.string(msg));
    const patient = statedPatient(msg);
    const task = taskIdIn(taskOf && (await orNothing(taskOf.evaluate(msg))));
    const { carry, cut } = carriedOrCut(partOf(msg) ? [...config.carry, 'part'] : config.carry, msg);
    const { kind, escalation } = await services.engine.escalations.start({
      work,
      definition: context.definition,
      name: config.escalation.trim(),
      discriminator: await discriminate(msg),
      ...(aboutFact && (await factsOf(msg, aboutFact))),
      ...(patient !== undefined && { patient }),
      lane: laneFrom(await orNothing(laneSource.evaluate(msg))) ?? work.lane,
      ladder: ladder.name,
      ladderVersion: ladder.version,
      steps: ladderSteps(ladder, services.engine.clock.now()),
      ...(ladder.clock && task !== undefined && { plan: planOf(ladder) }),
      exhausted: ladder.exhausted,
      title: oneLine((await orNothing(title.evaluate(msg))) ?? '') || config.escalation.trim(),
      watch: await watched(msg),
      ...(task !== undefined && { task }),
      carry,
    });
    msg['escalation'] = { ...viewOf(escalation), outcome: kind };
    services.note(msg, sentence(kind, escalation.title));
    if (task !== undefined && escalation.task !== task)
      services.note(msg, 'It does not watch the task of this message.');
    if (cut.length > 0) services.note(msg, `Too large for its steps, so cut: ${cut.join(', ')}.`);
    send([msg, null, null]);
  };
}

function sentence(kind: 'started' | 'exists' | 'joined', title: string): string {
  if (kind === 'started') return `Escalation started: ${title}`;
  return kind === 'exists' ? 'The escalation was started before.' : 'One about the same is open: it goes on.';
}

/** For what only describes an escalation: nobody goes untold because a line for lists could not be made. */
const orNothing = (value: Promise<unknown>): Promise<unknown> => value.catch(() => undefined);

/** A table without a lane, or a flow without a table: the message's own lane does. Nobody goes untold for that. */
function laneFrom(value: unknown): Lane | undefined {
  return LANES.find((lane) => lane === (typeof value === 'string' ? value.trim() : value));
}

function planOf({ clock, steps }: Ladder): LadderPlan {
  return {
    clock,
    steps: steps.map(({ afterMs, to, channel, text, repeatMs }) => ({ afterMs, to, channel, text, repeatMs })),
  };
}

async function ladderOf({ services }: Handle, msg: WardflowMessage, name: string): Promise<Ladder> {
  if (!msg.wardflow) throw new TypeError('ladderOf needs a message with work');
  const definition = await services.pinnedDefinition(msg.wardflow);
  const ladder = definition.ladders.get(name);
  if (!ladder) throw nodeErrors.create('ladder-unknown', { definition: definition.name, ladder: name });
  return ladder;
}

function watching(
  handle: Handle,
): (msg: WardflowMessage) => Promise<{ readonly endpoint: string; readonly reference: string } | null> {
  const { RED, node, config } = handle;
  if (config.watchEndpoint.trim() === '') return () => Promise.resolve(null);
  const endpoint = endpointName(handle, config.watchEndpoint);
  const reference = expression(RED, node, 'watch', config.watch, 'jsonata');
  return async (msg) => ({ endpoint, reference: await reference.string(msg) });
}
