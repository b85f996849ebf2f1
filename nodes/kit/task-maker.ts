import {
  dueRulesOf,
  TASK_PRIORITIES,
  type CreateTask,
  type Definition,
  type TaskPriority,
  type WorkflowTask,
} from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { carriedOrCut } from './cut-carry.ts';
import { discriminator } from './discriminator.ts';
import { nodeErrors } from './errors.ts';
import { statedPatient } from './identity.ts';
import { expression, type Expression } from './expression.ts';
import type { NewTaskProperties } from './new-task.ts';
import { oneLine } from './one-line.ts';
import { partOf } from './part.ts';
import { afterDuration, moment } from './point-in-time.ts';
import type { NodeHandle } from './register.ts';
import { taskCopy } from './task-copy.ts';

/** Longer than any follow-up; keeps a wrong unit from giving somebody for ever. */
const FARTHEST_MS = 400 * 86_400_000;

/** Makes the task that a message asks for, or finds the one that an earlier delivery made. */
export function taskMaker(
  handle: NodeHandle<NewTaskProperties>,
): (msg: WardflowMessage) => Promise<{ readonly kind: 'created' | 'exists'; readonly task: WorkflowTask }> {
  const { RED, node, config, services, place } = handle;
  const name = config.task.trim();
  const written = (
    field: 'title' | 'priority' | 'role' | 'unit' | 'person' | 'due' | 'checklist' | 'about',
  ): Expression['evaluate'] => {
    const source = config[field];
    if (source.trim() === '') return () => Promise.resolve(undefined);
    return expression(RED, node, field, source, field === 'about' ? 'jsonata' : config[`${field}Kind`]).evaluate;
  };
  const [title, priority, due] = [written('title'), written('priority'), written('due')];
  const [role, unit, person] = [written('role'), written('unit'), written('person')];
  const [checklist, about] = [written('checklist'), written('about')];
  const copyOf = taskCopy(handle);
  const discriminate = discriminator(RED, node, config.discriminator);
  const who = (value: unknown): string | null => oneLine(value ?? '') || null;

  async function dueOf(msg: WardflowMessage): Promise<number | null> {
    const value = await due(msg);
    if (value === undefined || value === null || value === '') return null;
    const now = services.engine.clock.now();
    const at = afterDuration(now, value) ?? moment(value);
    const details = { field: 'due', node: place.name };
    if (at === undefined) throw nodeErrors.create('time-wrong', { ...details, expected: 'duration or time' });
    if (at - now > FARTHEST_MS) throw nodeErrors.create('time-too-far', { ...details, limit: 400 });
    return at;
  }

  return async (msg) => {
    const { context, work } = handle.workOf(msg);
    const definition = await services.pinnedDefinition(context);
    const message = await services.engine.store.journal.get(context.messageId);
    const { carry, cut } = carriedOrCut(partOf(msg) ? [...config.carry, 'part'] : config.carry, msg);
    if (cut.length > 0) services.note(msg, `Too large to carry, so cut: ${cut.join(', ')}.`);
    const { serviceLine } = definition.intent;
    const subject = subjectFrom(await about(msg));
    const patient = statedPatient(msg);
    return services.engine.tasks.create({
      work,
      definitionVersion: definition.version,
      name,
      discriminator: await discriminate(msg),
      code: config.code.trim() || name,
      // Nobody goes without the task because a line for lists could not be made.
      title: oneLine((await title(msg).catch(() => '')) ?? '') || name,
      priority: priorityFrom(await priority(msg).catch(() => undefined), work.lane),
      assigned: { role: who(await role(msg)), unit: who(await unit(msg)), person: who(await person(msg)) },
      serviceLine: typeof serviceLine === 'string' ? serviceLine : null,
      dueAt: await dueOf(msg),
      // What the node says about its time holds, also where it says that there is none.
      ...(config.due.trim() === '' && { dueRules: dueRulesOf(definition.intent) }),
      parts: partsOf(handle, definition, await checklist(msg)),
      decisions: idIn(msg['decision']),
      escalationId: idIn(msg['escalation'])[0] ?? null,
      patientHint: message?.patientHint ?? null,
      ...(subject !== undefined && { about: subject }),
      ...(patient !== undefined && { patient }),
      ...(await copyOf(msg, definition)),
      carry,
    });
  };
}

/** What is no priority: as urgent as the message. */
function priorityFrom(value: unknown, lane: string): TaskPriority {
  const given = TASK_PRIORITIES.find((one) => one === (typeof value === 'string' ? value.trim() : value));
  return given ?? (lane === 'stat' || lane === 'urgent' ? lane : 'routine');
}

function partsOf(
  { services }: NodeHandle<NewTaskProperties>,
  definition: Definition,
  wanted: unknown,
): CreateTask['parts'] {
  const name = typeof wanted === 'string' ? wanted.trim() : '';
  if (name === '') return [];
  const list = definition.checklists.get(name);
  if (!list) throw nodeErrors.create('checklist-unknown', { definition: definition.name, checklist: name });
  const now = services.engine.clock.now();
  return list.items.map(({ id, text: words, role, dueMs, after, compensate }) => ({
    id,
    text: words,
    role,
    after,
    compensate,
    dueAt: dueMs === null ? null : now + dueMs,
  }));
}

function idIn(value: unknown): readonly string[] {
  const id: unknown = (value as { readonly id?: unknown } | null | undefined)?.id;
  return typeof id === 'string' ? [id] : [];
}

/** Nothing to go by is no subject: two tasks without one are not about the same. */
function subjectFrom(value: unknown): string | undefined {
  const subject = typeof value === 'number' ? String(value) : value;
  return typeof subject === 'string' && subject.trim() !== '' ? subject.trim() : undefined;
}
