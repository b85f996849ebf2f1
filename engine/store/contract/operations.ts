/**
 * What operators set: switches that stop a feed, an endpoint, a definition or a lane, with a reason and perhaps a window
 * in time; and the removal of what has outlived its retention.
 */
import type { Millis } from '../../base/clock.ts';
import type { AuditEntry } from './audit.ts';

export const SWITCH_KINDS = ['feed', 'endpoint', 'definition', 'lane'] as const;
export type SwitchKind = (typeof SWITCH_KINDS)[number];

/** `hold`: accepted and held. For feeds also `refuse`: answered AE with the reason, and `close`: the listener is closed. */
export const SWITCH_MODES = ['hold', 'refuse', 'close'] as const;
export type SwitchMode = (typeof SWITCH_MODES)[number];

export interface SwitchTarget {
  readonly kind: SwitchKind;
  readonly name: string;
}

export interface Switch extends SwitchTarget {
  readonly id: string;
  readonly mode: SwitchMode;
  readonly reason: string;
  readonly actor: string;
  readonly setAt: Millis;
  /** In force from here; later than `setAt` for a maintenance window that is still to come. */
  readonly from: Millis;
  /** In force until here; `null`: until somebody clears it. */
  readonly until: Millis | null;
}

export interface Switches {
  /** The switch and its audit record in one commit. */
  set(one: Switch, audit: AuditEntry): Promise<void>;
  /** `false`: there was none of this id. */
  clear(id: string, audit: AuditEntry): Promise<boolean>;
  /** All that are in force at `now` or still to come, oldest first; those that are over are left out. */
  list(now: Millis): Promise<readonly Switch[]>;
}

export interface PurgeRequest {
  /**
   * Bodies of finished messages received before this go; entries stay, and so does the answer, since a resend is answered
   * with it. `null`: keep bodies.
   */
  readonly bodiesBefore: Millis | null;
  /** Finished messages received before this go with all that belongs to them (work, effects, decisions, gate facts stay
   * as long as `messagesBefore` allows). `null`: keep entries. Audit records are never purged. */
  readonly messagesBefore: Millis | null;
  /** At most so many messages in one step, so that traffic is not stalled. */
  readonly limit: number;
}

export interface PurgeResult {
  /** Messages that lost their body in this step and keep their entry. */
  readonly bodies: number;
  readonly messages: number;
  /** There may be more: call again. Goes on where the last step ended, so that what must stay is not looked at each time. */
  readonly more: boolean;
}

export interface Retention {
  /**
   * One small step. Finished: `done`, `discarded`, `quarantined`, `unrouted` or `resend`. Never touches a message with open
   * work (dead included) or an escalation that waits for an answer (`open` or `exhausted`). Counts of messages and work go down with what goes; totals of feeds stay.
   */
  purge(request: PurgeRequest): Promise<PurgeResult>;
}
