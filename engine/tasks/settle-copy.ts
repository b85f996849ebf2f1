/** What a person says about a copy that differs from its task. */
import type { TaskStep, WorkflowTask, WorkflowTasks } from '../store/contract/index.ts';
import type { EhrCopies } from './ehr-copy.ts';
import { taskErrors } from './errors.ts';
import { stateOf } from './fhir-task.ts';
import { stepsBetween } from './steps-between.ts';
import type { TaskActor, TaskService } from './task-service.ts';
import { needsReason } from './task-states.ts';

export interface SettleCopyOptions {
  readonly tasks: Pick<WorkflowTasks, 'get'>;
  readonly service: Pick<TaskService, 'take' | 'noteEhr'>;
}

export function copySettler({ tasks, service }: SettleCopyOptions): EhrCopies['settle'] {
  async function differing(id: string, seen: number): Promise<WorkflowTask> {
    const task = await tasks.get(id);
    if (!task) throw taskErrors.create('task-unknown');
    if (task.version !== seen) throw taskErrors.create('task-stale', { state: task.state });
    const trouble = task.ehr?.trouble ?? null;
    if (trouble === null || trouble === 'ehr-unreachable' || trouble === 'ehr-waits')
      throw taskErrors.create('ehr-no-difference');
    return task;
  }

  async function writeOurs(task: WorkflowTask, by: TaskActor, text: string): Promise<void> {
    const { ehr } = task;
    if (!ehr) return;
    const gone = ehr.trouble === 'ehr-gone' ? { reference: null, status: null, versionId: null, syncedAt: null } : {};
    const { triedAt: _, ...kept } = ehr;
    const owed = { ...kept, ...gone, syncedVersion: 0, trouble: null };
    await service.noteEhr(task.id, task.version, owed, by, { code: 'settled-ours', text }, ehr);
  }

  async function takeTheirs(task: WorkflowTask, by: TaskActor, text: string): Promise<void> {
    const { ehr, state, heldFrom, parts } = task;
    const target = ehr?.trouble === 'ehr-differs' ? stateOf(ehr.status) : null;
    const steps: readonly TaskStep[] | null = target && stepsBetween(state, target, heldFrom);
    if (!ehr || !steps) throw taskErrors.create('ehr-no-way', { state });
    const open = parts.filter((part) => part.state === 'open').length;
    // Before the first step is taken: half of the way would be neither theirs nor ours.
    if (steps.includes('complete') && open > 0) throw taskErrors.create('task-parts-open', { open });
    const reason = { code: 'settled-theirs', text };
    let now = task;
    for (const step of steps)
      now = await service.take(task.id, now.version, step, by, needsReason(step) ? reason : undefined);
    const { triedAt: _, ...kept } = ehr;
    const settled = { ...kept, syncedVersion: now.version, trouble: null };
    await service.noteEhr(task.id, now.version, settled, by, reason, ehr);
  }

  return async (id, seen, side, { actor, reason }) => {
    const task = await differing(id, seen);
    const by: TaskActor = { actor, via: actor.startsWith('cli:') ? 'cli' : 'console' };
    await (side === 'ours' ? writeOurs(task, by, reason) : takeTheirs(task, by, reason));
  };
}
