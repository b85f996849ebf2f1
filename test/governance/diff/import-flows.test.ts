import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  applyDiff,
  diffDefinitions,
  exportFlows,
  importFlows,
  importFlowsText,
  isEmpty,
  readContent,
  type Definitions,
  type Imported,
} from '../../../governance/diff/index.ts';
import { idIn, shipped, type Edited } from './shipped.ts';

const EXAMPLES = resolve(import.meta.dirname, '../../../node_modules/@node-red/nodes/examples');

function imported(
  json: unknown,
  options?: Parameters<typeof importFlows>[1],
): Extract<Imported, { readonly ok: true }> {
  const result = importFlows(json, options);
  assert.ok(result.ok);
  return result;
}

const nodesOf = (definitions: Definitions, name: string): readonly Edited[] =>
  JSON.parse(definitions[name]?.['flow.json'] ?? 'null') as readonly Edited[];

describe("Node-RED's own example flows", () => {
  const files = globSync('**/*.json', { cwd: EXAMPLES }).map((file) => resolve(EXAMPLES, file));

  it('are imported, compared and exported unchanged, all of them', () => {
    let nodes = 0;
    for (const file of files) {
      const json = JSON.parse(readFileSync(file, 'utf8')) as readonly Edited[];
      const { definitions, frame, notes } = imported(json);
      assert.deepEqual(exportFlows(definitions, frame), json, file);
      assert.ok(notes.every(({ what }) => what === 'flow-made'));
      const again = imported(exportFlows(definitions));
      assert.deepEqual(Object.keys(again.definitions), Object.keys(definitions));
      for (const [name, own] of Object.entries(definitions)) {
        const before = readContent(own);
        assert.equal(before.get('flow.json')?.kind, 'flow');
        assert.ok(isEmpty(diffDefinitions(before, readContent(again.definitions[name] ?? {}))), file);
        nodes += nodesOf(definitions, name).length;
      }
    }
    assert.ok(files.length > 100, `only ${files.length} examples were found`);
    assert.ok(nodes > 900, `only ${nodes} nodes were in them`);
  });

  it('are known again when they are pasted with new ids', () => {
    let matched = 0;
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      const ids = (JSON.parse(text) as readonly Edited[]).map(idIn);
      const renamed = ids.reduce((all, id) => all.replaceAll(`"${id}"`, `"new-${id}"`), text);
      const before = readContent({ 'flow.json': text });
      const after = readContent({ 'flow.json': renamed });
      const diff = diffDefinitions(before, after);
      assert.deepEqual(applyDiff(before, diff), after, file);
      const [only] = diff.files;
      assert.ok(only?.diff.kind === 'flow', file);
      assert.deepEqual([only.diff.added, only.diff.removed], [[], []], file);
      matched += only.diff.newIds.length;
    }
    assert.ok(matched > 900, `only ${matched} nodes were known again`);
  });
});

describe('an import of flows', () => {
  it('makes a definition of each tab and puts what they share into _shared', () => {
    const flows = [...nodes('discharge-follow-up'), ...nodes('_shared'), ...nodes('critical-lab-result')];
    const { definitions, frame, notes } = imported(flows);
    assert.deepEqual(Object.keys(definitions), ['_shared', 'critical-lab-result-follow-up', 'discharge-follow-up']);
    assert.deepEqual(nodesOf(definitions, '_shared'), nodes('_shared'));
    assert.deepEqual(nodesOf(definitions, 'discharge-follow-up'), nodes('discharge-follow-up'));
    assert.deepEqual(exportFlows(definitions, frame), flows);
    assert.deepEqual(exportFlows(definitions), [
      ...nodes('_shared'),
      ...nodes('critical-lab-result'),
      ...nodes('discharge-follow-up'),
    ]);
    assert.deepEqual(notes, []);
  });

  it('keeps subflows with their inside together, and config nodes of a tab on it', () => {
    const flows = [
      { id: 'sub', type: 'subflow', name: 'Reach', in: [], out: [] },
      { id: 'inner', type: 'function', z: 'sub', func: '', wires: [] },
      { id: 'tab', type: 'tab', label: 'Größe & Gewicht' },
      { id: 'own', type: 'mqtt-broker', z: 'tab' },
      { id: 'use', type: 'subflow:sub', z: 'tab', wires: [] },
    ];
    const { definitions } = imported({ flows, rev: 'x' });
    assert.deepEqual(nodesOf(definitions, '_shared').map(idIn), ['sub', 'inner']);
    assert.deepEqual(nodesOf(definitions, 'gro-e-gewicht').map(idIn), ['tab', 'own', 'use']);
  });

  it('gives tabs of one label names of their own, and keeps the names that are known', () => {
    const flows = ['a', 'b', 'c', 'd'].map((id) => ({ id, type: 'tab', label: id === 'd' ? '9 to 5' : 'Same' }));
    const { definitions } = imported(flows, { taken: ['same'], names: new Map([['b', 'known']]) });
    assert.deepEqual(Object.keys(definitions), ['flow-9-to-5', 'known', 'same-2', 'same-3']);
  });

  it('leaves credentials out and says so', () => {
    const flows = [
      { id: 't', type: 'tab', label: 'T' },
      { id: 'n', type: 'http request', z: 't', credentials: { password: 'not-real' }, wires: [] },
    ];
    const { definitions, notes } = imported(flows);
    assert.deepEqual(notes, [{ node: 'n', what: 'credentials-left-out' }]);
    assert.doesNotMatch(JSON.stringify(definitions), /not-real/);
  });

  it('makes a tab for nodes that came without theirs, under the label asked for', () => {
    const { definitions, frame, notes } = imported([{ id: 'n', type: 'debug', z: 'gone', wires: [] }], {
      label: 'Pasted',
    });
    assert.deepEqual(Object.keys(definitions), ['pasted']);
    assert.deepEqual(notes, [{ node: 'gone', what: 'flow-made' }]);
    assert.deepEqual(frame, { order: ['n'], made: ['gone'] });
  });

  it('adds what a definition needs beside its flow', () => {
    const { definitions } = imported([{ id: 't', type: 'tab', label: 'Ward' }], {
      templates: (name, title) => ({ 'README.md': `# ${title} (${name})\n` }),
    });
    assert.equal(definitions['ward']?.['README.md'], '# Ward (ward)\n');
  });

  it('names a node whose tab is none', () => {
    const { notes } = imported([
      { id: 'a', type: 'debug', wires: [] },
      { id: 'b', type: 'debug', z: 'a', wires: [] },
    ]);
    assert.deepEqual(notes, [{ node: 'b', what: 'no-flow' }]);
  });

  it('refuses what is no list of nodes', () => {
    for (const json of [
      null,
      7,
      {},
      [7],
      [{ id: 'a' }],
      [
        { id: 'a', type: 'x' },
        { id: 'a', type: 'y' },
      ],
    ])
      assert.equal(importFlows(json).ok, false, JSON.stringify(json));
    assert.deepEqual(importFlowsText('{'), { ok: false, problem: 'it is not JSON' });
    assert.ok(importFlowsText('[]').ok);
  });
});

const nodes = (name: string): readonly Edited[] => JSON.parse(shipped(name)['flow.json'] ?? '') as readonly Edited[];
