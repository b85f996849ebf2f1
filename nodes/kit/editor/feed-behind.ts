/** Which feed's messages come to a node: the nearest `hl7 in` (or other source) found by walking its wires back. */
import type { EditorNode } from './red.ts';

interface Wired extends EditorNode {
  readonly type: string;
  readonly links?: readonly string[];
}
interface Wire {
  readonly source: Wired;
}

/** Node-RED's word for the side of a node that wires come in by. */
const INPUT = 1;
const FEED = /^[a-z][a-z0-9-]{0,62}$/;
const MOST_LOOKED_AT = 2_000;

/** `null`: none is found. */
export function feedBehind(node: EditorNode): string | null {
  const nodes = RED.nodes as unknown as {
    node(id: string): Wired | null;
    getNodeLinks(node: EditorNode, side: number): readonly Wire[];
    filterNodes(filter: object): readonly Wired[];
  };
  const before = (one: Wired): readonly Wired[] => {
    if (one.type === 'link in') return (one.links ?? []).flatMap((id) => nodes.node(id) ?? []);
    if (one.type === 'queue in')
      return nodes.filterNodes({ z: one.z, type: 'queue out' }).filter((other) => other['queue'] === one['queue']);
    return nodes.getNodeLinks(one, INPUT).map(({ source }) => source);
  };
  const seen = new Set<string>();
  const next: Wired[] = [node as Wired];
  for (let at = 0; at < next.length && at < MOST_LOOKED_AT; at++) {
    const one = next[at];
    if (!one || seen.has(one.id)) continue;
    seen.add(one.id);
    const own =
      one.type === 'fhir subscription in' ? one['subscription'] : one.type === 'http event in' ? one['feed'] : '';
    if (typeof own === 'string' && FEED.test(own.trim())) return own.trim();
    const feed = typeof one['feed'] === 'string' ? nodes.node(one['feed']) : null;
    if (feed?.type === 'wardflow-feed' && typeof feed['name'] === 'string') return feed['name'];
    next.push(...before(one));
  }
  return null;
}
