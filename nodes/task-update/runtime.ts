import type { NodeAPI } from 'node-red';
import { WardflowError, type TaskActor, type WorkflowTask } from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { expression } from '../kit/expression.ts';
import { taskFinder } from '../kit/find-task.ts';
import { oneLine } from '../kit/one-line.ts';
import { registerNode, type NodeHandle } from '../kit/register.ts';
import { taskView, type TaskView } from '../kit/task-view.ts';
import { tasksAbout } from '../kit/tasks-about.ts';
import { taskUpdate, type TaskUpdateProperties } from './config.ts';
import { change, END, type Outcome, type Wanted } from './change.ts';

/** Times that a step is tried beside changes of others. */
const MOST_TRIES = 10;

/** What was done to one task; `found`: nothing, it was only looked for. */
interface Told {
  readonly task: WorkflowTask;
  readonly outcome: Outcome | 'found';
}

/** `msg.tasks`, where they are found by what they are about. */
export type FoundTask = TaskView & {
  readonly outcome: Told['outcome'];
  /** Message that made it. */
  readonly messageId: string;
  /** What it carries for the flow. */
  readonly carry: unknown;
};

export default function taskUpdateNode(RED: NodeAPI): void {
  registerNode(RED, taskUpdate, (handle) => {
    const { services } = handle;
    const [byMessage, byAbout] = [taskFinder(handle), tasksAbout(handle)];
    const wantedBy = wantedReader(RED, handle);
    return {
      async receive(msg, send) {
        const wanted = await wantedBy(msg);
        if (!byAbout) {
          const found = await byMessage(msg);
          const told = found && wanted ? await tried(handle, found, wanted) : undefined;
          msg['task'] = told
            ? { ...taskView(told.task), outcome: told.outcome }
            : { id: null, state: null, outcome: 'unknown' };
          services.note(msg, SENTENCES[told?.outcome ?? 'unknown']);
          return send(msg);
        }
        const found = await byAbout(msg);
        const told: Told[] = [];
        for (const task of found) {
          // Nobody reads what is said about something that is over.
          if (!wanted) told.push({ task, outcome: 'found' });
          else if (wanted.mode === 'comment' && END.has(task.state)) told.push({ task, outcome: 'not-possible' });
          else told.push(await tried(handle, task, wanted));
        }
        const tasks = told.map(viewOf);
        msg['tasks'] = tasks;
        msg['task'] = tasks.find(({ outcome }) => outcome === 'done') ??
          tasks[0] ?? { id: null, state: null, outcome: 'unknown' };
        services.note(msg, `Tasks about the same: ${tasks.length}; ${counted(tasks)}.`);
        send(msg);
      },
    };
  });
}

/** What is to be done, as the message has it; `undefined`: nothing, they are only looked for. */
function wantedReader(
  RED: NodeAPI,
  handle: NodeHandle<TaskUpdateProperties>,
): (msg: WardflowMessage) => Promise<Wanted | undefined> {
  const { config, node } = handle;
  const part = expression(RED, node, 'part', config.part, config.partKind);
  const comment = expression(RED, node, 'comment', config.comment, config.commentKind);
  return async (msg) => {
    const { mode } = config;
    if (mode === 'find') return undefined;
    const { context } = handle.workOf(msg);
    const why = oneLine(config.reason);
    const by: TaskActor = { actor: `flow:${context.definition}`, via: 'flow' };
    return {
      mode,
      partState: config.partState,
      part: mode === 'part' ? await part.string(msg) : '',
      comment: mode === 'comment' ? await comment.string(msg) : '',
      reason: why === '' ? null : { code: 'flow', text: why },
      by,
    };
  };
}

async function tried({ services }: NodeHandle<unknown>, first: WorkflowTask, wanted: Wanted): Promise<Told> {
  let now = first;
  for (let tries = 1; ; tries++) {
    try {
      return await change(services.engine, now, wanted);
    } catch (error) {
      const stale = error instanceof WardflowError && error.code === 'task-stale';
      if (!stale || tries === MOST_TRIES) throw error;
      // Somebody was faster: on what they made of it the step may still be possible, or not needed any more.
      now = (await services.engine.store.tasks.get(now.id)) ?? now;
    }
  }
}

const viewOf = ({ task, outcome }: Told): FoundTask => ({
  ...taskView(task),
  outcome,
  messageId: task.messageId,
  carry: task.carry,
});

const counted = (tasks: readonly FoundTask[]): string =>
  tasks.length === 0
    ? 'there is none'
    : [...new Set(tasks.map(({ outcome }) => outcome))]
        .map((one) => `${one} ${tasks.filter(({ outcome }) => outcome === one).length}`)
        .join(', ');

const SENTENCES: Readonly<Record<Told['outcome'] | 'unknown', string>> = {
  done: 'The task was changed.',
  already: 'The task was so before.',
  'not-possible': 'The task has come to an end that leaves no such step.',
  found: 'The task is there.',
  unknown: 'There is no such task.',
};
