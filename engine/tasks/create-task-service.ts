import { hash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import type { Clock } from '../base/clock.ts';
import { WardflowError } from '../base/errors.ts';
import type { Ids } from '../base/ids.ts';
import type { LiveFeed } from '../engine.ts';
import type {
  Assignment,
  AuditEntry,
  EhrCopy,
  NewWork,
  TaskEventKind,
  TaskPart,
  TaskReason,
  TaskStep,
  WorkflowTask,
  WorkflowTasks,
} from '../store/contract/index.ts';
import { dueRuleFor } from './due-by-role.ts';
import { taskErrors } from './errors.ts';
import {
  laneOfPriority,
  REVIEW_TASK,
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
  /** It was made or changed in any way. */
  readonly onChange?: (task: WorkflowTask) => void;
  /** It has another state; what waits for it goes on. */
  readonly onState?: (task: WorkflowTask) => Promise<void>;
  /** Copies of tasks that the definition makes now are held back: it only recommends. Default: never. */
  readonly holdsCopies?: (definition: string, at: number) => boolean;
  /** A child item was made. */
  readonly onWork: () => void;
  /**
   * A step of a task that asks about a held message: what decides is decided there, in one commit with the task. `null`: the step
   * decides nothing.
   */
  readonly review?: (
    task: WorkflowTask,
    step: TaskStep,
    by: TaskActor,
    reason: TaskReason | undefined,
  ) => Promise<WorkflowTask | null>;
}

/** Titles and reasons are lines in lists. */
const LONGEST_LINE = 500;
const LONGEST_COMMENT = 4_000;
/** Times that a comment is tried beside changes of others. */
const MOST_TRIES = 10;
const EHR: TaskActor = { actor: 'ehr', via: 'fhir-task' };

/** What a change makes of a task, and what is said about it. */
interface Made {
  readonly next: WorkflowTask;
  readonly event: TaskEventKind;
  readonly type:
    | 'task.changed'
    | 'task.assigned'
    | 'task.part-set'
    | 'task.commented'
    | 'task.overridden'
    | 'task.compared'
    | 'task.followed';
  readonly details: AuditEntry['details'];
  /** What was known of the copy, where that is what changes. */
  readonly seenEhr?: EhrCopy | null;
}

export function createTaskService(options: TaskServiceOptions): TaskService {
  const { tasks, clock, ids, live } = options;

  const told = (task: WorkflowTask): void => {
    live.publish({ kind: 'task', id: task.id });
    live.publish({ kind: 'message', id: task.messageId });
  };

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
    const { next, event, type, details, seenEhr } = make(found);
    const after: WorkflowTask = {
      ...next,
      version: seen + 1,
      ...(next.state === found.state ? {} : statesOf(next, at)),
      // What settles a difference is no reason of the state that the task has.
      ...(reason && event.kind !== 'ehr' && { reason }),
    };
    const child = after.state === found.state || after.name === REVIEW_TASK ? null : childOf(after, ids.next(), at);
    const outcome = await tasks.change(id, {
      seen,
      ...(seenEhr && { seenEhr }),
      next: after,
      event: { ...event, at, actor, via, reason: reason ?? null },
      child,
      audit: {
        ...about(after, at),
        type,
        actor,
        details: { task: id, ...details },
        // What people write at a task may be about a patient: its event keeps that, the audit trail does not.
        ...(reason && { reason: reason.code }),
      },
    });
    if (outcome.kind === 'unknown') throw taskErrors.create('task-unknown');
    if (outcome.kind === 'stale') throw taskErrors.create('task-stale', { state: outcome.task.state });
    if (child) options.onWork();
    told(outcome.task);
    options.onChange?.(outcome.task);
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
        assigned: step === 'reject' ? withoutPerson(assigned) : assigned,
        state: to,
        heldFrom: step === 'hold' ? from : null,
        attempt: step === 'retry' ? task.attempt + 1 : task.attempt,
      },
      event: { kind: 'step', step, from, to },
      type: 'task.changed',
      details: { title: task.title, before: from, after: to },
    };
  };

  async function reviewed(
    id: string,
    seen: number,
    step: TaskStep,
    by: TaskActor,
    reason: TaskReason | undefined,
  ): Promise<WorkflowTask | null> {
    if (!options.review) return null;
    const found = await tasks.get(id);
    if (found?.name !== REVIEW_TASK) return null;
    if (found.version !== seen) throw taskErrors.create('task-stale', { state: found.state });
    return options.review(found, step, by, reason);
  }

  return {
    async create(request) {
      const { definition } = request.work;
      const made = newTask(request, ids.next(), clock.now());
      // Kept with the task: once it is held back a person decides, however soon the fallback ends.
      const held = made.ehr !== null && options.holdsCopies?.(definition, made.createdAt) === true;
      const task: WorkflowTask = held ? { ...made, ehr: { ...made.ehr, trouble: 'ehr-waits' } } : made;
      const at = task.createdAt;
      const actor = `flow:${definition}`;
      const outcome = await tasks.create(
        task,
        { kind: 'created', at, actor, via: 'flow', reason: null },
        { ...about(task, at), type: 'task.opened', actor, details: { task: task.id, title: task.title } },
      );
      if (outcome.kind === 'created') {
        told(outcome.task);
        options.onChange?.(outcome.task);
      }
      return outcome;
    },

    take: async (id, seen, step, by, reason) => {
      const decided = await reviewed(id, seen, step, by, reason);
      if (decided) return decided;
      return change(id, seen, by, reason, (task) => {
        const made = stepped(task, step);
        if (needsReason(step) && !reason) throw taskErrors.create('task-reason-missing', { step });
        const open = task.parts.filter(({ state }) => state === 'open').length;
        if (step === 'complete' && open > 0) throw taskErrors.create('task-parts-open', { open });
        return made;
      });
    },

    claim: (id, seen, person, by) =>
      change(id, seen, by, undefined, (task) =>
        stepped(task, task.state === 'ready' ? 'start' : 'accept', { ...task.assigned, person }),
      ),

    reassign: (id, seen, to, by, reason) =>
      change(id, seen, by, reason, (task) => {
        refuseNobody(to);
        const { assigned: from, dueAt } = task;
        const made = stepped(task, 'reassign', to);
        const other = to.role === from.role ? task : dueOf(task, to);
        const due = other.dueAt === null || other.dueAt === dueAt ? undefined : { from: dueAt, to: other.dueAt };
        return {
          next: other === task ? made.next : { ...made.next, ...other },
          event: { kind: 'assigned', from, to, ...(due && { due }) },
          type: 'task.assigned',
          details: {
            title: task.title,
            before: whoIs(from),
            after: whoIs(to),
            ...(due && { due: new Date(due.to).toISOString() }),
          },
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
          details: { title: task.title },
        };
      }),

    noteEhr: (id, seen, ehr, by = EHR, reason, from) =>
      change(id, seen, by, reason, (task) => ({
        seenEhr: from ?? task.ehr,
        // What was just read or written is of this very version: it does not make the copy stale.
        next: { ...task, ehr: ehr.syncedVersion === seen ? { ...ehr, syncedVersion: seen + 1 } : ehr },
        event: { kind: 'ehr', status: ehr.status, trouble: ehr.trouble },
        type: 'task.compared',
        details: { title: task.title, after: ehr.status },
      })),

    followPatient: (id, seen, now) =>
      change(id, seen, { actor: 'system', via: 'system' }, undefined, (task) => ({
        next: now && task.copy ? { ...task, copy: { ...task.copy, for: now } } : task,
        event: { kind: 'commented', text: now ? FOLLOWED : NOT_FOLLOWED },
        type: 'task.followed',
        details: { title: task.title, after: now ? 'names it' : 'has to be looked at' },
      })),

    keyOf,
    aboutOf,
  };
}

const FOLLOWED =
  "The patient's number has changed (a merge, or one that was taken back): the copy in the EHR names the number that is used now.";
const NOT_FOLLOWED =
  "The patient's number has changed (a merge, or one that was taken back), and the copy in the EHR may name the other record: look at it there.";

function newTask(request: CreateTask, id: string, at: number): WorkflowTask {
  const { work, assigned, endpoint, parts, title, about: subject, copy, ...rest } = request;
  refuseNobody(assigned);
  const { discriminator, definitionVersion, name, code, priority, serviceLine, dueAt, decisions, ...more } = rest;
  const { dueRules, ...links } = more;
  const byRule = dueAt === null && dueRules && dueRules.length > 0 ? { dueRules } : {};
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
    ...dueOf({ dueAt, createdAt: at, priority, ...byRule }, assigned),
    ...byRule,
    acknowledgedAt: null,
    endedAt: null,
    reason: null,
    attempt: 1,
    parts: parts.map((part) => ({ ...part, state: 'open', by: null, at: null, reason: null })),
    decisions,
    partOf: null,
    ...links,
    ...(subject !== undefined && { about: aboutOf(work.definition, subject) }),
    ...(endpoint !== null && copy && { copy }),
    ehr:
      endpoint === null
        ? null
        : { endpoint, reference: null, status: null, versionId: null, syncedAt: null, syncedVersion: 0, trouble: null },
    correlationId: work.correlationId,
    traceparent: work.traceparent,
  };
}

/** By the rule of the role; a role without one leaves it as it is: nobody gets more time by handing on. */
function dueOf(
  {
    dueAt,
    dueRule,
    dueRules = [],
    createdAt,
    priority,
  }: Pick<WorkflowTask, 'dueAt' | 'dueRule' | 'dueRules' | 'createdAt' | 'priority'>,
  { role }: Assignment,
): Pick<WorkflowTask, 'dueAt' | 'dueRule'> {
  const rule = dueRuleFor(dueRules, role, priority);
  if (rule) return { dueAt: createdAt + rule.dueMs, dueRule: rule };
  return { dueAt, ...(dueRule && { dueRule }) };
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

/** Who refuses it does not have it any more: it is in the list of its role again, where there is one. */
const withoutPerson = (assigned: Assignment): Assignment =>
  assigned.role === null && assigned.unit === null ? assigned : { ...assigned, person: null };

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

/** Of the definition, not of one name: whatever it has asked for about a visit is found by that. */
const aboutOf = (definition: string, subject: string): string =>
  hash('sha256', canonicalJson({ about: subject.toWellFormed(), definition }));
