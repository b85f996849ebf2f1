import type { WorkflowTask } from '../../engine/index.ts';

/** `msg.task`: a task as flows see it. Times are ISO 8601. */
export interface TaskView {
  readonly id: string;
  readonly name: string;
  readonly code: string;
  readonly title: string;
  readonly state: WorkflowTask['state'];
  readonly version: number;
  readonly priority: WorkflowTask['priority'];
  readonly role: string | null;
  readonly unit: string | null;
  readonly person: string | null;
  readonly createdAt: string;
  readonly dueAt: string | null;
  readonly acknowledgedAt: string | null;
  readonly endedAt: string | null;
  readonly reason: { readonly code: string; readonly text: string | null } | null;
  readonly parts: readonly { readonly id: string; readonly state: 'open' | 'done' | 'skipped' }[];
  /** `Task/12`, where it has a copy on a FHIR server. */
  readonly reference: string | null;
}

export function taskView(task: WorkflowTask): TaskView {
  const { id, name, code, title, state, version, priority, assigned, reason, parts, ehr } = task;
  return {
    id,
    name,
    code,
    title,
    state,
    version,
    priority,
    ...assigned,
    createdAt: new Date(task.createdAt).toISOString(),
    dueAt: iso(task.dueAt),
    acknowledgedAt: iso(task.acknowledgedAt),
    endedAt: iso(task.endedAt),
    reason,
    parts: parts.map((part) => ({ id: part.id, state: part.state })),
    reference: ehr?.reference ?? null,
  };
}

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
