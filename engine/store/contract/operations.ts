/**
 * What operators set: switches that stop a feed, an endpoint, a definition or a lane, with a reason and perhaps a window
 * in time; and the removal of what has outlived its retention.
 */
import type { Millis } from '../../base/clock.ts';
import type { AuditEntry } from './audit.ts';

export const SWITCH_KINDS = ['feed', 'endpoint', 'definition', 'lane'] as const;
export type SwitchKind = (typeof SWITCH_KINDS)[number];

export interface SwitchTarget {
  readonly kind: SwitchKind;
  readonly name: string;
}

export interface Switch extends SwitchTarget {
  readonly id: string;
  /** `hold`: accepted and held. `refuse` (feeds only): answered AE, or the listener is closed. */
  readonly mode: 'hold' | 'refuse';
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
  /** Bodies of finished messages received before this go; entries stay. `null`: keep bodies. */
  readonly bodiesBefore: Millis | null;
  /** Finished messages received before this go with all that belongs to them (work, effects, decisions, gate facts stay
   * as long as `messagesBefore` allows). `null`: keep entries. Audit records are never purged. */
  readonly messagesBefore: Millis | null;
  /** At most so many messages in one step, so that traffic is not stalled. */
  readonly limit: number;
}

export interface PurgeResult {
  readonly bodies: number;
  readonly messages: number;
  /** There may be more: call again. */
  readonly more: boolean;
}

export interface Retention {
  /** One small step. Never touches a message with open work or an open escalation. */
  purge(request: PurgeRequest): Promise<PurgeResult>;
}
