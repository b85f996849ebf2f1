/**
 * Nodes of ours that would start and do nothing: their messages would be acknowledged and stay unrouted, or their effect
 * would be taken for another's. Node-RED starts such a flow all the same, so it is refused before it is written.
 */
import type { FlowNode } from './definition.ts';
import type { Problems } from './problem.ts';

/** By type, the property that names the node for years: waiting work, effects and bindings are found by it. */
const IDENTITIES: Readonly<Record<string, string>> = {
  'hl7 in': 'subscription',
  'fhir write': 'effect',
  'hl7 out': 'effect',
  'http call': 'effect',
  'console notice': 'effect',
  alert: 'alert',
  'wardflow-feed': 'name',
};
const IDENTITY = /^[a-z][a-z0-9-]{0,62}$/;
const FEED = 'wardflow-feed';

const trimmed = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

/** `shared`: the nodes of `_shared`, where config nodes usually are. */
export function checkNodes(flow: readonly FlowNode[], shared: readonly FlowNode[], problems: Problems): void {
  const running = runningNodes(flow);
  const feeds = new Set(feedNodes([...flow, ...shared]).map(({ id }) => id));
  const subscriptions = new Map<string, FlowNode>();
  for (const node of running) {
    // A GET changes nothing: it is no effect.
    const property = node['method'] === 'GET' ? undefined : IDENTITIES[node.type];
    if (property !== undefined && !IDENTITY.test(trimmed(node[property])))
      problems.say(
        `the node ${who(node)} (${node.type}) has no usable ${property}: small letters, digits and -`,
        'Open the node in the editor and give it one.',
      );
    if (node.type !== 'hl7 in') continue;
    const feed = trimmed(node['feed']);
    if (!feeds.has(feed))
      problems.say(
        feed === ''
          ? `the node ${who(node)} has no feed`
          : `the node ${who(node)} has a feed that is not there (${feed})`,
        'Open the node in the editor and choose the feed it takes messages from.',
      );
    const key = `${node.z ?? ''} ${trimmed(node['subscription'])}`;
    const other = subscriptions.get(key);
    if (other)
      problems.say(
        `the nodes ${who(other)} and ${who(node)} have one subscription name, "${trimmed(node['subscription'])}"`,
        'Give one of them another name: waiting messages belong to it.',
      );
    subscriptions.set(key, node);
  }
}

/** Two feeds of one name would take each other's port. */
export function checkFeedNames(
  flows: readonly { readonly name: string; readonly flow: readonly FlowNode[] }[],
  problemsOf: (definition: string) => Problems,
): void {
  const first = new Map<string, FlowNode>();
  for (const { name, flow } of flows)
    for (const node of feedNodes(flow)) {
      const feed = trimmed(node['name']);
      const other = first.get(feed);
      if (other)
        problemsOf(name).say(
          `the feed nodes ${other.id} and ${node.id} have one name, "${feed}"`,
          'Let the flows use one of them, and remove the other or give it a name of its own.',
        );
      else first.set(feed, node);
    }
}

const feedNodes = (flow: readonly FlowNode[]): readonly FlowNode[] =>
  flow.filter((node) => node.type === FEED && node['d'] !== true);

/** Without those that are switched off, alone or with their tab: they may be half done. */
function runningNodes(flow: readonly FlowNode[]): readonly FlowNode[] {
  const off = new Set(flow.filter((node) => node.type === 'tab' && node['disabled'] === true).map(({ id }) => id));
  return flow.filter((node) => node['d'] !== true && !off.has(node.z ?? ''));
}

const who = ({ id, name }: FlowNode): string => (name === undefined || name === '' ? id : `"${name}"`);
