/**
 * A task of ours as a FHIR R4 Task (facts: which fields a workflow engine writes). Pure. Elements that the definition's
 * `sends` does not name stay at home, but for status, intent and our identifier, without which there is no copy.
 *
 * The parts of a checklist are `output`s of the one Task: tasks of their own would be work that nobody of the EHR was given.
 */
import { contains } from '../fhir/contains.ts';
import type { FhirResource } from '../fhir/endpoint.ts';
import { minimise } from '../fhir/minimise/minimise.ts';
import type { Assignment, TaskEvent, TaskState, WorkflowTask } from '../store/contract/index.ts';
import { afterTaskStep, TASK_STATES } from './task-states.ts';

/** Of `Task.identifier`, whose value is the id of our task. */
export const TASK_IDENTIFIER_SYSTEM = 'urn:wardflow:workflow-task';
const CODE_SYSTEM = 'urn:wardflow:task';
const REASON_SYSTEM = 'urn:wardflow:task-reason';
/** Owners that we named; any other is the EHR's own. */
const OWNER_SYSTEM = 'urn:wardflow:owner';

export const identifierOfTask = (id: string): { readonly system: string; readonly value: string } => ({
  system: TASK_IDENTIFIER_SYSTEM,
  value: id,
});

/** The task keeps the reason of the last step that needed one; these are the states to which such steps lead. */
const WITH_REASON = new Set<TaskState>(['rejected', 'on-hold', 'failed', 'cancelled', 'entered-in-error']);
const ALWAYS = ['status', 'intent'];

/** The whole Task. `events`: the timeline, for when it was last changed. */
export function fhirTaskOf(task: WorkflowTask, events: readonly TaskEvent[]): FhirResource {
  const { copy } = task;
  const whole: Readonly<Record<string, unknown>> = {
    identifier: [identifierOfTask(task.id)],
    groupIdentifier: { system: 'urn:wardflow:correlation', value: task.correlationId },
    partOf: task.partOf === null ? undefined : [{ type: 'Task', identifier: identifierOfTask(task.partOf) }],
    status: task.state,
    statusReason: task.reason !== null && WITH_REASON.has(task.state) ? reasonOf(task.reason) : undefined,
    businessStatus: businessStatusOf(task),
    intent: 'order',
    priority: task.priority,
    code: { coding: [{ system: CODE_SYSTEM, code: task.code }] },
    description: copy?.says === undefined ? task.title : `${task.title}: ${copy.says}`,
    focus: copy?.focus ?? undefined,
    for: copy?.for ?? undefined,
    encounter: copy?.encounter ?? undefined,
    authoredOn: instant(task.createdAt),
    // inv-1: never before `authoredOn`, whatever the clock did.
    lastModified: instant(Math.max(task.createdAt, ...events.map(({ at }) => at))),
    performerType: task.assigned.role === null ? undefined : [{ text: task.assigned.role }],
    owner: ownerOf(task.assigned),
    restriction: task.dueAt === null ? undefined : { period: { end: instant(task.dueAt) } },
    input: inputsOf(task),
    output: outputsOf(task),
  };
  const given = Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined));
  const sends = { Task: [...ALWAYS, ...(copy?.elements ?? [])] };
  const less = minimise({ resourceType: 'Task', ...given }, { sends, allow: undefined });
  // What a Task cannot be without is among what is always sent.
  if (less.kind === 'refused') throw new TypeError('a copy of a task needs what the list leaves out');
  return less.value;
}

/** The EHR's Task with what is ours as it is now; `null`: it says that already. What others have added stays. */
export function withOurs(current: FhirResource, ours: FhirResource): FhirResource | null {
  const next: Record<string, unknown> = { ...current };
  let differs = false;
  for (const [name, value] of Object.entries(ours)) {
    if (name === 'identifier' || name === 'resourceType') continue;
    if (name === 'owner' && isTheirOwner(current['owner'])) continue;
    if (name !== 'lastModified' && !contains(current[name], value)) differs = true;
    next[name] = value;
  }
  // A reason belongs to the state that needed it.
  if (!('statusReason' in ours) && 'statusReason' in current && isOurReason(current['statusReason'])) {
    delete next['statusReason'];
    differs = true;
  }
  return differs ? { ...next, resourceType: 'Task' } : null;
}

/** `Task.status` where it is one that we know. */
export function stateOf(status: unknown): TaskState | null {
  return TASK_STATES.find((state) => state === status) ?? null;
}

export function statusOf(resource: FhirResource): string | null {
  const status = resource['status'];
  return typeof status === 'string' && status.length <= 64 ? status : null;
}

/**
 * Whether the status is somebody else's: it is neither ours as it is, nor what we last saw there, nor one that we had since
 * our last write that is known to have arrived (its answer may have been lost).
 */
export function isTheirs(resource: FhirResource, task: WorkflowTask, events: readonly TaskEvent[]): boolean {
  const { ehr, state } = task;
  const status = statusOf(resource);
  if (!ehr || status === state) return false;
  if (ehr.trouble === 'ehr-differs') return true;
  if (ehr.versionId !== null && versionOf(resource) === ehr.versionId) return false;
  return status !== ehr.status && !statesSince(events, ehr.syncedVersion).includes(stateOf(status) ?? state);
}

export function versionOf(resource: FhirResource | null): string | null {
  const meta = resource?.['meta'];
  if (typeof meta !== 'object' || meta === null || !('versionId' in meta)) return null;
  return typeof meta.versionId === 'string' ? meta.versionId : null;
}

/** States from the version on: each change is one event, the first of which made the task. */
function statesSince(events: readonly TaskEvent[], version: number): readonly TaskState[] {
  const states: TaskState[] = [];
  let state: TaskState = 'requested';
  for (const [i, event] of events.entries()) {
    if (event.kind === 'step') state = event.to;
    else if (event.kind === 'assigned') state = afterTaskStep(state, 'reassign') ?? state;
    if (i + 1 >= version) states.push(state);
  }
  return states;
}

const instant = (at: number): string => new Date(at).toISOString();

function reasonOf({ code, text }: NonNullable<WorkflowTask['reason']>): object {
  return { coding: [{ system: REASON_SYSTEM, code }], ...(text !== null && { text }) };
}

function isOurReason(reason: unknown): boolean {
  const { coding } = (reason ?? {}) as { readonly coding?: unknown };
  return (
    Array.isArray(coding) && coding.some((one: { readonly system?: unknown } | null) => one?.system === REASON_SYSTEM)
  );
}

function businessStatusOf({ parts, attempt }: WorkflowTask): object | undefined {
  const done = parts.filter(({ state }) => state !== 'open').length;
  const words = [
    ...(parts.length > 0 ? [`${done} of ${parts.length} parts done`] : []),
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
  ];
  return words.length === 0 ? undefined : { text: words.join(', ') };
}

function ownerOf({ role, unit, person }: Assignment): object {
  const named = person ?? [role, unit].filter((one) => one !== null).join(', ');
  return { identifier: { system: OWNER_SYSTEM, value: named }, display: named };
}

function isTheirOwner(owner: unknown): boolean {
  if (typeof owner !== 'object' || owner === null) return false;
  const { identifier } = owner as { readonly identifier?: { readonly system?: unknown } };
  return identifier?.system !== OWNER_SYSTEM;
}

function inputsOf({ copy }: WorkflowTask): readonly object[] | undefined {
  const inputs = [
    ...(copy?.rules ?? []).flatMap(({ table, version, rows = [] }) => [
      { type: { text: 'rule table' }, valueString: table },
      { type: { text: 'rule version' }, valueString: version },
      ...rows.map((row) => ({ type: { text: 'rule row' }, valueString: row })),
    ]),
    ...(copy?.event ? [{ type: { text: 'event' }, valueString: copy.event }] : []),
  ];
  return inputs.length === 0 ? undefined : inputs;
}

function outputsOf({ parts }: WorkflowTask): readonly object[] | undefined {
  if (parts.length === 0) return undefined;
  return parts.map(({ id, text, state }) => ({
    type: { coding: [{ system: `${CODE_SYSTEM}-part`, code: id }], text },
    valueCode: state,
  }));
}
