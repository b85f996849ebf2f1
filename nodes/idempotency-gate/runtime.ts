import type { NodeAPI } from 'node-red';
import { Hl7Message } from '../../engine/index.ts';
import type { ClaimedWork, GateFact, GateVerdict, MessageFact } from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { nodeErrors } from '../kit/errors.ts';
import { expression } from '../kit/expression.ts';
import { formerValues } from '../kit/identity.ts';
import { partOf } from '../kit/part.ts';
import { payloadOf } from '../kit/payload.ts';
import { definitionName, registerNode, type NodeHandle } from '../kit/register.ts';
import { sha256 } from '../kit/sha256.ts';
import { idempotencyGate, type GateProperties } from './config.ts';
import { factOf, statedAt } from './fact.ts';
import { toldByOtherSide } from './other-side.ts';
import { whyOf, whyOfOtherSide } from './why.ts';

/** `msg.gate` as a flow sees it. */
export type GateResult = GateVerdict & { readonly why: string };

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
        const fact = factOf(msg.event, () => messageOf(handle, msg, work), work.message);
        const { engine } = services;
        const { controlId } = partOf(msg) ?? work.message;
        const key = await keyOf(msg, fact, controlId);
        // Of a patient who was merged it may have come under another number.
        const formerly = await formerValues(msg, key, (other) =>
          keyOf(other, { ...fact, businesskey: (other.event as MessageFact).businesskey }, controlId),
        );
        const given: GateFact = {
          scope,
          key,
          ...(formerly.length > 0 && { formerly }),
          messageId: context.messageId,
          workId: work.id,
          contentHash: fact.contenthash,
          statedAt: statedAt(fact),
          stage: fact.stage ?? null,
          correction: correction ? (await correction.evaluate(msg)) === true : fact.correction,
          at: engine.clock.now(),
        };
        const other = await toldByOtherSide(engine, msg.event, given);
        const verdict = other ?? (await engine.store.gate.admit(given));
        const why = other ? whyOfOtherSide(other) : whyOf(verdict);
        msg['gate'] = { ...verdict, why } satisfies GateResult;
        services.note(msg, why);
        send(outputs(verdict, msg));
      },
    };
  });
}

function outputs(verdict: GateVerdict, msg: WardflowMessage): readonly (WardflowMessage | null)[] {
  switch (verdict.kind) {
    case 'new':
    case 'update':
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
  { config, node, place }: NodeHandle<GateProperties>,
): (msg: WardflowMessage, fact: MessageFact, controlId: string | null) => Promise<string> {
  switch (config.keyFrom) {
    case 'event':
      return (_msg, { businesskey }) => Promise.resolve(businesskey);
    case 'control-id':
      return (_msg, _fact, controlId) =>
        controlId === null
          ? Promise.reject(nodeErrors.create('expression-empty', { field: 'key', node: place.name }))
          : Promise.resolve(sha256(`control-id\0${controlId}`));
    case 'expression': {
      const written = expression(RED, node, 'key', config.key, 'jsonata');
      return async (msg) => sha256(`expression\0${await written.string(msg)}`);
    }
    default:
      return config.keyFrom satisfies never;
  }
}

/** The flow may have put something else into the payload. */
function messageOf(handle: NodeHandle<unknown>, msg: WardflowMessage, work: ClaimedWork): Hl7Message {
  return msg.payload instanceof Hl7Message ? msg.payload : payloadOf(handle, work);
}
