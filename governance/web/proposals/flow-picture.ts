/** Two versions of a flow as one picture: what stands where, what became of it, and the wires. Pure. */
import { nodeStates, type FlowNode, type Json, type NodeState } from '../../diff/index.ts';
import type { ComparedFlow } from './compared.ts';

/** What a reader is told of a part; `moved`: it only stands elsewhere. */
export type Mark = 'added' | 'removed' | 'changed' | 'moved' | 'same';
export type Side = 'before' | 'after';

export interface PictureNode {
  readonly id: string;
  readonly kind: 'node' | 'note' | 'group' | 'junction' | 'port';
  readonly type: string;
  /** By version, since it may be another; the same where it is in one only. */
  readonly labels: Readonly<Record<Side, string>>;
  readonly mark: Mark;
  readonly states: ReadonlySet<NodeState>;
  /** Top left, by version; `null`: it is not in it. */
  readonly at: Readonly<Record<Side, Box | null>>;
  readonly outputs: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface PictureWire {
  readonly id: string;
  readonly from: string;
  readonly port: number;
  readonly to: string;
  readonly mark: 'added' | 'removed' | 'same';
}

/** A tab of the editor, or the inside of a subflow. */
export interface Sheet {
  readonly id: string;
  readonly kind: 'tab' | 'subflow' | 'elsewhere';
  readonly label: string;
  readonly nodes: readonly PictureNode[];
  readonly wires: readonly PictureWire[];
  /** Ids of nodes that differ, in reading order; those that only stand elsewhere last. */
  readonly changes: readonly string[];
}

export const NODE_HEIGHT = 32;
const PER_SIGN = 6.7;
const ICON = 56;
const GRID = 20;
/** Where nodes without a place of their own (config nodes, tabs themselves) stand: in rows. */
const ROW = { columns: 4, across: 260, down: 56 };

interface Versions {
  readonly before: FlowNode | null;
  readonly after: FlowNode | null;
}

export function sheetsOf({ before, after, diff }: ComparedFlow): readonly Sheet[] {
  const idNow = new Map(diff?.newIds.map((one) => [one.before, one.after]) ?? []);
  // A removed node keeps its id, unless another node has it now.
  const later = new Set(after.map(({ id }) => id));
  const removed = new Set(diff?.removed.map(({ item }) => item.id) ?? []);
  const renamed = (id: string): string => idNow.get(id) ?? (removed.has(id) && later.has(id) ? `${id} (before)` : id);
  const states = diff ? nodeStates(diff) : new Map<string, ReadonlySet<NodeState>>();
  const both = new Map<string, { before: FlowNode | null; after: FlowNode | null }>();
  for (const node of after) both.set(node.id, { before: null, after: node });
  for (const node of before) {
    const id = renamed(node.id);
    const there = both.get(id);
    if (there) there.before = node;
    else both.set(id, { before: node, after: null });
  }
  const labels = labeller(both);
  const sheetOf = ({ before: old, after: now }: Versions): string => {
    const node = now ?? old;
    if (!node || !hasPlace(node)) return '';
    return text(node, 'z') === '' ? '' : now ? text(now, 'z') : renamed(text(node, 'z'));
  };
  const groups = Map.groupBy(both, ([, versions]) => sheetOf(versions));
  const known = [...both].flatMap(([id, { before: old, after: now }]) => {
    const node = now ?? old;
    return node && (node.type === 'tab' || node.type === 'subflow') ? [{ id, node }] : [];
  });
  const wires = wiresOf(before, after, renamed);
  const build = (
    id: string,
    kind: Sheet['kind'],
    name: string,
    members: readonly (readonly [string, Versions])[],
  ): Sheet => {
    const places = kind === 'elsewhere' ? rowsOf(members.map(([one]) => one)) : null;
    const nodes = members.map(([one, versions]) =>
      pictureNode(one, versions, labels(one), states.get(one) ?? new Set(), places?.get(one) ?? null),
    );
    const ports =
      kind === 'subflow' ? portsOf(id, both.get(id), states.get(id) ?? new Set()) : { nodes: [], wires: [] };
    const all = [...nodes, ...ports.nodes];
    const inside = new Set(all.map((node) => node.id));
    return {
      id,
      kind,
      label: name,
      nodes: all,
      wires: [...wires.filter(({ from, to }) => inside.has(from) && inside.has(to)), ...ports.wires],
      changes: changesOf(nodes),
    };
  };
  const sheets = known
    .map(({ id, node }) =>
      build(id, node.type === 'subflow' ? 'subflow' : 'tab', labels(id).after || node.type, groups.get(id) ?? []),
    )
    .filter((sheet) => sheet.nodes.length > 0);
  const drawn = new Set(sheets.map(({ id }) => id));
  const rest = [...groups].flatMap(([z, members]) => (drawn.has(z) ? [] : members));
  // Tabs and settings have no place on a sheet; they are shown where they differ.
  const elsewhere = rest.filter(([id]) => (states.get(id)?.size ?? 0) > 0);
  if (elsewhere.length > 0) sheets.push(build('settings', 'elsewhere', 'Settings and tabs', elsewhere));
  return sheets.toSorted((a, b) => Number(b.changes.length > 0) - Number(a.changes.length > 0));
}

export const markOf = (states: ReadonlySet<NodeState>): Mark => {
  if (states.has('added')) return 'added';
  if (states.has('removed')) return 'removed';
  if (states.has('changed') || states.has('renamed') || states.has('rewired') || states.has('new-id')) return 'changed';
  return states.has('moved') ? 'moved' : 'same';
};

function changesOf(nodes: readonly PictureNode[]): readonly string[] {
  const place = ({ at }: PictureNode): Box => at.after ?? at.before ?? { x: 0, y: 0, w: 0, h: 0 };
  return nodes
    .filter(({ mark }) => mark !== 'same')
    .toSorted(
      (a, b) =>
        Number(a.mark === 'moved') - Number(b.mark === 'moved') || place(a).y - place(b).y || place(a).x - place(b).x,
    )
    .map(({ id }) => id);
}

function pictureNode(
  id: string,
  { before, after }: Versions,
  labels: PictureNode['labels'],
  states: ReadonlySet<NodeState>,
  fixed: Box | null,
): PictureNode {
  const { type } = after ?? before ?? { type: '' };
  const kind = type === 'comment' ? 'note' : type === 'group' ? 'group' : type === 'junction' ? 'junction' : 'node';
  const outputs = Math.max(portsIn(before), portsIn(after));
  const box = (node: FlowNode | null, side: Side): Box | null =>
    node ? (fixed ?? boxOf(node, kind, labels[side])) : null;
  return {
    id,
    kind,
    type,
    labels,
    mark: markOf(states),
    states,
    at: { before: box(before, 'before'), after: box(after, 'after') },
    outputs,
  };
}

function boxOf(node: FlowNode, kind: PictureNode['kind'], label: string): Box {
  const [x, y] = [number(node, 'x'), number(node, 'y')];
  if (kind === 'group') return { x, y, w: number(node, 'w') || 200, h: number(node, 'h') || 80 };
  if (kind === 'junction') return { x: x - 5, y: y - 5, w: 10, h: 10 };
  // As the editor makes them: as wide as their label, around their middle.
  const small = node['l'] === false || (node.type.startsWith('link ') && node['l'] !== true);
  const w = small ? 32 : Math.min(300, Math.max(100, Math.ceil((ICON + label.length * PER_SIGN) / GRID) * GRID));
  return { x: x - w / 2, y: y - NODE_HEIGHT / 2, w, h: NODE_HEIGHT };
}

function rowsOf(ids: readonly string[]): ReadonlyMap<string, Box> {
  return new Map(
    ids.map((id, i) => [
      id,
      {
        x: (i % ROW.columns) * ROW.across,
        y: Math.floor(i / ROW.columns) * ROW.down,
        w: 220,
        h: NODE_HEIGHT,
      },
    ]),
  );
}

/** A node's name, or what the editor writes where it has none. */
function labeller(both: ReadonlyMap<string, Versions>): (id: string) => PictureNode['labels'] {
  const name = (node: FlowNode): string => (text(node, 'name') || text(node, 'label')).trim();
  const labelOf = (node: FlowNode): string => {
    if (name(node) !== '') return name(node);
    if (!node.type.startsWith('subflow:')) return node.type;
    const inner = both.get(node.type.slice('subflow:'.length));
    const template = inner?.after ?? inner?.before;
    return template ? name(template) || 'subflow' : 'subflow';
  };
  return (id) => {
    const { before = null, after = null } = both.get(id) ?? {};
    const [old, now] = [before ?? after, after ?? before];
    return { before: old ? labelOf(old) : '', after: now ? labelOf(now) : '' };
  };
}

function wiresOf(
  before: readonly FlowNode[],
  after: readonly FlowNode[],
  renamed: (id: string) => string,
): readonly PictureWire[] {
  const list = (nodes: readonly FlowNode[], idOf: (id: string) => string): readonly Omit<PictureWire, 'mark'>[] =>
    nodes.flatMap((node) =>
      outputsOf(node).flatMap((targets, port) =>
        targets.map((target) => {
          const [from, to] = [idOf(node.id), idOf(target)];
          return { id: `${from} ${port} ${to}`, from, port, to };
        }),
      ),
    );
  const [old, now] = [list(before, renamed), list(after, (id) => id)];
  const [oldIds, nowIds] = [new Set(old.map(({ id }) => id)), new Set(now.map(({ id }) => id))];
  return [
    ...now.map((wire): PictureWire => ({ ...wire, mark: oldIds.has(wire.id) ? 'same' : 'added' })),
    ...old.filter(({ id }) => !nowIds.has(id)).map((wire): PictureWire => ({ ...wire, mark: 'removed' })),
  ];
}

/** The ways into and out of a subflow, which are a property of the subflow itself. */
function portsOf(
  subflow: string,
  versions: Versions | undefined,
  states: ReadonlySet<NodeState>,
): { readonly nodes: readonly PictureNode[]; readonly wires: readonly PictureWire[] } {
  const node = versions?.after ?? versions?.before;
  if (!node) return { nodes: [], wires: [] };
  const nodes: PictureNode[] = [];
  const wires: PictureWire[] = [];
  for (const way of ['in', 'out'] as const)
    for (const [i, port] of items(node[way]).entries()) {
      const id = `${subflow} ${way} ${i}`;
      const box: Box = { x: number(port, 'x') - 20, y: number(port, 'y') - 20, w: 40, h: 40 };
      const label = `${way === 'in' ? 'input' : 'output'} ${i + 1}`;
      const at = { before: box, after: box };
      nodes.push({
        id,
        kind: 'port',
        type: 'subflow',
        labels: { before: label, after: label },
        mark: markOf(states),
        states,
        at,
        outputs: 1,
      });
      for (const wire of items(port['wires'])) {
        const [other, at] = [text(wire, 'id'), number(wire, 'port')];
        const [from, to] = way === 'in' ? [id, other] : [other, id];
        wires.push({ id: `${from} ${at} ${to}`, from, port: way === 'in' ? 0 : at, to, mark: 'same' });
      }
    }
  return { nodes, wires };
}

type Fields = Readonly<Record<string, Json>>;
const items = (value: Json | undefined): readonly Fields[] =>
  Array.isArray(value) ? value.filter((item): item is Fields => typeof item === 'object' && item !== null) : [];
const text = (node: Fields, key: string): string => {
  const value = node[key];
  return typeof value === 'string' ? value : '';
};
const number = (node: Fields, key: string): number => {
  const value = node[key];
  return typeof value === 'number' && Math.abs(value) < 1e6 ? value : 0;
};
const hasPlace = (node: FlowNode): boolean => typeof node['x'] === 'number' && typeof node['y'] === 'number';

function outputsOf(node: FlowNode): readonly (readonly string[])[] {
  const wires = node['wires'];
  return Array.isArray(wires)
    ? wires.map((targets: Json) =>
        Array.isArray(targets) ? targets.filter((to): to is string => typeof to === 'string') : [],
      )
    : [];
}
const portsIn = (node: FlowNode | null): number => (node ? outputsOf(node).length : 0);
