import type { NodeAPI } from 'node-red';
import {
  sendable,
  type ActionOutcome,
  type EffectSpec,
  type Hl7Endpoint,
  type Hl7Message,
  type Hl7Receipt,
} from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { discriminator as discriminatorOf } from '../kit/discriminator.ts';
import { nodeErrors } from '../kit/errors.ts';
import { expression } from '../kit/expression.ts';
import { errorOf } from '../kit/failure.ts';
import { partId } from '../kit/part.ts';
import { configOf, registerNode, type NodeHandle } from '../kit/register.ts';
import { noteRestated } from '../kit/restated.ts';
import { sayUnbound } from '../kit/say-unbound.ts';
import { sha256 } from '../kit/sha256.ts';
import { EFFECTS, refuseSharedName } from '../kit/unique-name.ts';
import { hl7Endpoint } from '../wardflow-hl7-endpoint/config.ts';
import { hl7Out, type Hl7OutProperties } from './config.ts';
import { contentOf, messageFrom, outgoing, withControlId } from './message.ts';
import { previewOfOut } from './preview.ts';

/** `msg.hl7`. Null where only a person knows that it arrived. */
export interface Hl7Sent {
  /** MSH-10 of what was sent. */
  readonly sent: string | null;
  /** MSA-1, `AA` or `CA`. */
  readonly code: string | null;
  /** MSH-10 of the receiver's answer. */
  readonly controlId: string | null;
  /** When the answer came, in milliseconds. */
  readonly at: number | null;
  /** It had been sent at an earlier delivery, and was not sent again. */
  readonly repeated: boolean;
  /** The flow only recommends at present: nothing was sent. */
  readonly recommended?: true;
}

type Kept = Omit<Hl7Sent, 'repeated' | 'recommended'>;

const UNKNOWN: Kept = { sent: null, code: null, controlId: null, at: null };

export default function hl7OutNode(RED: NodeAPI): void {
  registerNode(
    RED,
    hl7Out,
    (handle) => {
      const { config, services, place } = handle;
      const { effects, clock, hl7Endpoints } = services.engine;
      const endpointName = configOf(handle, hl7Endpoint, config.endpoint, 'endpoint').name.trim();
      const name = config.effect.trim();
      refuseSharedName(RED, handle.node, EFFECTS, name);
      sayUnbound(handle, () => hl7Endpoints.get(endpointName));
      const isWhole = config.discriminator.trim() === '' && config.controlId === 'keep';
      const discriminate = isWhole
        ? (msg: WardflowMessage) => Promise.resolve(partId(msg) ?? '')
        : discriminatorOf(RED, handle.node, config.discriminator);
      const messageOf = given(handle);
      return {
        async receive(msg, send) {
          const { context, work } = handle.workOf(msg);
          const message = await messageOf(msg);
          const endpoint = hl7Endpoints.get(endpointName, work.lane);
          const discriminator = await discriminate(msg);
          const parts = {
            name,
            target: `${endpointName}: send`,
            discriminator,
            version: config.version.trim(),
          };
          const key = effects.keyOf({ ...parts, messageId: work.messageId, definition: work.definition });
          const made = outgoing(config.controlId === 'new' ? withControlId(message, key, clock.now()) : message);
          if (!made.ok) throw made.error;
          await noteRestated(services, msg, context.messageId, discriminator);
          const spec: EffectSpec = {
            ...parts,
            work,
            onAmbiguous: 'send-again',
            content: sha256(contentOf(message)),
            request: made.bytes,
          };
          const result = await effects.once(spec, ({ request = made.bytes }) => sentTo(endpoint, request));
          if (result.kind === 'failed') throw errorOf(result.failure);
          if (result.kind === 'recommended') {
            msg['hl7'] = { ...UNKNOWN, repeated: false, recommended: true } satisfies Hl7Sent;
            services.note(msg, 'Recommended, not carried out.');
            if (config.finish) services.settle(msg, { kind: 'done' });
            else send(msg);
            return;
          }
          const { record, repeated } = result;
          const kept = (record.result as Kept | null) ?? UNKNOWN;
          msg['hl7'] = { ...kept, repeated } satisfies Hl7Sent;
          services.note(msg, `${record.summary ?? 'sent'}${repeated ? ' (at an earlier delivery)' : ''}`);
          if (config.finish) services.settle(msg, { kind: 'done' });
          else send(msg);
        },
      };

      function given({ node }: NodeHandle<Hl7OutProperties>): (msg: WardflowMessage) => Promise<Hl7Message> {
        const source = expression(RED, node, 'message', config.message.trim(), config.messageKind);
        const where = { field: 'message', node: place.name };
        return async (msg) => {
          const value = await source.given(msg);
          if (value === undefined || value === null || value === '') throw nodeErrors.create('expression-empty', where);
          const message = messageFrom(value);
          if (!message)
            throw nodeErrors.create('expression-kind', { ...where, expected: 'an HL7 message or its text' });
          return message;
        };
      }
    },
    previewOfOut,
  );
}

async function sentTo(endpoint: Hl7Endpoint, bytes: Uint8Array): Promise<ActionOutcome> {
  const result = await endpoint.send(bytes);
  if (!result.ok) return { kind: 'failed', failure: result.failure };
  const { code, controlId, at }: Hl7Receipt = result.receipt;
  // What an earlier delivery has kept may be another message than the flow makes now.
  const checked = sendable(bytes);
  const sent = checked.ok ? checked.controlId : null;
  const type = checked.ok ? checked.message.type : 'HL7';
  return { kind: 'done', result: { sent, code, controlId, at } satisfies Kept, summary: `${type} sent, ${code}` };
}
