import type { WorkflowTask } from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { expression } from './expression.ts';
import { formerValues } from './identity.ts';
import type { NodeHandle } from './register.ts';

interface About {
  /** The name that a `task create` or `approval` has. */
  readonly task: string;
  /** JSONata, as in the node that made them; empty: they are found in another way. */
  readonly about: string;
}

/** A visit with more of one kind has something else wrong with it; each of them costs a commit. */
const MOST = 100;

/** Characters of an id that say when it was made (engine/base/ids.ts). */
const TIME = 10;

/**
 * The tasks of that name that earlier messages have made about the same, newest first. This message's own are not meant: a
 * redelivery would find what it has made itself. Nor are those of later messages, which know more than this one.
 */
export function tasksAbout(
  handle: NodeHandle<About>,
): ((msg: WardflowMessage) => Promise<readonly WorkflowTask[]>) | undefined {
  const { RED, node, config, services } = handle;
  if (config.about.trim() === '') return undefined;
  const about = expression(RED, node, 'about', config.about, 'jsonata');
  const name = config.task.trim();
  return async (msg) => {
    const { context } = handle.workOf(msg);
    const { tasks, store } = services.engine;
    const named = (one: WardflowMessage): Promise<string> => about.string(one).then((text) => text.trim());
    const subject = await named(msg);
    const found: WorkflowTask[] = [];
    // Under the patient's other numbers as well, where a merge has made them one.
    for (const one of [subject, ...(await formerValues(msg, subject, named))]) {
      const page = await store.tasks.list({
        about: tasks.aboutOf(context.definition, one),
        definitions: [context.definition],
        order: 'newest-first',
        limit: MOST,
      });
      found.push(...page.tasks);
    }
    const own = context.messageId;
    return found
      .toSorted((a, b) => (a.id < b.id ? 1 : -1))
      .filter(
        (task) => task.name === name && task.messageId !== own && task.messageId.slice(0, TIME) <= own.slice(0, TIME),
      );
  };
}
