/**
 * Routes of the runtime's API for what people do: tasks, alerts, reports of problems, fallbacks, the shift report. Lists and
 * actions are narrowed to the caller's part by definition. Whoever acts is named in `Wardflow-Actor`; `via` is `cli` for actors
 * `cli:…`, else `console`. Every POST that changes something takes `seen` (409 `task-stale` and the like, with the thing as it is now).
 */
import type {
  AlertDismissal,
  AlertRecord,
  AlertState,
  Assignment,
  DecisionRecord,
  Fallback,
  HeldForReview,
  HeldBackAlert,
  MessageSummary,
  ProblemReport,
  ProblemState,
  ReviewDecision,
  ReviewOutcome,
  TaskCounts,
  TaskEvent,
  TaskPart,
  TaskReason,
  TaskStep,
  WorkflowTask,
} from '../../engine/index.ts';
import type { EscalationView } from './contract.ts';

/** A task as lists and pages see it: without what it carries for the flow, and without what its copy says of the patient. */
export type TaskView = Omit<WorkflowTask, 'carry' | 'copy' | 'dueRules'> & {
  readonly message: Pick<MessageSummary, 'controlId' | 'type' | 'patientHint'>;
  /** Who is on for it now, by user name: the person, else whom the roster gives. */
  readonly on: readonly string[];
};

/**
 * GET /tasks?view=mine|unit|all&unit=&state=a,b&role=&person=&code=&definition=&message=&overdue=1&order=due|newest-first&after=&limit=
 * POST /tasks/search?(the same) { words }: those in which, or in what their row shows, each word stands. Words name people: they are in no address.
 * `mine`: assigned to the caller, or waiting for a role that the roster gives them now. `unit`: of all units that the roster gives them.
 */
export interface TaskList {
  readonly asOf: number;
  readonly tasks: readonly TaskView[];
  /** Of the view, whatever the states asked for. */
  readonly counts: TaskCounts;
  readonly next: string | null;
  /** What the roster gives the caller now; empty: they are on for nothing. */
  readonly covers: readonly { readonly role: string; readonly unit: string | null }[];
  /** Whether a roster is there at all. */
  readonly roster: boolean;
  /** Of a search: how many it looked at. With a `next` there may be more behind them, however few were found. */
  readonly looked?: number;
}

/** POST /tasks/search */
export interface TaskSearch {
  /** At most 128 characters and a dozen words. */
  readonly words: string;
}

/** The patient of a task or an alert as of now: merges since are followed, nothing was rewritten. */
export interface PatientNow {
  /** Another number is used for the patient now. `hint`: of it, masked as in lists; `null`: no message of the part says it. */
  readonly merged: {
    readonly at: number;
    readonly by: 'message' | 'person';
    readonly messageId: string;
    readonly hint: string | null;
  } | null;
  /** Other open ones of the patient under any number, of the part; by when they are due. */
  readonly tasks: readonly Pick<WorkflowTask, 'id' | 'title' | 'state' | 'priority' | 'dueAt' | 'assigned'>[];
  /** There are more than these. */
  readonly more: boolean;
}

/** GET /tasks/:id; the id, here and below, may be what an open task's copy in the EHR is called (`Task/12`, its slash as `%2F`). */
export interface TaskDetail {
  readonly asOf: number;
  readonly task: TaskView;
  readonly events: readonly TaskEvent[];
  /** Decisions that made it, with the row's own words where the pinned version has them. */
  readonly decisions: readonly (DecisionRecord & {
    readonly rows: readonly {
      readonly id: string;
      readonly note: string | null;
      readonly reason: string | null;
      readonly reference: string | null;
      readonly owner: string | null;
    }[];
  })[];
  readonly escalation: EscalationView | null;
  /** Possible now, by its state. */
  readonly steps: readonly { readonly step: TaskStep; readonly needsReason: boolean }[];
  readonly definition: { readonly name: string; readonly title: string; readonly version: string };
  readonly problems: readonly ProblemReport[];
  /** `null`: not known whose it is. */
  readonly patient: PatientNow | null;
}

/** POST /tasks/:id/step -> TaskView */
export interface TaskStepRequest {
  readonly seen: number;
  readonly step: TaskStep;
  readonly reason?: TaskReason;
}
/** POST /tasks/:id/claim { seen } -> TaskView: to the caller, accepted or begun. One key. */
/** POST /tasks/:id/assign -> TaskView */
export interface TaskAssignRequest {
  readonly seen: number;
  readonly to: Assignment;
  readonly reason: TaskReason;
}
/** POST /tasks/:id/part -> TaskView */
export interface TaskPartRequest {
  readonly seen: number;
  readonly part: string;
  readonly to: TaskPart['state'];
  readonly reason?: TaskReason;
}
/** POST /tasks/:id/comment { text } -> TaskView */
/** POST /tasks/:id/override -> TaskView: what the rule said, what is done instead. */
export interface TaskOverrideRequest {
  readonly seen: number;
  readonly what: string;
  readonly instead: string;
  readonly reason: TaskReason;
}
/** POST /tasks/:id/ehr -> TaskView: which side of a difference holds. The copy follows with the next round. */
export interface TaskEhrRequest {
  readonly seen: number;
  readonly side: 'ours' | 'theirs';
  readonly reason: string;
}

/** GET /roster: who is on for what at `at` (default now). 404 where there is none. */
export interface RosterView {
  readonly asOf: number;
  readonly at: number;
  readonly entries: readonly {
    readonly role: string;
    readonly unit: string | null;
    readonly person: string;
    readonly from: number | null;
    readonly to: number | null;
    readonly now: boolean;
  }[];
  readonly changesAt: number | null;
}

/** GET /alerts?state=&policy=&definition=&message=&since=&before=&limit= ; GET /alerts/held-back?… */
export interface AlertList {
  readonly asOf: number;
  readonly alerts: readonly AlertView[];
  readonly counts: Readonly<Record<AlertState, number>>;
  readonly next: number | null;
  /** Open ones that no task on the caller's own worklist stands for: what is left for them to look at here. */
  readonly waiting: number;
}
export type AlertView = AlertRecord & { readonly message: Pick<MessageSummary, 'controlId' | 'type' | 'patientHint'> };
export interface HeldBackList {
  readonly asOf: number;
  readonly heldBack: readonly HeldBackAlert[];
}
/** GET /alerts/:id */
export interface AlertDetail {
  readonly asOf: number;
  readonly alert: AlertView;
  /** What it made people look at, oldest first. */
  readonly tasks: readonly Pick<WorkflowTask, 'id' | 'title' | 'state'>[];
  /** Of its group since it started: what was joined, suppressed or cooling down. */
  readonly heldBack: readonly HeldBackAlert[];
  readonly definition: { readonly name: string; readonly title: string };
  /** Its tasks are those that it did not make. `null`: not known whose it is. */
  readonly patient: PatientNow | null;
}
/**
 * POST /alerts/:id/open {} (first look counts, audited once), /acknowledge { seen }, /act { seen, what } (first action),
 * /close { seen, dismissal? } -> AlertView
 */
export interface AlertCloseRequest {
  readonly seen: number;
  /** Left out: it was right, and is dealt with. `other` needs a text. */
  readonly dismissal?: Pick<AlertDismissal, 'reason'> & Partial<Pick<AlertDismissal, 'text'>>;
}

/** GET /problems?state=&kind=&message=&definition=&mine=1&since=&before=&limit=; `counts` of the part; GET /problems/:id -> ProblemReport with its message */
export interface ProblemList {
  readonly asOf: number;
  readonly problems: readonly (ProblemReport & {
    readonly message: Pick<MessageSummary, 'controlId' | 'type' | 'patientHint'>;
  })[];
  readonly counts: Readonly<Record<ProblemState, number>>;
  readonly next: number | null;
}
/** POST /problems -> 201, ProblemReport. The definition and its version are those of the task or alert, else of the message's work. */
export interface ProblemRequest {
  readonly kind: ProblemReport['kind'];
  readonly text: string;
  readonly messageId?: string;
  readonly taskId?: string;
  readonly alertId?: string;
}
/** POST /problems/:id -> ProblemReport */
export interface ProblemChange {
  readonly seen: number;
  readonly state?: ProblemState;
  readonly assignee?: string | null;
  readonly answer?: string;
  readonly proposal?: string | null;
}

/** GET /shift-report?from=&to=&zone=&serviceLine= -> ShiftReport (engine/reports/shift-report.ts) */

/**
 * GET /fallbacks -> FallbackList; POST /fallbacks/:definition/enter { seen, reason }, /leave { seen, reason };
 * GET /held?definition=&after=&limit= -> HeldList; POST /held/decide HeldDecisionRequest -> HeldDecisions
 */
export type { Fallback, HeldForReview, ReviewDecision, ReviewOutcome } from '../../engine/index.ts';

export interface FallbackList {
  readonly asOf: number;
  readonly inForce: readonly Fallback[];
  /** Of definitions whose intent declares one. */
  readonly declared: readonly {
    readonly definition: string;
    readonly title: string;
    readonly mode: Fallback['mode'];
    readonly when: readonly string[];
    readonly queue: string;
    readonly text: string;
    readonly held: number;
  }[];
}

export type HeldView = HeldForReview & {
  readonly message: Pick<MessageSummary, 'controlId' | 'type' | 'patientHint'>;
};
export interface HeldList {
  readonly asOf: number;
  /** Oldest first. */
  readonly items: readonly HeldView[];
  readonly next: string | null;
}

/** At most 200. Without `newerKnown` what newer messages of the same key have overtaken is left (`newer-done`). */
export interface HeldDecisionRequest {
  readonly work: readonly string[];
  readonly decision: ReviewDecision;
  readonly reason: string;
  readonly newerKnown?: boolean;
}

export interface HeldDecisions {
  readonly outcomes: readonly { readonly workId: string; readonly outcome: ReviewOutcome }[];
}
