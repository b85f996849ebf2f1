import type { Node, NodeAPI } from 'node-red';
import type { WardflowMessage } from '../../runtime/services.ts';
import { expression } from './expression.ts';
import { partId } from './part.ts';

/**
 * Tells decisions, effects and escalations of one message apart. Left empty it is the canonical event's id, which a
 * redelivery repeats, and in a batch its part; a message without either has one of each, so nothing needs telling apart.
 */
export function discriminator(RED: NodeAPI, node: Node, source: string): (msg: WardflowMessage) => Promise<string> {
  if (source.trim() === '') return (msg) => Promise.resolve(told(msg));
  const written = expression(RED, node, 'discriminator', source, 'jsonata');
  return (msg) => written.string(msg);
}

/** Two parts may state the very same event. */
const told = (msg: WardflowMessage): string => [partId(msg), eventId(msg)].filter((id) => id !== undefined).join('/');

export function eventId(msg: WardflowMessage): string | undefined {
  const id: unknown = (msg.event as { id?: unknown } | null | undefined)?.id;
  return typeof id === 'string' ? id : undefined;
}
