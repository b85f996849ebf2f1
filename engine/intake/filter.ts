import type { SubscriptionFilter } from './feed.ts';

/** What a filter looks at, as the message states it. */
export interface Addressing {
  /** MSH-9.1 and MSH-9.2; '' where unstated. */
  readonly code: string;
  readonly trigger: string;
  /** MSH-3.1 and MSH-4.1. */
  readonly application: string;
  readonly facility: string;
}

/** Empty lists match everything. `ADT` and `ADT^*` match every trigger and none; `ADT^A01` that trigger only. */
export function matches(filter: SubscriptionFilter, message: Addressing): boolean {
  return (
    (filter.types.length === 0 || filter.types.some((type) => typeMatches(type, message))) &&
    (filter.senders.length === 0 || filter.senders.some((sender) => senderMatches(sender, message)))
  );
}

/** Types are compared as they are; `lab.*` takes all that begin with `lab.`, and `*` all. */
export function eventMatches(
  { types, senders }: SubscriptionFilter,
  event: { readonly type: string | null; readonly sender: string | null },
): boolean {
  const fits = (wanted: string): boolean =>
    wanted.endsWith('*') ? (event.type ?? '').startsWith(wanted.slice(0, -1)) : wanted === event.type;
  return (types.length === 0 || types.some(fits)) && (senders.length === 0 || senders.includes(event.sender ?? ''));
}

function typeMatches(type: string, message: Addressing): boolean {
  const [code = '', trigger = '*'] = type.trim().split('^');
  return (code === '*' || code === message.code) && (trigger === '*' || trigger === message.trigger);
}

function senderMatches(sender: string, message: Addressing): boolean {
  const [application = '', facility] = sender.split('|').map((part) => part.trim());
  return application === message.application && (facility === undefined || facility === message.facility);
}
