/**
 * Senders in enhanced mode hear what became of their message through `hl7 ack`: where the feed's mode has no place for such an
 * answer, and where a path ends well without one.
 */
import type { FlowNode } from '../../engine/index.ts';
import { finding, nameOf, type Finding } from './finding.ts';
import type { FlowGraph, Place } from './flow-graph.ts';
import { textOf, type Subject } from './subject.ts';

/** What goes on as work of its own may answer there. */
const ENDS_WELL = new Set(['message done']);
const ANSWERS = 'hl7 ack';

export function checkAnswers(subject: Subject, graph: FlowGraph): Finding[] {
  const feeds = new Map(
    [...subject.nodes, ...subject.sharedNodes]
      .filter(({ type }) => type === 'wardflow-feed')
      .map((one) => [one.id, one]),
  );
  const sources = [...graph.places.values()].filter(({ node }) => node.type === 'hl7 in');
  const feedOf = ({ node }: Place): FlowNode | undefined => feeds.get(textOf(node['feed']));
  const isEnhanced = (place: Place): boolean => feedOf(place)?.['acknowledgement'] === 'enhanced';
  return [
    ...withoutPlace(subject, graph, sources, isEnhanced, feedOf),
    ...sources.filter(isEnhanced).flatMap((source) => unanswered(subject, graph, source)),
  ];
}

/** An `hl7 ack` that no feed in enhanced mode leads to. */
function withoutPlace(
  subject: Subject,
  graph: FlowGraph,
  sources: readonly Place[],
  isEnhanced: (place: Place) => boolean,
  feedOf: (place: Place) => FlowNode | undefined,
): Finding[] {
  const acks = [...graph.places.values()].filter(({ node }) => node.type === ANSWERS);
  if (acks.length === 0) return [];
  const leading = new Map(sources.map((source) => [source, reached(graph, source)]));
  return acks.flatMap((ack) => {
    const direct = sources.filter((source) => leading.get(source)?.has(ack.id));
    // What a queue, a timer or a catch sends may come from any of them.
    const from = direct.length > 0 ? direct : sources;
    if (from.some(isEnhanced)) return [];
    const [first] = from.flatMap((source) => feedOf(source) ?? []);
    const feed = first ? `feed ${nameOf(first)} is in original mode` : 'no feed leads to it';
    return [finding('answer-without-place', whereOf(subject, ack.node), { why: feed })];
  });
}

function reached(graph: FlowGraph, source: Place): ReadonlySet<string> {
  const seen = new Set<string>();
  const queue = [source.id];
  for (let id = queue.pop(); id !== undefined; id = queue.pop())
    for (const { to } of graph.edges(id)) {
      if (seen.has(to)) continue;
      seen.add(to);
      queue.push(to);
    }
  return seen;
}

/** The first end of a path that comes past no `hl7 ack`. */
function unanswered(subject: Subject, graph: FlowGraph, source: Place): Finding[] {
  const seen = new Set<string>([source.id]);
  const queue = [source.id];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const place = graph.places.get(id);
    if (!place || place.node.type === ANSWERS) continue;
    if (ENDS_WELL.has(place.node.type) || place.node['finish'] === true)
      return [finding('path-not-answered', whereOf(subject, source.node), { end: nameOf(place.node) })];
    for (const { to } of graph.edges(id)) {
      if (seen.has(to)) continue;
      seen.add(to);
      queue.push(to);
    }
  }
  return [];
}

function whereOf(subject: Subject, node: FlowNode): { definition: string; file: string; node: FlowNode } {
  const own = subject.nodes.some(({ id }) => id === node.id);
  return { definition: subject.name, file: own ? 'flow.json' : '_shared/flow.json', node };
}
