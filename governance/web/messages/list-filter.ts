import type { MessageCounts, MessageState } from '../../api/runtime-shapes.ts';

/** What the address bar holds of the list. Identifiers of patients never stand in it. */
export interface ListFilter {
  readonly tab: TabName;
  readonly q: string;
  readonly type: string;
  readonly feed: string;
  readonly period: Period;
}

export type TabName = 'all' | 'needs-you' | 'work' | 'retrying' | 'done' | 'unrouted' | 'unreadable' | 'other';

export interface Tab {
  readonly name: TabName;
  readonly label: string;
  /** `null`: every state. */
  readonly states: readonly MessageState[] | null;
  /** Why it is empty and what that means. */
  readonly empty: string;
}

export const TABS: readonly Tab[] = [
  {
    name: 'all',
    label: 'All',
    states: null,
    empty: 'Nothing has arrived yet. Point a sender at a feed, or start the demo with npm start.',
  },
  {
    name: 'needs-you',
    label: 'Needs you',
    states: ['dead'],
    empty: 'Nothing needs you: every failure has been redriven or discarded.',
  },
  {
    name: 'work',
    label: 'In work',
    states: ['accepted', 'processing', 'waiting', 'parked'],
    empty: 'Nothing is in work: everything that arrived has been dealt with.',
  },
  {
    name: 'retrying',
    label: 'Retrying',
    states: ['waiting'],
    empty: 'Nothing is being retried: every endpoint has answered.',
  },
  { name: 'done', label: 'Done', states: ['done'], empty: 'No message has been finished yet.' },
  {
    name: 'unrouted',
    label: 'No flow',
    states: ['unrouted'],
    empty: 'Every message that arrived was wanted by a flow.',
  },
  { name: 'unreadable', label: 'Unreadable', states: ['quarantined'], empty: 'Every message could be read.' },
  {
    name: 'other',
    label: 'Resends, discarded',
    states: ['resend', 'discarded'],
    empty: 'No message was sent twice, and none was discarded.',
  },
];

export const PERIODS = {
  all: { label: 'Any time', ms: null },
  '15m': { label: 'Last 15 minutes', ms: 15 * 60_000 },
  '1h': { label: 'Last hour', ms: 3_600_000 },
  '24h': { label: 'Last 24 hours', ms: 24 * 3_600_000 },
  '7d': { label: 'Last 7 days', ms: 7 * 24 * 3_600_000 },
} as const;
export type Period = keyof typeof PERIODS;

export function readFilter(params: URLSearchParams): ListFilter {
  const tab = TABS.find((one) => one.name === params.get('tab'))?.name ?? 'all';
  const period = params.get('period') ?? '';
  return {
    tab,
    q: (params.get('q') ?? '').slice(0, 128),
    type: params.get('type') ?? '',
    feed: params.get('feed') ?? '',
    period: Object.hasOwn(PERIODS, period) ? (period as Period) : 'all',
  };
}

export function writeFilter(filter: ListFilter): URLSearchParams {
  const params = new URLSearchParams();
  if (filter.tab !== 'all') params.set('tab', filter.tab);
  if (filter.q !== '') params.set('q', filter.q);
  if (filter.type !== '') params.set('type', filter.type);
  if (filter.feed !== '') params.set('feed', filter.feed);
  if (filter.period !== 'all') params.set('period', filter.period);
  return params;
}

export const tabOf = (name: TabName): Tab => TABS.find((tab) => tab.name === name)!;

export function countOf(tab: Tab, counts: MessageCounts): number {
  return tab.states === null ? counts.total : tab.states.reduce((sum, state) => sum + counts[state], 0);
}
