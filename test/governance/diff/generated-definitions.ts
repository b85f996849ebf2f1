/** Definitions made up for the diff's properties, and what an analyst may do to them. */
import * as fc from 'fast-check';
import type { DefinitionFiles } from '../../../governance/diff/index.ts';
import { idIn, type Edited, type EditedJson } from './shipped.ts';

type Json = EditedJson;
type Node = Edited;
interface Parts {
  readonly nodes: readonly Node[];
  readonly table: {
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
    readonly rows: readonly {
      readonly id: string;
      readonly cells: Readonly<Record<string, string>>;
      readonly note: string;
    }[];
    readonly title: string;
  };
  readonly steps: readonly { readonly after: string; readonly to: string }[];
  readonly readme: readonly string[];
  readonly extra: Json;
}

/** Few values, so that equal ones come up often; some that only a careless diff trips over. */
const word = fc.constantFrom('a', 'b', 'c', 'n1', 'n2', '', 'constructor', '__proto__', 'é\u0301');
const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    word,
    fc.integer({ min: 0, max: 5 }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(word, tie('value'), { maxKeys: 4 }),
  ),
})).value;

const TYPES = ['function', 'switch', 'message done', 'fhir write', 'link out', 'link in', 'subflow:n3', 'tab'];

const nodes: fc.Arbitrary<readonly Node[]> = fc
  .uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 14 })
  .chain((numbers) => {
    const ids = numbers.map((number) => `n${number}`);
    const target = fc.constantFrom(...ids, 'gone');
    return fc.tuple(
      ...ids.map((id) =>
        fc.record(
          {
            id: fc.constant(id),
            type: fc.constantFrom(...TYPES),
            z: fc.constantFrom('t1', ...ids),
            name: word,
            x: fc.integer({ min: 0, max: 3 }),
            y: fc.integer({ min: 0, max: 3 }),
            wires: fc.array(fc.array(target, { maxLength: 3 }), { maxLength: 3 }),
            links: fc.array(target, { maxLength: 2 }),
            endpoint: target,
            rules: json,
            ['__proto__']: json,
          },
          { requiredKeys: ['id', 'type'] },
        ),
      ),
    ) as fc.Arbitrary<unknown> as fc.Arbitrary<readonly Node[]>;
  });

const columns = fc.uniqueArray(fc.constantFrom('code', 'value', 'unit', 'age', '__proto__'), { maxLength: 4 });
const parts: fc.Arbitrary<Parts> = fc.record({
  nodes,
  table: fc.record({
    inputs: columns,
    outputs: columns,
    rows: fc.uniqueArray(
      fc.record({
        id: fc.constantFrom('r1', 'r2', 'r3', 'r4', 'r5', 'r6'),
        cells: fc.dictionary(word, word),
        note: word,
      }),
      { selector: (row) => row.id, maxLength: 6 },
    ),
    title: word,
  }),
  steps: fc.array(fc.record({ after: fc.constantFrom('PT0S', 'PT10M', 'PT20M'), to: word }), { maxLength: 5 }),
  readme: fc.array(fc.constantFrom('# Title\n', 'one\n', 'two\n', 'three\r\n', '\n', 'no end'), { maxLength: 12 }),
  extra: json,
});

function filesOfParts({ nodes, table, steps, readme, extra }: Parts): DefinitionFiles {
  const cell = (row: string, column: string, cells: Readonly<Record<string, string>>): string =>
    (Object.hasOwn(cells, column) ? cells[column] : undefined) ?? `${row}-`;
  const rows = table.rows.map(({ id, cells, note }) =>
    Object.fromEntries(
      new Map<string, Json>([
        ['id', id],
        ['when', table.inputs.map((column) => cell('w', column, cells))],
        ['then', table.outputs.map((column) => (cells[column] === 'c' ? null : cell('t', column, cells)))],
        ['note', note],
      ]),
    ),
  );
  return {
    'flow.json': JSON.stringify(nodes),
    'rules/table.json': JSON.stringify({
      kind: 'rule-table',
      title: table.title,
      inputs: table.inputs.map((name) => ({ name, type: 'string' })),
      outputs: table.outputs.map((name) => ({ name, type: 'string' })),
      rows,
      otherwise: table.title === 'a' ? null : table.outputs.map(() => table.title),
      tests: steps.map(({ after }, i) => ({ name: `${after}${i}`, row: after })),
    }),
    'ladders/ladder.json': JSON.stringify({ kind: 'ladder', steps }),
    'intent.json': JSON.stringify({ kind: 'intent', extra }),
    'README.md': readme.join(''),
    ...(extra === null ? {} : { 'samples/one.hl7': readme.toReversed().join('') }),
  };
}

/** What people do: change, delete, paste anew under other ids, drag, reorder. */
const mutations = fc.array(
  fc.record({
    kind: fc.constantFrom(
      'set',
      'delete',
      'paste',
      'paste-all',
      'drag',
      'rewire',
      'shuffle',
      'copy',
      'row',
      'step',
      'column',
    ),
    at: fc.nat({ max: 50 }),
    value: json,
    word,
  }),
  { maxLength: 8 },
);

type Mutation = typeof mutations extends fc.Arbitrary<readonly (infer M)[]> ? M : never;

function mutated(start: Parts, list: readonly Mutation[]): Parts {
  return list.reduce((parts, { kind, at, value, word }, turn): Parts => {
    const { nodes, table } = parts;
    const index = nodes.length === 0 ? 0 : at % nodes.length;
    const one = nodes[index];
    const renamedIn = (ids: ReadonlyMap<string, string>): readonly Node[] =>
      JSON.parse(
        JSON.stringify(nodes).replace(/"(n\d+)"/g, (all, id: string) => (ids.has(id) ? `"${ids.get(id)}"` : all)),
      ) as readonly Node[];
    const withNode = (change: Node): Parts => ({
      ...parts,
      nodes: nodes.map((node) => (node === one ? change : node)),
    });
    if (kind === 'row') {
      const rows = table.rows.map((row, i) =>
        i === at % 6 ? { ...row, note: word, cells: { ...row.cells, value: word } } : row,
      );
      return { ...parts, table: { ...table, rows: at % 2 ? rows.toReversed() : rows.filter((_, i) => i !== at % 7) } };
    }
    if (kind === 'column')
      return { ...parts, table: { ...table, inputs: table.inputs.toReversed(), outputs: table.outputs.slice(at % 2) } };
    if (kind === 'step')
      return {
        ...parts,
        steps: parts.steps.map((step, i) => (i === at % 5 ? { ...step, after: 'PT30M' } : step)),
        readme: parts.readme.toSpliced(at % 12, 1, 'two\n'),
      };
    if (!one) return parts;
    if (kind === 'set') return withNode({ ...one, rules: value });
    if (kind === 'drag') return withNode({ ...one, x: at });
    if (kind === 'rewire') return withNode({ ...one, wires: [[word, idIn(nodes[0] ?? {})]] });
    if (kind === 'delete') return { ...parts, nodes: nodes.filter((node) => node !== one) };
    if (kind === 'copy') return { ...parts, nodes: [...nodes, { ...one, id: `n9${turn}9` }] };
    if (kind === 'shuffle') return { ...parts, nodes: [...nodes.slice(index), ...nodes.slice(0, index)] };
    const ids = new Map(nodes.map((node, i) => [idIn(node), `n8${turn}${i}`]));
    return {
      ...parts,
      nodes: renamedIn(kind === 'paste-all' ? ids : new Map([...ids].filter(([id]) => id === one['id']))),
    };
  }, start);
}

export const anyDefinition: fc.Arbitrary<DefinitionFiles> = parts.map(filesOfParts);

/** A definition, and the same after some edits. */
export const editedDefinition: fc.Arbitrary<{ readonly before: DefinitionFiles; readonly after: DefinitionFiles }> = fc
  .tuple(parts, mutations)
  .map(([start, list]) => ({ before: filesOfParts(start), after: filesOfParts(mutated(start, list)) }));

/** The same definition with the keys of every object, and the nodes of the flow, in another order. */
export const reordered: fc.Arbitrary<{ readonly before: DefinitionFiles; readonly after: DefinitionFiles }> =
  anyDefinition.map((before) => ({
    before,
    after: Object.fromEntries(
      Object.entries(before).map(([path, text]) => {
        if (!path.endsWith('.json')) return [path, text];
        const value = turned(JSON.parse(text) as Json);
        return [path, JSON.stringify(path === 'flow.json' ? (value as readonly Json[]).toReversed() : value, null, 2)];
      }),
    ),
  }));

function turned(value: Json): Json {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, turned(item)]),
  );
}
