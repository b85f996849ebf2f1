/** What running a bundle would change here, and why it could not be carried out. Pure. */
import {
  BOUND_BY,
  BOUND_WORDS,
  canonicalJson,
  type BoundKind,
  type Definition,
  type DefinitionSet,
  type FlowNode,
  type WardflowError,
} from '../../engine/index.ts';
import type { Bundle, Manifest } from '../../governance/bundle/index.ts';
import type { Release } from '../../governance/release/index.ts';
import type { PlannedDefinition, ReleasePlan } from '../api/release-contract.ts';
import { problemOf } from '../storage/flow-files.ts';
import { nodesOf } from './candidate.ts';
import { gateErrors } from './errors.ts';
import type { GateHost, Installed } from './host.ts';

export interface PlanAgainst {
  readonly running: { readonly hash: string; readonly definitions: DefinitionSet } | null;
  readonly host: Pick<GateHost, 'bound'>;
  readonly openWork: ReadonlyMap<string, number>;
}

type Unbound = ReleasePlan['unbound'][number];
/** Known to Node-RED without a node set. */
const BUILT_IN = /^(?:tab|subflow|group|junction|subflow:.+)$/;

export function planOf(
  bundle: Bundle,
  refusals: readonly WardflowError[],
  { running, host, openWork }: PlanAgainst,
): ReleasePlan {
  const before = running?.definitions.all ?? [];
  const unbound = unboundOf(bundle.definitions, host.bound);
  return {
    bundle: bundle.hash,
    running: running?.hash ?? null,
    definitions: plannedOf(before, bundle.definitions, openWork),
    feeds: feedsOf(before, bundle.definitions),
    unbound,
    refusals: refusals.map(({ code, message, remedy }) => ({ code, title: message, remedy })),
  };
}

/**
 * What stands in the way of a release that this runtime has not carried out. What was tried with other versions is refused
 * the first time only: going back, and breaking glass, must be possible after an upgrade, and what differs is drift.
 */
export function obstacles(
  bundle: Bundle,
  { kind, ranBefore }: Pick<Release, 'kind' | 'ranBefore'>,
  environment: string,
  host: Pick<GateHost, 'bound' | 'version' | 'installed'>,
): readonly WardflowError[] {
  const installed = host.installed();
  return [
    ...unrunnable(bundle, environment, installed),
    ...unboundOf(bundle.definitions, host.bound).map(({ kind, speaks, name }) =>
      gateErrors.create('binding-missing', { kind: speaks ? BOUND_WORDS[speaks] : kind, name, environment }),
    ),
    ...(kind === 'break-glass' || ranBefore ? [] : differences(bundle.manifest, installed, host.version)),
  ];
}

/** Node-RED would start none of its flows. */
export function unrunnable(bundle: Bundle, environment: string, installed: Installed): readonly WardflowError[] {
  const types = new Set(nodesOf(bundle).map(({ type }) => type));
  const missing = [...types].filter((type) => !BUILT_IN.test(type) && !installed.hasType(type)).toSorted();
  const reason = problemOf(nodesOf(bundle));
  return [
    ...(reason === null ? [] : [gateErrors.create('nodes-unfit', { reason })]),
    ...missing.map((type) => gateErrors.create('type-missing', { type, environment })),
  ];
}

/** It was tried with other versions than are here. */
export function differences(
  { modules, engine }: Pick<Manifest, 'modules' | 'engine'>,
  installed: Installed,
  version: string,
): readonly WardflowError[] {
  const differ = Object.entries(modules)
    .map(([module, made]) => ({ module, made, here: installed.modules.get(module) ?? 'missing' }))
    .filter(({ made, here }) => made !== here)
    .map((one) => gateErrors.create('module-differs', one));
  const engines =
    engine === version ? [] : [gateErrors.create('engine-version-differs', { here: version, made: engine })];
  return [...differ, ...engines];
}

function unboundOf(definitions: readonly Definition[], bound: GateHost['bound']): readonly Unbound[] {
  const found = new Map<string, Unbound>();
  for (const { kind, node } of configNodes(definitions)) {
    const name = node.name ?? '';
    if (kind === 'feed') {
      if (!bound.feed.has(name)) found.set(`feed ${name}`, { kind, name });
    } else if (bound.endpoint.get(name) !== kind) {
      found.set(`${kind} ${name}`, { kind: 'endpoint', name, speaks: kind });
    }
  }
  for (const { alerts } of definitions)
    for (const { tiers } of alerts.values())
      for (const name of tiers.flatMap((tier) => [...tier.channels]))
        if (name !== 'console' && !bound.channel.has(name)) found.set(`channel ${name}`, { kind: 'channel', name });
  return [...found.values()];
}

const configNodes = (definitions: readonly Definition[]): readonly { kind: BoundKind; node: FlowNode }[] =>
  definitions.flatMap(({ flow }) =>
    flow.flatMap((node) => {
      const kind = BOUND_BY[node.type];
      return kind ? [{ kind, node }] : [];
    }),
  );

/** A listener belongs to its binding, so one that is in both stays open whatever the feed's settings become. */
function feedsOf(before: readonly Definition[], after: readonly Definition[]): ReleasePlan['feeds'] {
  const names = (all: readonly Definition[]): ReadonlySet<string> =>
    new Set(configNodes(all).flatMap(({ kind, node }) => (kind === 'feed' ? [node.name ?? ''] : [])));
  const [old, next] = [names(before), names(after)];
  return [...new Set([...old, ...next])].toSorted().map((name) => ({
    name,
    what: !old.has(name) ? 'opens' : next.has(name) ? 'stays' : 'closes',
  }));
}

/** Whose nodes Node-RED stops: what they have in work is cut short. */
export function stoppedBy(before: DefinitionSet | null, after: DefinitionSet | null): ReadonlySet<string> {
  const planned = plannedOf(before?.all ?? [], after?.all ?? [], new Map());
  return new Set(planned.flatMap(({ name, what }) => (what === 'restarts' || what === 'removed' ? [name] : [])));
}

function plannedOf(
  before: readonly Definition[],
  after: readonly Definition[],
  openWork: ReadonlyMap<string, number>,
): readonly PlannedDefinition[] {
  const old = new Map(before.map((one) => [one.name, one]));
  const next = new Map(after.map((one) => [one.name, one]));
  const touched = changedShared(before, after);
  return [...new Set([...old.keys(), ...next.keys()])].toSorted().map((name) => {
    const [from, to] = [old.get(name), next.get(name)];
    const what = !from ? 'added' : !to ? 'removed' : restarts(from, to, touched) ? 'restarts' : 'stays';
    return {
      name,
      title: (to ?? from)?.intent.title ?? name,
      what,
      from: from?.version ?? null,
      to: to?.version ?? null,
      openWork: from && from.version !== to?.version ? (openWork.get(name) ?? 0) : 0,
    };
  });
}

/** As Node-RED does with a deploy of type `flows`: a tab starts again if one of its nodes, or what they use, changed. */
function restarts(from: Definition, to: Definition, touched: ReadonlySet<string>): boolean {
  if (nodesText(from.flow) !== nodesText(to.flow)) return true;
  return to.flow.some((node) => Object.values(node).some((value) => typeof value === 'string' && touched.has(value)));
}

/** Ids of config nodes, and types of subflows, that several definitions use and that changed. */
function changedShared(before: readonly Definition[], after: readonly Definition[]): ReadonlySet<string> {
  const nodes = (all: readonly Definition[]): ReadonlyMap<string, string> =>
    new Map(
      all.flatMap(({ flow }) => flow.filter(isShared).map((node) => [keyOf(node), canonicalJson(node)] as const)),
    );
  const old = nodes(before);
  return new Set([...nodes(after)].filter(([key, text]) => old.get(key) !== text).map(([key]) => key));
}

const isShared = ({ type, z }: FlowNode): boolean => (z === undefined || z === '') && type !== 'tab';
const keyOf = ({ type, id }: FlowNode): string => (type === 'subflow' ? `subflow:${id}` : id);

const nodesText = (nodes: readonly FlowNode[]): string =>
  canonicalJson(nodes.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
