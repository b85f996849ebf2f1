import type { NodeAPI } from 'node-red';
import { WardflowError, type TaskActor, type WorkflowTask } from '../../engine/index.ts';
import { expression } from '../kit/expression.ts';
import { taskFinder } from '../kit/find-task.ts';
import { oneLine } from '../kit/one-line.ts';
import { registerNode } from '../kit/register.ts';
import { taskView } from '../kit/task-view.ts';
import { taskUpdate } from './config.ts';
import { change, type Outcome } from './change.ts';

/** Times that a step is tried beside changes of others. */
const MOST_TRIES = 10;

export default function taskUpdateNode(RED: NodeAPI): void {
  registerNode(RED, taskUpdate, (handle) => {
    const find = taskFinder(handle);
    const { config, services } = handle;
    const part = expression(RED, handle.node, 'part', config.part, config.partKind);
    const comment = expression(RED, handle.node, 'comment', config.comment, config.commentKind);
    return {
      async receive(msg, send) {
        const { context } = handle.workOf(msg);
        const by: TaskActor = { actor: `flow:${context.definition}`, via: 'flow' };
        const why = oneLine(config.reason);
        const wanted = {
          mode: config.mode,
          partState: config.partState,
          part: config.mode === 'part' ? await part.string(msg) : '',
          comment: config.mode === 'comment' ? await comment.string(msg) : '',
          reason: why === '' ? null : { code: 'flow', text: why },
          by,
        };
        const found = await find(msg);
        const { task, outcome } = found ? await tried(found) : { task: undefined, outcome: 'unknown' as const };
        msg['task'] = { ...(task ? taskView(task) : { id: null, state: null }), outcome };
        services.note(msg, SENTENCES[outcome]);
        send(msg);

        async function tried(first: WorkflowTask): Promise<{ readonly task: WorkflowTask; readonly outcome: Outcome }> {
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
      },
    };
  });
}

const SENTENCES: Readonly<Record<Outcome | 'unknown', string>> = {
  done: 'The task was changed.',
  already: 'The task was so before.',
  'not-possible': 'The task has come to an end that leaves no such step.',
  unknown: 'There is no such task.',
};
