import assert from 'node:assert/strict';
import { affectedBy, diffDefinitions, readContent, type DefinitionFiles } from '../../../governance/diff/index.ts';
import { editedFlow, editedJson, editedTable, inNode, shipped, withShared, type Edited } from './shipped.ts';

const shared = shipped('_shared');
const all = {
  'critical-lab-result': shipped('critical-lab-result'),
  'discharge-follow-up': shipped('discharge-follow-up'),
};

/** `config ehr changed: critical-lab-result (crit-task), …`, with at most two nodes each. */
function affected(
  before: DefinitionFiles,
  after: DefinitionFiles,
  definitions: Readonly<Record<string, DefinitionFiles>> = all,
): readonly string[] {
  const [old, now] = [readContent(before), readContent(after)];
  const others = new Map(Object.entries(definitions).map(([name, files]) => [name, readContent(files)]));
  return affectedBy(diffDefinitions(old, now), { before: old, after: now }, others).map(
    ({ kind, name, change, definitions: users }) =>
      `${kind} ${name} ${change}: ${users.map((user) => `${user.name} (${user.nodes.slice(0, 2).join(', ')})`).join(', ')}`,
  );
}

describe('a change of what definitions share', () => {
  it('names every definition that uses a changed feed, with the nodes', () => {
    assert.deepEqual(affected(shared, editedFlow(shared, inNode('feed-hospital', { deadlineSeconds: 30 }))), [
      'config hospital changed: critical-lab-result (crit-in), discharge-follow-up (dis-in)',
    ]);
  });

  it('does not take the copy that a kept definition carries for a use', () => {
    const kept = { quiet: withShared({ 'flow.json': '[{"id":"t","type":"tab"}]' }) };
    assert.deepEqual(affected(shared, editedFlow(shared, inNode('feed-hospital', { zone: 'UTC' })), kept), [
      'config hospital changed: ',
    ]);
  });

  it('names nobody for a server that nobody uses, and who is left without one that is gone', () => {
    const more = editedFlow(shared, (nodes) => {
      nodes.push({ id: 'endpoint-2', type: 'wardflow-fhir-endpoint', name: 'archive' });
    });
    assert.deepEqual(affected(shared, more), ['config archive added: ']);
    const user = {
      ...all,
      'discharge-follow-up': editedFlow(all['discharge-follow-up'], inNode('dis-comm', { endpoint: 'endpoint-2' })),
    };
    assert.deepEqual(affected(more, shared, user), ['config archive removed: discharge-follow-up (dis-comm)']);
  });

  it('takes a config node made anew for one that is gone where its old id is used', () => {
    const anew = editedFlow(shared, inNode('endpoint-ehr', { id: 'endpoint-new' }));
    assert.deepEqual(affected(shared, anew), [
      'config ehr changed: ',
      'config ehr removed: critical-lab-result (crit-changed-tell, crit-task-make), discharge-follow-up (dis-comm, dis-make)',
    ]);
  });

  const withSubflows = editedFlow(shared, (nodes) => {
    nodes.push({ id: 'outer', type: 'subflow', name: 'Reach', in: [], out: [] });
    nodes.push({ id: 'o1', type: 'subflow:inner', z: 'outer', x: 1, y: 1, wires: [] });
    nodes.push({ id: 'inner', type: 'subflow', name: 'Tell', in: [], out: [] });
    nodes.push({ id: 'i1', type: 'rule table', z: 'inner', table: 'wards', x: 1, y: 1, wires: [] });
  });
  const table = {
    ...withSubflows,
    'rules/wards.json': JSON.stringify({
      kind: 'rule-table',
      name: 'wards',
      inputs: [{ name: 'ward' }],
      outputs: [{ name: 'ladder' }],
      rows: [
        Object.fromEntries(
          new Map<string, unknown>([
            ['id', 'a'],
            ['when', ['-']],
            ['then', ['night']],
          ]),
        ),
      ],
      otherwise: null,
    }),
    'ladders/night.json': JSON.stringify({ kind: 'ladder', name: 'night', steps: [] }),
  };
  const user = editedFlow(all['discharge-follow-up'], (nodes: Edited[]) => {
    nodes.push({ id: 'reach', type: 'subflow:outer', z: 'discharge', wires: [] });
  });

  it('follows subflows, tables and ladders through one another', () => {
    const definitions = { ...all, 'discharge-follow-up': user };
    const inside = editedFlow(table, inNode('i1', { noMatch: 'output' }));
    assert.deepEqual(affected(table, inside, definitions), ['subflow Tell changed: discharge-follow-up (reach)']);
    const row = editedTable(table, 'rules/wards.json', ({ rows }) => {
      for (const one of rows) one.note = 'another';
    });
    assert.deepEqual(affected(table, row, definitions), ['rules wards changed: discharge-follow-up (reach)']);
    const ladder = editedJson(table, 'ladders/night.json', (json) => (json['exhausted'] = 'fallback'));
    assert.deepEqual(affected(table, ladder, definitions), ['ladders night changed: discharge-follow-up (reach)']);
  });

  it('counts a name in a rule table or an expression of the definition', () => {
    const named = editedTable(all['critical-lab-result'], 'rules/critical-results.json', ({ rows }) => {
      const [row] = rows;
      if (row) row.then[4] = 'night';
    });
    const spoken = editedFlow(all['discharge-follow-up'], inNode('dis-prepare', { from: 'x ? "night" : "day"' }));
    const ladder = editedJson(table, 'ladders/night.json', (json) => (json['exhausted'] = 'fallback'));
    assert.deepEqual(affected(table, ladder, { 'critical-lab-result': named, 'discharge-follow-up': spoken }), [
      'ladders night changed: critical-lab-result (), discharge-follow-up (dis-prepare)',
    ]);
  });

  it('counts every mapping and code map as used by who converts messages', () => {
    const converting = {
      ...all,
      admissions: { 'flow.json': '[{"id":"t","type":"tab"},{"id":"c","type":"hl7 to fhir","z":"t"}]' },
    };
    const changed = editedJson(shared, 'maps/administrative-sex.json', (map) =>
      Object.assign(map, { unmapped: 'quarantine' }),
    );
    assert.deepEqual(affected(shared, changed, converting), ['maps administrative-sex changed: admissions (c)']);
    const mapping = editedJson(shared, 'mappings/patient.json', (one) => Object.assign(one, { title: 'Other' }));
    assert.deepEqual(affected(shared, mapping, converting), ['mappings patient changed: admissions (c)']);
  });

  it('touches nobody when a node was only moved, or a text changed', () => {
    const moved = editedFlow(table, inNode('i1', { x: 99 }));
    assert.deepEqual(
      affected(table, { ...moved, 'README.md': 'Another text.\n' }, { 'discharge-follow-up': user }),
      [],
    );
  });

  it('touches all its users when the whole flow is gone', () => {
    const { 'flow.json': _, ...rest } = shared;
    assert.deepEqual(affected(shared, rest), [
      'config hospital removed: critical-lab-result (crit-in), discharge-follow-up (dis-in)',
      'config ehr removed: critical-lab-result (crit-changed-tell, crit-task-make), discharge-follow-up (dis-comm, dis-make)',
    ]);
  });
});
