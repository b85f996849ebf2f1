import type { EventContext } from './clinical-event.ts';

/** What a claimed work item says of where its events come from. */
interface Told {
  readonly messageId: string;
  readonly seq: number;
  readonly correlationId: string;
  readonly traceparent: string;
  readonly message: { readonly receivedAt: number };
}

/** The context of the events that a message in work tells. */
export function eventContext(
  { messageId, seq, correlationId, traceparent, message }: Told,
  { zone, mode }: Pick<EventContext, 'zone' | 'mode'>,
): EventContext {
  return {
    receivedAt: message.receivedAt,
    correlationId,
    cause: { messageId, traceparent, sequence: seq },
    zone,
    mode,
  };
}
