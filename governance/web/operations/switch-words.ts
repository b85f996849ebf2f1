/** Pauses in words. Pure. */
import type { Switch, SwitchKind, SwitchMode } from '../../api/runtime-shapes.ts';

export const KIND_WORDS: Readonly<Record<SwitchKind, string>> = {
  feed: 'Feed',
  endpoint: 'Endpoint',
  definition: 'Flow',
  lane: 'Lane',
};

/** What can be chosen for each, the mildest first. */
export const MODES: Readonly<Record<SwitchKind, readonly SwitchMode[]>> = {
  feed: ['hold', 'refuse', 'close'],
  endpoint: ['hold'],
  definition: ['hold'],
  lane: ['hold'],
};

export const MODE_WORDS: Readonly<Record<SwitchMode, string>> = {
  hold: 'Accept and hold',
  refuse: 'Refuse with the reason',
  close: 'Close the listener',
};

export const MODE_STATE: Readonly<Record<SwitchMode, string>> = {
  hold: 'on hold',
  refuse: 'refusing',
  close: 'closed',
};

/** What happens while it is in force. */
export function effectOf(kind: SwitchKind, mode: SwitchMode): string {
  switch (kind) {
    case 'feed':
      if (mode === 'refuse')
        return 'Each message is answered AE with your reason; its sender keeps it and sends it again.';
      if (mode === 'close') return 'Senders cannot connect and keep their messages; nothing arrives.';
      return 'Messages are accepted and acknowledged as always; the work for them waits.';
    case 'endpoint':
      return 'Nothing is sent to it; work that needs it waits, without losing attempts or time.';
    case 'definition':
      return 'Messages for it are accepted and wait; none of its steps runs, and its open escalations tell nobody meanwhile. Other flows go on.';
    case 'lane':
      return 'Work of this lane is accepted and waits, steps of escalations as well; the other lanes go on.';
    default:
      return kind satisfies never;
  }
}

export type Phase = 'in-force' | 'to-come' | 'over';

export function phaseOf(one: Pick<Switch, 'from' | 'until'>, now: number): Phase {
  if (one.until !== null && now >= one.until) return 'over';
  return now < one.from ? 'to-come' : 'in-force';
}

/** `Feed hospital`, `Lane bulk`. */
export const nameOf = ({ kind, name }: Pick<Switch, 'kind' | 'name'>): string => `${KIND_WORDS[kind]} ${name}`;

/** `user:ana` as people say it. */
export const personOf = (actor: string): string => actor.replace(/^(user|cli):/, '');
