/** Decisions, the gate's memory, escalations, and versions of definitions: what flows leave behind besides effects. */
import type { Millis } from '../../base/clock.ts';
import type { WorkingClock } from '../../schedule/working-time.ts';
import type { AuditEntry } from './audit.ts';
import type { NewWork } from './work.ts';

export interface DecisionRecord {
  readonly id: string;
  readonly messageId: string;
  readonly workId: string;
  readonly definition: string;
  readonly node: { readonly id: string; readonly name: string };
  readonly table: string;
  /** SHA-256 of the table's file. */
  readonly version: string;
  readonly at: Millis;
  readonly inputs: unknown;
  readonly matched: readonly string[];
  readonly outputs: unknown;
  readonly missing: readonly string[];
  readonly deterministic: boolean;
  readonly error: string | null;
  readonly sentence: string;
}

export interface Decisions {
  /**
   * Need not be waited for: what the same item asks of the store later (`effects.begin`, settling it as done) comes after
   * it, makes it durable with itself, and is refused with `store-decision-lost` where this could not be kept. Resolves
   * when readers see it. The same id again (a redelivery) is left as it is.
   */
  record(decision: DecisionRecord): Promise<void>;
  ofMessage(messageId: string): Promise<readonly DecisionRecord[]>;
}

/** One fact that came to a gate. `scope` is `<definition>/<gate name>`, `key` the fact's business key. */
export interface GateFact {
  readonly scope: string;
  readonly key: string;
  /**
   * Keys by which the same fact was known before its patient's record was merged: where nothing has passed under `key`, it goes on
   * under the first of them that something has come under.
   */
  readonly formerly?: readonly string[];
  readonly messageId: string;
  /** The item it came with: what passed with an item that is dead or discarded did not take effect. */
  readonly workId: string;
  /** Hash of the fact's content: tells a repeat from a change. */
  readonly contentHash: string;
  /** When the sender stated it (MSH-7), milliseconds, or `null` where unstated. */
  readonly statedAt: Millis | null;
  /** How far the fact has come, where it has stages (1 preliminary, 2 final); else `null`. */
  readonly stage: number | null;
  /** The sender says that this is a correction (OBX-11 C/W/D and the like). */
  readonly correction: boolean;
  readonly at: Millis;
}

export const GATE_REASONS = [
  ...(['first-seen', 'first-failed', 'stage-advanced', 'stage-renewed', 'same-content', 'same-content-open'] as const),
  ...([
    'between-failed',
    'older-content',
    'said-so',
    'stated-later',
    'stated-earlier',
    'stage-went-back',
    'unexplained',
  ] as const),
] as const;
export type GateReason = (typeof GATE_REASONS)[number];

/** `first`: the message that it was compared with; absent where nothing came before. */
export type GateVerdict =
  /** First seen, a redelivery of the message that passed first, or a copy of one that ended as a dead letter. */
  | {
      readonly kind: 'new';
      readonly because: 'first-seen' | 'first-failed';
      readonly first?: string;
      readonly firstAt?: Millis;
    }
  /** `update`: the fact has come further (preliminary to final), or the same content again after other content that came
   * in between with an item that ended as a dead letter (`first`): people may have heard of that. `repeat`: same content. `correction`: other content, and
   * said to correct or stated later. `conflict`: other content and neither: a person should look. */
  | {
      readonly kind: 'update' | 'repeat' | 'correction' | 'conflict';
      readonly because: GateReason;
      readonly first: string;
      readonly firstAt: Millis;
    };

export interface Gate {
  /**
   * Judges the fact (`judgeFact`) against the newest that passed under its key with another message, leaving out what came
   * with items that are dead or discarded by now, and remembers the verdict: a redelivery hears it again, unless a copy
   * has passed in its place while its item was dead.
   */
  admit(fact: GateFact): Promise<GateVerdict>;
}

/**
 * An escalation: who is told, when, until somebody acknowledges.
 *   open -> acknowledged | cancelled | exhausted;   exhausted -> acknowledged | cancelled
 */
export type EscalationState = 'open' | 'acknowledged' | 'cancelled' | 'exhausted';

export interface LadderStep {
  /** Milliseconds after the start. */
  readonly afterMs: Millis;
  readonly to: string;
  readonly channel: string;
  readonly text: string;
}

/** A ladder as it was written: times of `clock`, repeats not written out. */
export interface LadderPlan {
  readonly clock: WorkingClock | null;
  readonly steps: readonly (LadderStep & { readonly repeatMs: Millis | null })[];
}

export interface Escalation {
  readonly id: string;
  /** Unique: message + name + discriminator; a redelivery finds the same escalation. */
  readonly key: string;
  readonly messageId: string;
  readonly workId: string;
  readonly definition: string;
  /** Source that gets the child items: `<definition>/<node's escalation name>`. */
  readonly subscription: string;
  readonly name: string;
  readonly ladder: string;
  readonly ladderVersion: string;
  readonly steps: readonly LadderStep[];
  /** What follows the last step: it repeats at its own interval, or the escalation becomes `exhausted`. */
  readonly exhausted: 'keep-last' | 'fallback';
  readonly startedAt: Millis;
  /** Index into `steps`; grows beyond their number while the last one repeats. */
  readonly nextStep: number;
  /** `null` when no step is left or it is not open. */
  readonly nextAt: Millis | null;
  readonly state: EscalationState;
  /** One PHI-free line for lists. */
  readonly title: string;
  readonly lane: string;
  /** The FHIR Task (or other resource) whose status change acknowledges it; polled. */
  readonly watch: { readonly endpoint: string; readonly reference: string } | null;
  /** Given back to the flow with each child item: the canonical event and what the analyst chose to carry. */
  readonly carry: unknown;
  readonly correlationId: string;
  readonly traceparent: string;
  readonly endedAt: Millis | null;
  /** Who ended it and how: `user:ana` through `console`, `ehr` through `fhir-task`, `flow:…`. */
  readonly endedBy: { readonly actor: string; readonly via: string; readonly reason?: string } | null;
  /**
   * Messages after its own of which people were told (or were going to be) about it, oldest first: the last two. What it
   * carries is not the last that people heard. Absent: none.
   */
  readonly restatedBy?: readonly string[];
  /** What it is about, where several messages may be about that: a hash, and which of the fact's escalations it is, from 0. */
  readonly fact?: { readonly id: string; readonly nth: number };
  /** `WorkflowTask.patient`. */
  readonly patient?: string;
  /** Our workflow task that it tells people about: whoever takes that over has answered. Absent: none. */
  readonly task?: string;
  /** What its steps were worked out from, for one that begins again at another hour. Absent: they are real time. */
  readonly plan?: LadderPlan;
  /** It began again: of which one, and the version of the task with which nobody had it any more. */
  readonly again?: { readonly of: string; readonly since: number };
}

export interface EscalationQuery {
  readonly states?: readonly EscalationState[];
  readonly messageId?: string;
  /** Source that gets its child items. */
  readonly subscription?: string;
  /** `Escalation.fact.id` */
  readonly fact?: string;
  /** `Escalation.task` */
  readonly task?: string;
  /** Of one of these; an empty list: none. */
  readonly definitions?: readonly string[];
  readonly before?: Millis;
  /** 1 to 1000, default 100. */
  readonly limit?: number;
}

export interface Escalations {
  /** Durable before it resolves; an existing key is returned as it is. */
  start(escalation: Escalation): Promise<{ readonly kind: 'started' | 'exists'; readonly escalation: Escalation }>;
  /** Those whose next step is due, soonest first. */
  due(now: Millis, limit: number): Promise<readonly Escalation[]>;
  nextDue(): Promise<Millis | null>;
  /** The step's child item and the move to the next step in one commit; nothing happens if the step is not `step` any more. */
  fire(
    id: string,
    step: number,
    child: NewWork,
    next: { readonly at: Millis } | 'exhausted',
    audit: AuditEntry,
  ): Promise<boolean>;
  /** Ends it, with the child item that tells the flow, in one commit. `false`: it had ended before. */
  end(
    id: string,
    state: 'acknowledged' | 'cancelled',
    by: { readonly actor: string; readonly via: string; readonly reason?: string },
    at: Millis,
    child: NewWork | null,
    audit: AuditEntry,
  ): Promise<boolean>;
  /** People are told of it for another message; durable before it resolves. `false`: unknown, or its own message. */
  restate(id: string, messageId: string): Promise<boolean>;
  get(id: string): Promise<Escalation | undefined>;
  byKey(key: string): Promise<Escalation | undefined>;
  list(query: EscalationQuery): Promise<readonly Escalation[]>;
  /** Tasks for which an escalation is open or exhausted, by id, those behind `after`; none: there are no more. */
  tasksWaitedFor(after: string, limit: number): Promise<readonly string[]>;
}

/** Files of a definition version, kept as long as work pinned to it may run. */
export interface DefinitionVersions {
  /** Known already: it is the latest of its name again. */
  put(name: string, version: string, files: Readonly<Record<string, string>>, at: Millis): Promise<void>;
  get(
    version: string,
  ): Promise<{ readonly name: string; readonly files: Readonly<Record<string, string>> } | undefined>;
  /** The version of this name that was put last. */
  latest(name: string): Promise<string | undefined>;
}
