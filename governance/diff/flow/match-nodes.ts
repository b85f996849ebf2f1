/**
 * Which node of the old flow is which node of the new one. First by id and type. What is left may have been deleted and
 * pasted anew under another id: it is the same if it has the same content and stands in the same place of the wiring, or
 * stands in exactly the same wiring with its content changed. Anything less is a node removed and another one added:
 * to call two nodes one because both are empty would hide a change.
 */
import { canonical, field, objectOf } from '../base/json.ts';
import { nameOf, wiresOf, type FlowNode } from './flow-node.ts';

/** Rounds in which a node learns of its neighbours: copies of a chain are told apart by what is up to so many wires away. */
const ROUNDS = 6;
/** Of nodes that are all alike: thousands of them may come in a file that means harm. */
const MOST_TRIED = 50;
const PLACE = new Set(['id', 'x', 'y', 'w', 'h', 'z', 'g', 'wires', 'links', 'scope', 'nodes']);

export function matchNodes(before: readonly FlowNode[], after: readonly FlowNode[]): ReadonlyMap<string, string> {
  const match = new Map<string, string>();
  const types = new Map(after.map(({ id, type }) => [id, type]));
  for (const { id, type } of before) if (types.get(id) === type) match.set(id, id);
  if (match.size === before.length || match.size === after.length) return match;
  matchPasted(before, after, match);
  matchPastedAndChanged(before, after, match);
  return match;
}

interface Side {
  readonly nodes: readonly FlowNode[];
  readonly rest: readonly FlowNode[];
  /** Neighbours with the port, as seen from the node: `>0` behind its first output, `<1` in front, by that one's second. */
  readonly around: ReadonlyMap<string, readonly { readonly way: string; readonly id: string }[]>;
}

function sideOf(nodes: readonly FlowNode[], isLeft: (id: string) => boolean): Side {
  const around = new Map<string, { way: string; id: string }[]>(nodes.map(({ id }) => [id, []]));
  for (const node of nodes)
    for (const { from, port, to } of wiresOf(node)) {
      around.get(from)?.push({ way: `>${port}`, id: to });
      around.get(to)?.push({ way: `<${port}`, id: from });
    }
  return { nodes, rest: nodes.filter(({ id }) => isLeft(id)), around };
}

function matchPasted(before: readonly FlowNode[], after: readonly FlowNode[], match: Map<string, string>): void {
  const taken = new Set(match.values());
  const a = sideOf(before, (id) => !match.has(id));
  const b = sideOf(after, (id) => !taken.has(id));
  const known = [...match];
  const levels = rounds([a, b], [new Map(known.map(([id]) => [id, id])), new Map(known.map(([id, now]) => [now, id]))]);
  for (let level = levels.length - 1; level >= 0; level--) {
    const [labelsA, labelsB] = levels[level] ?? [new Map<string, string>(), new Map<string, string>()];
    // Below the finest level the wiring differs somewhere: a neighbour in common must speak for it.
    const fits = (one: FlowNode, other: FlowNode): boolean =>
      level === levels.length - 1 || inCommon(a, b, one.id, other.id, match);
    const pair = (keyA: (node: FlowNode) => string, keyB: (node: FlowNode) => string): void => {
      const waiting = Map.groupBy(
        b.rest.filter(({ id }) => !taken.has(id)),
        keyB,
      );
      for (const node of a.rest) {
        if (match.has(node.id)) continue;
        const candidates = waiting.get(keyA(node)) ?? [];
        const at = candidates.slice(0, MOST_TRIED).findIndex((one) => fits(node, one));
        const [found] = at < 0 ? [] : candidates.splice(at, 1);
        if (!found) continue;
        match.set(node.id, found.id);
        taken.add(found.id);
      }
    };
    const labelled = (labels: ReadonlyMap<string, string>) => (node: FlowNode) => labels.get(node.id) ?? '';
    const placed = (labels: ReadonlyMap<string, string>) => (node: FlowNode) =>
      `${labels.get(node.id) ?? ''} ${canonical([field(node, 'x') ?? null, field(node, 'y') ?? null])}`;
    // Of several that are alike, the one that stands in the same place.
    pair(placed(labelsA), placed(labelsB));
    pair(labelled(labelsA), labelled(labelsB));
  }
}

/** Level 0: the content; each further level adds that of the neighbours. What is matched already is known by its id. */
function rounds(
  sides: readonly [Side, Side],
  known: readonly [ReadonlyMap<string, string>, ReadonlyMap<string, string>],
): readonly (readonly [ReadonlyMap<string, string>, ReadonlyMap<string, string>])[] {
  const names = new Map<string, string>();
  const short = (text: string): string => {
    const name = names.get(text) ?? `#${names.size}`;
    names.set(text, name);
    return name;
  };
  const label = (side: Side, i: 0 | 1, before: ReadonlyMap<string, string> | null): ReadonlyMap<string, string> => {
    const of = (id: string): string => {
      const same = known[i].get(id);
      return same === undefined ? (before?.get(id) ?? '?') : `=${same}`;
    };
    const ids = new Set(side.nodes.map(({ id }) => id));
    return new Map(
      side.rest.map((node) => {
        const around = (side.around.get(node.id) ?? []).map(({ way, id }) => `${way}${of(id)}`).toSorted();
        return [node.id, short(before ? [before.get(node.id), ...around].join(' ') : content(node, ids))];
      }),
    );
  };
  let level = [label(sides[0], 0, null), label(sides[1], 1, null)] as const;
  const levels = [level];
  let kinds = distinct(level);
  for (let round = 0; round < ROUNDS; round++) {
    level = [label(sides[0], 0, level[0]), label(sides[1], 1, level[1])];
    levels.push(level);
    const now = distinct(level);
    if (now === kinds) break;
    kinds = now;
  }
  return levels;
}

/** A round that tells no more apart than the one before is the last that can. */
const distinct = (level: readonly [ReadonlyMap<string, string>, ReadonlyMap<string, string>]): number =>
  new Set([...level[0].values(), ...level[1].values()]).size;

/** Without place and wires; a name of another node (a config node, a subflow) counts only as such. */
function content(node: FlowNode, ids: ReadonlySet<string>): string {
  const entries = Object.entries(node).filter(([key]) => !PLACE.has(key));
  return canonical(
    objectOf(
      entries.map(([key, value]) => {
        const isId = typeof value === 'string' && ids.has(value.replace(/^subflow:/, ''));
        return [key, isId ? '@' : value] as const;
      }),
    ),
  );
}

function inCommon(a: Side, b: Side, idA: string, idB: string, match: ReadonlyMap<string, string>): boolean {
  const [aroundA, aroundB] = [a.around.get(idA) ?? [], b.around.get(idB) ?? []];
  if (aroundA.length === 0 && aroundB.length === 0) return true;
  const there = new Set(aroundB.map(({ way, id }) => `${way[0]}${id}`));
  return aroundA.some(({ way, id }) => there.has(`${way[0]}${match.get(id) ?? ''}`));
}

/** The same type in the same wiring, or (without wires) under the same name, and only one of it on either side. */
function matchPastedAndChanged(
  before: readonly FlowNode[],
  after: readonly FlowNode[],
  match: Map<string, string>,
): void {
  const taken = new Set(match.values());
  const a = sideOf(before, (id) => !match.has(id));
  const b = sideOf(after, (id) => !taken.has(id));
  const nowOf = (id: string): string => match.get(id) ?? `gone ${id}`;
  const byWiring = Map.groupBy(b.rest, (node) => whereOf(b, node, (id) => id));
  for (const [where, nodes] of Map.groupBy(a.rest, (node) => whereOf(a, node, nowOf))) {
    const there = byWiring.get(where);
    const [old, now] = [nodes[0], there?.[0]];
    if (nodes.length === 1 && there?.length === 1 && old && now) match.set(old.id, now.id);
  }
}

function whereOf(side: Side, node: FlowNode, nowOf: (id: string) => string): string {
  const around = (side.around.get(node.id) ?? []).map(({ way, id }) => `${way}${nowOf(id)}`).toSorted();
  return around.length > 0
    ? [node.type, ...around].join(' ')
    : `${node.type} ${node.type === 'tab' ? '' : nameOf(node) || node.id}`;
}
