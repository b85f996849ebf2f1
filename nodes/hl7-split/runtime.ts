import type { NodeAPI } from 'node-red';
import { eventContext, statedEvents, Hl7Message, type ClaimedWork, type ClinicalEvent } from '../../engine/index.ts';
import type { MessageContext, WardflowMessage } from '../../runtime/services.ts';
import { nodeErrors } from '../kit/errors.ts';
import { feedNamed } from '../kit/feed-named.ts';
import { registerNode, type NodeHandle } from '../kit/register.ts';
import { hl7Split, type Hl7SplitProperties } from './config.ts';
import { partsOf, type ReadPart } from './parts.ts';

/** Of all parts together: each is a branch to be settled. */
const MOST_SENT = 10_000;

export default function hl7SplitNode(RED: NodeAPI): void {
  registerNode(RED, hl7Split, (handle) => {
    const { config, services, place, workOf } = handle;
    return {
      receive(msg, send) {
        const { context, work } = workOf(msg);
        const feed = feedNamed(handle, work.message.feed);
        const { batch, received } = batchIn(msg, work, place.name);
        const { most } = config;
        const charset = feed?.fallbackCharset.trim();
        const options = { most, fallbackCharset: charset || undefined, received, node: place.name };
        const { parts, differs } = partsOf(batch, options);
        if (differs && config.countDiffers === 'fail') {
          const { what, stated, found } = differs;
          throw nodeErrors.create('hl7-batch-count', { node: place.name, what, stated, found });
        }
        const told = parts.map((part) => messagesOf(handle, msg, context, work, part, feed?.zone.trim() || null));
        const sent = told.reduce((sum, { messages }) => sum + messages.length, 0);
        if (sent > MOST_SENT) throw nodeErrors.create('hl7-too-many-parts', { node: place.name, limit: MOST_SENT });
        const unreadable = parts.filter(({ message }) => message === null).length;
        const counts = differs ? `; states ${differs.stated} ${differs.what}, holds ${differs.found}` : '';
        const bad = unreadable > 0 ? `, ${unreadable} of them unreadable` : '';
        services.note(msg, `Split into ${parts.length} parts${bad}${counts}.`);
        // A batch without messages is in order (chapter 2, 2.10.3.1): nothing has to be done for it.
        if (parts.length === 0) return services.settle(msg, { kind: 'done' });
        // Each by itself: of one `send`, Node-RED would clone all but the first.
        for (const { messages, readable } of told)
          for (const message of messages) send(readable ? message : [null, message]);
      },
    };
  });
}

/** Bytes or text that the flow has put into the payload, or else the frame as it was received. */
function batchIn(
  { payload }: WardflowMessage,
  work: ClaimedWork,
  node: string,
): { readonly batch: Uint8Array | string; readonly received: boolean } {
  if (typeof payload === 'string' || payload instanceof Uint8Array) return { batch: payload, received: false };
  if (payload === null || payload === undefined || payload instanceof Hl7Message)
    return { batch: work.message.bytes, received: true };
  throw nodeErrors.create('hl7-split-payload', { node });
}

/** As `hl7 in` makes them of a message, each with a context of its own: the runtime writes its branch into it. */
function messagesOf(
  { RED, config }: NodeHandle<Hl7SplitProperties>,
  msg: WardflowMessage,
  context: MessageContext,
  work: ClaimedWork,
  { part, message, problem }: ReadPart,
  zone: string | null,
): { readonly readable: boolean; readonly messages: readonly WardflowMessage[] } {
  const { _msgid: _id, payload: _payload, wardflow: _wardflow, ...rest } = msg;
  const made = (event: ClinicalEvent | null): WardflowMessage => ({
    ...(RED.util.cloneMessage(rest) as WardflowMessage),
    topic: event?.name ?? message?.type ?? 'part',
    payload: message?.clone() ?? null,
    event,
    part: problem ? { ...part, problem } : part,
    wardflow: { ...context },
  });
  const events =
    message && config.events === 'each' ? statedEvents(message, eventContext(work, { zone, mode: context.mode })) : [];
  return { readable: message !== null, messages: events.length === 0 ? [made(null)] : events.map(made) };
}
