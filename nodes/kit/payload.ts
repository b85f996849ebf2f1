import type { NodeDef } from 'node-red';
import { Hl7Message } from '../../engine/index.ts';
import type { ClaimedWork } from '../../engine/index.ts';
import type { NodeHandle } from './register.ts';

/** `msg.payload`: the message as it was received, read again from the journal's bytes at each delivery. */
export function payloadOf(handle: NodeHandle<unknown>, work: ClaimedWork): Hl7Message {
  return parsed(work, charsetOfFeed(handle, work.message.feed));
}

/** As `payloadOf`; `null` for a frame that cannot be read (a quarantined one may be queued and parked as well). */
export function payloadOrNull(handle: NodeHandle<unknown>, work: ClaimedWork): Hl7Message | null {
  try {
    return payloadOf(handle, work);
  } catch {
    return null;
  }
}

export function parsed(work: ClaimedWork, fallbackCharset: string | undefined): Hl7Message {
  return Hl7Message.parse(work.message.bytes, fallbackCharset === undefined ? {} : { fallbackCharset });
}

/** A source that is not behind a feed itself (an escalation's steps) finds the feed of its message by name. */
function charsetOfFeed({ RED }: NodeHandle<unknown>, feed: string): string | undefined {
  let charset: string | undefined;
  RED.nodes.eachNode((node: NodeDef & { readonly fallbackCharset?: string }) => {
    if (node.type === 'wardflow-feed' && node.name === feed) charset = node.fallbackCharset;
  });
  return charset;
}
