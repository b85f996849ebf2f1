import { Hl7Message } from '../../engine/index.ts';
import type { ClaimedWork } from '../../engine/index.ts';
import { feedNamed } from './feed-named.ts';
import { asPart, partBytes, type Part } from './part.ts';
import type { NodeHandle } from './register.ts';

/**
 * `msg.payload`: the message as it was received, read again from the journal's bytes at each delivery; of an item that goes on
 * with one part of a batch, that part.
 */
export function payloadOf(handle: NodeHandle<unknown>, work: ClaimedWork, part = partBehind(work)): Hl7Message {
  return parsed(work, feedNamed(handle, work.message.feed)?.fallbackCharset, part);
}

/**
 * As `payloadOf`, and of what is no HL7 message the JSON as it was received (of a notification without a body: `null`). `null`
 * for what cannot be read: a quarantined one may be queued and parked as well.
 */
export function payloadOrNull(handle: NodeHandle<unknown>, work: ClaimedWork, part = partBehind(work)): unknown {
  try {
    if (work.message.format !== 'hl7v2') return JSON.parse(Buffer.from(work.message.bytes).toString('utf8')) as unknown;
    return payloadOf(handle, work, part);
  } catch {
    return null;
  }
}

export function parsed(work: ClaimedWork, fallbackCharset: string | undefined, part?: Part): Hl7Message {
  const bytes = partBytes(work.message.bytes, part);
  return Hl7Message.parse(bytes, fallbackCharset === undefined ? {} : { fallbackCharset });
}

const partBehind = ({ child }: ClaimedWork): Part | undefined =>
  asPart((child?.data as { readonly part?: unknown } | null | undefined)?.part);
