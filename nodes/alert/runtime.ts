/**
 * Asks the policy and sends the message on; is the source of the telling: a child item that goes by the policy's channels,
 * long after the message was done where no channel takes it.
 */
import type { NodeAPI } from 'node-red';
import { LANES, type AlertPolicy, type ClaimedWork, type ConsideredAlert, type Lane } from '../../engine/index.ts';
import type { MessageContext, WardflowMessage } from '../../runtime/services.ts';
import { serveChoices } from '../kit/choices.ts';
import { nodeErrors } from '../kit/errors.ts';
import { expression } from '../kit/expression.ts';
import { failureOf } from '../kit/failure.ts';
import { formerMessages, statedPatient } from '../kit/identity.ts';
import { oneLine } from '../kit/one-line.ts';
import { definitionName, registerNode, type NodeHandle } from '../kit/register.ts';

import { taskIdIn } from '../kit/task-id-in.ts';
import { refuseSharedName, SOURCES } from '../kit/unique-name.ts';
import { alert, TELLING_LEASE_MS, type AlertProperties } from './config.ts';
import { previewOfAlert } from './preview.ts';

type Handle = NodeHandle<AlertProperties>;

/** `msg.alert`. */
export interface AlertTold {
  readonly outcome: ConsideredAlert['outcome'];
  readonly tier: string | null;
  readonly id: string | null;
  readonly state: string | null;
  /** How often it has happened so far. */
  readonly count: number;
  /** Reason of the suppression, or the id of the alert that it joined. */
  readonly by: string | null;
}

export default function alertNode(RED: NodeAPI): void {
  serveChoices(RED);
  registerNode(
    RED,
    alert,
    (handle) => {
      const { node, config, services } = handle;
      const name = config.alert.trim();
      const definition = definitionName(handle);
      refuseSharedName(RED, node, SOURCES, name);
      const title = expression(RED, node, 'title', config.title, config.titleKind);
      const taskOf =
        config.task.trim() === '' ? undefined : expression(RED, node, 'task', config.task, config.taskKind);
      const unit = config.unit.trim() === '' ? null : expression(RED, node, 'unit', config.unit, config.unitKind);
      services.registerSource({
        nodeId: node.id,
        id: `${definition}/${name}`,
        definition,
        capacity: config.capacity,
        leaseMs: TELLING_LEASE_MS,
        emit: (work, context) => tell(handle, work, context),
      });
      return {
        async receive(msg, send) {
          const { work } = handle.workOf(msg);
          const patient = statedPatient(msg);
          const task = taskIdIn(taskOf && (await orNothing(taskOf.evaluate(msg))));
          const considered = await services.engine.alerts.consider({
            work,
            definition,
            name,
            policy: await policyOf(handle, msg),
            input: { event: msg.event ?? null, message: msg.payload, decision: msg['decision'] ?? null },
            // Nobody goes untold because a line for lists could not be made.
            formerly: formerMessages(msg).map((one) => one.event),
            ...(patient !== undefined && { patient }),
            title: oneLine((await orNothing(title.evaluate(msg))) ?? '') || name,
            unit: unit ? oneLine((await orNothing(unit.evaluate(msg))) ?? '') || null : null,
            ...(task !== undefined && { task }),
            ...laneOf(msg['decision']),
          });
          msg['alert'] = viewOf(considered);
          services.note(msg, sentence(considered));
          if (config.finish) return services.settle(msg, { kind: 'done' });
          const output = outputOf(considered);
          send([0, 1, 2].map((port) => (port === output ? msg : null)));
        },
        close: () => services.unregister(node.id),
      };
    },
    previewOfAlert,
  );
}

/** What the rule table decided, as the steps of an escalation have it. */
function laneOf(decision: unknown): { readonly lane?: Lane } {
  const { outputs } = (decision ?? {}) as { readonly outputs?: { readonly lane?: unknown } | null };
  const lane = LANES.find((one) => one === outputs?.lane);
  return lane ? { lane } : {};
}

const orNothing = (value: Promise<unknown>): Promise<unknown> => value.catch(() => undefined);

async function policyOf({ services, config }: Handle, msg: WardflowMessage): Promise<AlertPolicy> {
  if (!msg.wardflow) throw new TypeError('policyOf needs a message with work');
  const definition = await services.pinnedDefinition(msg.wardflow);
  const policy = definition.alerts.get(config.policy.trim());
  if (!policy) throw nodeErrors.create('alert-policy-unknown', { definition: definition.name, policy: config.policy });
  return policy;
}

async function tell({ services, place }: Handle, work: ClaimedWork, context: MessageContext): Promise<void> {
  const msg: WardflowMessage = { topic: place.name, wardflow: context };
  try {
    const told = await services.engine.alerts.deliver(work);
    const how =
      told.kind === 'told'
        ? `Told by ${told.channel}${told.repeat ? ', a repeat' : ''}.`
        : 'Nobody was to be told any more.';
    services.note(msg, how);
    services.settle(msg, { kind: 'done' });
  } catch (error) {
    // Its class decides what follows: it is tried again later, with a pause.
    services.settle(msg, { kind: 'failed', failure: failureOf(error, place) });
  }
}

function viewOf({ outcome, tier, alert: found, by }: ConsideredAlert): AlertTold {
  return { outcome, tier, id: found?.id ?? null, state: found?.state ?? null, count: found?.count ?? 0, by };
}

function outputOf({ outcome }: ConsideredAlert): 0 | 1 | 2 {
  if (outcome === 'started') return 0;
  return outcome === 'resolved' ? 2 : 1;
}

const SENTENCES: Readonly<Record<ConsideredAlert['outcome'], string>> = {
  started: 'Somebody is told',
  joined: 'Counted to an alert that is open',
  'cooling-down': 'Held back: one has just ended',
  suppressed: 'Held back by a rule of the policy',
  resolved: 'The open alert is resolved',
  nothing: 'Nobody is to be told',
};

function sentence({ outcome, tier, troubles }: ConsideredAlert): string {
  const failed = troubles.length > 0 ? ` These could not be asked: ${troubles.join(', ')}.` : '';
  return `${SENTENCES[outcome]}${tier === null ? '' : ` (tier ${tier})`}.${failed}`;
}
