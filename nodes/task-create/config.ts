/** Makes a task for a person, and tells the flow of each later state of it. */
import { identity, propertyNames, wholeNumber } from '../kit/checks.ts';
import { newTaskProperties, type NewTaskProperties } from '../kit/new-task.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface TaskCreateProperties extends NewTaskProperties {
  readonly name: string;
  /** Changes of such tasks in the flow at once. */
  readonly capacity: number;
}

/** Time that the flow has for one change before it is delivered again. */
export const CHANGE_LEASE_MS = 60_000;

export const taskCreate: NodeDeclaration<TaskCreateProperties> = {
  type: 'task create',
  properties: {
    name: { value: '' },
    task: { value: '', check: identity },
    ...newTaskProperties<TaskCreateProperties>(),
    carry: { value: ['event', 'decision'], check: propertyNames },
    discriminator: { value: '', expression: 'always' },
    capacity: { value: 8, check: wholeNumber(1, 64) },
  },
};
