/**
 * What became of our writes on FHIR servers, as it was when somebody looked: one record for each write that was compared.
 *
 *   (none) -> alike | open        alike -> open (it is missing, there twice, or not what we wrote)
 *   open -> gone (found as written again) | settled (a person says so, with a reason)
 *   gone -> open                  settled -> open (another difference than the one that was settled)
 *
 * Neither ids of patients nor content: names, versions and counts.
 */
import type { Millis } from '../../base/clock.ts';
import type { AuditEntry } from './audit.ts';

export const DIFFERENCE_STATES = ['alike', 'open', 'gone', 'settled'] as const;
export type DifferenceState = (typeof DIFFERENCE_STATES)[number];

/**
 * `changed`: others have changed it since, which is what resources are for. `differs`: the version that we wrote has another
 * content, or the server has gone back to one before it.
 */
export type Found = 'as-written' | 'changed' | 'missing' | 'duplicate' | 'differs';

export interface DifferenceVerdict {
  readonly by: string;
  readonly at: Millis;
  /** `accepted`: what the server holds stands. `mended`: somebody has put it right there. `again`: it was written again. */
  readonly how: 'accepted' | 'mended' | 'again';
  readonly reason: string;
}

export interface Difference {
  /** Of the effect, and which of its resources: `<key>` or `<key>.2`. */
  readonly id: string;
  /** From 1; every change makes the next. */
  readonly version: number;
  readonly state: DifferenceState;
  readonly found: Found;
  readonly endpoint: string;
  readonly resourceType: string;
  /** As the server named it; `null`: it did not. */
  readonly resourceId: string | null;
  /** `meta.versionId`s; `null`: not known. */
  readonly wroteVersion: string | null;
  readonly foundVersion: string | null;
  /** Resources with our identifier, where there was a look for them. */
  readonly copies: number | null;
  readonly effectKey: string;
  readonly messageId: string;
  readonly workId: string;
  readonly definition: string;
  readonly writtenAt: Millis;
  /** When it was first found so. */
  readonly since: Millis;
  readonly checkedAt: Millis;
  readonly settled: DifferenceVerdict | null;
}

export interface DifferenceQuery {
  readonly states?: readonly DifferenceState[];
  readonly endpoint?: string;
  readonly messageId?: string;
  /** Of one of these; an empty list: none. */
  readonly definitions?: readonly string[];
  /** Those found so before. */
  readonly before?: Millis;
  /** 1 to 1000, default 100. */
  readonly limit?: number;
}

export interface Differences {
  /** Keeps the first version (`seen` 0) or the next. `stale`: somebody was faster; nothing was kept. With its record in one commit. */
  put(seen: number, next: Difference, audit: AuditEntry | null): Promise<'kept' | 'stale'>;
  get(id: string): Promise<Difference | undefined>;
  /** Newest first, by `since`. */
  list(query: DifferenceQuery): Promise<readonly Difference[]>;
  counts(query: Pick<DifferenceQuery, 'definitions'>): Promise<Readonly<Record<DifferenceState, number>>>;
}
