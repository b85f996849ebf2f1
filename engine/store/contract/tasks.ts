/**
 * Workflow tasks: what a person has to do, by when, and everything that was done about it. The states and steps are those of
 * engine/tasks/task-states.ts; the store keeps what it is told and guards the version: who changes a task says which
 * version they saw, and loses against whoever was faster.
 */
import type { Millis } from '../../base/clock.ts';
import { TASK_STATES, type TaskState, type TaskStep } from '../../tasks/task-states.ts';
import type { AuditEntry } from './audit.ts';
import type { NewWork } from './work.ts';

export { TASK_STATES, type TaskState, type TaskStep };

/** FHIR request-priority. */
export const TASK_PRIORITIES = ['stat', 'asap', 'urgent', 'routine'] as const;
export type TaskPriority = (typeof TASK_PRIORITIES)[number];

/** Who should do it. A role, in a unit where the role has several; a person once somebody has it. At least one is set. */
export interface Assignment {
  readonly role: string | null;
  readonly unit: string | null;
  /** User name. */
  readonly person: string | null;
}

/** One line of a checklist. `after`: parts that come before it. */
export interface TaskPart {
  readonly id: string;
  readonly text: string;
  readonly role: string | null;
  readonly dueAt: Millis | null;
  readonly after: readonly string[];
  readonly state: 'open' | 'done' | 'skipped';
  readonly by: string | null;
  readonly at: Millis | null;
  /** Why it was skipped. */
  readonly reason: string | null;
  /** What is owed where the task is cancelled after this was done; `null`: nothing. */
  readonly compensate: string | null;
}

/** One line of the `dueByRole` of an intent. */
export interface DueRule {
  readonly role: string;
  /** `null`: any. */
  readonly priority: TaskPriority | null;
  readonly dueMs: Millis;
}

/** What the EHR's copy says; shown beside our own state and never mixed with it. */
export interface EhrCopy {
  readonly endpoint: string;
  /** `Task/12`; `null`: not written yet. */
  readonly reference: string | null;
  /** `Task.status` as last read; `null`: not read yet. */
  readonly status: string | null;
  /** `meta.versionId` that we saw last. */
  readonly versionId: string | null;
  readonly syncedAt: Millis | null;
  /** Our version that the EHR has; smaller than `version`: a write is owed. */
  readonly syncedVersion: number;
  /** Of a try since that came to nothing, so that others have their turn before it is tried again. */
  readonly triedAt?: Millis;
  /** Catalogue code of what keeps it from being in step; `null`: nothing. */
  readonly trouble: string | null;
}

/** What is known of the copy of a task. */
export interface KnownCopy extends Pick<EhrCopy, 'endpoint' | 'reference' | 'status' | 'versionId' | 'trouble'> {
  readonly id: string;
  readonly priority: TaskPriority;
  /** It is owed a write. */
  readonly owed: boolean;
}

/** A FHIR Reference without its display: `Patient/12`, or a business identifier of the resource. */
export interface EhrReference {
  readonly reference?: string;
  readonly identifier?: { readonly system: string; readonly value: string };
}

/** What the EHR's copy says of others, fixed when the task was made. Clinical: never in lists, logs or audit records. */
export interface EhrCopyPlan {
  /** Elements of Task that may be sent: the definition's `sends`. Status, intent and identifier always are. */
  readonly elements: readonly string[];
  readonly for: EhrReference | null;
  readonly focus: EhrReference | null;
  readonly encounter: EhrReference | null;
  /** The rule that decided, for `Task.input`. */
  readonly rules: readonly {
    readonly table: string;
    readonly version: string;
    /** Ids of the rows that decided; `otherwise` where none did. */
    readonly rows?: readonly string[];
  }[];
  readonly event: string | null;
  /** Said after the title in `Task.description`; absent: nothing. */
  readonly says?: string;
}

export interface TaskReason {
  readonly code: string;
  readonly text: string | null;
}

export interface WorkflowTask {
  readonly id: string;
  /** From 1; every change makes the next. */
  readonly version: number;
  /** Unique: message + name + discriminator; a redelivery finds the same task. */
  readonly key: string;
  readonly messageId: string;
  readonly workId: string;
  readonly definition: string;
  readonly definitionVersion: string;
  /** Of the node, unique in its definition; child items go to the source `<definition>/<name>`. */
  readonly name: string;
  /** What kind of task, as reports group by: `review-result`. */
  readonly code: string;
  /** One PHI-free line for lists. */
  readonly title: string;
  readonly priority: TaskPriority;
  readonly state: TaskState;
  /** Where a task on hold was before. */
  readonly heldFrom: TaskState | null;
  readonly assigned: Assignment;
  /** Of the intent, when it was made: what lists and reports are divided by. */
  readonly serviceLine: string | null;
  readonly createdAt: Millis;
  readonly stateSince: Millis;
  /** Clinical due time. */
  readonly dueAt: Millis | null;
  /** The rule that made it; absent: its flow said so, or it has none. */
  readonly dueRule?: DueRule;
  /** Of its definition when it was made, where the flow left its time to them: what holds when it is handed to another role. */
  readonly dueRules?: readonly DueRule[];
  readonly acknowledgedAt: Millis | null;
  readonly endedAt: Millis | null;
  /** Of the last step that needed one. */
  readonly reason: TaskReason | null;
  /** From 1; a retry after a failure is the next. */
  readonly attempt: number;
  readonly parts: readonly TaskPart[];
  /** Decision that made it (`DecisionRecord.id`), for the "why" panel. */
  readonly decisions: readonly string[];
  /** Out of which it was made; those that watch it are found by `EscalationQuery.task`. */
  readonly escalationId: string | null;
  /** Hash of what several messages may be about (a visit, a referral), by which a later one finds it; absent: its message alone. */
  readonly about?: string;
  /** Key of the patient as the message stated it (`statedsubject`); who that is by now, `Identities.person` says. Absent: not known. */
  readonly patient?: string;
  /** Task that it follows (a completed one that was opened again) or belongs to. */
  readonly partOf: string | null;
  /** Masked as in lists of messages; `null`: not about a patient. */
  readonly patientHint: string | null;
  readonly ehr: EhrCopy | null;
  readonly copy?: EhrCopyPlan;
  /** Given back to the flow with each child item. */
  readonly carry: unknown;
  readonly correlationId: string;
  readonly traceparent: string;
}

export type TaskEventKind =
  | { readonly kind: 'created' }
  | { readonly kind: 'step'; readonly step: TaskStep; readonly from: TaskState; readonly to: TaskState }
  | {
      readonly kind: 'assigned';
      readonly from: Assignment;
      readonly to: Assignment;
      /** Another role has another time. */
      readonly due?: { readonly from: Millis | null; readonly to: Millis };
    }
  | { readonly kind: 'part'; readonly part: string; readonly to: TaskPart['state'] }
  | { readonly kind: 'commented'; readonly text: string }
  /** A person decided otherwise than the rule: what the rule said, what they chose. */
  | { readonly kind: 'overridden'; readonly what: string; readonly instead: string }
  | { readonly kind: 'due-changed'; readonly from: Millis | null; readonly to: Millis | null }
  | { readonly kind: 'ehr'; readonly status: string | null; readonly trouble: string | null };

/** Nothing of a task is ever deleted or changed unseen: this is its timeline, oldest first. */
export type TaskEvent = TaskEventKind & {
  readonly at: Millis;
  /** `user:ana`, `flow:critical-lab-result`, `ehr`, `system`. */
  readonly actor: string;
  readonly via: 'console' | 'cli' | 'flow' | 'fhir-task' | 'system';
  readonly reason: TaskReason | null;
};

export interface TaskQuery {
  readonly states?: readonly TaskState[];
  /** Assigned to this person, or to one of these roles (in one of these units, where the task names one) and to nobody yet. */
  readonly mine?: {
    readonly person: string;
    readonly roles: readonly { readonly role: string; readonly units: readonly string[] | 'all' }[];
  };
  /** Of one of these units, or for one of these roles where that is in all units or the task names none. */
  readonly area?: {
    readonly units: readonly string[];
    readonly roles: readonly { readonly role: string; readonly everywhere: boolean }[];
  };
  readonly role?: string;
  readonly unit?: string;
  readonly person?: string;
  readonly messageId?: string;
  readonly code?: string;
  /** `WorkflowTask.about`. */
  readonly about?: string;
  /** `WorkflowTask.patient` is one of these. */
  readonly patients?: readonly string[];
  readonly overdueAt?: Millis;
  /** Of one of these; an empty list: none. */
  readonly definitions?: readonly string[];
  /** `due`: clinical due time first, those without one last; then priority, then age. */
  readonly order?: 'due' | 'newest-first';
  /** Opaque, from the page before. */
  readonly after?: string;
  /** 1 to 1000, default 100. */
  readonly limit?: number;
}

/** One word of a search. A task meets it by any of these. */
export interface TaskWord {
  /** In lower case, without spaces: a part of its title, kind, definition, role, unit, person, service line or patient hint. */
  readonly text: string;
  /** Messages that the word names: a control id is not the task's own. */
  readonly messages: readonly string[];
  /** For whom a task waits that is open and with nobody: by the roster, this is a person whose name has the word in it. */
  readonly on: readonly {
    readonly role: string;
    /** `null`: in all units. */
    readonly unit: string | null;
    /** Of all units, those where somebody else is on. */
    readonly but: readonly string[];
  }[];
}

export type TaskCounts = Readonly<Record<TaskState, number>> & { readonly overdue: number };

export interface TaskChange {
  /** Version that was looked at. */
  readonly seen: number;
  /** The whole task afterwards; its `version` is `seen` + 1. Its `ehr` counts with an event of kind `ehr` alone: else the kept one stays. */
  readonly next: WorkflowTask;
  /** What was known of its copy, for an event of kind `ehr`: something else by now is `stale` as another version is. Absent: whatever it is. */
  readonly seenEhr?: EhrCopy;
  readonly event: TaskEvent;
  /** Told to the flow in the same commit; a child with a key that is there already is left as it is. */
  readonly child: NewWork | null;
  readonly audit: AuditEntry;
}

export interface WorkflowTasks {
  /** Durable before it resolves; an existing key is returned as it is. */
  create(
    task: WorkflowTask,
    event: TaskEvent,
    audit: AuditEntry,
  ): Promise<{ readonly kind: 'created' | 'exists'; readonly task: WorkflowTask }>;
  /** Task, event, child item and audit record in one commit. `stale`: somebody was faster; the task as it is now. */
  change(
    id: string,
    change: TaskChange,
  ): Promise<
    | { readonly kind: 'changed'; readonly task: WorkflowTask }
    | { readonly kind: 'stale'; readonly task: WorkflowTask }
    | { readonly kind: 'unknown' }
  >;
  /**
   * What was read or written of its copy: no change of the task, so neither version nor event. `seen`: what was known before it was asked for;
   * `stale`: somebody has noted something else since, which stands. `unknown`: so is the task, or it has no copy.
   */
  noteCopy(
    id: string,
    seen: EhrCopy,
    ehr: EhrCopy,
  ): Promise<
    | { readonly kind: 'noted'; readonly task: WorkflowTask }
    | { readonly kind: 'stale'; readonly task: WorkflowTask }
    | { readonly kind: 'unknown' }
  >;
  get(id: string): Promise<WorkflowTask | undefined>;
  byKey(key: string): Promise<WorkflowTask | undefined>;
  events(id: string): Promise<readonly TaskEvent[]>;
  list(query: TaskQuery): Promise<{ readonly tasks: readonly WorkflowTask[]; readonly next: string | null }>;
  /**
   * As `list`, those that meet each of the words. At most 5,000 are looked at, from `after` on; `next` goes on behind the last that was,
   * so that a page may be short, or empty, and not be the last.
   */
  search(
    query: TaskQuery,
    words: readonly TaskWord[],
  ): Promise<{ readonly tasks: readonly WorkflowTask[]; readonly next: string | null; readonly looked: number }>;
  counts(query: Omit<TaskQuery, 'states' | 'order' | 'after' | 'limit'>, now: Millis): Promise<TaskCounts>;
  /** Whose EHR copy is behind or has not been read since `before`, longest ago first. */
  outOfStep(before: Millis, limit: number): Promise<readonly WorkflowTask[]>;
  /**
   * What is known of all copies that have to be looked at: of what is open, differs, or is owed a write. In no order that means anything.
   * `after`: opaque, from the page before; `limit`: 1 to 1000.
   */
  copies(query: {
    readonly after?: string;
    readonly limit: number;
  }): Promise<{ readonly copies: readonly KnownCopy[]; readonly next: string | null }>;
}
