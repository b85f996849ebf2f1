/** What of a message's tree is to be seen: the rows in order, with what is open and where the warnings belong. */
import type { Hl7Advice, OutlineNode, OutlineSegment } from '../../api/runtime-shapes.ts';

export interface Row {
  readonly node: OutlineNode;
  readonly segment: OutlineSegment;
  /** From 1, as a tree counts its levels. */
  readonly level: number;
  readonly position: number;
  readonly siblings: number;
  /** `null`: there is nothing below it. */
  readonly open: boolean | null;
  readonly parent: string | null;
}

/** What is open: all, none, or segments only; and what the person opened or closed. */
export interface Opened {
  readonly rule: 'all' | 'segments' | 'none';
  readonly but: ReadonlyMap<string, boolean>;
}

export function rowsOf(segments: readonly OutlineSegment[], opened: Opened): Row[] {
  const rows: Row[] = [];
  for (const [at, segment] of segments.entries()) {
    const add = (node: OutlineNode, level: number, position: number, siblings: number, parent: string | null): void => {
      const open = node.children.length === 0 ? null : isOpen(node, opened);
      rows.push({ node, segment, level, position, siblings, open, parent });
      if (!open) return;
      for (const [i, child] of node.children.entries()) add(child, level + 1, i + 1, node.children.length, node.path);
    };
    add(segment, 1, at + 1, segments.length, null);
  }
  return rows;
}

export function isOpen(node: OutlineNode, { rule, but }: Opened): boolean {
  return but.get(node.path) ?? (rule === 'all' || (rule === 'segments' && node.level === 'segment'));
}

/** `PID-3[2].4` -> `PID-3[2]` -> `PID-3` -> `PID`; `null` at the end. */
export function above(path: string): string | null {
  const dot = path.lastIndexOf('.');
  if (dot > 0) return path.slice(0, dot);
  const dash = path.indexOf('-');
  if (dash < 0) return null;
  return path.endsWith(']') && path.lastIndexOf('[') > dash
    ? path.slice(0, path.lastIndexOf('['))
    : path.slice(0, dash);
}

export interface Warnings {
  /** By the path of the node that shows them. */
  readonly at: ReadonlyMap<string, readonly Hl7Advice[]>;
  /** How many are at a node or below it. */
  readonly below: ReadonlyMap<string, number>;
}

/** Each at the nearest part that is there: of what is missing there is no row. */
export function placed(segments: readonly OutlineSegment[], advice: readonly Hl7Advice[]): Warnings {
  const paths = new Set<string>();
  const collect = (node: OutlineNode): void => {
    paths.add(node.path);
    node.children.forEach(collect);
  };
  segments.forEach(collect);
  const at = new Map<string, Hl7Advice[]>();
  const below = new Map<string, number>();
  for (const one of advice) {
    const place = shownPlace(one.path, paths);
    if (place === null) continue;
    at.set(place, [...(at.get(place) ?? []), one]);
    for (let path: string | null = place; path !== null; path = above(path))
      below.set(path, (below.get(path) ?? 0) + 1);
  }
  return { at, below };
}

function shownPlace(path: string, paths: ReadonlySet<string>): string | null {
  for (let place: string | null = path; place !== null; place = above(place)) if (paths.has(place)) return place;
  return null;
}

/** The way down to a node, for opening what hides it; the nearest there is. Empty: its segment is not among these. */
export function wayTo(segments: readonly OutlineSegment[], path: string): readonly OutlineNode[] {
  for (let place: string | null = path; place !== null; place = above(place)) {
    for (const segment of segments) {
      const way = wayInside(segment, place);
      if (way.length > 0) return way;
    }
  }
  return [];
}

function wayInside(node: OutlineNode, path: string): readonly OutlineNode[] {
  if (node.path === path) return [node];
  if (!path.startsWith(node.path)) return [];
  for (const child of node.children) {
    const way = wayInside(child, path);
    if (way.length > 0) return [node, ...way];
  }
  return [];
}

/** The smallest part that stands at a place of a segment's text. */
export function partAt(segment: OutlineSegment, offset: number): OutlineNode {
  let found: OutlineNode = segment;
  for (;;) {
    const next: OutlineNode | undefined = found.children.find(
      ({ at, length }) => length > 0 && at <= offset && offset < at + length,
    );
    if (!next) return found;
    found = next;
  }
}

/** The raw text of a part, as far as its segment's is here. */
export function rawOf({ segment, node }: Pick<Row, 'segment' | 'node'>, most: number): string {
  return segment.raw.slice(node.at, node.at + Math.min(node.length, most));
}
