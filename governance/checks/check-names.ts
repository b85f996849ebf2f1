/** Names that hold a definition together: what it uses is there, is listed in its intent and is bound somewhere. */
import { BOUND_BY, BOUND_WORDS, type BoundKind, type FlowNode } from '../../engine/index.ts';
import { BUILDS, EFFECTS, SOURCES } from '../../nodes/kit/unique-name.ts';
import { finding, nameOf, type Finding } from './finding.ts';
import { SHARED, textOf, type Subject } from './subject.ts';

/** Names that the definition uses, by what they name. */
type Used = Readonly<Record<BoundKind, Set<string>>>;

export function checkNames(subject: Subject): Finding[] {
  const configs = new Map([...subject.sharedNodes, ...subject.nodes].map((node) => [node.id, node]));
  const used: Used = { feed: new Set(), fhir: new Set(), mllp: new Set(), http: new Set() };
  const found: Finding[] = [];
  const own = (node: FlowNode): { definition: string; file: string; node: FlowNode } => ({
    definition: subject.name,
    file: 'flow.json',
    node,
  });
  for (const node of subject.nodes) {
    const kind = BOUND_BY[node.type];
    if (kind) used[kind].add(textOf(node.name));
    const declared = subject.catalogue.ownNode(node.type)?.declaration.properties ?? {};
    for (const [field, { configNode }] of Object.entries(declared)) {
      const id = textOf(node[field]);
      if (configNode === undefined || id === '') continue;
      const config = configs.get(id);
      if (config?.type === configNode) used[BOUND_BY[configNode] ?? 'feed'].add(textOf(config.name));
      else found.push(finding('config-node-missing', own(node), { field }));
    }
  }
  found.push(
    ...unreadQueues(subject, own),
    ...unknownEscalations(subject, own),
    ...unknownTasks(subject, own),
    ...sharedNames(subject, own),
  );
  found.push(...againstIntent(subject, 'feed', used.feed));
  found.push(...againstIntent(subject, 'endpoint', new Set([...used.fhir, ...used.mllp])));
  return [...found, ...unbound(subject, used)];
}

type Own = (node: FlowNode) => { readonly definition: string; readonly file: string; readonly node: FlowNode };

function unreadQueues({ nodes }: Subject, own: Own): Finding[] {
  const read = new Set(nodes.filter(({ type }) => type === 'queue in').map((node) => textOf(node['queue'])));
  return nodes
    .filter((node) => node.type === 'queue out' && textOf(node['queue']) !== '' && !read.has(textOf(node['queue'])))
    .map((node) => finding('queue-without-reader', own(node), { queue: textOf(node['queue']) }));
}

function unknownEscalations({ nodes }: Subject, own: Own): Finding[] {
  const timers = nodes.filter(({ type }) => type === 'escalation timer');
  const isStart = (node: FlowNode): boolean => (node['mode'] ?? 'start') === 'start';
  const started = new Set(timers.filter(isStart).map((node) => textOf(node['escalation'])));
  return timers
    .filter((node) => !isStart(node) && !started.has(textOf(node['escalation'])))
    .map((node) => finding('escalation-unknown', own(node), { escalation: textOf(node['escalation']) }));
}

function unknownTasks({ nodes }: Subject, own: Own): Finding[] {
  const made = new Set(
    nodes.filter(({ type }) => type === 'task create' || type === 'approval').map((node) => textOf(node['task'])),
  );
  return nodes
    .filter((node) => (node.type === 'task update' || node.type === 'task wait') && !made.has(textOf(node['task'])))
    .map((node) => finding('task-not-made', own(node), { task: textOf(node['task']) }));
}

/** As nodes/kit/unique-name.ts refuses it when the flow starts. */
function sharedNames({ nodes }: Subject, own: Own): Finding[] {
  const found: Finding[] = [];
  for (const [what, names] of [
    ['a source', SOURCES],
    ['an effect', EFFECTS],
    ['a built message', BUILDS],
  ] as const) {
    const first = new Map<string, FlowNode>();
    for (const node of nodes) {
      const property = (names as Readonly<Record<string, string>>)[node.type];
      if (property === undefined || (node.type === 'escalation timer' && (node['mode'] ?? 'start') !== 'start'))
        continue;
      const name = textOf(node[property]);
      const key = `${node.z ?? ''} ${name}`;
      const other = first.get(key);
      if (name === '') continue;
      if (other) found.push(finding('name-shared', own(node), { first: nameOf(other), what, name }));
      else first.set(key, node);
    }
  }
  return found;
}

function againstIntent(
  { intent, name: definition }: Subject,
  kind: 'feed' | 'endpoint',
  used: ReadonlySet<string>,
): Finding[] {
  const list: unknown = intent[`${kind}s`];
  const listed = new Set(Array.isArray(list) ? list.map(textOf) : []);
  const where = { definition, file: 'intent.json' };
  return [
    ...[...used]
      .filter((name) => name !== '' && !listed.has(name))
      .map((name) => finding('intent-incomplete', where, { kind, name })),
    ...[...listed].filter((name) => !used.has(name)).map((name) => finding('intent-unused', where, { kind, name })),
  ];
}

function unbound({ bindings = [], intent, name: definition }: Subject, used: Used): Finding[] {
  // What _shared has is bound for whoever uses it.
  if (definition === SHARED) return [];
  const triggers: unknown = (intent['fallback'] as { readonly when?: unknown } | undefined)?.when;
  const watched = (Array.isArray(triggers) ? triggers.map(textOf) : []).flatMap(
    (trigger) => /^endpoint-down:([^:]+):/.exec(trigger)?.[1] ?? [],
  );
  return bindings.flatMap(({ environment, feeds, endpoints }) => {
    const told = (kind: string) => (name: string) =>
      finding('name-unbound', { definition, file: 'flow.json' }, { kind, name, environment });
    const named = (names: Iterable<string>): string[] => [...new Set(names)].filter((name) => name !== '');
    return [
      ...named(used.feed)
        .filter((name) => !feeds.includes(name))
        .map(told(BOUND_WORDS.feed)),
      ...(['fhir', 'mllp', 'http'] as const).flatMap((kind) =>
        named(used[kind])
          .filter((name) => endpoints[name] !== null && endpoints[name] !== kind)
          .map(told(BOUND_WORDS[kind])),
      ),
      ...named(watched)
        .filter((name) => !(name in endpoints) && !used.fhir.has(name) && !used.mllp.has(name) && !used.http.has(name))
        .map(told('endpoint')),
    ];
  });
}
