/** What raising an alert comes to, given the newest of its group: the same on both adapters. */
import { isOver, type AlertRecord } from './contract/alerts.ts';

export type Raised = 'started' | 'exists' | 'joined' | 'cooling-down';

/** @param counted the message was counted to `newest` before */
export function whatIsRaised(newest: AlertRecord | undefined, counted: boolean, alert: AlertRecord): Raised {
  if (!newest) return 'started';
  if (counted) return 'exists';
  if (alert.startedAt >= newest.coolUntil) return 'started';
  return isOver(newest.state) ? 'cooling-down' : 'joined';
}

/** The newest with one more. */
export const countedUp = (newest: AlertRecord, at: number): AlertRecord => ({
  ...newest,
  version: newest.version + 1,
  count: newest.count + 1,
  lastAt: Math.max(newest.lastAt, at),
});
