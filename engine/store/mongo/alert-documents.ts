/** Whom an alert stands for, as documents: alerts, their groups, what was counted and what was held back. */
import type { AlertState } from '../contract/index.ts';

export interface AlertDoc {
  _id: string;
  seq: number;
  group: string;
  policy: string;
  definition: string;
  messageId: string;
  state: AlertState;
  startedAt: number;
  endedAt?: number | undefined;
  /** JSON of the alert. */
  record: string;
}

/** `_id` is the group. */
export interface AlertGroupDoc {
  _id: string;
  newest: string;
}

/** A message that an alert stands for: `_id` is `<alert>/<message>`. */
export interface AlertCountedDoc {
  _id: string;
  alert: string;
  messageId: string;
}

export interface AlertHeldDoc {
  _id: number;
  at: number;
  group: string;
  policy: string;
  definition: string;
  messageId: string;
  record: string;
}
