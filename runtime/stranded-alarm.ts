/**
 * Work that waits for a source that no flow has (a tab was deleted, a source renamed) waits for ever: of a critical
 * definition, people are told (docs/decisions/0007-work-of-removed-flows.md). Looked for after each deploy and every few
 * minutes; one alarm for the oldest item of each source.
 */
import type { ClaimedWork, Definition, Engine, LadderStep, NewWork, WorkView } from '../engine/index.ts';
import { alarmLadder } from './alarm-ladder.ts';

export const STRANDED_NAME = 'stranded work';
/** Sources looked at in one go. */
const MOST_SOURCES = 200;

/** What a definition is found by, of an item that may never have been delivered. */
export type Owed = Pick<ClaimedWork, 'id' | 'fence' | 'definition' | 'pinnedVersion'>;

export interface StrandedData {
  readonly kind: 'stranded';
  readonly workId: string;
  readonly attempt: number;
  readonly title: string;
  readonly steps: readonly LadderStep[];
}

/** Makes the child items by which the alarms begin. Gives how many began. */
export async function alarmOfStranded(
  { store, dispatcher, ids, clock }: Pick<Engine, 'store' | 'dispatcher' | 'ids' | 'clock'>,
  source: string,
  definitionOf: (work: Owed) => Promise<Definition | undefined>,
): Promise<number> {
  const rows = (await store.work.backlog()).filter(
    ({ state, subscription }) => state === 'waiting' && !dispatcher.serves(subscription),
  );
  let begun = 0;
  for (const { subscription } of rows.slice(0, MOST_SOURCES)) {
    const item = await store.work.firstWaiting(subscription);
    const definition = item && (await definitionOf({ ...item, fence: 0 }));
    const message = definition?.intent.risk === 'critical' ? await store.journal.get(item?.messageId ?? '') : undefined;
    if (!item || !definition || !message) continue;
    const { correlationId, traceparent } = message;
    const data = dataOf(item, definition);
    const child: NewWork = {
      id: ids.next(),
      messageId: item.messageId,
      subscription: source,
      definition: item.definition,
      lane: 'stat',
      orderingKey: null,
      afterDead: 'continue',
      correlationId,
      traceparent,
      createdAt: clock.now(),
      child: { parentWorkId: item.id, key: `stranded/${item.id}/${item.attempt}`, kind: 'dead-letter', data },
    };
    if ((await store.work.addChild(child)) === 'added') begun++;
  }
  return begun;
}

/** A flow takes it again, or it waits no more. */
export async function isTakenUp(
  { store, dispatcher }: Pick<Engine, 'store' | 'dispatcher'>,
  carry: unknown,
): Promise<boolean> {
  const workId = (carry as { readonly workId?: unknown } | null)?.workId;
  const item = typeof workId === 'string' ? await store.work.get(workId) : undefined;
  return item?.state !== 'waiting' || dispatcher.serves(item.subscription);
}

function dataOf({ id, attempt, subscription }: WorkView, definition: Definition): StrandedData {
  const { title } = definition.intent;
  const steps = alarmLadder(definition, {
    what: `Work of "${title}" waits, and no flow takes it (${subscription}).`,
    operations: 'Bring the flow back under its name, or find out what the messages say and discard the work.',
    owner: 'Find out what the messages say, and act on it by other means.',
    after15: 'It has waited for 15 minutes since this was told, and nobody has answered.',
    after30: 'It still waits, and nobody has answered.',
  });
  return { kind: 'stranded', workId: id, attempt, title: `Stranded work of ${title}: no flow takes it`, steps };
}
