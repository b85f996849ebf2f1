import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { definitionFromFiles } from '../../../engine/index.ts';
import {
  applyDiff,
  describeChange,
  filesOf,
  type DefinitionFiles,
  diffDefinitions,
  isEmpty,
  jsonOf,
  readContent,
  type DefinitionContent,
  type DefinitionDiff,
} from '../../../governance/diff/index.ts';
import { anyDefinition, editedDefinition, reordered } from './generated-definitions.ts';
import { editedFlow, editedTable, inNode, shipped, withShared } from './shipped.ts';

const RUNS = { seed: 20261121, numRuns: 400 };

/** Also as it comes out of a response or a file. */
const sent = (diff: DefinitionDiff): DefinitionDiff => JSON.parse(JSON.stringify(diff)) as DefinitionDiff;

function proveExact(before: DefinitionContent, after: DefinitionContent): DefinitionDiff {
  const diff = diffDefinitions(before, after);
  assert.deepEqual(applyDiff(before, diff), after);
  assert.deepEqual(applyDiff(before, sent(diff)), after);
  return diff;
}

describe('applying the diff of two definitions', () => {
  it('gives the new one after an edit', () => {
    const seen = new Map<string, number>();
    const saw = (what: string, list: readonly unknown[] | undefined): void => {
      if (list && list.length > 0) seen.set(what, (seen.get(what) ?? 0) + 1);
    };
    fc.assert(
      fc.property(editedDefinition, ({ before, after }) => {
        const diff = proveExact(readContent(before), readContent(after));
        for (const { diff: file } of diff.files) {
          saw(file.kind, [file]);
          if (file.kind === 'flow') {
            for (const what of ['added', 'removed', 'moved', 'newIds'] as const) saw(what, file[what]);
            for (const node of file.nodes)
              for (const what of ['changed', 'rewired', 'moved', 'literal'] as const) saw(`node ${what}`, node[what]);
          }
          if (file.kind === 'rule-table') {
            for (const what of ['removed', 'changed', 'moved'] as const) saw(`rows ${what}`, file.rows[what]);
            saw('columns removed', file.outputs.removed);
            saw('columns moved', file.inputs.moved);
          }
        }
      }),
      RUNS,
    );
    const expected =
      'flow, rule-table, json, text, added, removed, moved, newIds, node changed, node rewired, node moved, node literal, ' +
      'rows removed, rows changed, rows moved, columns removed, columns moved';
    for (const what of expected.split(', '))
      assert.ok((seen.get(what) ?? 0) >= 2, `${what} came up ${seen.get(what) ?? 0} times`);
  });

  it('gives the new one even where the two have nothing to do with each other', () => {
    fc.assert(
      fc.property(anyDefinition, anyDefinition, (before, after) => {
        proveExact(readContent(before), readContent(after));
      }),
      RUNS,
    );
  });

  it('makes a definition out of nothing, and nothing out of a definition', () => {
    fc.assert(
      fc.property(anyDefinition, (files) => {
        proveExact(readContent({}), readContent(files));
        proveExact(readContent(files), readContent({}));
      }),
      { ...RUNS, numRuns: 50 },
    );
  });
});

describe('a shipped definition', () => {
  it('has the very version of the new one after the diff is applied, whatever was edited', () => {
    const versionOf = (files: DefinitionFiles): string => definitionFromFiles('discharge-follow-up', files).version;
    const before = withShared(shipped('discharge-follow-up'));
    const after = editedTable(
      editedFlow({ ...before, 'README.md': `${before['README.md'] ?? ''}\r\nMore` }, (nodes) => {
        nodes.push(...nodes.splice(3, 2));
        inNode('dis-comm', { x: 1, name: 'Task' })(nodes);
      }),
      'rules/follow-up-queues.json',
      (table) => table.rows.splice(1, 0, ...table.rows.splice(4, 1)),
    );
    assert.notEqual(versionOf(before), versionOf(after));
    const content = readContent(before);
    const applied = applyDiff(content, diffDefinitions(content, readContent(after)));
    assert.equal(versionOf(filesOf(applied)), versionOf(after));
  });

  it('is refused where the diff is of another one', () => {
    const [one, other] = [readContent(shipped('discharge-follow-up')), readContent(shipped('critical-lab-result'))];
    const changed = readContent(
      editedTable(shipped('discharge-follow-up'), 'rules/follow-up-queues.json', ({ rows }) => rows.splice(1, 1)),
    );
    assert.throws(() => applyDiff(other, diffDefinitions(one, changed)), TypeError);
    assert.throws(() => describeChange(diffDefinitions(one, changed), { before: other, after: other }), TypeError);
  });
});

describe('a file that means harm', () => {
  it('is compared in bounded time: thousands of nodes that are all alike, thousands of lines that all differ', () => {
    const alike = (prefix: string): DefinitionFiles => ({
      'flow.json': JSON.stringify(
        Array.from({ length: 20_000 }, (_, i) => ({ id: `${prefix}${i}`, type: 'debug', x: 1, wires: [[]] })),
      ),
      'README.md': Array.from({ length: 50_000 }, (_, i) => `${prefix}${i}\n`).join(''),
      'intent.json': JSON.stringify(Array.from({ length: 20_000 }, (_, i) => ({ [prefix]: i }))),
    });
    proveExact(readContent(alike('a')), readContent(alike('b')));
  }).timeout(15_000);
});

describe('the diff of a definition with itself', () => {
  it('is empty', () => {
    fc.assert(
      fc.property(anyDefinition, (files) => {
        assert.deepEqual(diffDefinitions(readContent(files), readContent(files)), { files: [] });
      }),
      RUNS,
    );
  });

  it('is empty when keys and nodes come in another order, and still gives that order', () => {
    let turned = 0;
    fc.assert(
      fc.property(reordered, ({ before, after }) => {
        const [old, now] = [readContent(before), readContent(after)];
        const diff = proveExact(old, now);
        assert.ok(isEmpty(diff));
        const nodes = jsonOf(old.get('flow.json'));
        if (Array.isArray(nodes) && nodes.length > 1) turned++;
      }),
      RUNS,
    );
    assert.ok(turned > 200, `only ${turned} definitions had nodes to reorder`);
  });
});
