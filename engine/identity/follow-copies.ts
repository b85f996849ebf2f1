/** After a merge, or one that was taken back: the EHR's copies of open tasks name the record that is used now. */
import { WardflowError } from '../base/errors.ts';
import { statedKey } from '../events/envelope.ts';
import { previousIdentifiers } from '../events/from-hl7/merges.ts';
import { patientRef } from '../events/from-hl7/read-parts.ts';
import { Hl7Message } from '../hl7/message.ts';
import type { KnownPerson, Store, WorkflowTask } from '../store/contract/index.ts';
import type { TaskService } from '../tasks/task-service.ts';
import { OPEN_TASK_STATES } from '../tasks/task-states.ts';

interface Following {
  readonly store: Pick<Store, 'identities' | 'tasks' | 'journal'>;
  readonly tasks: Pick<TaskService, 'followPatient'>;
}

/** Of one patient. */
const MOST_TASKS = 1000;
const MOST_TRIES = 10;
/** PID and MRG segments that are read for a number. */
const MOST_SEGMENTS = 200;

/** `again`: it may have been done before; then nobody is told a second time of a copy that cannot be made to follow. */
export type Follow = (changed: readonly string[], again?: boolean) => Promise<void>;

export function copyFollower({ store, tasks }: Following): Follow {
  return async (changed, again = false) => {
    const people = new Map<string, KnownPerson>();
    for (const key of changed) {
      const person = await store.identities.person(key);
      if (person) people.set(person.survivor, person);
    }
    // A link that was taken back leaves two: what a copy names may be a number of the other.
    const keys = [...people.values()].flatMap((person) => person.keys);
    if (keys.length < 2) return;
    let numbers: ReadonlyMap<string, string> | undefined;
    for (const { survivor, keys: own } of people.values()) {
      for (const task of await openTasks(
        store,
        own.map(({ key }) => key),
      )) {
        numbers ??= await numbersOf(store, keys);
        await followed(task, numbers.get(survivor), new Set(numbers.values()), again);
      }
    }
  };

  async function followed(
    first: WorkflowTask,
    to: string | undefined,
    known: ReadonlySet<string>,
    again: boolean,
  ): Promise<void> {
    let task: WorkflowTask | undefined = first;
    for (let tries = 1; task; tries++) {
      const named = task.copy?.for?.identifier;
      if (!task.ehr || named?.value === to) return;
      if (named && to !== undefined && !known.has(named.value)) return;
      if (again && (!named || to === undefined)) return;
      try {
        // A reference to a resource cannot be told from a number: a person is told to look.
        const other = named && to !== undefined ? { identifier: { ...named, value: to } } : null;
        await tasks.followPatient(task.id, task.version, other);
        return;
      } catch (error) {
        if (tries === MOST_TRIES || !(error instanceof WardflowError && error.code === 'task-stale')) throw error;
        task = await store.tasks.get(task.id);
      }
    }
  }
}

async function openTasks({ tasks }: Following['store'], patients: readonly string[]): Promise<readonly WorkflowTask[]> {
  const found: WorkflowTask[] = [];
  let after: string | null = null;
  do {
    const page = await tasks.list({ patients, states: OPEN_TASK_STATES, limit: 100, ...(after !== null && { after }) });
    found.push(...page.tasks.filter(({ ehr, copy }) => ehr && copy?.for));
    after = page.next;
  } while (after !== null && found.length < MOST_TASKS);
  return found;
}

/** Keys are hashes: the number itself stands in a message that stated it. */
async function numbersOf(store: Following['store'], keys: KnownPerson['keys']): Promise<ReadonlyMap<string, string>> {
  const numbers = new Map<string, string>();
  for (const { key, messageId, lastMessageId } of keys) {
    for (const id of new Set([lastMessageId, messageId])) {
      const value = await numberIn(store, id, key);
      if (value === undefined) continue;
      numbers.set(key, value);
      break;
    }
  }
  return numbers;
}

async function numberIn({ journal }: Following['store'], messageId: string, key: string): Promise<string | undefined> {
  const bytes = await journal.bytes(messageId);
  if (!bytes) return undefined;
  try {
    let looked = 0;
    for (const segment of Hl7Message.parse(bytes).segments()) {
      if (segment.name !== 'PID' && segment.name !== 'MRG') continue;
      const ref = segment.name === 'PID' ? patientRef(segment) : previousIdentifiers(segment);
      const found = ref?.identifiers.find((one) => statedKey(one) === key);
      if (found) return found.value;
      if (++looked === MOST_SEGMENTS) break;
    }
  } catch {
    // No HL7: a notification of a FHIR server holds no number.
  }
  return undefined;
}
