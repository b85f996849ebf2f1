/** Which nodes a definition uses: known here, allowed by the policy, and what no check can vouch for. */
import type { FlowNode } from '../../engine/index.ts';
import { finding, type Finding } from './finding.ts';
import { BUILT_IN, OURS } from './node-catalogue.ts';
import { textOf, type Subject } from './subject.ts';
import { textsIn } from './texts.ts';
import { problemsOf, withDefaults } from '../../nodes/kit/properties.ts';

/** Of Node-RED's own: what they do elsewhere is done again with each redelivery, and nobody can look it up. */
const ACTS_ELSEWHERE = new Set([
  'http request',
  'http response',
  'tcp out',
  'tcp request',
  'udp out',
  'mqtt out',
  'websocket out',
  'file',
  'exec',
  'e-mail',
]);
const TAKES_IN = new Set(['http in', 'tcp in', 'udp in', 'mqtt in', 'websocket in', 'watch', 'file in']);

export function checkNodes(subject: Subject): Finding[] {
  const subflows = new Set(
    [...subject.nodes, ...subject.sharedNodes].filter(({ type }) => type === 'subflow').map(({ id }) => id),
  );
  return subject.nodes.flatMap((node) => judge(node, subject, subflows));
}

function judge(node: FlowNode, { name, catalogue, policy }: Subject, subflows: ReadonlySet<string>): Finding[] {
  const where = { definition: name, file: 'flow.json', node };
  const { type } = node;
  if (policy.forbiddenNodes.includes(type)) return [finding('node-forbidden', where)];
  if (BUILT_IN.has(type)) return [];
  if (type.startsWith('subflow:'))
    return subflows.has(type.slice('subflow:'.length)) ? [] : [finding('node-unknown', where)];
  const set = catalogue.setOf(type);
  if (!set) return [finding('node-unknown', where)];
  if (set.error !== null) return [finding('node-broken', where)];
  const found: Finding[] = [];
  if (set.module !== 'node-red' && set.module !== OURS)
    found.push(finding('foreign-node', where, { module: set.module, version: set.version }));
  const role = policy.codeNodes[type];
  if (role !== undefined || hasCode(node))
    found.push(finding('code-node', where, { role: role ?? policy.codeNodes['function'] ?? 'engineer' }));
  if (ACTS_ELSEWHERE.has(type)) found.push(finding('unmanaged-effect', where));
  if (TAKES_IN.has(type)) found.push(finding('unmanaged-source', where));
  return [...found, ...wrongSettings(node, where, catalogue)];
}

/** Code in a node that usually has none: script in a template, text that is evaluated as an expression. */
function hasCode(node: FlowNode): boolean {
  if (node.type === 'function') return true;
  if (node.type === 'template' && /<script\b/i.test(textOf(node['template']))) return true;
  for (const { text } of textsIn({ ...node, wires: undefined, info: undefined }))
    if (/\$eval\s*\(/.test(text)) return true;
  return false;
}

function wrongSettings(
  node: FlowNode,
  where: { readonly definition: string; readonly file: string; readonly node: FlowNode },
  catalogue: Subject['catalogue'],
): Finding[] {
  const own = catalogue.ownNode(node.type);
  if (!own) return [];
  const problems = problemsOf(own.declaration, withDefaults(own.declaration, node));
  if (problems.length === 0) return [];
  const told = problems.map(({ property, key }) => `${property} ${catalogue.problemSentence(key)}`).join('; ');
  return [finding('settings-wrong', where, { problems: told })];
}
