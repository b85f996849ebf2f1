import type { NodeAPI } from 'node-red';
import type { Failure } from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { nodeErrors } from '../kit/errors.ts';
import { caughtFailure, failureOf, type Place } from '../kit/failure.ts';
import { registerNode } from '../kit/register.ts';
import { messageFailed, type MessageFailedProperties } from './config.ts';

export default function messageFailedNode(RED: NodeAPI): void {
  registerNode(RED, messageFailed, ({ config, services, place, workOf }) => ({
    receive(msg) {
      workOf(msg);
      services.settle(msg, { kind: 'failed', failure: ending(config, msg, place) });
    },
  }));
}

/** The caught error's failure; without one, what the flow's author wrote. The class set in the node wins over both. */
function ending(config: MessageFailedProperties, msg: WardflowMessage, place: Place): Failure {
  const reason = config.reason.trim() || 'The flow ended this message as failed.';
  const failure = caughtFailure(msg) ?? failureOf(nodeErrors.create('flow-failed', { reason }), place);
  return config.failureClass === '' ? failure : { ...failure, class: config.failureClass };
}
