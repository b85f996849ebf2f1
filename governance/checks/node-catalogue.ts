/** What is installed: node types with their module and version, and what our own nodes declare of themselves. */
import type { FlowNode } from '../../engine/index.ts';
import type { NodeDeclaration } from '../../nodes/kit/properties.ts';

/** A node set as Node-RED's registry has it: one file of a module, with the types that it registers. */
export interface NodeSet {
  /** `node-red/switch`. */
  readonly id: string;
  readonly module: string;
  readonly version: string;
  readonly types: readonly string[];
  /** Why it could not be loaded; `null`: it was. */
  readonly error: string | null;
}

/** What a node folder of ours declares in its `config.ts`. */
export interface OwnNode {
  readonly declaration: NodeDeclaration<Record<string, unknown>>;
  /** How many outputs a node with these settings has; `null`: not said, as its wires say. */
  readonly outputs: (settings: Readonly<Record<string, unknown>>) => number | null;
}

export interface NodeCatalogue {
  readonly sets: readonly NodeSet[];
  setOf(type: string): NodeSet | undefined;
  ownNode(type: string): OwnNode | undefined;
  /** Module name -> version, for bundles and drift. */
  readonly modules: Readonly<Record<string, string>>;
  /** What the editor says of a wrong setting: `kit.problem.needed` -> `must not be empty`. */
  problemSentence(key: string): string;
}

export function nodeCatalogue(
  sets: readonly NodeSet[],
  own: readonly OwnNode[],
  sentences: Readonly<Record<string, string>>,
): NodeCatalogue {
  const byType = new Map(sets.flatMap((set) => set.types.map((type) => [type, set] as const)));
  const ownByType = new Map(own.map((one) => [one.declaration.type, one]));
  return {
    sets,
    setOf: (type) => byType.get(type),
    ownNode: (type) => ownByType.get(type),
    problemSentence: (key) => sentences[key.split('.').at(-1) ?? ''] ?? 'is not valid',
    modules: Object.fromEntries(sets.map(({ module, version }) => [module, version])),
  };
}

/** Module name of the palette that Wardflow builds. */
export const OURS = 'wardflow-nodes';

/** What Node-RED itself knows without a node set. */
export const BUILT_IN: ReadonlySet<string> = new Set(['tab', 'subflow', 'group', 'junction']);

/** Outputs of a node as the editor would draw them. */
export function outputsOf(node: FlowNode, catalogue: NodeCatalogue): number {
  const wired = node.wires?.length ?? 0;
  const own = catalogue.ownNode(node.type);
  const declared = own ? own.outputs(node) : node['outputs'];
  return Math.max(wired, typeof declared === 'number' ? declared : 0);
}
