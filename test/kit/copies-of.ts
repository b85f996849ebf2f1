/** Copies of a message's tasks on a FHIR server, as they are when the runtime has brought them in step. */
import type { MessageList } from '../../runtime/api/contract.ts';
import type { TaskList, TaskView } from '../../runtime/api/task-contract.ts';

/** Of `Task.identifier`, whose value is the id of our task. */
export const COPY_SYSTEM = 'urn:wardflow:workflow-task';

/**
 * A copy is written at once, tried again after 20 s at most while a server is away (priority stat), and looked at every 10 s. What held a
 * lease when it was killed goes on after 30 s. The rest is for a busy machine.
 */
export const IN_STEP_MS = 90_000;

export interface TaskCopyResource {
  readonly id: string;
  readonly status: string;
  readonly [element: string]: unknown;
}

interface Asked {
  api<T>(path: string): Promise<T>;
  until<T>(path: string, is: (answer: T) => boolean, withinMs?: number): Promise<T>;
}

export const isInStep = ({ ehr, version }: Pick<TaskView, 'ehr' | 'version'>): boolean =>
  ehr === null || (ehr.reference !== null && ehr.syncedVersion >= version);

/** One for each task of the message, oldest first; none where it has made none. */
export async function copiesOf(runtime: Asked, base: string, controlId: string): Promise<readonly TaskCopyResource[]> {
  const { messages } = await runtime.api<MessageList>(`/messages?q=${controlId}`);
  const of = `/tasks?view=all&message=${messages[0]?.id ?? 'none'}&order=newest-first`;
  const { tasks } = await runtime.until<TaskList>(of, (list) => list.tasks.every(isInStep), IN_STEP_MS);
  const copies: TaskCopyResource[] = [];
  for (const { id } of tasks.toReversed()) {
    const identifier = encodeURIComponent(`${COPY_SYSTEM}|${id}`);
    const bundle = (await (await fetch(`${base}/Task?identifier=${identifier}`)).json()) as {
      readonly entry?: readonly { readonly resource: TaskCopyResource }[];
    };
    copies.push(...(bundle.entry ?? []).map(({ resource }) => resource));
  }
  return copies;
}
