/**
 * Where notifications come in: one listener for each bound place, whichever subscriptions share it. It answers after what came
 * is durable and never works on it: 204, as HAPI takes nothing else without a body for delivered.
 */
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { bodyOf, MinuteCounts, type HttpReply } from '../../http/listen.ts';
import type { Listen } from '../../http/places.ts';
import { isSecret } from './secret-path.ts';

export interface ReceivedNotification {
  readonly method: string;
  /** Behind the subscription's own path. */
  readonly path: string;
  readonly body: Uint8Array;
}

/** `kept`: durable; `withheld`: it is to come again; `refused`: an operator has stopped it. */
export type Receipt = 'kept' | 'withheld' | 'refused';

export interface Addressee {
  readonly secret: string;
  /** It came to the address, and was not taken. */
  refused(): void;
  receive(notification: ReceivedNotification): Promise<Receipt>;
}

export interface ReceiverOptions {
  readonly clock: Clock;
  /** By the path that nobody guesses, and the listener that it came to. */
  readonly addressee: (path: string, at: Listen) => Addressee | undefined;
  readonly maxBytes?: number;
  /** Notifications of one subscription in a minute; default 6,000. */
  readonly perMinute?: number;
}

const MAX_BYTES = 5 * 1024 * 1024;
const PER_MINUTE = 6_000;
const METHODS = new Set(['POST', 'PUT', 'DELETE']);
const MEDIA = /^(application\/(fhir\+)?json|text\/plain)\s*(;|$)/i;

/** What a listener answers with. */
export function notificationAnswer(
  options: ReceiverOptions,
): (request: IncomingMessage, at: Listen) => Promise<HttpReply> {
  const counts = new MinuteCounts();
  return async (request, listen) => ({ status: await answerOf(request, listen, options, counts) });
}

async function answerOf(
  request: IncomingMessage,
  listen: Listen,
  { addressee, clock, maxBytes = MAX_BYTES, perMinute = PER_MINUTE }: ReceiverOptions,
  counts: MinuteCounts,
): Promise<number> {
  const { method = '', url = '', headers } = request;
  const parts = (url.split('?')[0] ?? '').split('/').filter((part) => part !== '');
  // A proxy in front may keep the part of the public address that is before it.
  const at = parts.findIndex((part) => addressee(part, listen) !== undefined);
  const own = parts[at] ?? '';
  const to = addressee(own, listen);
  if (!to) return 404;
  const refused = (status: number): number => {
    to.refused();
    return status;
  };
  if (!isSecret(headers.authorization, to.secret)) return refused(401);
  if (!METHODS.has(method)) return refused(405);
  if (counts.isTooMany(own, clock.now(), perMinute)) return refused(429);
  const body = await bodyOf(request, maxBytes);
  if (body === 'too-large') return refused(413);
  const type = headers['content-type'];
  if (body.length > 0 && type !== undefined && !MEDIA.test(type)) return refused(415);
  const path = parts
    .slice(at + 1)
    .map(decoded)
    .join('/');
  return STATUS[await to.receive({ method, path, body })];
}

const STATUS: Readonly<Record<Receipt, number>> = { kept: 204, refused: 403, withheld: 503 };

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
