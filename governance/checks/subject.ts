/** What the checks look at: one definition from its files, with what it shares, and what is known of its surroundings. */
import { inspectDefinition, type Definition, type DefinitionProblem, type FlowNode } from '../../engine/index.ts';
import type { CheckPolicy } from './policy.ts';
import type { NodeCatalogue } from './node-catalogue.ts';

export interface CheckRequest {
  readonly name: string;
  /** Path in the definition's folder -> text. */
  readonly files: Readonly<Record<string, string>>;
  /** Files of `_shared`; absent: there is none, or this is `_shared` itself. */
  readonly shared?: Readonly<Record<string, string>>;
  /** What was wrong when the files were taken from disk. */
  readonly problems?: readonly DefinitionProblem[];
  readonly catalogue: NodeCatalogue;
  readonly policy: CheckPolicy;
  /** Names bound in each environment that is known here. */
  readonly bindings?: readonly BoundNames[];
  readonly now: Date;
}

export interface BoundNames {
  readonly environment: string;
  readonly feeds: readonly string[];
  /** What is spoken there; `null`: not known here, since it rests on a setting. */
  readonly endpoints: Readonly<Record<string, 'fhir' | 'mllp' | 'http' | null>>;
  /** Channels of alerts, beside the console. */
  readonly channels?: readonly string[];
}

export interface Subject extends Omit<CheckRequest, 'problems'> {
  /** `undefined`: the files are not sound, and `problems` say why. */
  readonly definition: Definition | undefined;
  readonly problems: readonly DefinitionProblem[];
  /** Nodes of flow.json, sound or not; nothing where it cannot be read. */
  readonly nodes: readonly FlowNode[];
  /** Nodes of `_shared/flow.json`. */
  readonly sharedNodes: readonly FlowNode[];
  readonly intent: Readonly<Record<string, unknown>>;
}

export const SHARED = '_shared';

export function subjectOf(request: CheckRequest): Subject {
  const { definition, problems } = inspectDefinition(request.name, request.files, request.shared);
  const intent = parsed(request.files['intent.json']);
  return {
    ...request,
    definition,
    problems: [...(request.problems ?? []), ...problems],
    nodes: nodesOf(request.files['flow.json']),
    sharedNodes: nodesOf(request.shared?.['flow.json']),
    intent: isRecord(intent) ? intent : {},
  };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

/** What an editor saved as text or as a number. */
export const valueText = (value: unknown): string => (typeof value === 'number' ? String(value) : textOf(value));

export function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    // The schema check says so.
    return undefined;
  }
}

/** Nodes that are switched on, alone and with their tab: the others do not run. */
function nodesOf(text: string | undefined): readonly FlowNode[] {
  const json = parsed(text);
  if (!Array.isArray(json)) return [];
  const nodes = json.filter(
    (node: unknown): node is FlowNode =>
      isRecord(node) && typeof node['id'] === 'string' && typeof node['type'] === 'string' && wiresAreLists(node),
  );
  const off = new Set(nodes.filter((node) => node['disabled'] === true).map(({ id }) => id));
  return nodes.filter((node) => node['d'] !== true && !off.has(node.z ?? '') && !off.has(node.id));
}

function wiresAreLists({ wires }: Readonly<Record<string, unknown>>): boolean {
  return wires === undefined || (Array.isArray(wires) && wires.every((output) => Array.isArray(output)));
}
