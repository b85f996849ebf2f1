/**
 * The audit chain: append-only; each record holds the hash of the one before it, so that changing, removing or
 * re-ordering a record shows. Hash = SHA-256 over the RFC 8785 form of the record without its own hash.
 */
import type { Millis } from '../../base/clock.ts';

export interface AuditEntry {
  readonly at: Millis;
  /** Dotted past tense, e.g. `task.acknowledged`, `message.body-viewed`; every type has a sentence template. */
  readonly type: string;
  /** `user:ana`, `cli:root`, `flow:critical-lab-result`, `system`. */
  readonly actor: string;
  readonly messageId?: string;
  readonly workId?: string;
  readonly definition?: string;
  readonly version?: string;
  /** PHI-free facts: codes, counts, names of fields; identifiers of patients only as `hash:`. */
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
  readonly reason?: string;
}

export interface AuditRecord extends AuditEntry {
  readonly seq: number;
  readonly previous: string;
  readonly hash: string;
}

export interface AuditQuery {
  readonly messageId?: string;
  readonly type?: string;
  readonly actor?: string;
  readonly since?: Millis;
  readonly until?: Millis;
  /** Records with a larger seq. */
  readonly after?: number;
  readonly before?: number;
  readonly limit?: number;
  readonly order?: 'oldest-first' | 'newest-first';
}

export interface AuditLog {
  append(entries: readonly AuditEntry[]): Promise<void>;
  list(query: AuditQuery): Promise<readonly AuditRecord[]>;
  head(): Promise<{ readonly seq: number; readonly hash: string }>;
}
