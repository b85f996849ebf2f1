/** The work that tells a queue of one held message: what it carries, and under which key it is made once. */
import type { ClaimedWork, NewWork } from '../store/contract/index.ts';

/** Name of the source in each definition; no node can have it. */
export const TOLD_SOURCE = 'wardflow.told';

export interface TellingData {
  readonly reviewId: string;
  /** `null`: nothing is held; `count` messages wait behind mode `stop`. */
  readonly taskId: string | null;
  readonly at: number;
  /** From 1: it is told again, since nobody has taken it over; absent: it has just been held. */
  readonly overdue?: number;
  /** Of all that wait in the same queue and are overdue: the longest time, and how many they are. */
  readonly longest?: number;
  readonly count?: number;
  /** The channels on which the queue can be reached are told too; absent: they are. */
  readonly pages?: boolean;
}

type About = Pick<ClaimedWork, 'id' | 'messageId' | 'definition' | 'lane' | 'correlationId' | 'traceparent'>;

export const isTelling = ({ subscription, definition }: Pick<ClaimedWork, 'subscription' | 'definition'>): boolean =>
  subscription === `${definition}/${TOLD_SOURCE}`;

export function tellingOf(id: string, work: About, data: TellingData): NewWork {
  const { messageId, definition, lane, correlationId, traceparent } = work;
  const again = data.overdue === undefined ? '' : `/overdue/${data.overdue}`;
  return {
    id,
    messageId,
    subscription: `${definition}/${TOLD_SOURCE}`,
    definition,
    lane,
    orderingKey: null,
    afterDead: 'continue',
    correlationId,
    traceparent,
    createdAt: data.at,
    child: { parentWorkId: work.id, key: `review-told/${data.reviewId}${again}`, kind: 'queue', data },
  };
}
