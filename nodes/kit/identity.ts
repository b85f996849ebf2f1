/**
 * Whose message it is. `msg.identity` is plain data; where the patient is known by several numbers it says what the event would be
 * called by the others, so that what was told before a merge is found after it.
 */
import type { FormerEvent, IdentityFinding } from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';

/** `msg.identity`. */
export interface MessageIdentity {
  readonly verdict: IdentityFinding['verdict'];
  /** Names of elements, never values. */
  readonly reasons: readonly string[];
  /** Id of the event that `formerly` is about. */
  readonly event: string | null;
  readonly formerly: readonly FormerEvent[];
}

export function identityOf(
  { verdict, reasons }: IdentityFinding,
  event: { readonly id: string } | null,
  formerly: readonly FormerEvent[] = [],
): MessageIdentity {
  return { verdict, reasons, event: event?.id ?? null, formerly };
}

/** The message as it would have come under the patient's other numbers; none for nearly everybody. */
export function formerMessages(msg: WardflowMessage): readonly WardflowMessage[] {
  const event = msg.event as { readonly id?: unknown } | null | undefined;
  return formerEvents(msg).map(({ subject, id, businesskey }) => ({
    ...msg,
    event: { ...event, id, subject, partitionkey: subject, businesskey },
  }));
}

export function formerEvents(msg: WardflowMessage): readonly FormerEvent[] {
  const identity = msg['identity'] as Partial<MessageIdentity> | null | undefined;
  const event = msg.event as { readonly id?: unknown } | null | undefined;
  // A flow may have put another event in its place.
  if (!Array.isArray(identity?.formerly) || typeof event?.id !== 'string' || identity.event !== event.id) return [];
  return identity.formerly as readonly FormerEvent[];
}

/** What an expression gives for each of them, without what the message gives itself. */
export async function formerValues(
  msg: WardflowMessage,
  own: string,
  evaluate: (msg: WardflowMessage) => Promise<string>,
): Promise<readonly string[]> {
  const values = new Set<string>();
  for (const other of formerMessages(msg)) values.add(await evaluate(other));
  values.delete(own);
  return [...values];
}

/** Key of the patient as the message stated it. */
export function statedPatient(msg: WardflowMessage): string | undefined {
  const { statedsubject, subject } = (msg.event ?? {}) as Readonly<Record<string, unknown>>;
  const key = statedsubject ?? subject;
  return typeof key === 'string' && /^[0-9a-f]{64}$/.test(key) ? key : undefined;
}
