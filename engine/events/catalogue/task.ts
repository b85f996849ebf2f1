import type { EventEntry } from './entry.ts';
import { coding, shell } from './parts.ts';
import { maybeText, object } from './shape.ts';

const data = object({
  ...shell,
  task: object(
    {
      number: maybeText('identifier of the task'),
      status: maybeText('status'),
      code: coding('what is to be done'),
      focus: maybeText('reference of what it is about'),
    },
    'a task that the EHR keeps; our own are told by `task wait`',
  ),
});
const KEY = 'identifier of the task, else its FHIR id';

export const TASK_EVENTS = {
  'task.created': { version: 1, says: 'A task is there.', key: KEY, hl7: '', fhir: 'Task is created', data },
  'task.completed': { version: 1, says: 'A task is done.', key: KEY, hl7: '', fhir: 'Task becomes completed', data },
  'task.failed': {
    version: 1,
    says: 'A task could not be done, or was refused.',
    key: KEY,
    hl7: '',
    fhir: 'Task becomes failed or rejected',
    data,
  },
  'task.cancelled': {
    version: 1,
    says: 'A task is not to be done any more.',
    key: KEY,
    hl7: '',
    fhir: 'Task becomes cancelled or entered-in-error',
    data,
  },
} as const satisfies Readonly<Record<string, EventEntry>>;
