/**
 * What people at the front say is wrong with what a flow does: the engineering triage list. The text is clinical content: it
 * is never in logs, audit details or live events.
 */
import type { Millis } from '../../base/clock.ts';
import type { AuditEntry } from './audit.ts';

export const PROBLEM_KINDS = [
  ...([
    'false-positive',
    'missing-task',
    'wrong-person',
    'wrong-priority',
    'wrong-content',
    'too-late',
    'other',
  ] as const),
] as const;
export type ProblemKind = (typeof PROBLEM_KINDS)[number];

export const PROBLEM_STATES = ['open', 'looked-at', 'mended', 'as-intended', 'duplicate'] as const;
export type ProblemState = (typeof PROBLEM_STATES)[number];

export interface ProblemReport {
  readonly id: string;
  /** From 1; every change makes the next. */
  readonly version: number;
  readonly kind: ProblemKind;
  /** What the reporter wrote, at most 4,000 characters. */
  readonly text: string;
  readonly by: string;
  readonly at: Millis;
  readonly messageId: string;
  readonly taskId: string | null;
  readonly alertId: string | null;
  readonly definition: string;
  /** That made what is wrong; `null`: not known. */
  readonly definitionVersion: string | null;
  readonly state: ProblemState;
  /** Who looks at it. */
  readonly assignee: string | null;
  /** What came of it, for the reporter. */
  readonly answer: string | null;
  /** Proposal that mends it. */
  readonly proposal: string | null;
  readonly changedAt: Millis;
}

export interface ProblemQuery {
  readonly states?: readonly ProblemState[];
  readonly kind?: ProblemKind;
  readonly messageId?: string;
  readonly by?: string;
  readonly since?: Millis;
  /** Of one of these; an empty list: none. */
  readonly definitions?: readonly string[];
  readonly before?: Millis;
  /** 1 to 1000, default 100. */
  readonly limit?: number;
}

export interface ProblemReports {
  /** Report and audit record in one commit; an id that is there already is left as it is. */
  create(report: ProblemReport, audit: AuditEntry): Promise<void>;
  /** `stale`: somebody was faster; the report as it is now. */
  change(
    seen: number,
    next: ProblemReport,
    audit: AuditEntry,
  ): Promise<{ readonly kind: 'changed' | 'stale'; readonly report: ProblemReport } | { readonly kind: 'unknown' }>;
  get(id: string): Promise<ProblemReport | undefined>;
  /** Newest first. */
  list(query: ProblemQuery): Promise<readonly ProblemReport[]>;
  counts(query: Pick<ProblemQuery, 'definitions'>): Promise<Readonly<Record<ProblemState, number>>>;
}
