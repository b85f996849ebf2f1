/** What lists of tasks, alerts and reports say of the messages behind them. */
import type { MessageLabel, Store } from '../../engine/index.ts';

export type ShownMessage = Omit<MessageLabel, 'id' | 'feed'>;

const NOT_KEPT: ShownMessage = { controlId: null, type: null, patientHint: null };
const MOST = 1000;

/** What is not kept any more has no label, and says so with nothing. */
export async function messageLabels(
  store: Pick<Store, 'journal'>,
  ids: Iterable<string>,
): Promise<(id: string) => ShownMessage> {
  const labelOf = await keptLabels(store, ids);
  return (id) => {
    const { controlId, type, patientHint } = labelOf(id) ?? NOT_KEPT;
    return { controlId, type, patientHint };
  };
}

/** One question to the store, however many there are. `undefined`: it is not kept any more. */
export async function keptLabels(
  { journal }: Pick<Store, 'journal'>,
  ids: Iterable<string>,
): Promise<(id: string) => MessageLabel | undefined> {
  const all = [...new Set(ids)];
  const pages: string[][] = [];
  for (let from = 0; from < all.length; from += MOST) pages.push(all.slice(from, from + MOST));
  const labels = (await Promise.all(pages.map((page) => journal.labels(page)))).flat();
  const known = new Map(labels.map((label) => [label.id, label]));
  return (id) => known.get(id);
}
