/** Work by which people are still being told: nobody gives it up as a dead letter, alone or with many others. */
import type { Engine, WorkView } from '../../engine/index.ts';

/** Of one message. */
const MOST_ESCALATIONS = 1000;

/**
 * Of the message's work: items of its escalations that are open or exhausted, and what came of them further on. Who wants
 * no more of them acknowledges.
 */
export async function owedToPeople(
  { store }: Pick<Engine, 'store'>,
  messageId: string,
  work: readonly WorkView[],
): Promise<ReadonlySet<string>> {
  const states = ['open', 'exhausted'] as const;
  const escalations = await store.escalations.list({ messageId, states, limit: MOST_ESCALATIONS });
  const telling = new Set(escalations.map(({ subscription }) => subscription));
  const owed = new Set(work.filter(({ subscription }) => telling.has(subscription)).map(({ id }) => id));
  // A step may go on through `queue out`. Children come after their parents, so one pass finds them all.
  for (const { id, parentWorkId } of owed.size > 0 ? work.toSorted((a, b) => a.seq - b.seq) : [])
    if (parentWorkId !== null && owed.has(parentWorkId)) owed.add(id);
  return owed;
}
