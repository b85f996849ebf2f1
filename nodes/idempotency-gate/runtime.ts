import { createHash } from 'node:crypto';
import type { NodeAPI } from 'node-red';
import type { GateFact, GateVerdict } from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { eventId } from '../kit/discriminator.ts';
import { nodeErrors } from '../kit/errors.ts';
import { expression } from '../kit/expression.ts';
import { definitionName, registerNode, type NodeHandle } from '../kit/register.ts';
import { idempotencyGate, type GateProperties } from './config.ts';
import { saysCorrection, stableJson } from './fact.ts';
import { whyOf } from './why.ts';

/** `msg.gate` as a flow sees it. */
export type GateResult = GateVerdict & { readonly key: string; readonly why: string };

export default function idempotencyGateNode(RED: NodeAPI): void {
  registerNode(RED, idempotencyGate, (handle) => {
    const { config, services } = handle;
    const scope = `${definitionName(handle)}/${config.gate.trim()}`;
    const keyOf = keyReader(RED, handle);
    const correction =
      config.correction.trim() === ''
        ? undefined
        : expression(RED, handle.node, 'correction', config.correction, 'jsonata');
    return {
      async receive(msg, send) {
        const { context, work } = handle.workOf(msg);
        const key = await keyOf(msg, work.message.controlId);
        const fact: GateFact = {
          scope,
          key,
          messageId: context.messageId,
          contentHash: contentHash(msg, work.message.bytes),
          eventTime: eventTime(msg),
          correction: correction ? (await correction.evaluate(msg)) === true : saysCorrection(msg.event),
          at: services.engine.clock.now(),
        };
        const verdict = await services.engine.store.gate.admit(fact);
        const why = whyOf(verdict);
        msg['gate'] = { ...verdict, key, why } satisfies GateResult;
        services.note(msg, why);
        send(outputs(verdict, msg));
      },
    };
  });
}

function outputs(verdict: GateVerdict, msg: WardflowMessage): readonly (WardflowMessage | null)[] {
  switch (verdict.kind) {
    case 'new':
      return [msg, null, null];
    case 'repeat':
      return [null, msg, null];
    case 'correction':
    case 'conflict':
      return [null, null, msg];
    default:
      return verdict satisfies never;
  }
}

/** Keys are kept hashed: an analyst's expression may well contain an identifier of a patient. */
function keyReader(
  RED: NodeAPI,
  handle: NodeHandle<GateProperties>,
): (msg: WardflowMessage, controlId: string | null) => Promise<string> {
  const { config, node, place } = handle;
  const empty = (): Error => nodeErrors.create('expression-empty', { field: 'key', node: place.name });
  const hashed = (from: string, key: string): string => createHash('sha256').update(`${from}\0${key}`).digest('hex');
  switch (config.keyFrom) {
    case 'event':
    case 'control-id': {
      const wantsEvent = config.keyFrom === 'event';
      return (msg, controlId) => {
        const event = wantsEvent ? eventId(msg) : undefined;
        if (event !== undefined) return Promise.resolve(event);
        return controlId === null ? Promise.reject(empty()) : Promise.resolve(hashed('control-id', controlId));
      };
    }
    case 'expression': {
      const written = expression(RED, node, 'key', config.key, 'jsonata');
      return async (msg) => hashed('expression', await written.string(msg));
    }
    default:
      return config.keyFrom satisfies never;
  }
}

/** The fact without what differs from message to message: of an event its data, of anything else the bytes. */
function contentHash(msg: WardflowMessage, bytes: Uint8Array): string {
  const data: unknown = (msg.event as { data?: unknown } | null | undefined)?.data;
  const content = data === undefined || data === null ? bytes : stableJson(data);
  return createHash('sha256').update(content).digest('hex');
}

function eventTime(msg: WardflowMessage): number | null {
  const time: unknown = (msg.event as { time?: unknown } | null | undefined)?.time;
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}
