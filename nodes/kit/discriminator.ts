import type { Node, NodeAPI } from 'node-red';
import type { WardflowMessage } from '../../runtime/services.ts';
import { expression } from './expression.ts';

/**
 * Tells decisions, effects and escalations of one message apart. Left empty it is the canonical event's id, which a
 * redelivery repeats; a message without an event has one of each, so nothing needs telling apart.
 */
export function discriminator(RED: NodeAPI, node: Node, source: string): (msg: WardflowMessage) => Promise<string> {
  if (source.trim() === '') return (msg) => Promise.resolve(eventId(msg) ?? '');
  const written = expression(RED, node, 'discriminator', source, 'jsonata');
  return (msg) => written.string(msg);
}

export function eventId(msg: WardflowMessage): string | undefined {
  const id: unknown = (msg.event as { id?: unknown } | null | undefined)?.id;
  return typeof id === 'string' ? id : undefined;
}
