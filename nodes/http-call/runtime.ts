import type { NodeAPI } from 'node-red';
import { isTooDeep } from '../../engine/index.ts';
import type { ActionOutcome, EffectSpec, HttpAnswer, HttpCall, HttpEndpoint } from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { discriminator as discriminatorOf } from '../kit/discriminator.ts';
import { errorOf } from '../kit/failure.ts';
import { configOf, registerNode } from '../kit/register.ts';
import { noteRestated } from '../kit/restated.ts';
import { sayUnbound } from '../kit/say-unbound.ts';
import { sha256 } from '../kit/sha256.ts';
import { EFFECTS, refuseSharedName } from '../kit/unique-name.ts';
import { httpEndpoint } from '../wardflow-http-endpoint/config.ts';
import { httpCall } from './config.ts';
import { requestOf } from './request.ts';

/** `msg.http`. */
export interface HttpCalled {
  /** 0 where only a person knows what came of it, or nothing was sent. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON as what it says, anything else as text; `null` where it was too large to be kept for a repeat. */
  readonly body: unknown;
  /** It had been answered at an earlier delivery, and was not sent again. */
  readonly repeated: boolean;
  /** The flow only recommends at present: nothing was sent. */
  readonly recommended?: true;
}

type Kept = Omit<HttpCalled, 'repeated' | 'recommended'>;

const UNKNOWN: Kept = { status: 0, headers: {}, body: null };
/** A larger answer is not kept with the effect's outcome, which may be 64 KiB. */
const KEPT_ANSWER = 48 * 1024;

export default function httpCallNode(RED: NodeAPI): void {
  registerNode(RED, httpCall, (handle) => {
    const { node, config, services } = handle;
    const { effects, httpEndpoints } = services.engine;
    const endpointName = configOf(handle, httpEndpoint, config.endpoint, 'endpoint').name.trim();
    const effectName = config.effect.trim();
    const reads = config.method === 'GET';
    if (!reads) refuseSharedName(RED, node, EFFECTS, effectName);
    sayUnbound(handle, () => httpEndpoints.get(endpointName));
    const discriminate = discriminatorOf(RED, node, config.discriminator);
    const request = requestOf(RED, node, config);

    const goOn = (
      msg: WardflowMessage,
      send: (msg: WardflowMessage) => void,
      called: HttpCalled,
      note: string,
    ): void => {
      msg['http'] = called;
      services.note(msg, note);
      if (config.finish) services.settle(msg, { kind: 'done' });
      else send(msg);
    };

    return {
      async receive(msg, send) {
        const { context, work } = handle.workOf(msg);
        const endpoint = httpEndpoints.get(endpointName, work.lane);
        const call = await request(msg);
        if (reads) {
          const result = await endpoint.call(call);
          if (!result.ok) throw errorOf(result.failure);
          goOn(msg, send, { ...keptOf(result.answer), repeated: false }, `answered, ${result.answer.status}`);
          return;
        }
        const discriminator = await discriminate(msg);
        await noteRestated(services, msg, context.messageId, discriminator);
        const bytes = Buffer.from(JSON.stringify(call));
        const spec: EffectSpec = {
          work,
          name: effectName,
          target: `${endpointName}: ${config.method}`,
          discriminator,
          version: config.version.trim(),
          onAmbiguous: config.whenUnknown === 'repeat' ? 'send-again' : 'person-decides',
          content: sha256(bytes.toString('utf8')),
          request: bytes,
        };
        const result = await effects.once(spec, ({ key, request: first = bytes }) => asked(endpoint, first, key));
        if (result.kind === 'failed') throw errorOf(result.failure);
        if (result.kind === 'recommended') {
          goOn(msg, send, { ...UNKNOWN, repeated: false, recommended: true }, 'Recommended, not carried out.');
          return;
        }
        const { record, repeated } = result;
        const kept = (record.result as Kept | null) ?? UNKNOWN;
        goOn(
          msg,
          send,
          { ...kept, repeated },
          `${record.summary ?? 'sent'}${repeated ? ' (at an earlier delivery)' : ''}`,
        );
      },
    };
  });
}

async function asked(endpoint: HttpEndpoint, first: Uint8Array, key: string): Promise<ActionOutcome> {
  // What was tried first is what a repeat sends, whatever the flow makes of the message by then.
  const call = JSON.parse(Buffer.from(first).toString('utf8')) as HttpCall;
  const result = await endpoint.call({ ...call, idempotencyKey: key });
  if (!result.ok) return { kind: 'failed', failure: result.failure };
  const kept = keptOf(result.answer);
  const small = JSON.stringify(kept).length <= KEPT_ANSWER;
  return {
    kind: 'done',
    result: small ? kept : { ...kept, body: null },
    summary: `${call.method} answered, ${kept.status}`,
  };
}

function keptOf({ status, headers, text }: HttpAnswer): Kept {
  return { status, headers, body: bodyOf(headers['content-type'] ?? '', text) };
}

function bodyOf(type: string, text: string): unknown {
  if (!/[/+]json\b/i.test(type)) return text;
  try {
    const value: unknown = JSON.parse(text);
    return isTooDeep(value) ? text : value;
  } catch {
    return text;
  }
}
