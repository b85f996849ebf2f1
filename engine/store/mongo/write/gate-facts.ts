import type { GateDoc } from '../documents.ts';
import type { WriteContext } from './context.ts';

/** Up to so many facts of a key are loaded whole; of a crowded key only those that a verdict can depend on. */
const CROWDED = 50;
/** How far back a crowded key is searched for a fact that is no repeat and whose item has not failed. */
const LOOK_BACK = 64;

export const PASSING = ['new', 'update', 'correction'] as const satisfies readonly GateDoc['kind'][];

interface Wanted {
  readonly key: string;
  readonly contentHash: string;
  readonly messageId: string;
}

/** Loads the past of the keys that facts have come under, with the state of the items they came with. */
export async function loadFacts(ctx: WriteContext, wanted: readonly Wanted[]): Promise<void> {
  if (wanted.length === 0) return;
  const keys = new Set(wanted.map(({ key }) => key));
  await ctx.table('gateKeys').load(keys);
  const known = [...keys].filter((key) => ctx.table('gateKeys').get(key));
  const crowded = new Set(known.filter((key) => (ctx.table('gateKeys').get(key)?.facts ?? 0) > CROWDED));
  const found = await ctx.table('gate').find({ key: { $in: known.filter((key) => !crowded.has(key)) } });
  for (const one of wanted) if (crowded.has(one.key)) found.push(...(await factsOfCrowded(ctx, one)));
  const distinct = new Map(found.map((fact) => [fact._id, fact]));
  for (const fact of [...distinct.values()].toSorted((a, b) => a.seq - b.seq)) {
    const facts = ctx.facts.get(fact.key);
    if (facts) facts.push(fact);
    else ctx.facts.set(fact.key, [fact]);
  }
  await ctx.table('work').load(new Set(found.map((fact) => fact.workId)));
}

async function factsOfCrowded(ctx: WriteContext, { key, contentHash, messageId }: Wanted): Promise<GateDoc[]> {
  const gate = ctx.table('gate');
  return [
    ...(await gate.find({ key, kind: { $ne: 'repeat' } }, { sort: { seq: -1 }, limit: LOOK_BACK })),
    ...(await gate.find({ key, contentHash }, { sort: { seq: 1 }, limit: LOOK_BACK })),
    ...(await gate.find({ key, messageId }, { limit: LOOK_BACK })),
    ...(await gate.find({ key, because: { $in: ['first-failed', 'between-failed'] }, first: messageId }, { limit: 1 })),
  ];
}
