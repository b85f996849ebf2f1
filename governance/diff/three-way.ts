/**
 * Two people changed the same flows: what each changed of what both began with, put together node by node and property by
 * property. Where both changed the same thing to different things a person chooses; nothing is taken silently but places on
 * the canvas.
 */
import { equalJson, field, isList, objectOf, type Json } from './base/json.ts';
import { nameOf, type FlowNode } from './flow/flow-node.ts';

export type Side = 'theirs' | 'mine';

/** Something that both changed. */
export interface FlowConflict {
  /** Unique among the conflicts, and the same each time they are looked for. */
  readonly key: string;
  /** Id of the node, of its tab, and how people call it. */
  readonly node: string;
  readonly tab: string | null;
  readonly name: string;
  readonly type: string;
  /** `null`: the whole node, which one side has removed, or both have added. */
  readonly property: string | null;
  /** `undefined`: it is not there. */
  readonly base: Json | undefined;
  readonly theirs: Json | undefined;
  readonly mine: Json | undefined;
}

export interface ThreeWay {
  readonly conflicts: readonly FlowConflict[];
  /** @throws RangeError a conflict has no choice */
  merged(choices: ReadonlyMap<string, Side>): readonly FlowNode[];
}

type Flows = readonly FlowNode[];
type Choose = (key: string) => Side;

/** Where something stands means nothing: mine is taken. */
const PLACE: ReadonlySet<string> = new Set(['x', 'y', 'w', 'h']);

export function threeWay(base: Flows, theirs: Flows, mine: Flows): ThreeWay {
  const sides = { base: byId(base), theirs: byId(theirs), mine: byId(mine) };
  // Theirs first, so that what is there keeps its order; what only I have comes after.
  const ids = [...new Set([...theirs, ...mine, ...base].map(({ id }) => id))];
  const conflicts: FlowConflict[] = [];
  const find = (id: string): FlowNode | undefined => sides.mine.get(id) ?? sides.theirs.get(id) ?? sides.base.get(id);
  const told = (
    id: string,
    property: string | null,
    values: Omit<FlowConflict, 'key' | 'node' | 'tab' | 'name' | 'type' | 'property'>,
  ): void => {
    const node = find(id);
    const tab = node ? field(node, 'z') : undefined;
    conflicts.push({
      key: keyOf(id, property),
      node: id,
      tab: typeof tab === 'string' && tab !== '' ? tab : null,
      name: node ? nameOf(node) || node.type : id,
      type: node?.type ?? '',
      property,
      ...values,
    });
  };
  for (const id of ids) {
    const [b, t, m] = [sides.base.get(id), sides.theirs.get(id), sides.mine.get(id)];
    if (t && m) {
      for (const property of propertiesOf(t, m))
        if (isConflict(b && field(b, property), field(t, property), field(m, property)) && !PLACE.has(property))
          told(id, property, { base: b && field(b, property), theirs: field(t, property), mine: field(m, property) });
    } else if (b && (t || m) && isTouched(b, t ?? m, t ? sides.theirs : sides.mine, sides.base))
      told(id, null, { base: b, theirs: t, mine: m });
  }
  const merged = (choose: Choose): Flows => {
    const all = ids.flatMap((id) => {
      const node = mergedNode(id, sides.base.get(id), sides.theirs.get(id), sides.mine.get(id), conflicts, choose);
      return node ? [node] : [];
    });
    return withoutLooseEnds(all);
  };
  return {
    conflicts,
    merged: (choices) =>
      merged((key) => {
        const side = choices.get(key);
        if (!side) throw new RangeError('a conflict has no choice');
        return side;
      }),
  };
}

const byId = (nodes: Flows): ReadonlyMap<string, FlowNode> => new Map(nodes.map((node) => [node.id, node]));
const keyOf = (id: string, property: string | null): string => JSON.stringify([id, property]);
const propertiesOf = (a: FlowNode, b: FlowNode): readonly string[] => [
  ...new Set([...Object.keys(a), ...Object.keys(b)]),
];

const isConflict = (base: Json | undefined, theirs: Json | undefined, mine: Json | undefined): boolean =>
  !equalJson(theirs, mine) && !equalJson(base, theirs) && !equalJson(base, mine);

/** One side has removed it: did the other change it, or what lies in it? */
function isTouched(
  base: FlowNode,
  kept: FlowNode | undefined,
  side: ReadonlyMap<string, FlowNode>,
  before: ReadonlyMap<string, FlowNode>,
): boolean {
  if (!kept) return false;
  if (!sameButPlace(base, kept)) return true;
  if (base.type !== 'tab' && base.type !== 'subflow') return false;
  return [...side.values()].some((node) => {
    if (field(node, 'z') !== base.id) return false;
    const old = before.get(node.id);
    return !old || !sameButPlace(old, node);
  });
}

const sameButPlace = (a: FlowNode, b: FlowNode): boolean =>
  propertiesOf(a, b).every((property) => PLACE.has(property) || equalJson(field(a, property), field(b, property)));

function mergedNode(
  id: string,
  base: FlowNode | undefined,
  theirs: FlowNode | undefined,
  mine: FlowNode | undefined,
  conflicts: readonly FlowConflict[],
  choose: Choose,
): FlowNode | undefined {
  const isOpen = (property: string | null): boolean => conflicts.some(({ key }) => key === keyOf(id, property));
  if (!theirs || !mine) {
    if (isOpen(null)) return choose(keyOf(id, null)) === 'mine' ? mine : theirs;
    // Added by one, or removed by one and left as it was by the other.
    return base ? undefined : (theirs ?? mine);
  }
  const entries = propertiesOf(theirs, mine).flatMap((property): readonly (readonly [string, Json])[] => {
    const [b, t, m] = [base && field(base, property), field(theirs, property), field(mine, property)];
    const side = isOpen(property) ? choose(keyOf(id, property)) : equalJson(b, m) ? 'theirs' : 'mine';
    const value = side === 'mine' ? m : t;
    return value === undefined ? [] : [[property, value]];
  });
  return objectOf(entries) as FlowNode;
}

/** What lay in something that is gone is gone, and so are wires to it. */
function withoutLooseEnds(nodes: Flows): Flows {
  const containers = new Set(nodes.flatMap(({ id, type }) => (type === 'tab' || type === 'subflow' ? [id] : [])));
  const kept = nodes.filter((node) => {
    const z = field(node, 'z');
    return typeof z !== 'string' || z === '' || containers.has(z);
  });
  const ids = new Set(kept.map(({ id }) => id));
  return kept.map((node) => {
    const wires = field(node, 'wires');
    if (!isList(wires)) return node;
    const left = wires.map((output) =>
      isList(output) ? output.filter((to) => typeof to !== 'string' || ids.has(to)) : output,
    );
    return equalJson(wires, left) ? node : { ...node, wires: left };
  });
}
