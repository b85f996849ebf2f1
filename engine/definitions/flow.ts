/** flow.json: one tab's nodes (or, in `_shared`, config nodes and subflows) as the editor writes them. */
import { describeProblems, schemaCheck } from '../base/json-schema.ts';
import type { FlowNode } from './definition.ts';
import type { Problems } from './problem.ts';

/** Of a node as it is saved; subflow instances make longer ones of them while they run. */
export const NODE_ID = /^[A-Za-z0-9._-]{1,64}$/;
export const LONGEST_NODE_TYPE = 100;

const check = schemaCheck<readonly FlowNode[]>({
  type: 'array',
  maxItems: 5_000,
  items: {
    type: 'object',
    required: ['id', 'type'],
    properties: {
      id: { type: 'string', pattern: NODE_ID.source, description: 'a node id' },
      type: { type: 'string', minLength: 1, maxLength: LONGEST_NODE_TYPE },
      z: { type: 'string', maxLength: 64 },
      name: { type: 'string', maxLength: 500 },
      x: { type: 'number' },
      y: { type: 'number' },
      wires: { type: 'array', items: { type: 'array', items: { type: 'string', maxLength: 64 } } },
    },
  },
});

export function readFlow(json: unknown, shared: boolean, problems: Problems): readonly FlowNode[] | undefined {
  if (!check.accepts(json)) {
    problems.say(describeProblems(check.problems(json)), 'Export the tab again from the editor.');
    return undefined;
  }
  const containers = new Set<string>();
  const ids = new Set<string>();
  for (const node of json) {
    if (ids.has(node.id)) problems.say(`has the node id ${node.id} twice`, 'Give one of the nodes another id.');
    ids.add(node.id);
    if (node.type === 'tab' || node.type === 'subflow') containers.add(node.id);
    if ('credentials' in node)
      problems.say(
        `has credentials in the node ${node.id}`,
        'Take them out: they belong to the environment.',
        'credentials-in-file',
      );
  }
  const tabs = json.filter((node) => node.type === 'tab').length;
  if (shared ? tabs > 0 : tabs !== 1)
    problems.say(
      `has ${tabs} tabs`,
      shared ? 'Keep config nodes and subflows only in _shared.' : 'A definition is exactly one tab.',
    );
  for (const node of json) {
    if (node.z !== undefined && node.z !== '' && !containers.has(node.z))
      problems.say(`has the node ${node.id} on the tab ${node.z}, which is not in the file`, 'Export the whole tab.');
    for (const target of (node.wires ?? []).flat())
      if (!ids.has(target))
        problems.say(`wires the node ${node.id} to ${target}, which is not in the file`, 'Export the whole tab.');
  }
  return json;
}

/** Rule tables, ladders, alert policies and checklists that nodes name: a misspelt one would only show when a message comes. */
export function checkReferences(
  flow: readonly FlowNode[],
  known: Readonly<Record<'rules' | 'ladders' | 'alerts' | 'checklists', Pick<ReadonlySet<string>, 'has'>>>,
  problems: Problems,
): void {
  for (const node of flow) {
    const who = node.name === undefined || node.name === '' ? node.id : `"${node.name}"`;
    const table = node['table'];
    if (node.type === 'rule table' && typeof table === 'string' && !known.rules.has(table))
      problems.say(
        `the node ${who} names the rule table "${table}", which is not in rules/`,
        'Add the table or name another.',
        'reference-missing',
      );
    const ladder = node['ladder'];
    if (
      node.type === 'escalation timer' &&
      (node['mode'] ?? 'start') === 'start' &&
      node['ladderKind'] !== 'jsonata' &&
      typeof ladder === 'string' &&
      !known.ladders.has(ladder)
    )
      problems.say(
        `the node ${who} names the ladder "${ladder}", which is not in ladders/`,
        'Add the ladder or name another.',
        'reference-missing',
      );
    const policy = node['policy'];
    if (node.type === 'alert' && typeof policy === 'string' && !known.alerts.has(policy))
      problems.say(
        `the node ${who} names the alert policy "${policy}", which is not in alerts/`,
        'Add the policy or name another.',
        'reference-missing',
      );
    const checklist = node['checklist'];
    if (
      (node.type === 'task create' || node.type === 'approval') &&
      node['checklistKind'] !== 'jsonata' &&
      typeof checklist === 'string' &&
      checklist.trim() !== '' &&
      !known.checklists.has(checklist)
    )
      problems.say(
        `the node ${who} names the checklist "${checklist}", which is not in checklists/`,
        'Add the checklist or name another.',
        'reference-missing',
      );
  }
}
