import { BellRing, CircleCheck, UserCheck, XCircle, type LucideIcon } from 'lucide-react';
import type { AlertDismissal, AlertState, AlertView, HeldBackAlert } from '../../api/runtime-shapes.ts';
import type { Tone } from '../states/message-state.ts';

export const isOver = (state: AlertState): boolean => state === 'closed' || state === 'resolved';

export const DISMISSALS: Readonly<Record<AlertDismissal['reason'], string>> = {
  'false-positive': 'False positive',
  duplicate: 'Duplicate',
  'not-actionable': 'Not actionable',
  other: 'Another reason',
};

const person = (actor: string): string => actor.replace(/^(?:user|cli):/, '');

export interface AlertLook {
  readonly label: string;
  readonly tone: Tone;
  readonly icon: LucideIcon;
}

/** Where it stands, in a few words. */
export function lookOf({ state, acknowledged, ended }: AlertView): AlertLook {
  switch (state) {
    case 'open':
      return { label: 'Nobody has it yet', tone: 'danger', icon: BellRing };
    case 'acknowledged':
      return { label: `${person(acknowledged?.by ?? '')} has it`, tone: 'warn', icon: UserCheck };
    case 'closed':
      return ended?.dismissal
        ? { label: `${DISMISSALS[ended.dismissal.reason]}, ${person(ended.by)}`, tone: 'plain', icon: XCircle }
        : { label: `Closed by ${person(ended?.by ?? '')}`, tone: 'ok', icon: CircleCheck };
    case 'resolved':
      return { label: 'The cause is gone', tone: 'ok', icon: CircleCheck };
    default:
      return state satisfies never;
  }
}

/** Whose result it is, as far as a list may say. */
export const aboutWhom = ({ message: { patientHint, controlId } }: AlertView): string =>
  [patientHint, controlId].filter((one) => one !== null).join(' · ');

export interface Told {
  /** Who has been reached, and by what. */
  readonly text: string;
  readonly failed: readonly string[];
  readonly repeat: boolean;
  /** Nobody could be reached at all. */
  readonly alarm: boolean;
}

/** The newest telling that arrived, and the channels that failed before it. */
export function toldOf({ deliveries, state: now }: Pick<AlertView, 'deliveries' | 'state'>): Told {
  const at = deliveries.findLastIndex(({ state }) => state !== 'failed');
  const told = deliveries[at];
  const failed = [
    ...new Set(
      deliveries.filter(({ state }, i) => state === 'failed' && (at < 0 || i < at)).map(({ channel }) => channel),
    ),
  ];
  if (told) return { text: `${told.to} told by ${told.channel}`, failed, repeat: told.repeat, alarm: false };
  return failed.length > 0
    ? { text: 'Nobody could be told', failed, repeat: false, alarm: true }
    : { text: now === 'open' ? 'being told' : 'nobody had been told yet', failed, repeat: false, alarm: false };
}

export const deliveredAt = ({ deliveries }: AlertView): number | null =>
  deliveries.find(({ state }) => state !== 'failed')?.at ?? null;

const BECAUSE: Readonly<Record<HeldBackAlert['because'], string>> = {
  suppressed: 'Suppressed',
  'cooling-down': 'Cooling down',
  joined: 'Counted to one that is open',
};
export const becauseOf = ({ because }: HeldBackAlert): string => BECAUSE[because];

/** What is over comes last, what nobody has first; the oldest of these waits longest. */
export const inOrder = (alerts: readonly AlertView[]): readonly AlertView[] =>
  alerts.toSorted((a, b) => RANK[a.state] - RANK[b.state] || a.startedAt - b.startedAt);

const RANK: Readonly<Record<AlertState, number>> = { open: 0, acknowledged: 1, closed: 2, resolved: 2 };
