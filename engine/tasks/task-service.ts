/**
 * What flows and people do to workflow tasks. Every change says which version was seen; who was slower hears `task-stale` with
 * the task as it is. A flow is told of each new state by a child item at its own source.
 */
import type { Millis } from '../base/clock.ts';
import type {
  Assignment,
  ClaimedWork,
  EhrCopy,
  Lane,
  TaskEvent,
  TaskPart,
  TaskPriority,
  TaskReason,
  TaskState,
  TaskStep,
  WorkflowTask,
} from '../store/contract/index.ts';

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
  readonly dueAt: Millis | null;
  readonly parts: readonly Pick<TaskPart, 'id' | 'text' | 'role' | 'dueAt' | 'after' | 'compensate'>[];
  readonly decisions: readonly string[];
  readonly escalationId: string | null;
  readonly patientHint: string | null;
  /** Endpoint on which its copy is to be; `null`: none. */
  readonly endpoint: string | null;
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
  /** @throws `task-nobody`, `task-step-impossible`, `task-reason-missing` */
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
  /** What the EHR's copy says, as was read or written just now. */
  noteEhr(id: string, seen: number, ehr: EhrCopy): Promise<WorkflowTask>;
  keyOf(messageId: string, definition: string, name: string, discriminator: string): string;
}

export const laneOfPriority = (priority: TaskPriority): Lane =>
  priority === 'stat' ? 'stat' : priority === 'routine' ? 'routine' : 'urgent';
