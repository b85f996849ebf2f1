/** What FHIR writes send, against what the intent permits: an element that is not listed is taken out, a type is refused. */
import { sendsTo, type FlowNode } from '../../engine/index.ts';
import { finding, type Finding } from './finding.ts';
import { textOf, type Subject } from './subject.ts';

export function checkSends({ name, nodes, sharedNodes, intent }: Subject): Finding[] {
  const writes = nodes.filter(({ type, d }) => type === 'fhir write' && d !== true);
  const named = new Map([...sharedNodes, ...nodes].map((node) => [node.id, textOf(node.name)]));
  const grave = intent['risk'] === 'high' || intent['risk'] === 'critical';
  const silent = new Set<string>();
  const found: Finding[] = [];
  for (const node of writes) {
    const endpoint = named.get(textOf(node['endpoint'])) ?? '';
    if (endpoint === '' || Object.keys(intent).length === 0) continue;
    const sends = sendsTo(intent, endpoint);
    if (sends === undefined) silent.add(endpoint);
    else found.push(...refused(node, endpoint, Object.keys(sends), name));
  }
  for (const endpoint of silent)
    found.push(
      finding('sends-missing', { definition: name, file: 'intent.json' }, { endpoint }, grave ? 'error' : 'notice'),
    );
  return found;
}

/** Of a transaction only the message knows the types. */
function refused(node: FlowNode, endpoint: string, types: readonly string[], definition: string): Finding[] {
  const type = textOf(node['resourceType']);
  const together = node['operation'] === 'transaction';
  if (together ? types.length > 0 : types.includes(type) || type === '') return [];
  const what = together ? 'any resource' : type;
  return [finding('sends-refuses', { definition, file: 'flow.json', node }, { endpoint, type: what })];
}
