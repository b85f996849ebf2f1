/**
 * Order within a key. The key's document names its holder, the only item of the key that may be ready or claimed, and
 * counts by lane what stands in the row. Every change of the row writes that document: of two runtimes that change one row
 * at once, one meets a write conflict and begins again. The holder inherits the most urgent lane of its row.
 */
import type { KeyDoc, WorkDoc } from '../documents.ts';
import type { WriteContext } from './context.ts';

const LANES = 4;

export const length = (key: KeyDoc): number => key.lanes.reduce((sum, n) => sum + n, 0);
const mostUrgent = (lanes: readonly number[]): number =>
  Math.max(
    lanes.findIndex((n) => n > 0),
    0,
  );

function withLane(lanes: readonly number[], lane: number, by: 1 | -1): number[] {
  return lanes.map((n, index) => (index === lane ? n + by : n));
}

const EMPTY: readonly number[] = Array.from({ length: LANES }, () => 0);

/**
 * A new item joins the row. Gives whether it may be claimed at once, and its place: its own number, or one behind the last
 * where another runtime, with a newer range of numbers, was there before it.
 */
export function joinKey(
  ctx: WriteContext,
  name: string,
  work: { readonly id: string; readonly lane: number; readonly seq: number },
): { readonly ready: boolean; readonly seq: number } {
  const { id, lane } = work;
  const keys = ctx.table('keys');
  const key = keys.get(name);
  const seq = Math.max(work.seq, (key?.last ?? 0) + 1);
  if (!key) {
    keys.insert({ _id: name, lanes: withLane(EMPTY, lane, 1), holder: id, last: seq, version: 1 });
    return { ready: true, seq };
  }
  const lanes = withLane(key.lanes, lane, 1);
  const ready = length(key) === 0;
  if (!ready && lane < mostUrgent(key.lanes)) ctx.table('work').set(key.holder, { claimLane: lane });
  keys.set(name, { lanes, last: seq, version: key.version + 1, ...(ready ? { holder: id } : {}) });
  return { ready, seq };
}

/** An item enters (`1`) or leaves (`-1`) the row, or only its state has changed (`0`): who holds the key is looked up later. */
export function changeKey(
  ctx: WriteContext,
  work: Pick<WorkDoc, '_id' | 'orderingKey' | 'lane' | 'seq'>,
  by: 1 | 0 | -1,
): void {
  const { orderingKey: name, seq } = work;
  if (name === undefined) return;
  const keys = ctx.table('keys');
  const key = keys.get(name);
  const before = key?.lanes ?? EMPTY;
  const lanes = by === 0 ? [...before] : withLane(before, work.lane, by);
  if (key) keys.set(name, { lanes, last: Math.max(key.last, seq), version: key.version + 1 });
  else keys.insert({ _id: name, lanes, holder: work._id, last: seq, version: 1 });
  ctx.dirtyKeys.add(name);
}

/** After the batch's changes of work were written: names the holder of every row that has changed. */
export async function refreshKeys(ctx: WriteContext): Promise<void> {
  const keys = ctx.table('keys');
  const work = ctx.table('work');
  const rows: KeyDoc[] = [];
  for (const name of ctx.dirtyKeys) {
    const key = keys.get(name);
    if (!key) continue;
    if (length(key) === 0) keys.remove(name);
    else rows.push(key);
  }
  ctx.dirtyKeys.clear();
  if (rows.length === 0) return;
  await work.load(rows.map((key) => key.holder));
  const open = rows.filter((key) => work.get(key.holder)?.state !== 'claimed');
  const heads = await headsOf(
    ctx,
    open.map((key) => key._id),
  );
  for (const key of open) {
    const head = heads.get(key._id);
    if (!head) continue;
    if (head._id !== key.holder) {
      if (work.get(key.holder)?.ready) work.set(key.holder, { ready: undefined });
      keys.set(key._id, { holder: head._id });
    }
    const ready = head.state === 'waiting' && head.notBefore === undefined ? true : undefined;
    const claimLane = mostUrgent(key.lanes);
    if (head.ready !== ready || head.claimLane !== claimLane) work.set(head._id, { ready, claimLane });
  }
}

/** The first of each row. Rows may be long: each costs one look into the index. */
async function headsOf(ctx: WriteContext, names: readonly string[]): Promise<Map<string, WorkDoc>> {
  const heads = new Map<string, WorkDoc>();
  for (const name of names) {
    const [head] = await ctx
      .table('work')
      .find({ orderingKey: name, blocks: true }, { sort: { seq: 1 }, limit: 1, hint: { orderingKey: 1, seq: 1 } });
    if (head) heads.set(name, head);
  }
  return heads;
}
