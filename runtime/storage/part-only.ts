import { isDeepStrictEqual } from 'node:util';
import type { NodeConfig } from '../branch-hooks/live-node.ts';
import { runtimeErrors } from '../errors.ts';
import type { FlowFiles } from './flow-files.ts';

/**
 * A deploy carries all flows. Of whoever answers for a part it may change the definitions in it, and nothing else: not what
 * others use as well, and no new definition. Those outside stay byte for byte, whatever order the editor sent them in.
 *
 * @param names the definitions of the part, by the service lines in force before the deploy
 * @throws WardflowError `flow-outside-part`
 */
export function partOnly(names: ReadonlySet<string>, before: FlowFiles, next: FlowFiles): FlowFiles {
  const outside = [...new Set([...before.keys(), ...next.keys()])].filter((name) => !names.has(name));
  const changed = outside.filter((name) => !isDeepStrictEqual(byId(before.get(name)), byId(next.get(name))));
  if (changed.length > 0)
    throw runtimeErrors.create('flow-outside-part', { definitions: changed.toSorted().join(', ') });
  return new Map([...next].map(([name, nodes]) => [name, names.has(name) ? nodes : (before.get(name) ?? nodes)]));
}

function byId(nodes: readonly NodeConfig[] = []): ReadonlyMap<string, NodeConfig> {
  return new Map(nodes.map((node) => [node.id, node]));
}
