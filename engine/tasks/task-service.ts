/**
 * What flows and people do to workflow tasks. Every change says which version was seen; who was slower hears `task-stale` with
 * the task as it is. A flow is told of each new state by a child item at its own source.
 */
import type { Millis } from '../base/clock.ts';
import type {
  Assignment,
  ClaimedWork,
  DueRule,
  EhrCopy,
  EhrCopyPlan,
  EhrReference,
  Lane,
  TaskEvent,
  TaskPart,
  TaskPriority,
  TaskReason,
  TaskState,
  TaskStep,
  WorkflowTask,
} from '../store/contract/index.ts';

/** `WorkflowTask.name` of tasks that ask about a held message (engine/fallback): no node can have it. */
export const REVIEW_TASK = 'wardflow.review';

export interface CreateTask {
  readonly work: ClaimedWork;
  readonly definitionVersion: string;
  /** Unique in its definition; child items go to the source `<definition>/<name>`. */
  readonly name: string;
  readonly discriminator: string;
  readonly code: string;
  /** One PHI-free line. */
  readonly title: string;
  readonly priority: TaskPriority;
  readonly assigned: Assignment;
  readonly serviceLine: string | null;
  /** `null`: as `dueRules` say, if they do. */
  readonly dueAt: Millis | null;
  /** Of the definition; left out where the flow says when it is due. */
  readonly dueRules?: readonly DueRule[];
  readonly parts: readonly Pick<TaskPart, 'id' | 'text' | 'role' | 'dueAt' | 'after' | 'compensate'>[];
  readonly decisions: readonly string[];
  readonly escalationId: string | null;
  /** Names what several messages may be about, within the definition; kept as a hash alone. */
  readonly about?: string;
  readonly patientHint: string | null;
  /** `WorkflowTask.patient`. */
  readonly patient?: string;
  /** Endpoint on which its copy is to be; `null`: none. */
  readonly endpoint: string | null;
  /** What the copy may say there; absent: as little as makes a Task. */
  readonly copy?: EhrCopyPlan;
  readonly carry: unknown;
}

export interface TaskActor {
  readonly actor: string;
  readonly via: TaskEvent['via'];
}

/** `child.data` of the items that tell a flow. */
export interface TaskChildData {
  readonly kind: 'task';
  readonly taskId: string;
  readonly version: number;
  readonly state: TaskState;
  /** Parts that were done and are owed their compensation, for a cancelled task. */
  readonly compensate: readonly string[];
}

/** All throw `task-unknown`, `task-stale`, and what is said at each. `seen`: version that was looked at. */
export interface TaskService {
  /** `exists`: a redelivery of the message that made it. @throws `task-nobody` */
  create(request: CreateTask): Promise<{ readonly kind: 'created' | 'exists'; readonly task: WorkflowTask }>;
  /** @throws `task-step-impossible`, `task-reason-missing`, `task-parts-open` */
  take(id: string, seen: number, step: TaskStep, by: TaskActor, reason?: TaskReason): Promise<WorkflowTask>;
  /** Takes it over in one step: to the person, and accepted (or begun, where it was ready). @throws `task-step-impossible` */
  claim(id: string, seen: number, person: string, by: TaskActor): Promise<WorkflowTask>;
  /** With the time of the other role, where rules made it. @throws `task-nobody`, `task-step-impossible`, `task-reason-missing` */
  reassign(id: string, seen: number, to: Assignment, by: TaskActor, reason: TaskReason): Promise<WorkflowTask>;
  /** @throws `task-part-unknown`, `task-part-waits`, `task-reason-missing` (to skip one) */
  setPart(
    id: string,
    seen: number,
    part: string,
    to: TaskPart['state'],
    by: TaskActor,
    reason?: TaskReason,
  ): Promise<WorkflowTask>;
  /** Of any version: words contradict nobody. @throws `task-text-too-long` */
  comment(id: string, text: string, by: TaskActor): Promise<WorkflowTask>;
  /** A person decides otherwise than the rule did. @throws `task-reason-missing` */
  override(
    id: string,
    seen: number,
    said: { readonly what: string; readonly instead: string },
    by: TaskActor,
    reason: TaskReason,
  ): Promise<WorkflowTask>;
  /**
   * What the EHR's copy says, where that belongs in the timeline; `by`: who settled a difference, default the EHR. `from`: what was known
   * of the copy when that was worked out; `task-stale` where it is something else by now.
   */
  noteEhr(
    id: string,
    seen: number,
    ehr: EhrCopy,
    by?: TaskActor,
    reason?: TaskReason,
    from?: EhrCopy,
  ): Promise<WorkflowTask>;
  /**
   * The patient's record was merged into another, or is one of its own again: the EHR's copy names `now`, with a line in the
   * timeline. `null`: what it names cannot be told from a number, so that a person has to look.
   */
  followPatient(id: string, seen: number, now: EhrReference | null): Promise<WorkflowTask>;
  keyOf(messageId: string, definition: string, name: string, discriminator: string): string;
  /** `WorkflowTask.about` of what is named so in the definition. */
  aboutOf(definition: string, subject: string): string;
}

export const laneOfPriority = (priority: TaskPriority): Lane =>
  priority === 'stat' ? 'stat' : priority === 'routine' ? 'routine' : 'urgent';
