/** What people see and do in the runtime of a scenario, asked of its engine. */
import { WardflowError, type Engine, type TaskActor, type TaskReason, type WorkflowTask } from '../../engine/index.ts';
import type { Acted, People } from './clock-channel.ts';
import { userOf, type ReasonGiven, type TaskAct } from './people.ts';
import type { RecordingChannels } from './recording-channels.ts';

/** Scenarios are small; what is beyond this is not looked at, and a count that is expected would differ. */
const MOST = 1_000;

export async function peopleOf({ store }: Engine, { told }: RecordingChannels): Promise<People> {
  const { tasks } = await store.tasks.list({ order: 'newest-first', limit: MOST });
  const alerts = (await store.alerts.list({ limit: MOST })).toReversed();
  const messageOf = new Map(alerts.map(({ id, messageId }) => [id, messageId]));
  return {
    tasks: await Promise.all(
      tasks.toReversed().map(async (task) => ({ task, events: await store.tasks.events(task.id) })),
    ),
    alerts,
    heldBack: (await store.alerts.heldBackList({ limit: MOST })).toReversed(),
    told: told.map((one) => ({ ...one, messageId: messageOf.get(one.alert) ?? null })),
  };
}

export async function actOnTask({ store, tasks }: Engine, id: string, act: TaskAct): Promise<Acted> {
  const task = await store.tasks.get(id);
  if (!task) throw new TypeError('the task is not there');
  try {
    await done(tasks, task, act);
    return { refused: null };
  } catch (error) {
    if (!(error instanceof WardflowError)) throw error;
    return { refused: { code: error.code, text: error.message } };
  }
}

async function done(tasks: Engine['tasks'], { id, version }: WorkflowTask, act: TaskAct): Promise<void> {
  const by: TaskActor = { actor: `user:${userOf(act.by)}`, via: 'console' };
  const reason = reasonOf(act.reason);
  const { step, claim, assign, part, comment, override } = act;
  if (step !== undefined) await tasks.take(id, version, step as Parameters<typeof tasks.take>[2], by, reason);
  if (claim) await tasks.claim(id, version, userOf(act.by), by);
  if (assign) {
    const { role = null, unit = null, person = null } = assign;
    await tasks.reassign(id, version, { role, unit, person }, by, reason ?? { code: 'other', text: null });
  }
  if (part !== undefined) await tasks.setPart(id, version, part, act.to ?? 'done', by, reason);
  if (comment !== undefined) await tasks.comment(id, comment, by);
  if (override) await tasks.override(id, version, override, by, reason ?? { code: 'other', text: null });
}

function reasonOf(given: ReasonGiven | undefined): TaskReason | undefined {
  if (given === undefined) return undefined;
  return typeof given === 'string' ? { code: given, text: null } : given;
}
