import assert from 'node:assert/strict';
import {
  applyDiff,
  changedLineCount,
  diffDefinitions,
  isEmpty,
  nodeStates,
  readContent,
  shownLines,
  type DefinitionFiles,
  type FlowDiff,
  type TableDiff,
} from '../../../governance/diff/index.ts';
import {
  editedFlow,
  editedJson,
  editedTable,
  idIn,
  inNode,
  inRow,
  shipped,
  type Edited,
  type EditedTable,
} from './shipped.ts';

const critical = shipped('critical-lab-result');
const discharge = shipped('discharge-follow-up');
const TABLE = 'rules/critical-results.json';

function onlyFile(before: DefinitionFiles, after: DefinitionFiles): unknown {
  const [old, now] = [readContent(before), readContent(after)];
  const diff = diffDefinitions(old, now);
  assert.deepEqual(applyDiff(old, diff), now);
  assert.equal(diff.files.length, 1);
  return diff.files[0]?.diff;
}

const flowDiff = (change: (nodes: Edited[]) => void): FlowDiff =>
  onlyFile(discharge, editedFlow(discharge, change)) as FlowDiff;

const tableDiff = (change: (table: EditedTable) => void): TableDiff =>
  onlyFile(critical, editedTable(critical, TABLE, change)) as TableDiff;

/** As the editor does it: the old node goes, the pasted one comes at the end with another id, wires are drawn again. */
function pastedAnew(nodes: Edited[], ids: readonly string[], change: Edited = {}): void {
  const text = ids.reduce((all, id) => all.replaceAll(`"${id}"`, `"new-${id}"`), JSON.stringify(nodes));
  const all = JSON.parse(text) as Edited[];
  const isNew = (node: Edited): boolean => idIn(node).startsWith('new-');
  const pasted = all.filter(isNew).map((node) => ({ ...node, x: Number(node['x'] ?? 0) + 40, ...change }));
  nodes.splice(0, nodes.length, ...all.filter((node) => !isNew(node)), ...pasted);
}

describe('the diff of a flow', () => {
  it('says of a node that was dragged that it stands elsewhere, not that it changed', () => {
    const diff = flowDiff(inNode('dis-comm', { x: 700, y: 20 }));
    assert.deepEqual([...nodeStates(diff)], [['dis-comm', new Set(['moved'])]]);
    const [was] = (JSON.parse(discharge['flow.json'] ?? '[]') as Edited[]).filter((node) => idIn(node) === 'dis-comm');
    assert.deepEqual(diff.nodes[0]?.moved, [
      { property: 'x', before: was?.['x'], after: 700 },
      { property: 'y', before: was?.['y'], after: 20 },
    ]);
  });

  it('tells a new name, a changed property and a new wire apart', () => {
    const diff = flowDiff((nodes) => {
      inNode('dis-comm', { name: 'Task', version: '2', wires: [['dis-comm-log', 'dis-timer-done']] })(nodes);
    });
    const [node] = diff.nodes;
    assert.equal(node?.name, 'Task');
    assert.deepEqual(node.renamed, [{ property: 'name', before: 'Communication to the team', after: 'Task' }]);
    assert.deepEqual(node.changed, [{ property: 'version', before: '1', after: '2' }]);
    assert.deepEqual(node.laid, [{ from: 'dis-comm', port: 0, to: 'dis-timer-done' }]);
    assert.deepEqual(node.cut, []);
  });

  it('lists a node that is new and one that is gone, with their place in the file', () => {
    const diff = flowDiff((nodes) => {
      nodes.splice(3, 1, { id: 'fresh', type: 'debug', z: 'discharge', name: 'Look', wires: [] });
    });
    assert.deepEqual(
      diff.removed.map(({ at, item }) => [at, item.id]),
      [[3, 'dis-gate']],
    );
    assert.deepEqual(
      diff.added.map(({ at, item }) => [at, item.id]),
      [[3, 'fresh']],
    );
  });

  it('knows a node that was deleted and pasted anew under another id', () => {
    const diff = flowDiff((nodes) => pastedAnew(nodes, ['dis-rule']));
    assert.deepEqual([diff.added, diff.removed], [[], []]);
    assert.deepEqual(diff.newIds, [{ before: 'dis-rule', after: 'new-dis-rule' }]);
    assert.deepEqual([...nodeStates(diff)], [['new-dis-rule', new Set(['new-id', 'moved'])]]);
  });

  it('knows a whole flow whose every id is another', () => {
    const ids = (JSON.parse(discharge['flow.json'] ?? '') as Edited[]).map(idIn);
    const diff = flowDiff((nodes) => pastedAnew(nodes, ids));
    assert.deepEqual([diff.added, diff.removed], [[], []]);
    assert.deepEqual(
      diff.newIds,
      ids.map((id) => ({ before: id, after: `new-${id}` })),
    );
    assert.ok(diff.nodes.every(({ changed, rewired }) => changed.length + rewired.length === 0));
  });

  it('shows what changed in a node that was pasted anew', () => {
    const diff = flowDiff((nodes) => pastedAnew(nodes, ['dis-comm'], { resourceType: 'ServiceRequest' }));
    assert.deepEqual(diff.newIds, [{ before: 'dis-comm', after: 'new-dis-comm' }]);
    assert.deepEqual(diff.nodes.find(({ id }) => id === 'new-dis-comm')?.changed, [
      { property: 'resourceType', before: 'Communication', after: 'ServiceRequest' },
    ]);
  });

  it('does not take two nodes for one because both say little', () => {
    const diff = flowDiff((nodes) => {
      const at = nodes.findIndex(({ id }) => id === 'dis-none-done');
      nodes.splice(at, 1);
      inNode('dis-none', { wires: [[]] })(nodes);
      nodes.push({ id: 'other', type: 'message done', z: 'discharge', name: 'No follow-up', x: 9, y: 9, wires: [] });
      inNode('dis-comm-log', { wires: [['dis-comm-done', 'other']] })(nodes);
    });
    assert.deepEqual(diff.newIds, []);
    assert.equal(diff.removed[0]?.item.id, 'dis-none-done');
    assert.equal(diff.added[0]?.item.id, 'other');
  });

  it('follows an id into the properties that name it', () => {
    const shared = shipped('_shared');
    const before = { 'flow.json': JSON.stringify([...nodesIn(shared), ...nodesIn(discharge)]) };
    const after = editedFlow(before, (nodes) => pastedAnew(nodes, ['endpoint-ehr']));
    const diff = onlyFile(before, after) as FlowDiff;
    assert.deepEqual(diff.newIds, [{ before: 'endpoint-ehr', after: 'new-endpoint-ehr' }]);
    assert.deepEqual(
      diff.nodes.map(({ id }) => id),
      ['new-endpoint-ehr'],
    );
  });
});

const nodesIn = (files: DefinitionFiles): readonly Edited[] => JSON.parse(files['flow.json'] ?? '') as Edited[];

describe('the diff of a rule table', () => {
  it('names the one cell that changed', () => {
    const diff = tableDiff(inRow('k-high', (row) => (row.when[2] = '> 6.5')));
    assert.deepEqual(diff.rows.changed, [
      { id: 'k-high', cells: [{ side: 'when', column: 'value', before: '> 6.2', after: '> 6.5' }], fields: null },
    ]);
    assert.deepEqual([diff.rows.moved, diff.rows.added, diff.rows.removed], [[], [], []]);
  });

  it('sees a row that moved, and only that one', () => {
    const diff = tableDiff((table) => table.rows.splice(1, 0, ...table.rows.splice(5, 1)));
    assert.deepEqual(diff.rows.moved, ['glu-low']);
    assert.deepEqual(diff.rows.changed, []);
  });

  it('sees rows that were added and removed, with their place', () => {
    const diff = tableDiff((table) => {
      const row = table.rows[2];
      table.rows.splice(4, 1);
      if (row) table.rows.unshift({ ...row, id: 'k-very-high' });
    });
    assert.deepEqual(
      diff.rows.added.map(({ at, item }) => [at, item.id]),
      [[0, 'k-very-high']],
    );
    assert.deepEqual(
      diff.rows.removed.map(({ at, item }) => [at, item.id]),
      [[4, 'na-high']],
    );
  });

  it('knows a row that only has another id', () => {
    const diff = tableDiff(inRow('k-high', (row) => (row.id = 'potassium-high')));
    assert.deepEqual(diff.rows.renamed, [{ before: 'k-high', after: 'potassium-high' }]);
    assert.deepEqual([diff.rows.added, diff.rows.removed, diff.rows.moved], [[], [], []]);
  });

  it('changes no other cell where a column is put in between', () => {
    const diff = tableDiff((table) => {
      table.inputs.splice(1, 0, { name: 'ward', type: 'string', expression: 'event.data.visit.unit' });
      for (const row of table.rows) row.when.splice(1, 0, row.id === 'k-low' ? '"ICU"' : '-');
    });
    assert.deepEqual(
      diff.inputs.added.map(({ at, item }) => [at, item.name]),
      [[1, 'ward']],
    );
    assert.deepEqual(diff.rows.changed.find(({ id }) => id === 'k-low')?.cells, [
      { side: 'when', column: 'ward', after: '"ICU"' },
    ]);
    assert.ok(diff.rows.changed.every(({ cells }) => cells.length === 1));
  });

  it('knows a column that only has another name, and one that changed', () => {
    const diff = tableDiff((table) => {
      Object.assign(table.inputs[2] ?? {}, { name: 'result' });
      Object.assign(table.inputs[1] ?? {}, { label: 'LOINC code' });
    });
    assert.deepEqual(diff.inputs.renamed, [{ before: 'value', after: 'result' }]);
    assert.deepEqual(
      diff.inputs.changed.map(({ name }) => name),
      ['code'],
    );
    assert.deepEqual(diff.rows.changed, []);
  });

  it('compares hit policy, otherwise, owner, reason and tests', () => {
    const diff = tableDiff((table) => {
      Object.assign(table, { hitPolicy: 'UNIQUE', reason: 'Another reason', otherwise: null });
      table.tests.splice(1, 1);
      inRow('k-high', (row) => (row.note = 'potassium'))(table);
    });
    assert.equal((diff.otherwise as { readonly after: unknown }).after, null);
    assert.deepEqual(diff.fields?.kind === 'object' && diff.fields.fields.map(({ key }) => key), [
      'hitPolicy',
      'reason',
      'tests',
    ]);
    assert.equal(diff.rows.changed[0]?.fields?.kind, 'object');
  });
});

describe('the diff of the other files', () => {
  it('is empty for other spaces and another order of keys', () => {
    const after = editedJson(discharge, 'intent.json', (intent) => {
      for (const key of Object.keys(intent).toReversed()) {
        const value = intent[key];
        delete intent[key];
        if (value !== undefined) intent[key] = value;
      }
    });
    assert.notEqual(after['intent.json'], discharge['intent.json']);
    assert.ok(isEmpty(diffDefinitions(readContent(discharge), readContent(after))));
  });

  it('shows text by its lines with a few around them', () => {
    const readme = discharge['README.md'] ?? '';
    const lines = readme.split('\n');
    const after = { ...discharge, 'README.md': lines.toSpliced(10, 1, 'Another line', 'And one more').join('\n') };
    const diff = onlyFile(discharge, after);
    const edits = (diff as { readonly edits: Parameters<typeof changedLineCount>[0] }).edits;
    assert.equal(changedLineCount(edits), 2);
    assert.deepEqual(
      shownLines(readme, edits, 1).map((line) => line && `${line.sign}${line.text}`),
      [null, ` ${lines[9]}`, `-${lines[10]}`, '+Another line', '+And one more', ` ${lines[11]}`, null],
    );
  });

  it('compares what is no sound flow or table as what it is', () => {
    const broken = {
      ...discharge,
      'flow.json': '[{ "id": "a" ',
      'rules/follow-up-queues.json': '{"kind":"rule-table"}',
    };
    const [before, after] = [readContent(discharge), readContent(broken)];
    const diff = diffDefinitions(before, after);
    assert.deepEqual(
      diff.files.map(({ path, diff: file }) => [path, file.kind]),
      [
        ['flow.json', 'replaced'],
        ['rules/follow-up-queues.json', 'replaced'],
      ],
    );
    assert.deepEqual(applyDiff(before, diff), after);
  });

  it('reads JSON that is nested too deep as text', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    assert.equal(readContent({ 'intent.json': deep }).get('intent.json')?.kind, 'text');
  });
});
