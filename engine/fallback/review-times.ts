/** By when somebody has to have taken over a held message, and how often its queue is told again. Guide: fallbacks. Pure. */
import type { Millis } from '../base/clock.ts';
import type { Lane, TaskPriority } from '../store/contract/index.ts';

const MINUTE = 60_000;

const DUE_AFTER: Readonly<Record<TaskPriority, Millis>> = {
  stat: 10 * MINUTE,
  asap: 30 * MINUTE,
  urgent: 30 * MINUTE,
  routine: 240 * MINUTE,
};

export const reviewDueAfter = (priority: TaskPriority): Millis => DUE_AFTER[priority];

/** Of the lane of the message that was held. */
export const reviewPriority = (lane: Lane): TaskPriority => (lane === 'stat' || lane === 'urgent' ? lane : 'routine');
