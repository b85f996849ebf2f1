/**
 * What an escalation carries must never keep it from starting: text that is too long is cut and says so, and what is no
 * plain JSON is left out. Queues refuse such a message instead (`carried`): there, a cut one would pass for whole.
 */
import type { WardflowMessage } from '../../runtime/services.ts';
import { MOST_CARRIED, isOwn } from './carry.ts';

export interface CutCarry {
  readonly carry: Readonly<Record<string, unknown>>;
  /** Names of the properties that are not whole; in `carry` as `carryCut` as well. */
  readonly cut: readonly string[];
}

/**
 * Tried in turn: longest text and list that stay whole, and most members of an object. Ids and codes, which later steps go
 * by, are shorter than the last text; members have names that expressions ask for, so they go much later than elements.
 */
const TIGHTER: readonly Limit[] = [
  { text: 4096, list: 1000, members: 1000 },
  { text: 1024, list: 200, members: 1000 },
  { text: 256, list: 50, members: 1000 },
  { text: 256, list: 5, members: 200 },
  { text: 128, list: 1, members: 100 },
];

interface Limit {
  readonly text: number;
  readonly list: number;
  readonly members: number;
}

/** Deeper than any event; a message built by a flow may hold anything. */
const DEEPEST = 32;

export function carriedOrCut(names: readonly string[], msg: WardflowMessage): CutCarry {
  const plain = new Map<string, unknown>();
  const cut = new Set<string>();
  for (const name of names) {
    if (isOwn(name) || msg[name] === undefined) continue;
    const value = plainJson(msg[name]);
    if (value === undefined) cut.add(name);
    else plain.set(name, value);
  }
  for (const limit of TIGHTER) {
    if (fits(plain)) break;
    for (const [name, value] of plain) {
      const shorter = shortened(value, limit, 0);
      if (JSON.stringify(shorter) === JSON.stringify(value)) continue;
      plain.set(name, shorter);
      cut.add(name);
    }
  }
  for (const [name] of [...plain].toSorted(([, a], [, b]) => size(b) - size(a))) {
    if (fits(plain)) break;
    plain.delete(name);
    cut.add(name);
  }
  return {
    carry: { ...Object.fromEntries(plain), ...(cut.size > 0 && { carryCut: [...cut] }) },
    cut: [...cut],
  };
}

const size = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** With room for the list of what was cut. */
function fits(plain: ReadonlyMap<string, unknown>): boolean {
  return size(Object.fromEntries(plain)) <= MOST_CARRIED - 2048;
}

/** A copy as JSON; `undefined` where there is none (a circle, a function, a big integer). */
function plainJson(value: unknown): unknown {
  try {
    const text: string | undefined = JSON.stringify(value);
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function shortened(value: unknown, limit: Limit, depth: number): unknown {
  if (typeof value === 'string')
    return value.length <= limit.text
      ? value
      : `${value.slice(0, limit.text - 64).toWellFormed()} … [cut: ${value.length} characters]`;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return null;
  if (Array.isArray(value)) return value.slice(0, limit.list).map((item) => shortened(item, limit, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, limit.members)
      .map(([name, item]) => [name, shortened(item, limit, depth + 1)]),
  );
}
