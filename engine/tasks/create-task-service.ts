import { hash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import type { Clock } from '../base/clock.ts';
import { WardflowError } from '../base/errors.ts';
import type { Ids } from '../base/ids.ts';
import type { LiveFeed } from '../engine.ts';
import type {
  Assignment,
  AuditEntry,
  NewWork,
  TaskEventKind,
  TaskPart,
  TaskReason,
  TaskStep,
  WorkflowTask,
  WorkflowTasks,
} from '../store/contract/index.ts';
import { taskErrors } from './errors.ts';
import {
  laneOfPriority,
  type CreateTask,
  type TaskActor,
  type TaskChildData,
  type TaskService,
} from './task-service.ts';
import { afterTaskStep, hasEnded, isAcknowledged, needsReason, stepsFrom } from './task-states.ts';

export interface TaskServiceOptions {
  readonly tasks: WorkflowTasks;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly live: Pick<LiveFeed, 'publish'>;
  /** It has another state; what waits for it goes on. */
  readonly onState?: (task: WorkflowTask) => Promise<void>;
  /** A child item was made. */
  readonly onWork: () => void;
}

/** Titles and reasons are lines in lists. */
const LONGEST_LINE = 500;
const LONGEST_COMMENT = 4_000;
/** Times that a comment is tried beside changes of others. */
const MOST_TRIES = 10;

/** What a change makes of a task, and what is said about it. */
interface Made {
  readonly next: WorkflowTask;
  readonly event: TaskEventKind;
  readonly type:
    'task.changed' | 'task.assigned' | 'task.part-set' | 'task.commented' | 'task.overridden' | 'task.compared';
  readonly details: AuditEntry['details'];
}

export function createTaskService(options: TaskServiceOptions): TaskService {
  const { tasks, clock, ids, live } = options;

  const told = (task: WorkflowTask): void => live.publish({ kind: 'message', id: task.messageId });

  async function change(
    id: string,
    seen: number,
    { actor, via }: TaskActor,
    reason: TaskReason | undefined,
    make: (task: WorkflowTask) => Made,
  ): Promise<WorkflowTask> {
    const found = await tasks.get(id);
    if (!found) throw taskErrors.create('task-unknown');
    if (found.version !== seen) throw taskErrors.create('task-stale', { state: found.state });
    const at = clock.now();
    const { next, event, type, details } = make(found);
    const after: WorkflowTask = {
      ...next,
      version: seen + 1,
      ...(next.state === found.state ? {} : statesOf(next, at)),
      ...(reason && { reason }),
    };
    const child = after.state === found.state ? null : childOf(after, ids.next(), at);
    const outcome = await tasks.change(id, {
      seen,
      next: after,
      event: { ...event, at, actor, via, reason: reason ?? null },
      child,
      audit: {
        ...about(after, at),
        type,
        actor,
        details: { task: id, ...details },
        ...(reason && { reason: reasonText(reason) }),
      },
    });
    if (outcome.kind === 'unknown') throw taskErrors.create('task-unknown');
    if (outcome.kind === 'stale') throw taskErrors.create('task-stale', { state: outcome.task.state });
    if (child) options.onWork();
    told(outcome.task);
    if (child) await options.onState?.(outcome.task);
    return outcome.task;
  }

  const stepped = (task: WorkflowTask, step: TaskStep, assigned: Assignment = task.assigned): Made => {
    const { state: from, heldFrom } = task;
    const to = afterTaskStep(from, step, heldFrom);
    if (to === null)
      throw taskErrors.create('task-step-impossible', {
        state: from,
        step,
        possible: stepsFrom(from).join(', ') || 'none',
      });
    return {
      next: {
        ...task,
        assigned,
        state: to,
        heldFrom: step === 'hold' ? from : null,
        attempt: step === 'retry' ? task.attempt + 1 : task.attempt,
      },
      event: { kind: 'step', step, from, to },
      type: 'task.changed',
      details: { title: task.title, before: from, after: to },
    };
  };

  return {
    async create(request) {
      const task = newTask(request, ids.next(), clock.now());
      const { definition } = request.work;
      const at = task.createdAt;
      const actor = `flow:${definition}`;
      const outcome = await tasks.create(
        task,
        { kind: 'created', at, actor, via: 'flow', reason: null },
        { ...about(task, at), type: 'task.opened', actor, details: { task: task.id, title: task.title } },
      );
      if (outcome.kind === 'created') told(outcome.task);
      return outcome;
    },

    take: async (id, seen, step, by, reason) =>
      change(id, seen, by, reason, (task) => {
        const made = stepped(task, step);
        if (needsReason(step) && !reason) throw taskErrors.create('task-reason-missing', { step });
        const open = task.parts.filter(({ state }) => state === 'open').length;
        if (step === 'complete' && open > 0) throw taskErrors.create('task-parts-open', { open });
        return made;
      }),

    claim: (id, seen, person, by) =>
      change(id, seen, by, undefined, (task) =>
        stepped(task, task.state === 'ready' ? 'start' : 'accept', { ...task.assigned, person }),
      ),

    reassign: (id, seen, to, by, reason) =>
      change(id, seen, by, reason, (task) => {
        refuseNobody(to);
        const { assigned: from } = task;
        return {
          ...stepped(task, 'reassign', to),
          event: { kind: 'assigned', from, to },
          type: 'task.assigned',
          details: { title: task.title, before: whoIs(from), after: whoIs(to) },
        };
      }),

    setPart: (id, seen, part, to, by, reason) =>
      change(id, seen, by, reason, (task) => {
        const found = task.parts.find((one) => one.id === part);
        if (!found) throw taskErrors.create('task-part-unknown', { part });
        if (to === 'skipped' && !reason) throw taskErrors.create('task-reason-missing', { step: 'skip' });
        if (hasEnded(task.state)) throw impossible(task, 'set a part');
        const before = found.after.filter((one) =>
          task.parts.some(({ id: other, state }) => other === one && state === 'open'),
        );
        if (to !== 'open' && before.length > 0)
          throw taskErrors.create('task-part-waits', { part, before: before.join(', ') });
        const done = { state: to, by: to === 'open' ? null : by.actor, at: to === 'open' ? null : clock.now() };
        const set: TaskPart = { ...found, ...done, reason: reason ? reasonText(reason) : null };
        return {
          next: { ...task, parts: task.parts.map((one) => (one === found ? set : one)) },
          event: { kind: 'part', part, to },
          type: 'task.part-set',
          details: { title: task.title, part, after: to },
        };
      }),

    async comment(id, text, by) {
      if (text.length > LONGEST_COMMENT) throw taskErrors.create('task-text-too-long', { limit: LONGEST_COMMENT });
      for (let tries = 1; ; tries++) {
        const found = await tasks.get(id);
        if (!found) throw taskErrors.create('task-unknown');
        try {
          return await change(id, found.version, by, undefined, (task) => ({
            next: task,
            event: { kind: 'commented', text },
            type: 'task.commented',
            details: { title: task.title },
          }));
        } catch (error) {
          if (tries === MOST_TRIES || !(error instanceof WardflowError && error.code === 'task-stale')) throw error;
        }
      }
    },

    override: (id, seen, said, by, reason) =>
      change(id, seen, by, reason, (task) => {
        if (hasEnded(task.state)) throw impossible(task, 'override');
        const [what, instead] = [line(said.what), line(said.instead)];
        return {
          next: task,
          event: { kind: 'overridden', what, instead },
          type: 'task.overridden',
          details: { title: task.title, before: what, after: instead },
        };
      }),

    noteEhr: (id, seen, ehr) =>
      change(id, seen, { actor: 'ehr', via: 'fhir-task' }, undefined, (task) => ({
        // What was just read or written is of this very version: it does not make the copy stale.
        next: { ...task, ehr: ehr.syncedVersion === seen ? { ...ehr, syncedVersion: seen + 1 } : ehr },
        event: { kind: 'ehr', status: ehr.status, trouble: ehr.trouble },
        type: 'task.compared',
        details: { title: task.title, after: ehr.status },
      })),

    keyOf,
  };
}

function newTask(request: CreateTask, id: string, at: number): WorkflowTask {
  const { work, assigned, endpoint, parts, title, ...rest } = request;
  refuseNobody(assigned);
  const { discriminator, definitionVersion, name, code, priority, serviceLine, dueAt, decisions, ...links } = rest;
  return {
    id,
    version: 1,
    key: keyOf(work.messageId, work.definition, name, discriminator),
    messageId: work.messageId,
    workId: work.id,
    definition: work.definition,
    definitionVersion,
    name,
    code,
    title: line(title),
    priority,
    state: 'requested',
    heldFrom: null,
    assigned,
    serviceLine,
    createdAt: at,
    stateSince: at,
    dueAt,
    acknowledgedAt: null,
    endedAt: null,
    reason: null,
    attempt: 1,
    parts: parts.map((part) => ({ ...part, state: 'open', by: null, at: null, reason: null })),
    decisions,
    partOf: null,
    ...links,
    ehr:
      endpoint === null
        ? null
        : { endpoint, reference: null, status: null, versionId: null, syncedAt: null, syncedVersion: 0, trouble: null },
    correlationId: work.correlationId,
    traceparent: work.traceparent,
  };
}

function statesOf(task: WorkflowTask, at: number): Partial<WorkflowTask> {
  return {
    stateSince: at,
    acknowledgedAt: task.acknowledgedAt ?? (isAcknowledged(task.state) ? at : null),
    endedAt: hasEnded(task.state) ? at : null,
  };
}

/** It takes no ordering key: nothing of the patient's other work holds up that somebody has answered. */
function childOf(task: WorkflowTask, id: string, at: number): NewWork {
  const undone = task.state === 'cancelled' || task.state === 'entered-in-error';
  const data: TaskChildData = {
    kind: 'task',
    taskId: task.id,
    version: task.version,
    state: task.state,
    compensate: undone
      ? task.parts.flatMap(({ state, compensate }) => (state === 'done' && compensate !== null ? [compensate] : []))
      : [],
  };
  return {
    id,
    messageId: task.messageId,
    subscription: `${task.definition}/${task.name}`,
    definition: task.definition,
    lane: laneOfPriority(task.priority),
    orderingKey: null,
    afterDead: 'continue',
    correlationId: task.correlationId,
    traceparent: task.traceparent,
    createdAt: at,
    child: { parentWorkId: task.workId, key: `${task.id}/${task.version}`, kind: 'park', data },
  };
}

const about = (task: WorkflowTask, at: number): Pick<AuditEntry, 'at' | 'messageId' | 'workId' | 'definition'> => ({
  at,
  messageId: task.messageId,
  workId: task.workId,
  definition: task.definition,
});

function refuseNobody({ role, unit, person }: Assignment): void {
  if ([role, unit, person].every((one) => one === null || one.trim() === '')) throw taskErrors.create('task-nobody');
}

const impossible = ({ state }: WorkflowTask, step: string): Error =>
  taskErrors.create('task-step-impossible', { state, step, possible: stepsFrom(state).join(', ') || 'none' });

const whoIs = ({ role, unit, person }: Assignment): string =>
  person ?? [role, unit].filter((one) => one !== null).join(', ');

const line = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, LONGEST_LINE);
const reasonText = ({ code, text }: TaskReason): string => line(text === null ? code : `${code}: ${text}`);

function keyOf(messageId: string, definition: string, name: string, discriminator: string): string {
  const own = discriminator.toWellFormed();
  return hash('sha256', canonicalJson({ task: messageId, definition, name, discriminator: own }));
}
