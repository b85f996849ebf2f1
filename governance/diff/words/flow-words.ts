/** Changes of a flow in words. */
import { field } from '../base/json.ts';
import type { FlowDiff, NodeDiff } from '../flow/flow-diff.ts';
import { wiresOf, type FlowNode, type Wire } from '../flow/flow-node.ts';
import { line, type ChangeKind, type ChangeLine } from './change-line.ts';
import { nodeWords, propertyValue, textOf, typeWords } from './node-sense.ts';
import { isSteps, stepWords } from './step-words.ts';
import { propertyLines, type FlowContext } from './property-words.ts';
import { counted, shown } from './value-words.ts';

/** What a node is for, by its type. */
const PURPOSES: Readonly<Partial<Record<ChangeKind, string>>> = {
  destination:
    'fhir write,hl7 out,http request,mqtt out,tcp out,udp out,websocket out,file,exec,wardflow-fhir-endpoint,wardflow-hl7-endpoint,http call,wardflow-http-endpoint',
  recipient: 'alert,console notice,escalation timer,task create,task update,approval,e-mail',
  rule: 'rule table,switch,range,filter,rbe',
  cohort:
    'hl7 in,fhir subscription in,http event in,queue in,dead letter in,quarantine in,http in,mqtt in,tcp in,inject,watch,wardflow-feed,idempotency gate',
  timer: 'delay,delay until,task wait,trigger',
  code: 'function,template,change,hl7 edit,hl7 build,hl7 json,hl7 to fhir',
  layout: 'comment,group',
};
const PURPOSE = new Map(
  Object.entries(PURPOSES).flatMap(([kind, types]) =>
    types.split(',').map((type) => [type, kind as ChangeKind] as const),
  ),
);
const purposeOf = ({ type }: FlowNode): ChangeKind => PURPOSE.get(type) ?? 'wiring';

/** Without these something that went wrong, or somebody who waits, is not noticed. */
const NETS: ReadonlySet<ChangeKind> = new Set(['destination', 'recipient', 'rule', 'cohort', 'timer']);
const CATCHES: ReadonlySet<string> = new Set(['catch', 'message failed']);

/** A new name of these is not only a name: it says which feed or server is meant. */
const BY_NAME: Readonly<Record<string, ChangeKind>> = {
  'wardflow-feed': 'cohort',
  'wardflow-fhir-endpoint': 'destination',
  'wardflow-hl7-endpoint': 'destination',
  'wardflow-http-endpoint': 'destination',
};

export function flowLines(
  diff: FlowDiff,
  before: readonly FlowNode[],
  after: readonly FlowNode[],
  context: FlowContext,
): readonly ChangeLine[] {
  const now = new Map(after.map((node) => [node.id, node]));
  const [into, intoOld] = [sourcesIn(after), sourcesIn(before)];
  return [
    ...diff.nodes.flatMap((node) => {
      const there = now.get(node.id);
      return there ? propertyLines(node, there, context) : [];
    }),
    ...diff.added.map(({ item }) => comeLine(item, into, context)),
    ...diff.removed.map(({ item }) => goneLine(item, intoOld, context)),
    ...diff.nodes.flatMap((node) => wireLines(node, diff, now, context)),
    ...diff.nodes.flatMap((node) => renameLines(node, now, context)),
    ...layoutLines(diff, context),
  ];
}

/** Node -> those that are wired into it. */
type Sources = ReadonlyMap<string, readonly string[]>;

function sourcesIn(nodes: readonly FlowNode[]): Sources {
  const sources = new Map<string, string[]>();
  for (const { from, to } of nodes.flatMap(wiresOf)) {
    const known = sources.get(to) ?? [];
    if (from !== to) known.push(from);
    sources.set(to, known);
  }
  return sources;
}

function comeLine(node: FlowNode, into: Sources, context: FlowContext): ChangeLine {
  const place = { file: context.file, node: node.id };
  return line(purposeOf(node), place, `New ${nodeWords(node, context.names)}${whatItDoes(node, context)}`, {
    where: surroundings(node, into, context),
  });
}

function goneLine(node: FlowNode, into: Sources, context: FlowContext): ChangeLine {
  const kind = purposeOf(node);
  const net = NETS.has(kind) || CATCHES.has(node.type);
  const place = { file: context.file, node: node.id };
  return line(kind, place, `${nodeWords(node, context.names)} is gone${whatItDoes(node, context)}`, {
    where: surroundings(node, into, context),
    safety: net ? 'loosens' : null,
  });
}

const MOST_STEPS = 4;

function whatItDoes(node: FlowNode, { names, pathNames }: FlowContext): string {
  const value = (key: string): string => propertyValue(textOf(node, key), names);
  if (node.type === 'fhir write' && value('operation') === 'transaction')
    return `: writes a Bundle as one transaction at ${value('endpoint')}`;
  if (node.type === 'fhir write') return `: ${value('operation')} ${value('resourceType')} at ${value('endpoint')}`;
  if (node.type === 'fhir validate' && value('onErrors') === 'fail') return ': invalid FHIR waits for a person';
  if (node.type === 'hl7 ack') return `: answers ${value('code')}`;
  if (node.type === 'hl7 out') return `: sends ${value('message')} to ${value('endpoint')}`;
  if (node.type === 'http call') return `: ${value('method')} ${value('path')} at ${value('endpoint')}`;
  if (node.type === 'console notice') return `: tells ${value('to')}`;
  if (node.type === 'alert') return `: alerts by the policy ${value('policy')}`;
  if (node.type === 'event') return `: takes ${eventNames(node)}`;
  if (node.type === 'rule table') return `: decides by the table ${value('table')}`;
  if (node.type === 'escalation timer') return `: ${value('mode')} ${value('escalation')}`;
  if (node.type === 'task create') return `: gives ${value('task')} to ${owners(node, value)}`;
  if (node.type === 'approval') return `: asks ${owners(node, value)} for ${value('task')}`;
  if (node.type === 'task wait') return `: waits for ${value('task')}`;
  if (node.type === 'task update') return `: ${value('mode')} ${value('task')}`;
  const steps = field(node, 'steps');
  if (node.type === 'hl7 build') return `: makes ${value('messageType')} for ${value('receiver')}`;
  if (node.type === 'hl7 edit' && isSteps(steps)) {
    const said = steps.slice(0, MOST_STEPS).map((step) => stepWords(step, pathNames));
    const more = steps.length - said.length;
    return `: ${said.join('; ')}${more > 0 ? `; and ${counted(more, 'more step', 'more steps')}` : ''}`;
  }
  if (node.type === 'function') return `: ${counted(textOf(node, 'func').split('\n').length, 'line')} of code`;
  return '';
}

function eventNames(node: FlowNode): string {
  const routes = field(node, 'routes');
  return Array.isArray(routes) && routes.length > 0 ? routes.slice(0, MOST_STEPS).join(', ') : 'every event';
}

/** Whoever a task is for. */
const owners = (node: FlowNode, value: (key: string) => string): string =>
  ['role', 'unit', 'person'].flatMap((key) => (textOf(node, key) === '' ? [] : [value(key)])).join(', ');

/** `after "A", before "B"`. */
function surroundings(node: FlowNode, into: Sources, { names }: FlowContext): string {
  const sources = into.get(node.id) ?? [];
  const named = (ids: readonly string[]): string =>
    shown(
      [...new Set(ids)]
        .slice(0, 4)
        .map((id) => names.quoted(id))
        .join(', '),
    );
  const targets = wiresOf(node).map(({ to }) => to);
  return [
    ...(sources.length > 0 ? [`after ${named(sources)}`] : []),
    ...(targets.length > 0 ? [`before ${named(targets)}`] : []),
  ].join(', ');
}

function wireLines(
  node: NodeDiff,
  diff: FlowDiff,
  now: ReadonlyMap<string, FlowNode>,
  { file, names }: FlowContext,
): readonly ChangeLine[] {
  const self = now.get(node.id);
  if (!self || node.rewired.length === 0 || node.type === 'link in') return [];
  const place = { file, node: node.id, field: 'wires' };
  const who = nodeWords(self, names);
  if (node.cut.length + node.laid.length === 0)
    return [line('layout', place, `${who}: its wires come in another order`)];
  const told = new Set(impliedWires(node, diff));
  const rest = (wires: readonly Wire[]): readonly Wire[] => wires.filter((wire) => !told.has(wire));
  const [cut, laid] = [rest(node.cut), rest(node.laid)];
  const ports = [...new Set([...cut, ...laid].map(({ port }) => port))].toSorted((a, b) => a - b);
  const open = new Set(wiresOf(self).map(({ port }) => port));
  return ports.map((port) => {
    const of = (wires: readonly Wire[]): string =>
      wires
        .filter((wire) => wire.port === port)
        .map(({ to }) => names.quoted(to))
        .join(', ');
    const [from, to] = [of(cut), of(laid)];
    const output = `${who}: output ${port + 1}`;
    if (from !== '' && to !== '') return line('wiring', place, `${output} goes to`, { before: from, after: to });
    if (from === '') return line('wiring', place, `${output} now also goes to ${to}`);
    const nowhere = !open.has(port);
    return line(
      'wiring',
      place,
      `${output} no longer goes to ${from}`,
      nowhere ? { meaning: 'it goes nowhere', safety: 'loosens' } : {},
    );
  });
}

/** Wires that the line of a new or a removed node tells already: to it, from it, and past it where it stood between. */
function impliedWires({ cut, laid }: NodeDiff, diff: FlowDiff): readonly Wire[] {
  const added = new Map(diff.added.map(({ item }) => [item.id, item]));
  const removed = new Map(diff.removed.map(({ item }) => [item.id, item]));
  const [into, outOf] = [laid.filter(({ to }) => added.has(to)), cut.filter(({ to }) => removed.has(to))];
  const targets = (wires: readonly Wire[], nodes: ReadonlyMap<string, FlowNode>, port: number): ReadonlySet<string> =>
    new Set(
      wires
        .filter((wire) => wire.port === port)
        .flatMap(({ to }) => wiresOf(nodes.get(to) ?? { id: '', type: '' }))
        .map(({ to }) => to),
    );
  return [
    ...into,
    ...outOf,
    ...cut.filter(({ port, to }) => targets(into, added, port).has(to)),
    ...laid.filter(({ port, to }) => targets(outOf, removed, port).has(to)),
  ];
}

function renameLines(
  node: NodeDiff,
  now: ReadonlyMap<string, FlowNode>,
  { file, names }: FlowContext,
): readonly ChangeLine[] {
  const self = now.get(node.id);
  if (!self) return [];
  return node.renamed.map(({ property, before, after }) => {
    const place = { file, node: node.id, field: property };
    const kind = Object.hasOwn(BY_NAME, node.type) ? BY_NAME[node.type] : undefined;
    return line(kind ?? 'text', place, `${typeWords(self, names)} is called`, {
      before: shown(before),
      after: shown(after),
    });
  });
}

function layoutLines({ nodes, newIds }: FlowDiff, { file }: FlowContext): readonly ChangeLine[] {
  const moved = nodes.filter(
    (node) => node.moved.length > 0 || node.changed.some(({ property }) => property === 'g'),
  ).length;
  return [
    ...(moved > 0 ? [line('layout', { file }, `${counted(moved, 'node')} moved on the canvas`)] : []),
    ...(newIds.length > 0
      ? [line('layout', { file }, `${counted(newIds.length, 'node')} made anew: the same under another id`)]
      : []),
  ];
}
