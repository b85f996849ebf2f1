/**
 * The Store contract: small domain interfaces; each method is one domain operation that the adapter makes atomic by its
 * own best means. No generic CRUD, no exposed transaction, no driver types. One suite (`test/contract`) runs on every
 * adapter. A method that resolves has made its change durable, unless it says otherwise; what is not flushed at once is
 * durable with the first later change that is, never after it.
 */
import type { Acknowledgements } from './acknowledgements.ts';
import type { Alerts } from './alerts.ts';
import type { AuditLog } from './audit.ts';
import type { Decisions, DefinitionVersions, Escalations, Gate } from './clinical.ts';
import type { Differences } from './differences.ts';
import type { Effects } from './effects.ts';
import type { EventStates } from './event-states.ts';
import type { Fallbacks } from './fallbacks.ts';
import type { Figures } from './figures.ts';
import type { Identities } from './identities.ts';
import type { Journal } from './journal.ts';
import type { Retention, Switches } from './operations.ts';
import type { Spans } from './spans.ts';
import type { ProblemReports } from './problem-reports.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { WorkflowTasks } from './tasks.ts';
import type { WorkQueue } from './work.ts';

export interface Store {
  readonly journal: Journal;
  readonly acknowledgements: Acknowledgements;
  readonly work: WorkQueue;
  readonly effects: Effects;
  readonly decisions: Decisions;
  readonly gate: Gate;
  readonly eventStates: EventStates;
  readonly identities: Identities;
  readonly escalations: Escalations;
  readonly tasks: WorkflowTasks;
  readonly alerts: Alerts;
  readonly fallbacks: Fallbacks;
  readonly problems: ProblemReports;
  readonly subscriptions: Subscriptions;
  readonly differences: Differences;
  readonly audit: AuditLog;
  readonly definitions: DefinitionVersions;
  readonly switches: Switches;
  readonly retention: Retention;
  readonly figures: Figures;
  readonly spans: Spans;
  /** What the adapter promises, read back from the database at every start; for `doctor` and the console. */
  readonly durability: { readonly adapter: 'sqlite' | 'mongodb'; readonly settings: Readonly<Record<string, string>> };
  /**
   * Calls take effect in the order in which they were made: a claim that is asked for right behind an accept, without
   * waiting for it, sees its work.
   */
  readonly ordered: boolean;
  /** Finishes what was begun, then closes. */
  close(): Promise<void>;
}

export * from './acknowledgements.ts';
export * from './alerts.ts';
export * from './audit.ts';
export * from './clinical.ts';
export * from './differences.ts';
export * from './effects.ts';
export * from './event-states.ts';
export * from './fallbacks.ts';
export * from './figures.ts';
export * from './identities.ts';
export * from './journal.ts';
export * from './operations.ts';
export * from './problem-reports.ts';
export * from './spans.ts';
export * from './subscriptions.ts';
export * from './tasks.ts';
export * from './work.ts';
