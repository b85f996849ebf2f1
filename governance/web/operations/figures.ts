/** From minutes as they were counted to what charts and tiles show. Pure. */
import type { FigureSeries, Lane, MinuteFigures, QueueFigures } from '../../api/runtime-shapes.ts';

const MINUTE_MS = 60_000;

/**
 * Every minute, those without anything as zeros. The one that still runs is the last: without it a page would say that
 * nothing came while messages come in.
 */
export function everyMinute({ asOf, since, until, minutes }: FigureSeries): readonly MinuteFigures[] {
  const known = new Map(minutes.map((minute) => [minute.at, minute]));
  const all: MinuteFigures[] = [];
  for (let at = since; at < until && at <= asOf; at += MINUTE_MS)
    all.push(known.get(at) ?? { at, received: 0, settled: 0, retried: 0, died: 0 });
  return all;
}

type Counted = 'received' | 'settled' | 'retried' | 'died';

export const total = (minutes: readonly MinuteFigures[], what: Counted): number =>
  minutes.reduce((sum, minute) => sum + minute[what], 0);

/** Of the attempts that ended, how many ended in another try; `null` where none ended. */
export function retryRate(minutes: readonly MinuteFigures[]): number | null {
  const retried = total(minutes, 'retried');
  const ended = retried + total(minutes, 'settled') + total(minutes, 'died');
  return ended === 0 ? null : retried / ended;
}

export const percent = (share: number): string =>
  share > 0 && share < 0.01 ? 'under 1 %' : `${Math.round(share * 100)} %`;

export const OPEN_STATES = ['waiting', 'claimed', 'parked', 'dead'] as const;
export type OpenState = (typeof OPEN_STATES)[number];
export type Depth = Readonly<Record<OpenState, number>>;

export const LANE_NAMES: readonly Lane[] = ['stat', 'urgent', 'routine', 'bulk'];

/** Each lane with its open items by state; empty lanes too, so that the rows keep their places. */
export function depthByLane(queue: QueueFigures): readonly { readonly lane: Lane; readonly depth: Depth }[] {
  return LANE_NAMES.map((lane) => ({
    lane,
    depth: depthOf(queue.lanes.filter((one) => one.lane === lane)),
  }));
}

export interface Backlog {
  readonly subscription: string;
  readonly definition: string;
  readonly depth: Depth;
  /** When the oldest item that waits or is worked on was created; `null`: none. */
  readonly oldest: number | null;
}

/** Subscriptions with open items, the one that waits longest first. */
export function backlogs(queue: QueueFigures): readonly Backlog[] {
  const groups = Map.groupBy(queue.subscriptions, (one) => one.subscription);
  return [...groups]
    .map(([subscription, list]): Backlog => {
      const moving = list.filter((one) => one.state === 'waiting' || one.state === 'claimed');
      return {
        subscription,
        definition: subscription.split('/')[0] ?? subscription,
        depth: depthOf(list),
        oldest: moving.length === 0 ? null : Math.min(...moving.map((one) => one.oldest)),
      };
    })
    .toSorted(
      (a, b) => (a.oldest ?? Infinity) - (b.oldest ?? Infinity) || a.subscription.localeCompare(b.subscription),
    );
}

function depthOf(list: readonly { readonly state: string; readonly count: number }[]): Depth {
  const depth = { waiting: 0, claimed: 0, parked: 0, dead: 0 };
  for (const { state, count } of list) if (state in depth) depth[state as OpenState] += count;
  return depth;
}
