/** Who the patient of a task or an alert is by now, and what else is open of them. Links say it; nothing was rewritten. */
import { hasEnded, TASK_STATES, type IdentityLink, type KnownPerson, type Store } from '../../engine/index.ts';
import { keptLabels } from './message-labels.ts';
import { within, type Part } from './part.ts';
import type { PatientNow } from './task-contract.ts';

const MOST_TASKS = 10;
const OPEN = TASK_STATES.filter((state) => !hasEnded(state));

/**
 * @param patient key as the message stated it; `undefined`: not known
 * @param but tasks that the reader has before them
 * @returns `null`: nothing is known of the patient
 */
export async function patientNow(
  store: Pick<Store, 'identities' | 'tasks' | 'journal'>,
  patient: string | undefined,
  part: Part,
  but: readonly string[],
): Promise<PatientNow | null> {
  if (patient === undefined) return null;
  const person = await store.identities.person(patient);
  const link = person && mergeOf(person, patient);
  const keys = new Set([patient, ...(person?.keys.map(({ key }) => key) ?? [])]);
  const [{ tasks }, hint] = await Promise.all([
    store.tasks.list({
      patients: [...keys],
      states: OPEN,
      order: 'due',
      limit: MOST_TASKS + 1 + but.length,
      ...within(part),
    }),
    link ? hintOf(store, person, part) : null,
  ]);
  const others = tasks.filter(({ id }) => !but.includes(id));
  return {
    merged: link
      ? { at: link.recordedAt, by: link.kind === 'person' ? 'person' : 'message', messageId: link.messageId, hint }
      : null,
    tasks: others
      .slice(0, MOST_TASKS)
      .map(({ id, title, state, priority, dueAt, assigned }) => ({ id, title, state, priority, dueAt, assigned })),
    more: others.length > MOST_TASKS,
  };
}

/** The newest on the way from the number that was stated to the one that is used. Two numbers of one message are no merge. */
function mergeOf({ links, survivor }: KnownPerson, patient: string): IdentityLink | undefined {
  const way: IdentityLink[] = [];
  for (let key = patient; key !== survivor && way.length < links.length;) {
    const link = links.find(({ prior, counts }) => counts && prior === key);
    if (!link) break;
    way.push(link);
    key = link.survivor;
  }
  return way.filter(({ kind }) => kind !== 'stated').toSorted((a, b) => b.recordedAt - a.recordedAt)[0];
}

/** Masked as in lists, of a message of the reader's part. */
async function hintOf(
  store: Pick<Store, 'journal'>,
  { survivor, keys }: KnownPerson,
  part: Part,
): Promise<string | null> {
  const id = keys.find(({ key }) => key === survivor)?.lastMessageId;
  if (id === undefined) return null;
  if (part !== null && !(await store.journal.get(id))?.definitions.some((name) => part.has(name))) return null;
  return (await keptLabels(store, [id]))(id)?.patientHint ?? null;
}
