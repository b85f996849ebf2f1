/**
 * Brings one task and its copy in step: writes the copy where it is behind, reads it where it is not, takes a change of the
 * EHR over by a step of ours, and says what cannot be brought together.
 */
import type { Clock } from '../base/clock.ts';
import { WardflowError } from '../base/errors.ts';
import { failureOf } from '../fhir/classify.ts';
import type { FhirAnswer, FhirEndpoints, FhirResource, FhirResult, WriteOrigin } from '../fhir/endpoint.ts';
import type { LiveFeed } from '../engine.ts';
import type { EhrCopy, Failure, TaskEvent, WorkflowTask, WorkflowTasks } from '../store/contract/index.ts';
import type { EhrTrouble } from './ehr-copy.ts';
import { fhirTaskOf, identifierOfTask, isTheirs, stateOf, statusOf, versionOf, withOurs } from './fhir-task.ts';
import { laneOfPriority, type TaskActor, type TaskService } from './task-service.ts';
import { needsReason, stepBetween } from './task-states.ts';

export interface SyncCopyOptions {
  readonly tasks: Pick<WorkflowTasks, 'get' | 'events' | 'noteCopy'>;
  readonly service: Pick<TaskService, 'take' | 'noteEhr'>;
  readonly endpoints: Pick<FhirEndpoints, 'get'>;
  /** Its copy must not be made yet: the flow only recommends. */
  readonly waits: (task: WorkflowTask) => boolean;
  /** Who decided that what made it goes ahead though it only recommended, so that its copy is made; `null`: nobody. */
  readonly released: (task: WorkflowTask) => Promise<string | null>;
  readonly clock: Clock;
  readonly live: Pick<LiveFeed, 'publish'>;
}

export type SyncOutcome =
  | { readonly kind: 'asked' }
  /** Whatever else is asked of this endpoint now will fare the same. */
  | { readonly kind: 'unreachable'; readonly failure: Failure };

const EHR: TaskActor = { actor: 'ehr', via: 'fhir-task' };
const SAID_BY_EHR = { code: 'said-by-ehr', text: null };
const PROCESSED = { code: 'review-processed', text: null };
const ASKED: SyncOutcome = { kind: 'asked' };
const REFERENCE = /^Task\/([A-Za-z0-9.-]{1,64})$/;

type Copied = WorkflowTask & { readonly ehr: EhrCopy };

/** Rejects only when the store does. */
export function copySyncer(options: SyncCopyOptions): (id: string) => Promise<SyncOutcome> {
  const { tasks, service, endpoints, clock, live } = options;

  async function note(task: Copied, over: Partial<EhrCopy>): Promise<Copied> {
    const { triedAt: _, ...ehr } = { ...task.ehr, ...over };
    const next = { ...ehr, ...(over.triedAt !== undefined && { triedAt: over.triedAt }) };
    const grave = (trouble: string | null): boolean => trouble !== null && !PASSING.has(trouble);
    // What a person has to look at, and that it is over, belongs in the timeline; that a copy was written does not.
    if (next.trouble !== task.ehr.trouble && (grave(next.trouble) || grave(task.ehr.trouble))) {
      await unlessStale(() => service.noteEhr(task.id, task.version, next, undefined, undefined, task.ehr));
      return { ...task, ehr: next };
    }
    // Somebody has said something else about it since: that stands, and the next round compares with it.
    if ((await tasks.noteCopy(task.id, task.ehr, next)).kind !== 'noted') return { ...task, ehr: next };
    const { status, reference, trouble } = task.ehr;
    if (next.status !== status || next.reference !== reference || next.trouble !== trouble)
      live.publish({ kind: 'task', id: task.id });
    return { ...task, ehr: next };
  }

  async function failed(task: Copied, failure: Failure): Promise<SyncOutcome> {
    const trouble = troubleOf(failure);
    const tried = { triedAt: clock.now() };
    if (trouble !== 'ehr-unreachable') {
      await note(task, { ...tried, trouble });
      return ASKED;
    }
    // That it cannot be asked now makes no difference of before less of one.
    await note(task, { ...tried, trouble: PASSING.has(task.ehr.trouble ?? trouble) ? trouble : task.ehr.trouble });
    return { kind: 'unreachable', failure };
  }

  async function create(task: Copied, events: readonly TaskEvent[]): Promise<SyncOutcome> {
    if (options.waits(task)) {
      await note(task, { triedAt: clock.now(), trouble: 'ehr-waits' });
      return ASKED;
    }
    const { trouble } = task.ehr;
    if (trouble === 'ehr-waits' || trouble === 'ehr-held') {
      const by = await options.released(task);
      if (by !== null) return release(task, events, by);
      await note(task, { triedAt: clock.now(), trouble: 'ehr-held' });
      return ASKED;
    }
    const endpoint = endpoints.get(task.ehr.endpoint, laneOfPriority(task.priority), {
      origin: { ...originOf(task), maybeDone: true },
    });
    // An earlier life may have made it and never heard the answer.
    const how = { lookFirst: true };
    const result = await endpoint.createOnce(fhirTaskOf(task, events), identifierOfTask(task.id), how);
    if (!result.ok) return failed(task, result.failure);
    const { resource, status } = result.answer;
    const id = resource?.id;
    if (!resource || id === undefined || !REFERENCE.test(`Task/${id}`)) {
      await note(task, { triedAt: clock.now(), trouble: 'ehr-refused' });
      return ASKED;
    }
    const made = status === 201 && statusOf(resource) === task.state;
    const reference = `Task/${id}`;
    if (made) {
      await note(task, { reference, ...seen(result.answer), syncedVersion: task.version, trouble: null });
      return ASKED;
    }
    return meet(await note(task, { reference }), events, id);
  }

  /** As part of its timeline and the audit trail; by the round, so that it survives an end of the process after the decision. */
  async function release(task: Copied, events: readonly TaskEvent[], by: string): Promise<SyncOutcome> {
    const { triedAt: _, ...ehr } = task.ehr;
    const actor: TaskActor = { actor: by, via: 'system' };
    try {
      const told = await service.noteEhr(task.id, task.version, { ...ehr, trouble: null }, actor, PROCESSED, task.ehr);
      return told.ehr ? await create({ ...told, ehr: told.ehr }, events) : ASKED;
    } catch (error) {
      if (error instanceof WardflowError && error.code === 'task-stale') return ASKED;
      throw error;
    }
  }

  async function meet(task: Copied, events: readonly TaskEvent[], id: string): Promise<SyncOutcome> {
    const owed = task.ehr.syncedVersion < task.version;
    const ours = fhirTaskOf(task, events);
    const change = (current: FhirResource): FhirResource | null =>
      isTheirs(current, task, events) ? null : withOurs(current, ours);
    const result: FhirResult = owed
      ? await endpoints
          .get(task.ehr.endpoint, laneOfPriority(task.priority), { origin: originOf(task) })
          .update('Task', id, change)
      : await endpoints.get(task.ehr.endpoint, 'bulk').read('Task', id);
    if (!result.ok) return failed(task, result.failure);
    const { resource } = result.answer;
    if (resource?.resourceType !== 'Task') return failed(task, NO_TASK);
    if (isTheirs(resource, task, events)) return takeOver(task, result.answer);
    await note(task, {
      ...seen(result.answer),
      syncedVersion: owed ? task.version : task.ehr.syncedVersion,
      trouble: statusOf(resource) === task.state ? null : 'ehr-differs',
    });
    return ASKED;
  }

  async function takeOver(task: Copied, answer: FhirAnswer): Promise<SyncOutcome> {
    const owed = task.ehr.syncedVersion < task.version;
    const status = seen(answer);
    const state = stateOf(status.status);
    const step = state === null ? null : stepBetween(task.state, state, task.heldFrom);
    try {
      if (step === null) throw IMPOSSIBLE;
      const reason = needsReason(step) ? SAID_BY_EHR : undefined;
      const taken = await service.take(task.id, task.version, step, EHR, reason);
      const syncedVersion = owed ? task.ehr.syncedVersion : taken.version;
      await note({ ...task, ...taken, ehr: task.ehr }, { ...status, syncedVersion, trouble: null });
    } catch (error) {
      if (error !== IMPOSSIBLE && !(error instanceof WardflowError)) throw error;
      // Somebody of ours was faster: the next round compares with what they made of it.
      if (error instanceof WardflowError && error.code === 'task-stale') return ASKED;
      await note(task, { ...status, triedAt: clock.now(), trouble: 'ehr-differs' });
    }
    return ASKED;
  }

  function seen(answer: FhirAnswer): Pick<EhrCopy, 'status' | 'versionId' | 'syncedAt'> {
    const { resource, etag } = answer;
    const tagged = /^(?:W\/)?"([^"]{1,64})"$/.exec(etag ?? '')?.[1];
    return {
      status: resource && statusOf(resource),
      versionId: versionOf(resource) ?? tagged ?? null,
      syncedAt: clock.now(),
    };
  }

  return async (id) => {
    const task = await tasks.get(id);
    if (!task?.ehr) return ASKED;
    const copied: Copied = { ...task, ehr: task.ehr };
    const events = await tasks.events(id);
    const there = REFERENCE.exec(task.ehr.reference ?? '')?.[1];
    try {
      return await (there === undefined ? create(copied, events) : meet(copied, events, there));
    } catch (error) {
      // Such as an endpoint that is not bound any more: what the store refuses is not catalogued for endpoints.
      if (!(error instanceof WardflowError) || !error.code.startsWith('endpoint-')) throw error;
      return failed(copied, failureOf(error));
    }
  };
}

/** Nobody has to do anything about it. */
const PASSING: ReadonlySet<string> = new Set<EhrTrouble>(['ehr-unreachable', 'ehr-waits']);
const IMPOSSIBLE = new Error('no step leads there');
const NO_TASK: Failure = { class: 'permanent', code: 'fhir-not-found', text: '', remedy: '' };

function troubleOf({ code, class: kind }: Failure): EhrTrouble {
  if (code === 'fhir-not-found' || code === 'fhir-gone') return 'ehr-gone';
  return kind === 'permanent' ? 'ehr-refused' : 'ehr-unreachable';
}

/** Each version of a task is written once. */
function originOf({ id, version, definition, definitionVersion, messageId }: WorkflowTask): WriteOrigin {
  return { key: `${id}.${version}`, definition, definitionVersion, messageId };
}

async function unlessStale(change: () => Promise<unknown>): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!(error instanceof WardflowError && error.code === 'task-stale')) throw error;
  }
}
