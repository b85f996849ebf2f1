/** Tasks as they leave the runtime: with who is on for them and what made them, without what they carry for their flow. */
import {
  needsReason,
  stepsFrom,
  type DecisionRecord,
  type DefinitionSet,
  type Engine,
  type Escalation,
  type WorkflowTask,
} from '../../engine/index.ts';
import { escalationView } from './clinical-views.ts';
import { messageLabels } from './message-labels.ts';
import type { Part } from './part.ts';
import { patientNow } from './patient-now.ts';
import type { TaskDetail, TaskView } from './task-contract.ts';
import { onFor } from './task-turn.ts';

export async function taskViews(
  { store, roster, clock }: Pick<Engine, 'store' | 'roster' | 'clock'>,
  tasks: readonly WorkflowTask[],
): Promise<readonly TaskView[]> {
  const [labelOf, current] = await Promise.all([
    messageLabels(
      store,
      tasks.map(({ messageId }) => messageId),
    ),
    roster.current(),
  ]);
  const on = onFor(current, clock.now());
  return tasks.map((task) => {
    const { carry: _, copy: __, dueRules: ___, ...shown } = task;
    return { ...shown, message: labelOf(task.messageId), on: on(task) };
  });
}

export async function taskView(
  engine: Pick<Engine, 'store' | 'roster' | 'clock'>,
  task: WorkflowTask,
): Promise<TaskView> {
  const [view] = await taskViews(engine, [task]);
  if (!view) throw new TypeError('a task has a view');
  return view;
}

export async function taskDetail(
  engine: Engine,
  task: WorkflowTask,
  definitions: DefinitionSet,
  part: Part,
): Promise<TaskDetail> {
  const { store, clock } = engine;
  const [view, events, decided, escalation, reported, patient] = await Promise.all([
    taskView(engine, task),
    store.tasks.events(task.id),
    store.decisions.ofMessage(task.messageId),
    escalationOf(engine, task),
    store.problems.list({ messageId: task.messageId, definitions: [task.definition], limit: 1000 }),
    patientNow(store, task.patient, part, [task.id]),
  ]);
  const decisions = decided.filter(({ id }) => task.decisions.includes(id));
  const files = decisions.length > 0 ? await filesOf(engine, task, definitions) : {};
  const title = definitions.byName(task.definition)?.intent.title ?? task.definition;
  return {
    asOf: clock.now(),
    task: view,
    events,
    decisions: decisions.map((one) => ({ ...one, rows: rowWords(files, one) })),
    escalation: escalation ? escalationView(escalation, view.message) : null,
    steps: stepsFrom(task.state).map((step) => ({ step, needsReason: needsReason(step) })),
    definition: { name: task.definition, title, version: task.definitionVersion },
    problems: reported.filter(({ taskId }) => taskId === task.id),
    patient,
  };
}

/** The newest that waits for it: whose end is the task's; else the one that it was made out of. */
async function escalationOf({ store }: Engine, { id, escalationId }: WorkflowTask): Promise<Escalation | undefined> {
  const [waiting] = await store.escalations.list({ task: id, limit: 1 });
  return waiting ?? (escalationId === null ? undefined : store.escalations.get(escalationId));
}

type Files = Readonly<Record<string, string>>;

/** Of the version that made it: what it says now may be something else. */
async function filesOf({ store }: Engine, task: WorkflowTask, definitions: DefinitionSet): Promise<Files> {
  const now = definitions.byName(task.definition);
  if (now?.version === task.definitionVersion) return now.files;
  return (await store.definitions.get(task.definitionVersion))?.files ?? {};
}

interface RawTable {
  readonly rows?: readonly RawRow[];
  readonly reason?: unknown;
  readonly reference?: unknown;
  readonly owner?: { readonly name?: unknown };
}
interface RawRow extends Omit<RawTable, 'rows'> {
  readonly id?: unknown;
  readonly note?: unknown;
}

/** In the words of their owners; where a row has none of its own, its table's hold. */
function rowWords(files: Files, { table, matched }: DecisionRecord): TaskDetail['decisions'][number]['rows'] {
  const raw = tableIn(files, table);
  const rows = new Map(raw?.rows?.map((row) => [row.id, row]));
  return matched.flatMap((id) => {
    const row = rows.get(id);
    if (!row) return [];
    return [
      {
        id,
        note: textOr(row.note),
        reason: textOr(row.reason) ?? textOr(raw?.reason),
        reference: textOr(row.reference) ?? textOr(raw?.reference),
        owner: textOr(row.owner?.name) ?? textOr(raw?.owner?.name),
      },
    ];
  });
}

function tableIn(files: Files, table: string): RawTable | undefined {
  const text = files[`rules/${table}.json`] ?? files[`_shared/rules/${table}.json`];
  try {
    return text === undefined ? undefined : (JSON.parse(text) as RawTable);
  } catch {
    // It was whole when it came into force; without it the decision is told without its words.
    return undefined;
  }
}

const textOr = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
