import type { MessageState } from '../../contract/index.ts';
import type { MessageDoc, WorkDoc } from '../documents.ts';
import type { WriteContext } from './context.ts';

/** Most pressing first (ARCHITECTURE, States). */
const PRESSING = [
  ...(['dead', 'processing', 'waiting', 'parked', 'accepted', 'discarded', 'done'] as const),
] satisfies readonly MessageState[];

function seenAs(work: WorkDoc): MessageState {
  switch (work.state) {
    case 'claimed':
      return 'processing';
    case 'waiting':
      return work.attempt > 0 ? 'waiting' : 'accepted';
    case 'parked':
    case 'done':
    case 'dead':
    case 'discarded':
      return work.state;
    default:
      return work.state satisfies never;
  }
}

/** What could not be read stays in quarantine, or put away from there with its reason, whoever was told of it. */
export function isUnread({ state, reasonCode }: Pick<MessageDoc, 'state' | 'reasonCode'>): boolean {
  return state === 'quarantined' || (state === 'discarded' && reasonCode !== undefined);
}

/** Brings the message's denormalised state up to date after one of its work items changed. */
export function refreshMessageState(ctx: WriteContext, messageSeq: number, at: number, troubled = false): void {
  const items = ctx.worksOf(messageSeq);
  const messages = ctx.table('messages');
  const before = messages.get(messageSeq);
  if (!before || items.length === 0 || isUnread(before)) return;
  const seen = items.map(seenAs);
  const state = PRESSING.find((candidate) => seen.includes(candidate)) ?? 'accepted';
  const speaking = state === 'waiting' || state === 'dead' ? items.filter((_, index) => seen[index] === state) : [];
  const failure = speaking.find((item) => item.failure)?.failure;
  const due = speaking.flatMap((item) => item.notBefore ?? []);
  const retryAt = due.length > 0 ? Math.min(...due) : undefined;
  const same = state === before.state && failure?.code === before.reasonCode && retryAt === before.retryAt;
  if (same && (!troubled || before.recovered)) return;
  if (state !== before.state) {
    ctx.count('message', before.feed, before.state, -1);
    ctx.count('message', before.feed, state, 1);
  }
  messages.set(messageSeq, {
    ...(state === before.state ? {} : { state, since: at }),
    retryAt,
    reasonCode: failure?.code,
    reasonText: failure?.text,
    ...(troubled ? { recovered: true } : {}),
  });
}
