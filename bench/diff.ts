/**
 * Time to compare two versions of a large definition and to tell the changes in words. 5,000 nodes is the most that a
 * definition may have; the goal is under a second for each line, words and reading of the files included.
 */
import {
  applyDiff,
  describeChange,
  diffDefinitions,
  readContent,
  type DefinitionContent,
  type DefinitionFiles,
} from '../governance/diff/index.ts';
import { largeFlow as flow, type LargeNode as Node } from './kit/large-flow.ts';

const ROWS = 5_000;
const ROUNDS = 5;

const text = (nodes: readonly Node[]): DefinitionFiles => ({ 'flow.json': JSON.stringify(nodes, null, 2) });

const sameId = (at: number): string => `node-${at}`;
const before = flow(sameId);
const every = (nth: number, change: (node: Node) => Node): readonly Node[] =>
  before.map((node, at) => (at > 0 && at % nth === 0 ? change(node) : node));

function table(change: (row: { when: string[] }, at: number) => void): DefinitionFiles {
  const rows = Array.from({ length: ROWS }, (_, at) => {
    const row = { when: [`"C${at % 400}"`, `> ${at % 60}`] };
    change(row, at);
    return Object.fromEntries(
      new Map<string, unknown>([
        ['id', `r${at}`],
        ['when', row.when],
        ['then', ['stat', at % 480]],
      ]),
    );
  });
  const inputs = [
    { name: 'code', type: 'string', expression: 'a' },
    { name: 'value', label: 'Value', type: 'number', expression: 'b' },
  ];
  const outputs = [
    { name: 'lane', type: 'string' },
    { name: 'minutes', type: 'number' },
  ];
  return {
    'rules/large.json': JSON.stringify({
      kind: 'rule-table',
      format: 1,
      name: 'large',
      hitPolicy: 'FIRST',
      inputs,
      outputs,
      rows,
      otherwise: null,
    }),
  };
}

const CASES: readonly (readonly [string, DefinitionFiles, DefinitionFiles])[] = [
  ['nothing', text(before), text(before)],
  [
    'one threshold',
    text(before),
    text(
      before.map((node, at) =>
        at === 2_500 ? { ...node, rules: [{ t: 'gte', v: '91', vt: 'num' }, { t: 'else' }] } : node,
      ),
    ),
  ],
  ['every 20th node: code', text(before), text(every(20, (node) => ({ ...node, func: 'return msg;' })))],
  ['every node moved', text(before), text(every(1, (node) => ({ ...node, x: 1, y: 1 })))],
  ['every 20th node removed', text(before), text(before.filter((_, at) => at === 0 || at % 20 !== 0))],
  ['order of nodes reversed', text(before), text(before.toReversed())],
  ['every id another (pasted anew)', text(before), text(flow((at) => `pasted-${at}`))],
  [
    'another flow altogether',
    text(before),
    text(flow((at) => `other-${at}`).map((node) => ({ ...node, type: `${node.type} 2` }))),
  ],
  [
    `table of ${ROWS.toLocaleString('en')} rows, every 20th cell`,
    table(() => undefined),
    table((row, at) => at % 20 === 0 && row.when.splice(1, 1, `> ${at}`)),
  ],
];

export function run(): readonly object[] {
  return CASES.map(([what, old, now]) => {
    const times = Array.from({ length: ROUNDS }, () => measure(old, now));
    // The least disturbed one: other work on the machine only ever adds.
    const best = times.toSorted((a, b) => a.total - b.total)[0] ?? measure(old, now);
    const [a, b] = [readContent(old), readContent(now)];
    const exact = isSame(applyDiff(a, diffDefinitions(a, b)), b);
    return {
      changed: what,
      'read ms': round(best.read),
      'diff ms': round(best.diff),
      'words ms': round(best.words),
      'total ms': round(best.total),
      'CPU ms': round(Math.min(...times.map(({ cpu }) => cpu))),
      lines: best.lines,
      'under 1 s': best.total < 1_000,
      'applies exactly': exact,
    };
  });
}

interface Times {
  readonly read: number;
  readonly diff: number;
  readonly words: number;
  readonly total: number;
  readonly cpu: number;
  readonly lines: number;
}

function measure(old: DefinitionFiles, now: DefinitionFiles): Times {
  const used = process.cpuUsage();
  const start = performance.now();
  const versions = { before: readContent(old), after: readContent(now) };
  const read = performance.now();
  const diff = diffDefinitions(versions.before, versions.after);
  const compared = performance.now();
  const { length: lines } = describeChange(diff, versions);
  const end = performance.now();
  const { user, system } = process.cpuUsage(used);
  return {
    read: read - start,
    diff: compared - read,
    words: end - compared,
    total: end - start,
    cpu: (user + system) / 1000,
    lines,
  };
}

const isSame = (a: DefinitionContent, b: DefinitionContent): boolean =>
  JSON.stringify([...a]) === JSON.stringify([...b]);

const round = (ms: number): number => Number(ms.toFixed(1));
